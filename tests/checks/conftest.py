"""Servers that behave as no server should, and targets to point the checks at."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pymysql
import pytest
from pymysql.cursors import Cursor

from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.checks.results import CheckResult, Report
from tests.services.certificates import Certificates
from tests.services.rabbitmq import RabbitServer
from tests.services.redis_server import RedisServer
from tests.services.sql import SqlServer

Talk = Callable[[socket.socket, threading.Event], None]
Misbehave = Callable[[Talk], int]


@contextmanager
def misbehaving(talk: Talk) -> Iterator[int]:
    """Serve every connection with ``talk(connection, stop)`` in a thread; yields the port."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    open_connections: list[socket.socket] = []

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            talk(connection, stop)

    def serve() -> None:
        with suppress(OSError):
            while not stop.is_set():
                connection, _address = listener.accept()
                open_connections.append(connection)
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        stop.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.fixture
def misbehave() -> Iterator[Misbehave]:
    """A function that serves a behaviour until the test ends and returns the port."""
    with ExitStack() as stack:
        yield lambda talk: stack.enter_context(misbehaving(talk))


@contextmanager
def full_queue() -> Iterator[int]:
    """Yield a port whose queue of connections is full: nobody answers there, and nobody refuses."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def over_tls(certificates: Certificates, reply: bytes) -> Talk:
    """Return a behaviour that answers any request over TLS."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(certificates.certificate, certificates.key)

    def talk(connection: socket.socket, _stop: threading.Event) -> None:
        with trust.wrap_socket(connection, server_side=True) as secured:
            secured.recv(4096)
            secured.sendall(reply)

    return talk


@contextmanager
def administrator_of(server: SqlServer) -> Iterator[Cursor]:
    """Yield a cursor of MariaDB's administrator, each statement committed at once."""
    with (
        pymysql.connect(
            host=server.host, port=server.port, user=server.administrator, password=server.password, autocommit=True
        ) as connection,
        connection.cursor() as cursor,
    ):
        yield cursor


def redis_at(to_port: int, role: str = "lock", **params: ParamValue) -> Target:
    values: dict[str, ParamValue] = {"host": "127.0.0.1", "port": to_port, "role": role}
    values |= {"tls": False, "username": None, "password": None, "db": 0, "ca_file": None}
    return Target(f"redis.{role}", TargetKind.REDIS, f"redis://127.0.0.1:{to_port}/0", values | params)


def redis_of(server: RedisServer, role: str = "lock", **params: ParamValue) -> Target:
    values: dict[str, ParamValue] = {
        "tls": server.tls,
        "username": server.username or None,
        "password": Secret(server.password) if server.password else None,
        "ca_file": str(server.ca_file) if server.ca_file else None,
    }
    return redis_at(server.port, role, **({"host": server.host} | values | params))


def rabbitmq_at(to_port: int, **params: ParamValue) -> Target:
    values: dict[str, ParamValue] = {
        "host": "127.0.0.1",
        "port": to_port,
        "tls": False,
        "username": "wiz",
        "password": Secret("x"),
    }
    return Target("rabbitmq", TargetKind.RABBITMQ, "amqp://127.0.0.1", values | {"vhost": "/", "ca_file": None} | params)


def rabbitmq_of(server: RabbitServer, **params: ParamValue) -> Target:
    values: dict[str, ParamValue] = {"username": server.username, "password": Secret(server.password), "vhost": server.vhost}
    return rabbitmq_at(server.port, **(values | params))


def database_at(to_port: int, kind: str = "postgres", **params: ParamValue) -> Target:
    values: dict[str, ParamValue] = {"dialect": kind, "host": "127.0.0.1", "port": to_port, "name": "demo", "user": "wiz"}
    values |= {"password": Secret("x"), "schema": None, "tls": False, "ca_file": None, "connections": 65, "timezone": "UTC"}
    return Target("database", TargetKind.DATABASE, f"{kind} 127.0.0.1:{to_port}/demo", values | params)


def database_of(server: SqlServer, **params: ParamValue) -> Target:
    values: dict[str, ParamValue] = {"user": server.username, "password": Secret(server.password), "name": server.database}
    return database_at(server.port, server.dialect, **(values | params))


def node_at(port: int, name: str = "node1", **params: ParamValue) -> Target:
    values: dict[str, ParamValue] = {"host": "127.0.0.1", "port": port, "public_path": "/", "installation": "new"}
    return Target(f"node.{name}", TargetKind.NODE, f"127.0.0.1:{port}", values | params)


def storage_at(path: Path | str) -> Target:
    return Target("storage", TargetKind.STORAGE, str(path), {"path": str(path)})


def by_id(report: Report) -> dict[str, CheckResult]:
    return {result.id: result for result in report.results}


def statuses(report: Report) -> dict[str, str]:
    return {result.id: result.status.value for result in report.results}


def code_of(report: Report, check_id: str) -> str:
    return by_id(report)[check_id].code
