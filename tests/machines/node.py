"""A node as the runbook leaves it: the files that nbcluster wrote in their places on a machine, with stand-ins for what is around."""

from __future__ import annotations

import functools
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbcluster.cluster import Cluster, Node
from nbcluster.files.runbook.prepare import mount_line
from nbcluster.files.systemd import PLACES, PROGRAM
from tests.cli.program import nbcluster, tree
from tests.machines.booted import Machine, machine, wait_for
from tests.machines.network import SURROUNDINGS, Network
from tests.services.process import REPOSITORY, Server
from tests.unit.scenarios import official, official_text

STANDIN = REPOSITORY / "tests/machines/standin"
FOLDER = "/srv/nocobase/app"
FILE_SERVER = "/var/lib/file-server"
NEVER = "2099-01-01"
HEALTH = "nocobase-health.service"
UNIT = "nocobase.service"
NODES = ("10.77.0.11", "10.77.0.12")
REDIS, DATABASE = 6379, 5432
ANSWERS: Mapping[str, object] = {
    **{f"redis.{role}": f"redis://{SURROUNDINGS}:{REDIS}/{i}" for i, role in enumerate(("cache", "pubsub", "lock", "queue"))},
    "redis.worker_id": f"redis://{SURROUNDINGS}:{REDIS}/4",
    "database.host": SURROUNDINGS,
    "storage.server": SURROUNDINGS,
    "storage.export": "/exports/nocobase",
    "nodes": [{"name": f"node{number}", "host": host} for number, host in enumerate(NODES, 1)],
}
"""What differs from the official example: two nodes and their servers have the addresses of the tests' network."""


@dataclass
class Servers:
    """Redis and the database as far as a node sees whether they are there."""

    network: Network
    folder: Path
    _running: Server | None = None

    def start(self) -> None:
        """Start both, and wait until they listen."""
        words = (sys.executable, "-I", str(STANDIN / "server.py"), SURROUNDINGS, str(REDIS), str(DATABASE))
        self._running = self.network.serve(words, self.folder / "servers")
        look = f"exec 3<> /dev/tcp/{SURROUNDINGS}/{DATABASE} && exec 3<> /dev/tcp/{SURROUNDINGS}/{REDIS}"
        self._running.wait_for(lambda: self.network.run("bash", "-c", look, check=False).returncode == 0, 20)

    def stop(self) -> None:
        """Stop both; every connection ends."""
        if self._running is not None:
            self._running.stop()
            self._running = None


