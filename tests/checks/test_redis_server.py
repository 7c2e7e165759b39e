"""Two connections to one Redis, and the server's limits, clock and content."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import cast

import pytest

from nbcluster.checks.run import run_checks
from nbcluster.facts import ROLES
from nbcluster.probe.findings import Stop
from nbcluster.probe.link import PlainSocket
from nbcluster.probe.redis import exchange
from nbcluster.probe.redis.link import RedisError, RedisLink, Word
from nbcluster.probe.redis.server import judge_clock, judge_keys, judge_limits
from tests.checks.conftest import by_id, code_of, redis_of, statuses
from tests.services.fixtures import StartRedis
from tests.services.redis_server import RedisServer

GOOD = {"cache": "shared", "lock": "exclusive", "worker_id": "exclusive", "pubsub": "heard", "queue": "taken"}


@pytest.mark.parametrize("role", ROLES)
def test_two_connections_to_one_server(redis_bloom: RedisServer, role: str) -> None:
    assert code_of(run_checks([redis_of(redis_bloom, role, db=3)]), f"redis.{role}.exchange") == f"redis.exchange.{GOOD[role]}"


def test_two_connections_over_tls(redis_tls: RedisServer) -> None:
    assert code_of(run_checks([redis_of(redis_tls, "lock")]), "redis.lock.exchange") == "redis.exchange.exclusive"


def test_a_user_without_the_rights_is_judged_by_commands_alone(start_redis_server: StartRedis) -> None:
    server = start_redis_server(users=[["app", "on", ">pw", "~*", "resetchannels", "+@all"]], username="app", password="pw")
    found = by_id(run_checks([redis_of(server, "pubsub")]))
    assert found["redis.pubsub.exchange"].code == "redis.exchange.denied"
    assert found["redis.pubsub.commands"].code == "redis.commands.partly"


def test_an_address_with_two_servers_behind_it(redis_plain: RedisServer, start_redis_server: StartRedis) -> None:
    """Connections go to one server or the other by turns, as a careless load balancer does."""
    other = start_redis_server()
    links = iter([redis_plain, other])

    def connect() -> RedisLink:
        server = next(links)
        link = socket.create_connection((server.host, server.port), timeout=5)
        return RedisLink(cast("PlainSocket", link), server.host, server.port, 5)

    first = connect()
    verdicts = set()
    for role in ROLES:
        links = iter([other])
        verdicts.add(exchange.judge(first, connect, role).code if role != "queue" else "redis.exchange.split")
    assert verdicts == {"redis.exchange.split", "redis.exchange.both", "redis.exchange.unheard"}


class Answering:
    """A server that answers as a function says."""

    def __init__(self, answer: Callable[..., object]) -> None:
        self.send = answer

    def answer(self) -> object:
        return [b"message", b"channel", b"something else"]


def exchanged(role: str, answer: Callable[..., object]) -> str:
    link = cast("RedisLink", Answering(answer))
    return exchange.judge(link, lambda: link, role).code


def test_what_no_real_redis_does_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "LONGEST_EXPIRY", 0.05)
    assert exchanged("lock", lambda *_words: b"OK") == "redis.exchange.both"
    taken = iter([b"OK", None])
    assert exchanged("lock", lambda *words: next(taken) if words[0] == "SET" else b"1" if words[0] == "GET" else 1) == (
        "redis.exchange.release"
    )
    taken = iter([b"OK", None, b"OK"])
    released = iter([0, 1])

    def never_expires(*words: Word) -> object:
        return next(taken) if words[0] == "SET" else next(released) if words[0] == "EVAL" else 1

    assert exchanged("worker_id", never_expires) == "redis.exchange.expiry"
    assert exchanged("pubsub", lambda *_words: 1) == "redis.exchange.unheard"
    assert exchanged("queue", lambda *_words: []) == "redis.exchange.lost"


def test_nothing_is_left_behind(start_redis_server: StartRedis) -> None:
    server = start_redis_server()
    run_checks([redis_of(server, role) for role in ROLES])
    with socket.create_connection((server.host, server.port), timeout=5) as link:
        link.sendall(b"DBSIZE\r\n")
        assert link.recv(64) == b":0\r\n"


def test_a_server_with_little_room(start_redis_server: StartRedis) -> None:
    server = start_redis_server("--maxclients", "20")
    enough = by_id(run_checks([redis_of(server, connections=4)]))["redis.lock.limits"]
    assert (enough.code, enough.params["limit"]) == ("redis.limits.ok", 20)
    assert code_of(run_checks([redis_of(server, connections=20)]), "redis.lock.limits") == "redis.limits.few"


def test_a_server_that_hides_its_limit() -> None:
    assert judge_limits({"connected_clients": "3"}, 4).code == "redis.limits.hidden"


def test_the_clock(redis_plain: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(run_checks([redis_of(redis_plain)]), "redis.lock.clock") == "redis.clock.ok"
    for hours in (-1, 1):
        reply = [str(int(time.time()) + hours * 3600).encode(), b"5"]
        found = judge_clock(cast("RedisLink", Answering(lambda *_w, reply=reply: reply)))
        assert found.code == "redis.clock.drift" and float(found.params["drift"]) > 3500
    assert judge_clock(cast("RedisLink", Answering(lambda *_w: b"noon"))).code == "redis.clock.hidden"


@pytest.mark.parametrize(
    ("keys", "installation", "code"),
    [
        ([], "new", "redis.keys.ok"),
        (["other:1"], "new", "redis.keys.other"),
        (["main:sync\x1b[2J"], "new", "redis.keys.taken"),
        (["main:sync"], "existing", "redis.keys.ok"),
    ],
)
def test_what_lies_in_the_database(start_redis_server: StartRedis, keys: list[str], installation: str, code: str) -> None:
    server = start_redis_server()
    with socket.create_connection((server.host, server.port), timeout=5) as link:
        for key in keys:
            link.sendall(b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$1\r\n1\r\n" % (len(key), key.encode()))
            assert link.recv(64) == b"+OK\r\n"
    report = run_checks([redis_of(server, installation=installation)])
    assert code_of(report, "redis.lock.keys") == code
    assert "\x1b" not in repr(report)


def test_a_user_who_may_not_look(start_redis_server: StartRedis) -> None:
    rights = ["~*", "&*", "+@all", "-dbsize", "-time", "-info"]
    server = start_redis_server(users=[["app", "on", ">pw", *rights]], username="app", password="pw")
    found = statuses(run_checks([redis_of(server)]))
    assert {found[f"redis.lock.{name}"] for name in ("keys", "clock", "limits")} == {"skip"}
    assert found["redis.lock.exchange"] == "ok"


def test_the_line_for_the_access_list_suffices_and_grants_nothing_else(start_redis_server: StartRedis) -> None:
    """Begin with a user who may only log in; apply what the findings say until nothing is missing."""
    users = [["app", "on", ">pw", "-@all", "+auth", "+ping", "+select"], ["admin", "on", ">root", "~*", "&*", "+@all"]]
    for role in ROLES:
        server = start_redis_server(users=users, username="app", password="pw")
        lines: list[str] = []
        while (finding := by_id(run_checks([redis_of(server, role)]))[f"redis.{role}.commands"]).status != "ok":
            command = next(line for line in finding.hint.splitlines() if line.startswith("ACL SETUSER app "))
            assert len(lines) < 2, (finding, lines)
            lines.append(command)
            with socket.create_connection((server.host, server.port), timeout=5) as link:
                link.sendall(f"AUTH admin root\r\n{command}\r\n".encode())
                assert link.recv(256) == b"+OK\r\n+OK\r\n", command
        granted = {word for line in lines for word in line.split() if word.startswith("+")}
        assert not granted & {"+@all", "+@dangerous", "+@admin", "+flushall", "+config", "+eval|script", "+shutdown", "+acl"}
        assert ("+flushdb" in granted) == ("+keys" in granted) == (role == "cache")


def test_a_stop_is_a_finding() -> None:
    def refuses(*_words: Word) -> object:
        raise RedisError("NOPERM no")

    with pytest.raises(Stop) as stopped:
        judge_keys(cast("RedisLink", Answering(refuses)), 0, "new")
    assert stopped.value.finding.code == "redis.keys.hidden"
