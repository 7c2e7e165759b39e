"""Restricted Redis servers: what could not be asked is never reported as ok (renamed or removed commands, hidden ACL, CONFIG and INFO)."""

from __future__ import annotations

import pytest

from nbcluster.checks.run import run_checks
from nbcluster.facts import ROLES
from nbcluster.probe.redis.link import RedisError
from nbcluster.probe.redis.rights import Right, refused
from nbcluster.probe.redis.server import judge_eviction, judge_limits, judge_persistence, judge_version
from tests.checks.conftest import code_of, redis_of, statuses
from tests.services.fixtures import StartRedis
from tests.services.redis_server import RedisServer


def renamed(*names: str) -> list[str]:
    return [word for name in names for word in ("--rename-command", name, "")]


@pytest.mark.parametrize(
    ("hidden", "rights", "code"),
    [
        (["FLUSHDB", "KEYS"], [], "lacking"),
        (["FLUSHDB", "KEYS", "ACL"], [], "lacking"),
        # nobody says whether the commands are there
        (["FLUSHDB", "KEYS", "ACL", "COMMAND"], [], "unasked"),
        (["FLUSHDB", "COMMAND"], ["~*", "&*", "+@all", "-acl|dryrun"], "unasked"),
        (["ACL"], ["~*", "&*", "+@all", "-flushdb", "-keys"], "unasked"),
        ([], ["~*", "&*", "+@all", "-flushdb", "-acl"], "unasked"),
        # the user's own rights tell it
        ([], ["~*", "&*", "+@all", "-acl|dryrun"], "unasked"),
        (["COMMAND"], [], "ok"),
    ],
)
def test_a_right_that_cannot_be_asked_about(
    start_redis_server: StartRedis, hidden: list[str], rights: list[str], code: str
) -> None:
    users = [["app", "on", ">pw", *rights]] if rights else []
    server = start_redis_server(*renamed(*hidden), users=users, username="app" if rights else "", password="pw" if rights else "")
    assert code_of(run_checks([redis_of(server, "cache")]), "redis.cache.commands") == f"redis.commands.{code}"


def test_whoever_may_run_everything_needs_no_dry_run(start_redis_server: StartRedis) -> None:
    """The flags of Redis 6 are texts of their own in Redis 7: both are read."""

    class Told:
        def __init__(self, reply: list[object]) -> None:
            self.reply = reply

        def text(self, *_words: object) -> str:
            raise RedisError("ERR unknown subcommand 'DRYRUN'")

        def send(self, *words: object) -> object:
            return [[b"flushdb"]] if words[0] == "COMMAND" else self.reply

    from nbcluster.probe.redis.rights import ask

    six = [b"flags", [b"on", b"allkeys", b"allcommands"], b"passwords", []]
    seven = [b"flags", [b"on"], b"passwords", [], b"commands", b"+@all", b"keys", b"~*", b"channels", b"&*"]
    narrow = [b"flags", [b"on"], b"commands", b"+@all -flushdb", b"keys", b"~*"]
    found = [ask(Told(reply), "app", lambda: "7.0.0", "FLUSHDB") for reply in (six, seven, narrow)]  # type: ignore[arg-type]  # a stand-in
    assert found == [Right.ALLOWED, Right.ALLOWED, Right.UNASKED]


@pytest.mark.parametrize("role", ROLES)
def test_a_server_that_hides_everything(start_redis_server: StartRedis, role: str) -> None:
    server = start_redis_server(*renamed("INFO", "CONFIG", "ACL", "COMMAND", "TIME", "DBSIZE"))
    found = statuses(run_checks([redis_of(server, role)]))
    hidden = {"version", "primary", "server", "eviction", "persistence", "limits", "clock", "keys"}
    assert {found[f"redis.{role}.{name}"] for name in hidden if f"redis.{role}.{name}" in found} == {"skip"}
    # what is run and not asked is judged all the same
    assert found[f"redis.{role}.exchange"] == "ok"
    assert found[f"redis.{role}.commands"] == ("warn" if role == "cache" else "ok")


def test_a_setting_that_may_not_be_asked_for(start_redis_server: StartRedis) -> None:
    users = [["app", "on", ">pw", "~*", "&*", "+@all", "-config"]]
    server = start_redis_server(users=users, username="app", password="pw")
    assert code_of(run_checks([redis_of(server, "queue")]), "redis.queue.persistence") == "redis.persistence.unasked"
    hidden = start_redis_server(*renamed("CONFIG"))
    assert code_of(run_checks([redis_of(hidden, "queue")]), "redis.queue.persistence") == "redis.persistence.unasked"


def test_an_answer_without_the_sections_that_tell(redis_plain: RedisServer) -> None:
    class Silent:
        def send(self, *_words: object) -> object:
            return []

    facts = {"redis_version": "7.0.15"}
    assert judge_eviction(facts, "app").status == judge_limits(facts, 3).status == "skip"
    assert judge_persistence(facts, Silent(), "app").code == "redis.persistence.hidden"  # type: ignore[arg-type]  # a stand-in
    assert judge_persistence(facts | {"aof_enabled": "0"}, Silent(), "app").code == "redis.persistence.unasked"  # type: ignore[arg-type]  # a stand-in
    assert judge_version({}).status == "error"


@pytest.mark.parametrize(
    ("message", "right"),
    [
        ("NOPERM this user has no permissions to run the 'keys' command or its subcommand", Right.DENIED),
        ("NOPERM User app has no permissions to run the 'keys' command", Right.DENIED),
        ("NOPERM this user has no permissions to access one of the keys used as arguments", Right.KEYS),
        ("NOPERM No permissions to access a key", Right.KEYS),
        ("NOPERM No permissions to access a channel", Right.CHANNELS),
        ("This user has no permissions to access the 'main:key' channel", Right.CHANNELS),
        (
            "EXECABORT Transaction discarded because of: NOPERM this user has no permissions to run the 'exec' command",
            Right.DENIED,
        ),
    ],
)
def test_what_a_refusal_is_about(message: str, right: Right) -> None:
    assert refused(message) is right
