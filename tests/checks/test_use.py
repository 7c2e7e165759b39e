"""Who uses a Redis database of a running cluster, and whether its nodes have the same keys and plugins."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import replace

import pytest
import redis

from nbcluster.checks.engine import run_checks
from nbcluster.checks.results import CheckResult
from nbcluster.targets import Target, TargetKind
from nbcluster.verifying import running_targets
from tests.checks.conftest import Misbehave, Talk, by_id, redis_of
from tests.checks.test_running import http_at
from tests.services.fixtures import StartRedis
from tests.services.process import free_ports
from tests.services.redis_server import RedisServer
from tests.unit.scenarios import official


def use(server: RedisServer, role: str, *, machines: int = 1, db: int = 3) -> CheckResult:
    report = run_checks([redis_of(server, role, db=db, machines=machines, processes=4)])
    assert list(by_id(report)) == [f"redis.{role}.{name}" for name in ("reach", "login", "database", "use")]
    return by_id(report)[f"redis.{role}.use"]


def test_connections_are_counted_by_database_and_machine(start_redis_server: StartRedis) -> None:
    server = start_redis_server("--bind", "127.0.0.1", "127.0.0.2", "--protected-mode", "no")
    assert (use(server, "lock").status, use(server, "lock").code) == ("warn", "redis.use.nobody")
    with redis.Redis(host="127.0.0.1", port=server.port, db=3) as first, redis.Redis(port=server.port, db=4) as other:
        first.set("main:x", "1")
        other.ping()
        found = use(server, "lock")
        assert (found.code, found.params["connections"], found.params["hosts"], found.params["keys"]) == ("redis.use.ok", 1, 1, 1)
        assert use(server, "lock", machines=2).code == "redis.use.few"
        assert use(server, "lock", db=5).code == "redis.use.nobody"
        with socket.create_connection(("127.0.0.2", server.port), 5, ("127.0.0.2", 0)) as second:
            second.sendall(b"SELECT 3\r\n")
            assert second.recv(16).startswith(b"+OK")
            assert use(server, "lock", machines=2).code == "redis.use.ok"


@pytest.mark.parametrize(
    ("role", "keys", "code"),
    [("cache", 1, "filled"), ("cache", 0, "empty"), ("worker_id", 0, "empty"), ("lock", 0, "hidden"), ("queue", 1, "filled")],
)
def test_a_user_who_may_not_see_who_is_connected(start_redis_server: StartRedis, role: str, keys: int, code: str) -> None:
    server = start_redis_server(users=[["app", "on", ">pw", "~*", "&*", "+@all", "-client"]], username="app", password="pw")
    with redis.Redis(port=server.port, db=3) as client:
        if keys:
            client.set("main:x", "1")
        assert use(server, role).code == f"redis.use.{code}"


def test_a_user_who_may_see_neither(start_redis_server: StartRedis) -> None:
    rights = ["app", "on", ">pw", "~*", "&*", "+@all", "-client", "-dbsize"]
    server = start_redis_server(users=[rights], username="app", password="pw")
    assert use(server, "cache").code == "redis.use.hidden"


def plugins(digests: dict[str, str], status: str = "200 OK") -> Talk:
    rows = [
        {"name": name, "packageName": name, "url": f"/static/plugins/{name}/x.js?hash={one}"} for name, one in digests.items()
    ]
    listing = json.dumps({"data": [*rows, {"packageName": "no-digest", "url": "/x.js"}]}).encode()

    def talk(connection: socket.socket, stop: threading.Event) -> None:
        health = b"/api/__health_check " in connection.recv(4096)
        body = b"ok" if health else listing
        head = f"HTTP/1.1 {'200 OK' if health else status}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        stop.wait(30)

    return talk


def same(misbehave: Misbehave, own: Talk, other: Talk | None) -> CheckResult:
    peer = free_ports() if other is None else misbehave(other)
    target = http_at(misbehave(own), peer=f"127.0.0.1:{peer}")
    return by_id(run_checks([target], timeout=5))["node.node1.same"]


ALIKE = {"@nocobase/a": "0123abcd", "@nocobase/b": "4567abcd"}


@pytest.mark.parametrize(
    ("other", "code", "status"),
    [
        (ALIKE, "ok", "ok"),
        ({"@nocobase/a": "ffff0000", "@nocobase/b": "eeee0000"}, "other", "warn"),
        (ALIKE | {"@nocobase/b": "eeee0000"}, "some", "warn"),
        (ALIKE | {"@nocobase/c": "eeee0000"}, "plugins", "warn"),
        ({}, "hidden", "skip"),
    ],
)
def test_nodes_are_compared_by_the_addresses_of_their_plugins(
    misbehave: Misbehave, other: dict[str, str], code: str, status: str
) -> None:
    found = same(misbehave, plugins(ALIKE), plugins(other))
    assert (found.code, found.status) == (f"node.same.{code}", status)


def test_nodes_that_tell_nothing_are_not_compared(misbehave: Misbehave) -> None:
    assert same(misbehave, plugins(ALIKE), None).code == "node.same.hidden"
    assert same(misbehave, plugins(ALIKE), plugins(ALIKE, "403 Forbidden")).code == "node.same.hidden"

    def odd(connection: socket.socket, _stop: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(b'HTTP/1.1 200 OK\r\n\r\n{"data": [{"packageName": 3}, null]}')

    assert same(misbehave, plugins(ALIKE), odd).code == "node.same.hidden"


def test_every_node_but_the_first_is_compared_with_it() -> None:
    nodes = [{"name": "a", "host": "10.0.0.1"}, {"name": "b", "host": "10.0.0.2", "cluster_mode": "3"}]
    goals = running_targets(official({"nodes": nodes}))
    assert [t.params.get("peer") for t in goals if t.id.startswith("node.")] == [None, "10.0.0.1:13000"]
    redis_goals = [t for t in goals if t.kind is TargetKind.REDIS]
    assert {(t.params["machines"], t.params["processes"]) for t in redis_goals} == {(2, 4)}
    assert len(redis_goals) == 5


def test_a_node_that_is_down_is_not_compared() -> None:
    target: Target = replace(http_at(free_ports(), peer="127.0.0.1:1"))
    assert by_id(run_checks([target], timeout=2))["node.node1.same"].status == "skip"
