"""The simulated servers as a process of their own: prints its ports as one JSON line and ends when its standard input closes."""

from __future__ import annotations

import asyncio
import json
import os
import select
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from types import TracebackType

from nbcluster import programs
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.text import _

USER = "nocobase"
PASSWORD = "not-a-secret#1"  # noqa: S105 - opens simulated servers only; the # shows how an address has to write it
VHOST = "nocobase"
DATABASE = "nocobase"

_PATIENCE = 20.0


@dataclass(frozen=True)
class Ports:
    """The loopback ports of the simulated servers."""

    redis: int
    rabbitmq: int
    postgres: int


class DemoServers:
    """The simulated servers, running in a child process from ``start`` to ``close``."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ports: Ports | None = None

    @property
    def ports(self) -> Ports:
        """Where the servers listen; known after ``start``."""
        if self._ports is None:
            raise RuntimeError("the servers have not been started")
        return self._ports

    def start(self) -> Ports:
        """Start the process and return its ports; raises ``NbclusterError`` when it does not come up."""
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            programs.command("nbcluster.demo.servers"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=programs.environment(),
            start_new_session=True,
        )
        try:
            self._ports = Ports(**json.loads(self._first_line()))
        except (ValueError, TypeError):
            self.close()
            raise NbclusterError(ExitCode.INTERNAL, _("the simulated servers did not start.")) from None
        return self._ports

    def _first_line(self) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        source, line, end = self._process.stdout.fileno(), b"", time.monotonic() + _PATIENCE
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([source], [], [], max(0.0, end - time.monotonic()))
            data = os.read(source, 4096) if ready else b""
            if not data:
                break
            line += data
        return line

    def close(self) -> None:
        """End the process; nothing happens when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)

    def __enter__(self) -> DemoServers:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


async def _serve() -> None:
    from nbcluster.demo.postgres import PostgresServer
    from nbcluster.demo.rabbitmq import RabbitMQServer
    from nbcluster.demo.rabbitmq_model import BrokerSettings, BrokerUser
    from nbcluster.demo.redis import RedisServer
    from nbcluster.demo.redis_model import RedisSettings, RedisUser
    from nbcluster.demo.sql import SqlSettings

    # Redis 8 without its bundled modules: the one warning of the tour, which a look at the version would not give.
    redis = RedisServer(RedisSettings(users={"default": RedisUser(PASSWORD)}))
    rabbitmq = RabbitMQServer(BrokerSettings(users={USER: BrokerUser(PASSWORD)}, vhosts=frozenset({"/", VHOST})))
    postgres = PostgresServer(SqlSettings(users={USER: PASSWORD}, databases=frozenset({"postgres", DATABASE})))
    ports = Ports(await redis.start(), await rabbitmq.start(), await postgres.start())
    sys.stdout.write(json.dumps(asdict(ports)) + "\n")
    sys.stdout.flush()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    threading.Thread(target=_until_closed, args=(loop, ended), daemon=True).start()
    await ended.wait()


def _until_closed(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(ended.set)


def main() -> int:
    """Serve until standard input closes; returns the exit code."""
    asyncio.run(_serve())
    return 0
