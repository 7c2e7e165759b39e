"""A network of namespaces: one for what surrounds the nodes, with a bridge in it, and one for each machine."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.machines.installed import program
from tests.services.process import Server, environment

SURROUNDINGS = "10.77.0.1"
"""The address at which servers that the nodes need are run: Redis, the database, a load balancer."""

_NAMESPACES = Path("/run/netns")


@dataclass(frozen=True)
class Network:
    """A switch without a way out. Nothing in it reaches the machine's own network, nor the other way round."""

    name: str

    def enter(self, *words: str) -> list[str]:
        """Return a command that runs another one at ``SURROUNDINGS``."""
        return [program("nsenter"), f"--net={_NAMESPACES / self.name}", "--", *words]

    def run(self, *words: str, seconds: float = 60, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program at ``SURROUNDINGS`` to its end."""
        return subprocess.run(
            self.enter(*words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=environment(),
            timeout=seconds,
            check=check,
        )

    def serve(self, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> Server:
        """Start a server at ``SURROUNDINGS``; whoever starts it stops it, and it ends with the tests."""
        held = [program("setpriv"), "--pdeathsig", "KILL", "--", *self.enter(*command)]
        return Server.start(held, log, env or environment())

    def plug_in(self, machine: str, address: str) -> Path:
        """Make the namespace of a machine anew, with ``address`` (of 10.77.0.0/24) on its only interface; returns its path."""
        namespace = f"{self.name}-{machine}"
        self.unplug(machine)
        outer = f"v{secrets.token_hex(4)}"
        _ip("netns", "add", namespace)
        _ip("-n", self.name, "link", "add", outer, "type", "veth", "peer", "name", "host0", "netns", namespace)
        _ip("-n", self.name, "link", "set", outer, "master", "switch", "up")
        _ip("-n", namespace, "link", "set", "lo", "up")
        _ip("-n", namespace, "address", "add", f"{address}/24", "dev", "host0")
        _ip("-n", namespace, "link", "set", "host0", "up")
        return _NAMESPACES / namespace

    def unplug(self, machine: str) -> None:
        """Remove the namespace of a machine, and with it every interface and bridge that was made there."""
        if (_NAMESPACES / f"{self.name}-{machine}").exists():
            _ip("netns", "delete", f"{self.name}-{machine}")


@contextmanager
def network() -> Iterator[Network]:
    """Make a network; it is gone afterwards, with every machine's namespace in it."""
    made = Network(f"nbc{secrets.token_hex(3)}")
    _ip("netns", "add", made.name)
    try:
        _ip("-n", made.name, "link", "set", "lo", "up")
        _ip("-n", made.name, "link", "add", "switch", "type", "bridge")
        _ip("-n", made.name, "address", "add", f"{SURROUNDINGS}/24", "dev", "switch")
        _ip("-n", made.name, "link", "set", "switch", "up")
        yield made
    finally:
        for path in _NAMESPACES.glob(f"{made.name}*"):
            _ip("netns", "delete", path.name)


def _ip(*words: str) -> None:
    subprocess.run([program("ip"), *words], capture_output=True, timeout=30, check=True)
