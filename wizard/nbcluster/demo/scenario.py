"""The example of the demo: a complete cluster of three nodes with one answer that has to be fixed on the way."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from nbcluster.errors import ExitCode, NbclusterError, reason_of
from nbcluster.text import _
from nbcluster.text.clean import clean

PASSWORD = "not-a-secret#1"  # noqa: S105 - opens nothing; the # shows how an address has to write it

_WORD = quote(PASSWORD, safe="")
_COORDINATION = ("pubsub", "lock", "queue", "worker_id")
_NODES = 3
# On a machine that is no node of the example this folder is absent, which is what the check says.
_STORAGE = "/srv/nbcluster-demo/storage"


def answers_toml() -> str:
    """Return a complete answers file for the example cluster; the target folder has no place in an answers file.

    The cache's Redis is a replica: its check fails and names the primary, which is what to type instead.
    """
    redis = {"cache": ("replica.demo", 0)}
    redis |= {role: ("redis.demo", number) for number, role in enumerate(_COORDINATION) if role != "queue"}
    plugins = ["pubsub-adapter-redis", "lock-adapter-redis", "queue-adapter-rabbitmq", "workerid-allocator-redis"]
    return "\n".join(
        [
            "schema = 1",
            'name = "demo"',
            "",
            "[app]",
            'installation = "new"',
            'deployment = "host"',
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
            *(f'{role} = "redis://default:{_WORD}@{host}:6379/{number}"' for role, (host, number) in redis.items()),
            "",
            "[queue]",
            'adapter = "rabbitmq"',
            f'url = "amqp://nocobase:{_WORD}@rabbitmq.demo:5672/nocobase"',
            "",
            "[database]",
            'dialect = "postgres"',
            'host = "database.demo"',
            "port = 5432",
            'name = "nocobase"',
            'user = "nocobase"',
            f'password = "{PASSWORD}"',
            "",
            "[storage]",
            'kind = "nfs"',
            f"path = {json.dumps(_STORAGE)}",
            'server = "files.example.com"',
            'export = "/exports/nocobase"',
            "",
            *_nodes(),
            "[balancer]",
            'kind = "nginx"',
            "listen = 8080",
            'server_name = "nocobase.example"',
            "",
        ]
    )


def _nodes() -> list[str]:
    lines = []
    for number in range(1, _NODES + 1):
        lines += ["[[nodes]]", f'name = "node{number}"', f'host = "node{number}.demo"', "cores = 4"]
        # Two nodes for users, with two processes each; one for background work.
        lines += ['worker_mode = "*"', ""] if number == _NODES else ['cluster_mode = "2"', ""]
    return lines


@dataclass
class Demo:
    """A running demo: the example's answers and the folder that the export goes to."""

    answers_toml: str
    out_dir: Path
    folder: Path

    def close(self) -> None:
        """Remove an empty target folder; a written export is kept."""
        if not (self.out_dir.is_dir() and any(self.out_dir.iterdir())):
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Demo:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def start_demo() -> Demo:
    """Make a temporary target folder; raises ``NbclusterError`` where there can be none."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="nbcluster-demo-")).resolve()
        out_dir = folder / "export"
        out_dir.mkdir()
    except OSError as fault:
        message = _("no temporary folder can be made: {reason}. Name another place in TMPDIR.")
        raise NbclusterError(ExitCode.UNWRITABLE, message.format(reason=clean(reason_of(fault)))) from fault
    return Demo(answers_toml(), out_dir, folder)
