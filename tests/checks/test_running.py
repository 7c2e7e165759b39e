"""What looks at a running cluster: health, WebSocket, and tables of installations that are good, half, or of another version."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pg8000.native
import pymysql
import pytest

from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.checks.cluster import running_targets
from nbcluster.checks.run import run_checks
from nbcluster.cluster import Cluster
from nbcluster.files.targets import questions
from tests.checks.conftest import Misbehave, Talk, code_of, database_of, statuses
from tests.cli.program import nbcluster
from tests.services.process import free_ports
from tests.services.sql import SqlServer
from tests.unit.scenarios import official, official_text

ADAPTERS = "@nocobase/plugin-lock-adapter-redis,@nocobase/plugin-pubsub-adapter-redis"


def http_at(port: int, **params: ParamValue) -> Target:
    values: dict[str, ParamValue] = {"host": "127.0.0.1", "port": port, "tls": False, "ca_file": None, "server_name": None}
    values |= {"public_path": "/nb/", "websocket": False}
    return Target("node.node1", TargetKind.HTTP, f"http://127.0.0.1:{port}/nb/", values | params)


def reply(status: str, body: bytes = b"", *headers: str, seen: list[bytes] | None = None) -> Talk:
    def talk(connection: socket.socket, stop: threading.Event) -> None:
        asked = connection.recv(4096)
        if seen is not None:
            seen.append(asked)
        head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""])
        connection.sendall(head.encode() + body)
        # A server may keep the connection: the length tells where the answer ends.
        stop.wait(30)

    return talk


def unavailable(code: str, message: str) -> Talk:
    return reply("503 Service Unavailable", json.dumps({"error": {"code": code, "message": message}}).encode())


HEALTH: dict[str, tuple[Talk, str]] = {
    "ok": (reply("200 OK", b"ok"), "http.health.ok"),
    "page": (reply("200 OK", b"<!doctype html>"), "http.health.page"),
    "missing": (reply("404 Not Found"), "http.health.missing"),
    "moved": (reply("301 Moved Permanently", b"", "Location: https://x/"), "http.health.moved"),
    "gateway": (reply("502 Bad Gateway"), "http.health.gateway"),
    "other": (reply("418 I'm a teapot"), "http.health.other"),
    "closed": (reply("503 Service Unavailable", b"<html>"), "http.health.closed"),
    "odd": (reply("503 Service Unavailable", b'{"error":[]}'), "http.health.closed"),
    "lock": (unavailable("APP_ERROR", 'Lock adapter "redis" not registered'), "http.health.lock"),
    "address": (unavailable("APP_ERROR", "Invalid pathname"), "http.health.address"),
    "login": (
        unavailable("APP_ERROR", "WRONGPASS invalid username-password pair or user is disabled."),
        "http.health.cache_login",
    ),
    "database": (unavailable("APP_ERROR", "ERR DB index is out of range"), "http.health.cache_database"),
    "store": (
        unavailable("APP_ERROR", "Create cache failed, store type [Redis] is unavailable or not registered"),
        "http.health.cache_store",
    ),
    "key": (unavailable("APP_ERROR", "Key must be 32 bytes for AES-256 encryption."), "http.health.aes_key"),
    "refused": (unavailable("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:46999"), "http.health.unreachable"),
    "empty": (unavailable("APP_NOT_INSTALLED_ERROR", "Application main is not installed"), "http.health.not_installed"),
    "silent": (unavailable("APP_COMMANDING", ""), "http.health.silent"),
    "busy": (unavailable("APP_COMMANDING", "upgrading..."), "http.health.busy"),
    "unknown": (unavailable("APP_ERROR", "no idea"), "http.health.unhealthy"),
}


@pytest.mark.parametrize("name", HEALTH)
def test_what_a_node_says_of_itself(misbehave: Misbehave, name: str) -> None:
    talk, code = HEALTH[name]
    assert code_of(run_checks([http_at(misbehave(talk))], timeout=3), "node.node1.health") == code


def test_the_path_has_the_public_path_and_no_query(misbehave: Misbehave) -> None:
    seen: list[bytes] = []
    run_checks([http_at(misbehave(reply("200 OK", b"ok", seen=seen)), server_name="nocobase.example.com")], timeout=3)
    asked = seen[0].decode().split("\r\n")
    assert asked[0] == "GET /nb/api/__health_check HTTP/1.1"
    assert "Host: nocobase.example.com" in asked


def test_a_chunked_answer_is_read(misbehave: Misbehave) -> None:
    def talk(connection: socket.socket, stop: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\n\r\n")

    assert code_of(run_checks([http_at(misbehave(talk))], timeout=3), "node.node1.health") == "http.health.ok"


def test_what_speaks_no_http_is_said(misbehave: Misbehave) -> None:
    def talk(connection: socket.socket, _stop: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(b"-ERR unknown command\x1b[2J\r\n")

    report = run_checks([http_at(misbehave(talk))], timeout=3)
    assert code_of(report, "node.node1.health") == "http.health.alien"
    assert "\x1b" not in repr(report)


def test_a_port_that_refuses() -> None:
    report = run_checks([http_at(free_ports())], timeout=3)
    assert code_of(report, "node.node1.reach") == "net.refused"
    assert statuses(report)["node.node1.health"] == "skip"


def accepted(request: bytes) -> str:
    """Return what proves that a WebSocket is opened by whoever read the request (RFC 6455, section 4.2.2)."""
    found = re.search(rb"(?i)^Sec-WebSocket-Key: (.*)\r$", request, re.MULTILINE)
    assert found is not None and len(base64.b64decode(found[1], validate=True)) == 16
    digest = hashlib.sha1(found[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


_UPGRADED = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"


@pytest.mark.parametrize(
    ("status", "headers", "code"),
    [
        ("101 Switching Protocols", _UPGRADED, "ok"),
        (
            "101 Switching Protocols",
            "UPGRADE: WebSocket\r\nConnection: keep-alive\r\nconnection: x, upgrade\r\nsec-websocket-accept:{accept}\r\n",
            "ok",
        ),
        ("400 Bad Request", _UPGRADED + "Content-Length: 0\r\n", "refused"),
        ("200 OK", _UPGRADED + "Content-Length: 0\r\n", "refused"),
        ("101 Switching Protocols", "", "broken"),
        ("101 Switching Protocols", _UPGRADED.replace("{accept}", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "broken"),
        ("101 Switching Protocols", _UPGRADED.replace("{accept}", "{accept}x"), "broken"),
        ("101 Switching Protocols", "Upgrade: websocket\r\nConnection: Upgrade\r\n", "broken"),
        ("101 Switching Protocols", "Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n", "broken"),
        ("101 Switching Protocols", "Upgrade: websocket\r\nConnection: close\r\nSec-WebSocket-Accept: {accept}\r\n", "broken"),
        ("101 Switching Protocols", "Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n", "broken"),
    ],
)
def test_a_websocket(misbehave: Misbehave, status: str, headers: str, code: str) -> None:
    def talk(connection: socket.socket, stop: threading.Event) -> None:
        request = connection.recv(4096)
        if b"GET /nb/ws " in request:
            connection.sendall(f"HTTP/1.1 {status}\r\n{headers.format(accept=accepted(request))}\r\n".encode())
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        stop.wait(30)

    target = replace(http_at(misbehave(talk), websocket=True), id="balancer")
    report = run_checks([target], timeout=3)
    assert code_of(report, "balancer.websocket") == f"http.websocket.{code}"
    assert statuses(report)["balancer.websocket"] == ("ok" if code == "ok" else "fail")
    assert code_of(report, "balancer.health") == "http.health.ok"


def test_every_request_for_a_websocket_has_a_key_of_its_own(misbehave: Misbehave) -> None:
    kept: list[str] = []

    def talk(connection: socket.socket, stop: threading.Event) -> None:
        request = connection.recv(4096)
        if b"GET /nb/ws " in request:
            # a cache in between gives everybody the answer that somebody got
            kept.append(accepted(request))
            connection.sendall(f"HTTP/1.1 101 S\r\n{_UPGRADED.format(accept=kept[0])}\r\n".encode())
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        stop.wait(30)

    target = replace(http_at(misbehave(talk), websocket=True), id="balancer")
    codes = [code_of(run_checks([target], timeout=3), "balancer.websocket") for _again in range(2)]
    assert codes == ["http.websocket.ok", "http.websocket.broken"]


Run = Callable[[str], object]


@contextmanager
def tables(sql: SqlServer) -> Iterator[Run]:
    """Yield a function that runs a statement; the tables of NocoBase are there and are dropped afterwards."""
    with ExitStack() as stack:
        if sql.dialect == "postgres":
            session = stack.enter_context(pg8000.native.Connection(sql.username, sql.host, sql.database, sql.port, sql.password))
            yield from _filled(session.run, '"')
        else:
            connection = stack.enter_context(
                pymysql.connect(
                    host=sql.host, port=sql.port, user=sql.username, password=sql.password, database=sql.database, autocommit=True
                )
            )
            yield from _filled(stack.enter_context(connection.cursor()).execute, "`")


def _filled(run: Run, mark: str) -> Iterator[Run]:
    names = [f"{mark}{name}{mark}" for name in ("applicationVersion", "roles", "applicationPlugins")]
    run(f"create table {names[0]} (value varchar(20))")
    run(f"create table {names[1]} (name varchar(20))")
    run(f"create table {names[2]} ({mark}packageName{mark} varchar(99), version varchar(20), enabled boolean, installed boolean)")
    run(f"insert into {names[0]} values ('2.2.15')")  # noqa: S608 - names of our own
    run(f"insert into {names[1]} values ('root'), ('admin'), ('member')")  # noqa: S608 - names of our own
    rows = ", ".join(f"('{name}', '2.2.15', true, true)" for name in ADAPTERS.split(","))
    run(f"insert into {names[2]} values {rows}")  # noqa: S608 - names of our own
    try:
        yield run
    finally:
        for name in names:
            run(f"drop table {name}")


@pytest.fixture(params=["postgres", "mariadb"])
def sql(request: pytest.FixtureRequest) -> SqlServer:
    server: SqlServer = request.getfixturevalue(request.param)
    return server


def asked(server: SqlServer) -> Target:
    cluster = Cluster.of(official({"database.dialect": server.dialect}))
    (target,) = (t for t in running_targets(cluster, questions(cluster)) if t.kind is TargetKind.DATABASE)
    queries = {name: value for name, value in target.params.items() if name.endswith("_query")}
    both = ", ".join(f"'{name}'" for name in ADAPTERS.split(","))
    head, _in, tail = str(queries["adapters_query"]).partition(" IN (")
    queries["adapters_query"] = f"{head} IN ({both}){tail.partition(')')[2]}"
    return database_of(server, version="2.2.15", adapters=ADAPTERS, running=True, **queries)


STATES = [
    ("select 1", "application", "ok"),
    ("delete from {q}applicationVersion{q}", "application", "none"),
    ("update {q}applicationVersion{q} set value = '2.2.14'", "application", "other"),
    ("select 1", "whole", "ok"),
    ("delete from roles", "whole", "half"),
    ("update {q}applicationPlugins{q} set installed = false", "whole", "half"),
    ("select 1", "adapters", "ok"),
    ("update {q}applicationPlugins{q} set enabled = false where {q}packageName{q} like '%lock%'", "adapters", "missing"),
    ("delete from {q}applicationPlugins{q} where {q}packageName{q} like '%lock%'", "adapters", "missing"),
    ("update {q}applicationPlugins{q} set version = '2.2.14' where {q}packageName{q} like '%lock%'", "adapters", "version"),
]


@pytest.mark.parametrize(("change", "stage", "code"), STATES)
def test_what_the_tables_tell(sql: SqlServer, change: str, stage: str, code: str) -> None:
    with tables(sql) as run:
        run(change.format(q='"' if sql.dialect == "postgres" else "`"))
        report = run_checks([asked(sql)])
    assert code_of(report, f"database.{stage}") == f"database.{stage}.{code}"


def test_the_command_looks_at_nodes_balancer_and_database(postgres: SqlServer, misbehave: Misbehave, tmp_path: Path) -> None:
    def talk(connection: socket.socket, _stop: threading.Event) -> None:
        request = connection.recv(4096)
        if b"upgrade: websocket" in request.lower():
            connection.sendall(f"HTTP/1.1 101 S\r\n{_UPGRADED.format(accept=accepted(request))}\r\n".encode())
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    port = misbehave(talk)
    answers = tmp_path / "a.toml"
    database = {"host": postgres.host, "port": postgres.port, "user": postgres.username, "password": postgres.password}
    changes: dict[str, object] = {f"database.{key}": value for key, value in database.items()}
    changes |= {"database.name": postgres.database, "balancer.server_name": "localhost", "balancer.listen": port}
    changes["nodes"] = [
        {"name": "node1", "host": "127.0.0.1", "port": port},
        {"name": "node2", "host": "127.0.0.2", "port": port},
    ]
    answers.write_text(official_text(changes), "utf-8")
    with tables(postgres):
        ended = nbcluster("verify", "--answers", answers, "--json")
    found = {result["id"]: result["status"] for result in ended.json()["results"]}
    assert found["node.node1.health"] == found["balancer.health"] == found["balancer.websocket"] == "ok"
    assert found["node.node2.reach"] in ("error", "fail")
    assert found["database.whole"] == "ok" and found["database.adapters"] == "fail"
    assert ended.code == 3
    only = nbcluster("verify", "--answers", answers, "--only", "node.node1", "--json")
    assert only.code == 0 and set(only.json()["counts"].values()) == {0, 3}
    assert nbcluster("verify", "--answers", answers, "--only", "rabbitmq").code == 2
