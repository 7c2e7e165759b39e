"""The tour's example: a cluster of three nodes on the simulated servers, with everything answered."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from nbcluster.demo.servers import DATABASE, PASSWORD, USER, VHOST, DemoServers, Ports

Place = tuple[str, int]

_APP_PORT = 13000
# On a machine that is no node of the example this folder is absent: the check says so and touches nothing.
_STORAGE = "/srv/nbcluster-demo/storage"
_ROLES = ("cache", "pubsub", "lock", "queue", "worker_id")


def example_nodes() -> tuple[Place, ...]:
    """Return three loopback addresses with a port that nothing serves, as a node's should be before its first boot.

    They are 127.0.0.2 to 127.0.0.4 where the system has these addresses, else three ports of 127.0.0.1.
    """
    spread = tuple(f"127.0.0.{last}" for last in (2, 3, 4))
    if all(_has(host) for host in spread):
        for port in range(_APP_PORT, _APP_PORT + 1000, 10):
            if not any(_serves(host, port) for host in spread):
                return tuple((host, port) for host in spread)
    free = [port for port in range(_APP_PORT, _APP_PORT + 1000) if not _serves("127.0.0.1", port)]
    return tuple(("127.0.0.1", port) for port in free[:3])


def _has(host: str) -> bool:
    with socket.socket() as line:
        try:
            line.bind((host, 0))
        except OSError:
            return False
    return True


def _serves(host: str, port: int) -> bool:
    with socket.socket() as line:
        line.settimeout(0.5)
        return line.connect_ex((host, port)) == 0


def answers_toml(ports: Ports, storage_path: str, nodes: Sequence[Place]) -> str:
    """Return a complete answers file for the example cluster; the target folder has no place in an answers file."""
    word = quote(PASSWORD, safe="")
    roles = [role for role in _ROLES if role != "queue"]
    redis = [f'{role} = "redis://default:{word}@127.0.0.1:{ports.redis}/{_ROLES.index(role)}"' for role in roles]
    plugins = ["pubsub-adapter-redis", "lock-adapter-redis", "queue-adapter-rabbitmq", "workerid-allocator-redis"]
    app_port = nodes[0][1]
    return "\n".join(
        [
            "schema = 1",
            'name = "demo"',
            "",
            "[app]",
            'installation = "new"',
            'deployment = "host"',
            f"port = {app_port}",
            'timezone = "UTC"',
            "",
            "[admin]",
            'email = "admin@example.com"',
            "",
            "[license]",
            f"confirmed = {json.dumps(plugins)}",
            'confirmed_by = "demo"',
            "",
            "[redis]",
            *redis,
            "",
            "[queue]",
            'adapter = "rabbitmq"',
            f'url = "amqp://{USER}:{word}@127.0.0.1:{ports.rabbitmq}/{VHOST}"',
            "",
            "[database]",
            'dialect = "postgres"',
            'host = "127.0.0.1"',
            f"port = {ports.postgres}",
            f'name = "{DATABASE}"',
            f'user = "{USER}"',
            f'password = "{PASSWORD}"',
            "",
            "[storage]",
            'kind = "nfs"',
            f"path = {json.dumps(storage_path)}",
            'server = "files.example.com"',
            'export = "/exports/nocobase"',
            "",
            *_nodes(nodes, app_port),
            "[balancer]",
            'kind = "nginx"',
            "listen = 8080",
            'server_name = "nocobase.example"',
            "",
        ]
    )


def _nodes(nodes: Sequence[Place], app_port: int) -> list[str]:
    lines = []
    for number, (host, port) in enumerate(nodes, 1):
        lines += ["[[nodes]]", f'name = "node{number}"', f'host = "{host}"', "cores = 4"]
        lines += [f"port = {port}"] if port != app_port else []
        # Two nodes for people, with two processes each; one for background work.
        lines += ['worker_mode = "*"', ""] if number == len(nodes) else ['cluster_mode = "2"', ""]
    return lines


@dataclass
class Demo:
    """A tour under way: simulated servers, the example's answers and the folder that the export goes to."""

    ports: Ports
    answers_toml: str
    out_dir: Path
    folder: Path
    servers: DemoServers

    def close(self) -> None:
        """End the servers and remove an empty target folder; an export that was written stays to be looked at."""
        self.servers.close()
        if not (self.out_dir.is_dir() and any(self.out_dir.iterdir())):
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Demo:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def start_demo() -> Demo:
    """Start the simulated servers and make a temporary target folder; raises ``NbclusterError`` when the servers do not come up."""
    servers = DemoServers()
    ports = servers.start()
    folder = Path(tempfile.mkdtemp(prefix="nbcluster-demo-")).resolve()
    out_dir = folder / "export"
    out_dir.mkdir()
    return Demo(ports, answers_toml(ports, _STORAGE, example_nodes()), out_dir, folder, servers)
