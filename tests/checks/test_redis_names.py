"""Host names of Redis: one with several addresses, and several of one server."""

from __future__ import annotations

import json
import socket
import threading

import pytest

from nbcluster.answers.flow import targets
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import parse_url
from nbcluster.checks.run import run_checks
from nbcluster.probe.findings import Finding, Stop
from nbcluster.probe.redis import names
from nbcluster.probe.redis.probe import RedisProbe
from nbcluster.steps import new_answers
from tests.checks.conftest import by_id, code_of, redis_of
from tests.checks.test_redis import forward
from tests.services.fixtures import StartRedis
from tests.services.process import free_ports
from tests.services.redis_server import RedisServer

OTHER = "127.0.0.2"
"""A second address of this machine."""


@pytest.fixture
def two_addresses(start_redis_server: StartRedis) -> RedisServer:
    return start_redis_server("--bind", "127.0.0.1", OTHER)


def judged(server: RedisServer, **params: object) -> Finding:
    """Return what the stage says in this process, where names can be given addresses."""
    probe = RedisProbe(dict(redis_of(server).params) | params, 5)
    try:
        probe.reach()
        return probe.server()
    except Stop as stop:
        return stop.finding
    finally:
        probe.close()


def named(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    records = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]

    def look_up(host: str, port: int, *_words: object, **_more: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        found = records if host == "redis.test" else [(*records[0][:4], (host, port))]
        return [(*record[:4], (record[4][0], port)) for record in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_one_server_with_one_name(redis_plain: RedisServer) -> None:
    assert code_of(run_checks([redis_of(redis_plain)]), "redis.lock.server") == "redis.server.ok"


def test_every_address_of_a_name_is_asked(monkeypatch: pytest.MonkeyPatch, two_addresses: RedisServer) -> None:
    named(monkeypatch, "127.0.0.1", OTHER)
    found = judged(two_addresses, host="redis.test")
    assert (found.code, found.params["count"]) == ("redis.server.ok", 2)


def test_two_servers_behind_one_name(
    monkeypatch: pytest.MonkeyPatch, redis_plain: RedisServer, start_redis_server: StartRedis
) -> None:
    second = start_redis_server()
    named(monkeypatch, "127.0.0.1", OTHER)
    with socket.create_server((OTHER, redis_plain.port)) as front:
        threading.Thread(target=forward, args=(front, second.port), daemon=True).start()
        found = judged(redis_plain, host="redis.test")
    assert (found.status, found.code) == ("fail", "redis.server.several")
    assert (found.params["first"], found.params["second"]) == ("127.0.0.1", OTHER)


def test_an_address_that_serves_nobody(monkeypatch: pytest.MonkeyPatch, redis_plain: RedisServer) -> None:
    named(monkeypatch, "127.0.0.1", OTHER)
    found = judged(redis_plain, host="redis.test")
    assert (found.status, found.code, found.params["second"]) == ("warn", "redis.server.silent", OTHER)


@pytest.mark.parametrize(
    ("role", "other", "code"),
    [
        ("lock", "cache", "redis.server.flushed"),
        ("cache", "lock", "redis.server.flushed"),
        ("lock", "queue", "redis.server.shared"),
    ],
)
def test_two_names_of_one_server(two_addresses: RedisServer, role: str, other: str, code: str) -> None:
    peers = Secret(json.dumps([(other, OTHER, two_addresses.port, False, "", "")]))
    found = by_id(run_checks([redis_of(two_addresses, role, peers=peers)]))[f"redis.{role}.server"]
    assert found.code == code
    assert OTHER in found.summary


def test_another_server_that_cannot_be_asked_is_judged_by_its_own_checks(
    redis_plain: RedisServer, redis_bloom: RedisServer
) -> None:
    peers = [("cache", "127.0.0.1", free_ports(), False, "", ""), ("queue", "127.0.0.1", redis_bloom.port, False, "", "wrong")]
    report = run_checks([redis_of(redis_plain, peers=Secret(json.dumps(peers)))])
    assert code_of(report, "redis.lock.server") == "redis.server.ok"


def test_the_same_server_over_tls(redis_tls: RedisServer) -> None:
    server = redis_of(redis_tls)
    peers = [("cache", "localhost", redis_tls.port, True, redis_tls.username, redis_tls.password)]
    report = run_checks([redis_of(redis_tls, peers=Secret(json.dumps(peers)))])
    assert code_of(report, f"{server.id}.server") == "redis.server.flushed"


def test_a_user_who_may_not_see_the_run_id(start_redis_server: StartRedis) -> None:
    server = start_redis_server(users=[["app", "on", ">pw", "~*", "&*", "+@all", "-info"]], username="app", password="pw")
    assert code_of(run_checks([redis_of(server)]), "redis.lock.server") == "redis.server.hidden"


def test_a_server_that_tells_no_run_id(redis_plain: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RedisProbe, "facts", {"role": "master"})
    assert judged(redis_plain).code == "redis.server.hidden"


def test_the_other_loopback_address_is_no_other_server(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [(2, 1, 6, "", ("::1", 1, 0, 0)), (2, 1, 6, "", ("127.0.0.1", 1)), (2, 1, 6, "", ("127.0.0.1", 1))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_words, **_more: records)
    assert names.addresses("localhost", 1) == ["127.0.0.1"]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_words, **_more: records[:1])
    assert names.addresses("localhost", 1) == ["::1"]


def test_roles_that_may_share_a_database_are_compared() -> None:
    answers = new_answers()
    for role, address in {
        "cache": "redis://:pw@a:6379/0",
        "pubsub": "redis://a:6379/0",
        "lock": "redis://b:6379/0",
        "queue": "redis://b:6379/1",
        "worker_id": "redis://broken path",
    }.items():
        answers = answers.with_(f"redis.{role}", parse_url(address))
    peers = {t.id: t.params["peers"] for t in targets(answers) if t.id.startswith("redis.")}
    lock = peers["redis.lock"]
    assert isinstance(lock, Secret)
    assert [(peer[0], peer[1], peer[5]) for peer in json.loads(lock.reveal())] == [("cache", "a", "pw"), ("pubsub", "a", "")]
    assert peers["redis.queue"] is None