@dataclass
class NodeHost:
    """One node of a written cluster on its machine."""

    machine: Machine
    cluster: Cluster

    @property
    def node(self) -> Node:
        return next(node for node in self.cluster.nodes if node.host == self.machine.address)

    @property
    def share(self) -> str:
        return self.cluster.share.path

    @property
    def served(self) -> Path:
        """The folder that the file server gives out, as seen from outside of the machine."""
        return self.machine.root / FILE_SERVER.lstrip("/") / "export"

    def serve_share(self, *, up: bool) -> None:
        """Start or stop the file server; what is mounted stays mounted."""
        flag = self.machine.root / FILE_SERVER.lstrip("/") / "up"
        flag.touch() if up else flag.unlink(missing_ok=True)

    def health(self) -> str:
        """Return what the health address of the node says, "" where nothing answers."""
        return self.machine.run(f"curl -s --max-time 5 '{self.node.health_url}'", check=False).stdout

    def wait_healthy(self, seconds: float = 60) -> None:
        wait_for("the node is healthy", lambda: self.health() == "ok", seconds, self.machine.said)

    def wait_ill(self, seconds: float = 30) -> None:
        """Wait until the node answers with a cause that only a restart cures."""
        wait_for("the node names a cause", lambda: "ECONNREFUSED" in self.health(), seconds, self.machine.said)

    def wait_tried(self) -> None:
        """Wait until systemd has tried to start the node, and again."""
        wait_for(
            "the node is tried again", lambda: self.machine.shows(UNIT, "NRestarts")["NRestarts"] != "0", 60, self.machine.said
        )

    def start(self) -> None:
        """Start the node as the runbook does, and wait until it is healthy."""
        self.machine.run(f"systemctl enable --now {UNIT} 2>&1")
        self.wait_healthy()

    def set_timer(self, calendar: str) -> None:
        """Let the written timer run at other times, given as ``OnCalendar=`` takes them; an end of all days keeps it from running."""
        lines = f"[Timer]\\nOnCalendar=\\nOnCalendar={calendar}\\nAccuracySec=100ms\\n"
        folder = "/run/systemd/system/nocobase-health.timer.d"
        self.machine.run(
            f"mkdir -p {folder}; printf '{lines}' > {folder}/times.conf; systemctl daemon-reload; systemctl restart nocobase-health.timer"
        )

    def look(self) -> None:
        """Run the health service once, as the timer does; it may fail, and runs however often it did."""
        self.machine.run(f"systemctl reset-failed {HEALTH}; systemctl start {HEALTH}", seconds=120, check=False)

    def times_started(self) -> int:
        """Return how often the application was started, by what it left in the storage."""
        file = self.served / "started"
        return len(file.read_text().splitlines()) if file.exists() else 0

    def invocation(self) -> str:
        """Return what systemd calls this run of the node's service; another one after each start."""
        return self.machine.shows(UNIT, "InvocationID")["InvocationID"]

    def restarts_by_health(self) -> list[str]:
        """Return the lines in the journal with which the health service told of a restart, or of what it left."""
        lines = self.machine.journal(HEALTH).splitlines()
        return [line for line in lines if "ECONNREFUSED" in line]


@functools.cache
def _written(text: str) -> dict[str, bytes]:
    """Write a set with the program as a user does; returns what it wrote by path."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "answers.toml").write_text(text)
        done = nbcluster("render", "--answers", folder / "answers.toml", "--out", folder / "set")
        assert done.code == 0, done.err
        return tree(folder / "set")


def written(
    changes: Mapping[str, object] | None = None, base: Mapping[str, object] = ANSWERS
) -> tuple[Cluster, dict[str, bytes]]:
    """Return a cluster and the files that the program writes for it."""
    answers = {**base, **(changes or {})}
    return Cluster.of(official(answers)), _written(official_text(answers))


@contextmanager
def node_host(
    network: Network, changes: Mapping[str, object] | None = None, name: str = "node1", layers: tuple[Path, ...] = ()
) -> Iterator[NodeHost]:
    """Make a machine that is off, and put the node's files where the runbook puts them; the file server is up."""
    cluster, files = written(changes)
    node = next(node for node in cluster.nodes if node.name == name)
    with machine(name, node.host, network, layers=layers) as made:
        host = NodeHost(made, cluster)
        made.write("/sbin/mount.nfs4", (STANDIN / "mount.nfs4").read_bytes(), 0o755)
        made.write(f"{FILE_SERVER}/up", "")
        host.served.mkdir()
        line = mount_line(cluster)
        assert line, "the set names no file server"
        made.write("/etc/fstab", f"{line}\n")
        (made.root / host.share.lstrip("/")).mkdir(parents=True)
        for path, place in PLACES.items():
            made.write(place, files[path], 0o755 if place == PROGRAM else 0o644)
        env = files.get(f"nodes/{name}.env", files[".env"])
        if cluster.deployment.in_docker:
            made.write(f"{FOLDER}/.env", env, 0o600)
            made.write(f"{FOLDER}/docker/compose.yaml", files["docker/compose.yaml"])
            made.write(f"{FOLDER}/docker/.env", files[f"docker/{name}.address"])
        else:
            made.write("/usr/local/bin/yarn", (STANDIN / "yarn").read_bytes(), 0o755)
            made.write("/usr/local/lib/application.js", (STANDIN / "application.js").read_bytes())
            made.write(f"{FOLDER}/.env", env, 0o600)
            account = cluster.deployment.account
            made.outside(f"useradd --system --create-home {account} && chown -R {account} {FOLDER} {FILE_SERVER}/export")
        yield host
