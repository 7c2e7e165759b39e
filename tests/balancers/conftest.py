"""A function that puts a real balancer of a kind in front of nodes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from nbcluster.cluster import Cluster
from nbcluster.files.balancers.files import FILES
from tests.balancers.nodes import Node
from tests.services.process import Server, accepts, environment, free_ports, remove, short_folder, tool
from tests.unit.scenarios import official


@dataclass(frozen=True)
class Program:
    """HAProxy or Caddy: how it judges a file and how it serves it in the foreground."""

    kind: str
    folder: Path

    def _words(self, *, serve: bool) -> list[str]:
        file = str(self.folder / "file")
        if self.kind == "haproxy":
            return [tool("haproxy"), "-db" if serve else "-c", "-f", str(self.folder / "main"), "-f", file]
        return [tool("caddy"), "run" if serve else "validate", "--adapter", "caddyfile", "--config", file]

    def judge(self, text: str) -> tuple[bool, str]:
        """Return the program's own verdict on a file, and what it said."""
        self._place(text)
        home = environment({"HOME": str(self.folder)})
        done = subprocess.run(self._words(serve=False), capture_output=True, env=home, timeout=60, check=False)
        return done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")

    def serve(self, text: str) -> Server:
        """Start it."""
        self._place(text)
        return Server.start(self._words(serve=True), self.folder / "log", environment({"HOME": str(self.folder)}))

    def _place(self, text: str) -> None:
        # Caddy's administration listens on one fixed port
        text = text.replace("auto_https off\n", "auto_https off\n\tadmin off\n") if self.kind == "caddy" else text
        (self.folder / "file").write_text(text)
        # as beside the one of a distribution, which says where lines of a log go
        (self.folder / "main").write_text("global\n    log stdout format raw local0\n")


class Front:
    """Starts balancers and takes them and their nodes away again."""

    def __init__(self, kind: str, stack: ExitStack) -> None:
        self.kind = kind
        self.plain = 80
        """The port of the redirect, which tests cannot open where it belongs."""
        self._stack = stack
        folder = short_folder(kind)
        stack.callback(remove, folder)
        self.program = Program(kind, folder)

    def text(self, nodes: list[Node], port: int, **changes: object) -> str:
        """Return the file for nodes."""
        named = {path.replace("__", "."): value for path, value in changes.items()}
        rows = [node.row for node in nodes]
        return FILES[self.kind][1](
            Cluster.of(official({"balancer.kind": self.kind, "balancer.listen": port, "nodes": rows, **named}))
        )

    def start(self, nodes: list[Node], **changes: object) -> int:
        """Serve and return the port, once every node has been asked for its health."""
        port = free_ports()
        text = self.text(nodes, port, **changes).replace("*:80\n", f"*:{self.plain}\n").replace(":80 {", f":{self.plain} {{")
        server = self.program.serve(text)
        self._stack.callback(server.stop)
        for node in nodes:
            self._stack.callback(_end, node)
        server.wait_for(lambda: accepts("127.0.0.1", port) and all(node.checks for node in nodes), 20)
        return port


def _end(node: Node) -> None:
    with suppress(OSError):
        node.kill()


@pytest.fixture(params=["haproxy", "caddy"])
def front(request: pytest.FixtureRequest) -> Iterator[Front]:
    """Each kind of balancer in turn."""
    with ExitStack() as stack:
        yield Front(str(request.param), stack)
