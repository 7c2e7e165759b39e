"""Servers compatible with Redis: editions that run here for real, others by their INFO, and what managed services hide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from nbcluster.checks.run import run_checks
from nbcluster.facts import ROLES
from nbcluster.probe.redis.link import RedisError, RedisLink, Reply, Word
from nbcluster.probe.redis.rights import Right, ask
from nbcluster.probe.redis.server import facts_of, judge_eviction, judge_limits, judge_version
from tests.checks.conftest import by_id, redis_of, statuses
from tests.services.fixtures import StartRedis
from tests.services.redis_server import RedisServer, start_redis, stop_redis

REDIS_6 = "# Server\r\nredis_version:6.2.14\r\nredis_mode:standalone\r\n"
REDIS_8 = "# Server\r\nredis_version:8.2.3\r\nredis_mode:standalone\r\n# Modules\r\nmodule:name=bf,ver=80201\r\n"
STACK = (
    "# Server\r\nredis_version:7.4.1\r\nredis_mode:standalone\r\n# Modules\r\nmodule:name=ReJSON,ver=20802,api=1\r\n"
    "module:name=bf,ver=20802,api=1\r\nmodule:name=search,ver=21005,api=1\r\nmodule:name=timeseries,ver=11202,api=1\r\n"
)
DRAGONFLY = "# Server\r\nredis_version:7.4.0\r\ndragonfly_version:df-v1.34.1\r\nredis_mode:standalone\r\n"
KEYDB = "# Server\r\nredis_version:6.3.4\r\nkeydb_version:6.3.4\r\nredis_mode:standalone\r\n"
ELASTICACHE = "# Server\r\nredis_version:7.1.0\r\nredis_mode:standalone\r\nos:Amazon ElastiCache\r\n"
REDICT = "# Server\r\nredis_version:7.2.4\r\nserver_name:redict\r\nredis_mode:standalone\r\n"


@pytest.mark.parametrize(
    ("told", "code", "edition"),
    [
        (REDIS_6, "redis.version.old", ""),
        (REDIS_8, "redis.version.ok", ""),
        (STACK, "redis.version.stack", ""),
        (STACK.replace("name=search", "name=other"), "redis.version.old", ""),
        (STACK.replace("7.4.1", "8.0.0"), "redis.version.ok", ""),
        (DRAGONFLY, "redis.version.edition", "Dragonfly"),
        (KEYDB, "redis.version.edition", "KeyDB"),
        (REDICT, "redis.version.edition", "Redict"),
        (ELASTICACHE, "redis.version.old", ""),
        ("# Server\r\nredis_version:4.0.9\r\n", "redis.version.ancient", ""),
        ("# Server\r\nredis_version:unstable\r\n", "redis.version.unknown", ""),
        ("", "redis.version.unknown", ""),
    ],
)
def test_editions_by_what_they_tell(told: str, code: str, edition: str) -> None:
    found = judge_version(facts_of(told))
    assert (found.code, found.params.get("edition", "")) == (code, edition)


@pytest.fixture(scope="module")
def editions() -> Iterator[dict[tuple[str, bool], RedisServer]]:
    """Redis 8.0 and Valkey 8.1, each with the Bloom filter module and without."""
    with ExitStack() as stack:
        servers = {}
        for edition in ("redis8", "valkey"):
            for bloom in (False, True):
                server = start_redis(edition=edition, bloom=bloom)
                stack.callback(stop_redis, server)
                servers[edition, bloom] = server
        yield servers


@pytest.mark.parametrize(("edition", "code"), [("redis8", "redis.version.ok"), ("valkey", "redis.version.edition")])
@pytest.mark.parametrize("bloom", [False, True])
def test_editions_that_run_here(editions: dict[tuple[str, bool], RedisServer], edition: str, code: str, bloom: bool) -> None:
    """Version 8 may lack the Bloom filter, and servers other than Redis may have it."""
    server = editions[edition, bloom]
    report = run_checks([redis_of(server, role, db=number) for number, role in enumerate(ROLES)])
    found = by_id(report)
    assert found["redis.cache.version"].code == code
    assert found["redis.cache.version"].params["version"] == server.version
    assert found["redis.cache.bloom"].code == ("redis.bloom.ok" if bloom else "redis.bloom.missing")
    expected = {"redis.queue.persistence"} | (set() if bloom else {"redis.cache.bloom"})
    expected |= {f"redis.{role}.version" for role in ROLES} if edition == "valkey" else set()
    assert {check for check, status in statuses(report).items() if status != "ok"} == expected


def test_a_service_that_takes_commands_away(start_redis_server: StartRedis) -> None:
    """Managed services rename or remove CONFIG and more; everything else is still judged."""
    words = [word for name in ("CONFIG", "ACL", "DEBUG", "MONITOR") for word in ("--rename-command", name, "")]
    server = start_redis_server(*words, "--databases", "1")
    report = run_checks([redis_of(server, role) for role in ROLES] + [redis_of(server, "lock", db=3)])
    found = by_id(report)
    assert not [r for r in report.results if r.status == "error"]
    assert found["redis.queue.persistence"].code == "redis.persistence.unasked"
    assert found["redis.lock.database"].code == "redis.database.range"
    # KEYS and FLUSHDB are not run, and nobody can be asked whether they may be
    assert found["redis.cache.commands"].code == "redis.commands.unasked"


@pytest.mark.parametrize("new", ["", "a-name-that-nobody-knows"])
@pytest.mark.parametrize("hidden", [(), ("--rename-command", "ACL", "")])
def test_a_service_without_the_commands_that_are_never_run(
    start_redis_server: StartRedis, new: str, hidden: tuple[str, ...]
) -> None:
    server = start_redis_server(*hidden, "--rename-command", "FLUSHDB", new)
    found = by_id(run_checks([redis_of(server, "cache")]))["redis.cache.commands"]
    assert (found.status, found.code, found.params["commands"]) == ("warn", "redis.commands.lacking", "FLUSHDB")


@pytest.mark.parametrize(
    ("rights", "code"),
    [
        (["+@all", "-acl|dryrun"], "redis.commands.unasked"),
        (["+@all", "-acl"], "redis.commands.unasked"),
        (["+@all", "-acl", "-command"], "redis.commands.unasked"),
        (["+@all", "-flushdb"], "redis.commands.partly"),
        (["+@all"], "redis.commands.ok"),
    ],
)
def test_what_nobody_can_ask_is_not_allowed(start_redis_server: StartRedis, rights: list[str], code: str) -> None:
    server = start_redis_server(users=[["app", "on", ">pw", "~*", "&*", *rights]], username="app", password="pw", bloom=True)
    found = by_id(run_checks([redis_of(server, "cache")]))
    assert found["redis.cache.commands"].code == code
    bloom = "redis.bloom.unasked" if code.endswith("unasked") else "redis.bloom.ok"
    assert found["redis.cache.bloom"].code == bloom


class Told(RedisLink):
    """A server that answers from a table, as editions do that do not run here; what is not in it is an error."""

    def __init__(self, answers: dict[str, object]) -> None:
        self._answers = answers

    def send(self, *words: Word) -> Reply:
        line = " ".join(word.decode() if isinstance(word, bytes) else str(word) for word in words)
        found = self._answers.get(line, RedisError(f"ERR unknown command '{line.partition(' ')[0]}'"))
        if isinstance(found, RedisError):
            raise found
        return found


HERE: dict[str, object] = {"COMMAND INFO FLUSHDB": [[b"flushdb", -1]]}
OLDER = RedisError("ERR Unknown subcommand or wrong number of arguments for 'DRYRUN'. Try ACL HELP.")


def user_with(*flags: bytes) -> dict[str, object]:
    return HERE | {"ACL DRYRUN app FLUSHDB": OLDER, "ACL GETUSER app": [b"flags", list(flags), b"passwords", []]}


@pytest.mark.parametrize(
    ("answers", "version", "right"),
    [
        # Redis 5 knows no users
        (HERE, "5.0.14", Right.ALLOWED),
        ({"COMMAND INFO FLUSHDB": [None]}, "5.0.14", Right.MISSING),
        # Redis 6 has users and no DRYRUN
        (user_with(b"on", b"allkeys", b"allcommands"), "6.2.14", Right.ALLOWED),
        (user_with(b"on", b"allkeys"), "6.2.14", Right.UNASKED),
        # a service without ACL, and one that hides its version
        (HERE, "7.0.15", Right.UNASKED),
        (HERE, "", Right.UNASKED),
        ({}, "7.0.15", Right.UNASKED),
        ({"ACL DRYRUN app FLUSHDB": b"OK"}, "7.0.15", Right.ALLOWED),
        ({"ACL DRYRUN app FLUSHDB": b"User app has no permissions to run the 'flushdb' command"}, "7.0.15", Right.DENIED),
        ({"ACL DRYRUN app FLUSHDB": b"whatever"}, "7.0.15", Right.UNASKED),
        ({"ACL DRYRUN app FLUSHDB": RedisError("ERR Command 'FLUSHDB' not found")}, "7.0.15", Right.MISSING),
        (HERE | {"ACL DRYRUN app FLUSHDB": RedisError("ERR User 'app' not found")}, "7.0.15", Right.UNASKED),
    ],
)
def test_rights_by_what_a_server_tells(answers: dict[str, object], version: str, right: Right) -> None:
    assert ask(Told(answers), "app", lambda: version, "FLUSHDB") is right


def test_a_service_that_tells_nothing_of_itself(start_redis_server: StartRedis) -> None:
    users = [["app", "on", ">pw", "~*", "&*", "+@all", "-info", "-config", "-acl"]]
    server = start_redis_server(users=users, username="app", password="pw")
    report = run_checks([redis_of(server, "queue")])
    hidden = {"version", "primary", "server", "eviction", "persistence", "limits"}
    # what is hidden is not a fault of the server, and the later stages are still run
    assert {check for check, status in statuses(report).items() if status == "skip"} == {f"redis.queue.{name}" for name in hidden}
    assert statuses(report)["redis.queue.exchange"] == "ok"


def test_a_service_with_a_part_of_info() -> None:
    facts = facts_of("# Server\r\nredis_version:8.2.3\r\n")
    assert judge_eviction(facts, "app").code == "redis.eviction.hidden"
    assert judge_limits(facts, 10).code == "redis.limits.hidden"
