"""Who uses a Redis database of a running cluster, and whether its nodes have the same keys and plugins."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from nbcluster.answers.targets import Target, TargetKind
from nbcluster.checks.cluster import running_targets
from nbcluster.checks.results import CheckResult
from nbcluster.checks.run import run_checks
from nbcluster.cluster import Cluster
from nbcluster.facts import ROLES
from tests.checks.conftest import Misbehave, Talk, by_id, redis_of
from tests.checks.test_running import http_at
from tests.services.fixtures import StartRedis
from tests.services.process import free_ports
from tests.services.redis_server import RedisServer
from tests.unit.scenarios import official

NODES = {"node1": "127.0.0.1", "node2": "127.0.0.2"}


def using(server: RedisServer, role: str, db: int, nodes: dict[str, str]) -> Target:
    return redis_of(server, role, db=db, machines=len(nodes) or 1, nodes=json.dumps(nodes))


def use(server: RedisServer, role: str, *, nodes: dict[str, str] = NODES, db: int = 3) -> CheckResult:
    report = run_checks([using(server, role, db, nodes)])
    assert list(by_id(report)) == [f"redis.{role}.{name}" for name in ("reach", "login", "database", "use")]
    return by_id(report)[f"redis.{role}.use"]


@pytest.fixture
def open_redis(start_redis_server: StartRedis) -> RedisServer:
    return start_redis_server("--bind", "127.0.0.1", "127.0.0.2", "::1", "--protected-mode", "no")


@contextmanager
def connected(server: RedisServer, address: str, *commands: str) -> Iterator[None]:
    """A client that comes from an address of this machine, as a node does."""
    with socket.create_connection((address, server.port), 5, (address, 0)) as link:
        for command in ("SELECT 3", *commands):
            link.sendall(command.encode() + b"\r\n")
            assert link.recv(64)[:1] in b"+:"
        yield


def test_the_node_that_is_not_connected_is_named(open_redis: RedisServer) -> None:
    assert (use(open_redis, "lock").status, use(open_redis, "lock").code) == ("fail", "redis.use.nobody")
    with connected(open_redis, "127.0.0.1"):
        found = use(open_redis, "lock")
        assert (found.status, found.code, found.params["missing"]) == ("fail", "redis.use.missing", "node2 127.0.0.2")
        assert use(open_redis, "lock", db=5).code == "redis.use.nobody"
        assert use(open_redis, "lock", nodes={"a": "127.0.0.1", "b": "localhost"}).code == "redis.use.ok"
        with connected(open_redis, "127.0.0.2"):
            found = use(open_redis, "lock")
            assert (found.status, found.code, found.params["connections"]) == ("ok", "redis.use.ok", 2)
    with connected(open_redis, "::1"):
        assert use(open_redis, "lock", nodes={"a": "[0:0::1]"}).code == "redis.use.ok"


def test_a_cluster_of_five_roles_does_not_count_the_checks_themselves(open_redis: RedisServer) -> None:
    """All roles lie on one server, so that five checks are connected at once, and stand in database 0 until they choose theirs."""
    targets = [using(open_redis, role, number, NODES) for number, role in enumerate(ROLES)]
    for _time in range(10):
        found = by_id(run_checks(targets))
        assert {found[f"redis.{role}.use"].code for role in ROLES} <= {"redis.use.nobody"}, found
    with connected(open_redis, "127.0.0.2", "SELECT 0"):
        for _time in range(10):
            cache = by_id(run_checks(targets))["redis.cache.use"]
            assert (cache.code, cache.params["missing"]) == ("redis.use.missing", "node1 127.0.0.1")


@pytest.mark.parametrize("name", ["redis_exporter", "sentinel-0123-cmd", "nbcluster-probe"])
def test_what_watches_a_server_is_no_node(open_redis: RedisServer, name: str) -> None:
    with connected(open_redis, "127.0.0.1"), connected(open_redis, "127.0.0.2", f"CLIENT SETNAME {name}"):
        found = use(open_redis, "lock")
    assert (found.code, found.params["missing"]) == ("redis.use.missing", "node2 127.0.0.2")


def test_a_monitor_is_no_node(open_redis: RedisServer) -> None:
    with connected(open_redis, "127.0.0.1"), connected(open_redis, "127.0.0.2", "MONITOR"):
        assert use(open_redis, "lock").code == "redis.use.missing"


@pytest.mark.parametrize(
    ("nodes", "code", "status"),
    [
        # behind a translated address, and with a name that only the nodes know
        ({"a": "10.0.0.1", "b": "10.0.0.2"}, "unplaced", "skip"),
        ({"a": "127.0.0.1", "b": "no.such.host.invalid"}, "unplaced", "skip"),
        # one is seen as it is, so would be the other
        ({"a": "127.0.0.1", "b": "10.0.0.2"}, "missing", "fail"),
        ({}, "pods", "skip"),
    ],
)
def test_addresses_of_no_node(open_redis: RedisServer, nodes: dict[str, str], code: str, status: str) -> None:
    with connected(open_redis, "127.0.0.1"), connected(open_redis, "127.0.0.2"):
        found = use(open_redis, "lock", nodes=nodes)
    assert (found.code, found.status) == (f"redis.use.{code}", status)
    assert "127.0.0.2" in str(found.params["seen"])


def test_a_name_without_a_stranger_is_missing(open_redis: RedisServer) -> None:
    with connected(open_redis, "127.0.0.1"):
        found = use(open_redis, "lock", nodes={"a": "127.0.0.1", "b": "no.such.host.invalid"})
    assert (found.code, found.params["missing"]) == ("redis.use.missing", "b no.such.host.invalid")


@pytest.mark.parametrize(
    ("role", "keys", "code"),
    [("cache", 1, "hidden"), ("cache", 0, "empty"), ("worker_id", 0, "empty"), ("lock", 0, "hidden"), ("queue", 1, "hidden")],
)
def test_a_user_who_may_not_see_who_is_connected(start_redis_server: StartRedis, role: str, keys: int, code: str) -> None:
    server = start_redis_server(users=[["app", "on", ">pw", "~*", "&*", "+@all", "-client"]], username="app", password="pw")
    with redis.Redis(port=server.port, db=3) as client:
        if keys:
            client.set("main:x", "1")
        assert use(server, role).code == f"redis.use.{code}"


def test_a_user_who_may_not_take_a_name_sees_all_the_same(start_redis_server: StartRedis) -> None:
    rights = ["app", "on", ">pw", "~*", "&*", "+@all", "-client|setname"]
    server = start_redis_server(users=[rights], username="app", password="pw")
    assert use(server, "cache").code == "redis.use.nobody"


def test_a_user_who_may_see_neither(start_redis_server: StartRedis) -> None:
    rights = ["app", "on", ">pw", "~*", "&*", "+@all", "-client", "-dbsize"]
    server = start_redis_server(users=[rights], username="app", password="pw")
    assert use(server, "cache").code == "redis.use.hidden"


def test_a_login_that_is_refused_is_judged_as_ever(start_redis_server: StartRedis) -> None:
    server = start_redis_server(users=[["app", "on", ">pw", "~*", "&*", "+@all"]], username="app", password="other")
    report = run_checks([using(server, "lock", 3, NODES)])
    assert by_id(report)["redis.lock.login"].code == "redis.login.refused"
    bare = start_redis_server("--requirepass", "pw")
    assert by_id(run_checks([using(bare, "lock", 3, NODES)]))["redis.lock.login"].code == "redis.login.required"


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
        ({"@nocobase/a": "ffff0000", "@nocobase/b": "eeee0000"}, "other", "skip"),
        (ALIKE | {"@nocobase/b": "eeee0000"}, "some", "skip"),
        (ALIKE | {"@nocobase/c": "eeee0000"}, "plugins", "fail"),
        ({}, "hidden", "skip"),
    ],
)
def test_nodes_are_compared_by_the_addresses_of_their_plugins(
    misbehave: Misbehave, other: dict[str, str], code: str, status: str
) -> None:
    found = same(misbehave, plugins(ALIKE), plugins(other))
    assert (found.code, found.status) == (f"node.same.{code}", status)


def test_what_compares_the_keys_does_not_show_them(misbehave: Misbehave, tmp_path: Path) -> None:
    found = same(misbehave, plugins(ALIKE), plugins(dict.fromkeys(ALIKE, "ffff0000")))
    command = str(found.params["command"])
    assert command in found.hint
    said = []
    for key in ("k1", "k1", "k2"):
        (tmp_path / ".env").write_text(f"APP_ENV=production\nAPP_KEY={key}-of-the-application\nTZ=UTC\n")
        said.append(subprocess.check_output(["/bin/sh", "-c", command], cwd=tmp_path, text=True))
    assert said[0] == said[1] != said[2]
    assert not any("of-the-application" in line for line in said)


def test_nodes_that_tell_nothing_are_not_compared(misbehave: Misbehave) -> None:
    assert same(misbehave, plugins(ALIKE), None).code == "node.same.hidden"
    assert same(misbehave, plugins(ALIKE), plugins(ALIKE, "403 Forbidden")).code == "node.same.hidden"

    def odd(connection: socket.socket, _stop: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(b'HTTP/1.1 200 OK\r\n\r\n{"data": [{"packageName": 3}, null]}')

    assert same(misbehave, plugins(ALIKE), odd).code == "node.same.hidden"


def test_every_node_but_the_first_is_compared_with_it() -> None:
    nodes = [{"name": "a", "host": "10.0.0.1"}, {"name": "b", "host": "10.0.0.2", "cluster_mode": "3"}]
    goals = running_targets(Cluster.of(official({"nodes": nodes})), {})
    assert [t.params.get("peer") for t in goals if t.id.startswith("node.")] == [None, "10.0.0.1:13000"]
    redis_goals = [t for t in goals if t.kind is TargetKind.REDIS]
    assert {(t.params["machines"], t.params["nodes"]) for t in redis_goals} == {(2, '{"a": "10.0.0.1", "b": "10.0.0.2"}')}
    assert len(redis_goals) == 5


def test_a_node_that_is_down_is_not_compared() -> None:
    target: Target = replace(http_at(free_ports(), peer="127.0.0.1:1"))
    assert by_id(run_checks([target], timeout=2))["node.node1.same"].status == "skip"
