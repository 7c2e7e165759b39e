"""The commands of every remedy are run literally, and the check then passes: on every server, in two rounds at most."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import replace

import pg8000.native
import pytest
import redis

from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import ParamValue, Target
from nbcluster.catalogue import CHECKS, OUTCOMES
from nbcluster.checks.results import CheckResult
from nbcluster.checks.run import run_checks
from nbcluster.facts import ROLES
from tests.checks.conftest import administrator_of, by_id, database_of, rabbitmq_of, redis_of
from tests.services.fixtures import StartRedis
from tests.services.rabbitmq import RabbitServer
from tests.services.redis_server import RedisServer
from tests.services.sql import SqlServer

COMMAND = re.compile(r"(?:ACL SETUSER|CONFIG SET|GRANT|REASSIGN|REVOKE|CREATE|ALTER|rabbitmqctl|mysql|openssl|grep|ss) (?=\S)")
"""How a line begins that is run as it stands."""


def commands(result: CheckResult) -> list[str]:
    """Return the lines of a finding that are run."""
    return [line for line in result.hint.splitlines() if COMMAND.match(line)]


def test_a_command_stands_alone_on_its_line() -> None:
    for code, outcome in OUTCOMES.items():
        for line in outcome.hint.splitlines():
            # a word in brackets or after a colon names a command, and is not one to run
            prose = re.sub(r"\([^()]*\)", "", line)
            found = [match for match in COMMAND.finditer(prose) if match.group().split()[0] not in ("ss", "mysql", "grep")]
            assert not found or COMMAND.match(line), (code, line)
            if COMMAND.match(line):
                assert not re.search(r"[.,;:]$|\. [A-Z]", line.rstrip(";")), (code, line)


def cure(server: RedisServer, found: Iterable[CheckResult]) -> int:
    """Run what every finding says, as whoever runs the server; returns how many commands there were."""
    lines = list(dict.fromkeys(line for result in found if result.status != "ok" for line in commands(result)))
    with redis.Redis(port=server.port) as client:
        for line in lines:
            client.execute_command(*shlex.split(line))
    return len(lines)


def judged(target: Target, *names: str) -> dict[str, CheckResult]:
    found = by_id(run_checks([target], timeout=10))
    return {name: found[f"{target.id}.{name}"] for name in names if f"{target.id}.{name}" in found}


RIGHTS = {
    "nothing but commands": ["+@all"],
    "other prefix, all channels": ["~crm:*", "&*", "+@all", "-flushdb", "-keys"],
    "all keys, no channels": ["~*", "+@all"],
    "no commands": ["~*", "&*", "+ping", "+select"],
    "nothing": ["+ping", "+select"],
    "no transactions": ["~main:*", "&main*", "+@all", "-multi", "-exec", "-discard", "-rpush", "-xadd", "-pexpire"],
    "no dry run": ["~*", "&*", "+@all", "-acl", "-flushdb"],
    "blind": ["~*", "&*", "+@all", "-info", "-time", "-dbsize", "-scan", "-select", "-client"],
    "no unsubscribe": ["~*", "&*", "+@all", "-unsubscribe", "-subscribe", "-publish"],
}


@pytest.mark.parametrize("edition", ["redis", "redis8", "valkey"])
def test_two_rounds_of_rights_are_enough(start_redis_server: StartRedis, edition: str) -> None:
    pairs = [(f"app{n}-{role}", role, rights) for n, rights in enumerate(RIGHTS.values()) for role in ROLES]
    users = [[name, "on", ">pw", "resetkeys", "resetchannels", *rights] for name, _role, rights in pairs]
    server = start_redis_server("--appendonly", "yes", edition=edition, users=users, password="pw", bloom=edition == "redis")
    targets = [
        replace(redis_of(server, role, username=name, db=1), id=f"redis.{role}", shown=name) for name, role, _rights in pairs
    ]

    def look() -> list[CheckResult]:
        return list(run_checks(targets, timeout=30).results)

    rounds = 0
    while cure(server, found := look()) and rounds < 3:
        rounds += 1
    # an older version, another edition and a server without the module are no matter of rights; nor is how busy this machine is
    others = ("redis.version.", "redis.bloom.missing", "redis.ping.")
    wrong = [(r.target, r.code, r.hint) for r in found if r.status != "ok" and not r.code.startswith(others)]
    assert (wrong, rounds) == ([], 2)


def test_a_pattern_is_proposed_only_where_one_was_refused(start_redis_server: StartRedis) -> None:
    users = [
        ["keys", "on", ">pw", "~crm:*", "&*", "+@all"],
        ["channels", "on", ">pw", "~*", "resetchannels", "+@all"],
        ["words", "on", ">pw", "~*", "&*", "+@all", "-keys", "-publish"],
    ]
    server = start_redis_server(users=users, username="app", password="pw")
    said = {
        name: " ".join(commands(judged(redis_of(server, role, username=name), "commands")["commands"]))
        for name, role in (("keys", "pubsub"), ("channels", "pubsub"), ("words", "cache"))
    }
    assert "~main:*" in said["keys"] and "&" not in said["keys"]
    assert "&main*" in said["channels"] and "~" not in said["channels"]
    assert said["words"] == "ACL SETUSER words +keys"


def test_filters_of_tokens_are_allowed_in_two_rounds(start_redis_server: StartRedis) -> None:
    users = [["app", "on", ">pw", "~main:*", "&*", "+@all", "-bf.add", "-bf.exists"]]
    server = start_redis_server(users=users, username="app", password="pw", bloom=True)
    target = redis_of(server, "cache")
    rounds = 0
    while (found := judged(target, "bloom"))["bloom"].status != "ok":
        assert cure(server, found.values()), found
        rounds += 1
        assert rounds <= 2
    assert rounds


def test_settings_of_the_server_that_are_named_are_enough(start_redis_server: StartRedis) -> None:
    server = start_redis_server("--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru", "--maxclients", "20")
    target = redis_of(server, "queue", connections=40)
    found = judged(target, "eviction", "persistence", "limits")
    assert {r.status for r in found.values()} == {"warn"}
    assert cure(server, found.values()) == 3
    assert {r.status for r in judged(target, *found).values()} == {"ok"}


def run_as_it_stands(sql: SqlServer, lines: list[str]) -> None:
    """Run statements as the administrator, in the database."""
    assert lines
    if sql.dialect == "postgres":
        with pg8000.native.Connection(sql.administrator, sql.host, sql.database, sql.port, sql.password) as session:
            for line in lines:
                session.run(line)
        return
    with administrator_of(sql) as cursor:
        for line in lines:
            cursor.execute(line)


PREPARED: dict[str, dict[str, list[str]]] = {
    "postgres": {
        "login.denied": ["revoke connect on database demo from public", "create role \"na-rrow\" login password 'pw'"],
        "login.missing": ["create role \"na-rrow\" login password 'pw'"],
        "rights.denied": ["create role \"na-rrow\" login password 'pw'", "grant connect on database demo to public"],
        "rights.no_schema": ["create role \"na-rrow\" login password 'pw'"],
        "rights.read_only": [
            "create role \"na-rrow\" login password 'pw'",
            'grant all on schema public to "na-rrow"',
            'alter role "na-rrow" set default_transaction_read_only = on',
        ],
        "rights.foreign": [
            "create role \"na-rrow\" login password 'pw'",
            'grant all on schema public to "na-rrow"',
            "create role former",
            "create table public.of_former (a int)",
            "alter table public.of_former owner to former",
        ],
    },
    "mariadb": {
        "login.denied": ["create user 'na-rrow'@'127.0.0.1' identified by 'pw'"],
        "login.missing": ["create user 'na-rrow'@'127.0.0.1' identified by 'pw'", "grant all on *.* to 'na-rrow'@'127.0.0.1'"],
        "rights.lacking": [
            "create user 'na-rrow'@'127.0.0.1' identified by 'pw'",
            "grant select on demo.* to 'na-rrow'@'127.0.0.1'",
        ],
    },
}
CLEARED = {
    "postgres": [
        "drop table if exists public.of_former",
        'drop database if exists "no-co"',
        'drop schema if exists "no-co"',
        'revoke all on schema public from "na-rrow"',
        'revoke all on database demo from "na-rrow"',
        'drop role "na-rrow"',
        "drop role if exists former",
        "grant connect on database demo to public",
    ],
    "mariadb": ["drop database if exists `no-co`", "drop user 'na-rrow'@'127.0.0.1'"],
}


@pytest.mark.parametrize(("dialect", "code"), [(dialect, code) for dialect, found in PREPARED.items() for code in found])
def test_statements_of_a_database_are_enough(dialect: str, code: str, request: pytest.FixtureRequest) -> None:
    sql: SqlServer = request.getfixturevalue(dialect)
    run_as_it_stands(sql, PREPARED[dialect][code])
    try:
        params: dict[str, ParamValue] = {"user": "na-rrow", "password": Secret("pw")}
        params |= {"name": "no-co"} if code == "login.missing" else {"schema": "no-co"} if code == "rights.no_schema" else {}
        stage = code.partition(".")[0]
        found = judged(database_of(sql, **params), stage)[stage]
        assert found.code == f"database.{code}", found
        run_as_it_stands(sql, commands(found))
        assert judged(database_of(sql, **params), stage)[stage].status == "ok"
    finally:
        run_as_it_stands(sql, CLEARED[dialect])


@pytest.mark.parametrize("case", ["vhost", "vhost.missing", "queue", "limit"])
def test_commands_of_a_broker_are_enough(rabbitmq: RabbitServer, case: str) -> None:
    place = {"vhost": rabbitmq.vhost, "vhost.missing": "/new place", "queue": rabbitmq.vhost, "limit": rabbitmq.vhost}[case]
    user = {"queue": "limited", "vhost": "stranger"}.get(case, rabbitmq.username)
    stage = case.partition(".")[0] if case != "limit" else "vhost"
    if case == "limit":
        rabbitmq.control("set_vhost_limits", "-p", place, '{"max-connections": 0}')
    target = rabbitmq_of(rabbitmq, vhost=place, username=user)
    try:
        found = judged(target, stage)[stage]
        assert found.status == "fail", found
        for line in commands(found):
            rabbitmq.control(*shlex.split(line)[1:])
        assert judged(target, stage)[stage].status == "ok"
    finally:
        if case == "queue":
            rabbitmq.control("set_permissions", "-p", place, user, "^x$", "^x$", "^x$")
        elif case == "vhost":
            rabbitmq.control("clear_permissions", "-p", place, user)
        elif case == "vhost.missing":
            rabbitmq.control("delete_vhost", place)


def test_every_pattern_of_a_remedy_has_a_test() -> None:
    """A finding that names a command of another kind needs a test that runs it."""
    kinds = {
        match.group().split()[0]
        for check in CHECKS
        for outcome in check.outcomes.values()
        for line in outcome.hint.splitlines()
        if (match := COMMAND.match(line))
    }
    assert kinds <= {
        "ACL",
        "CONFIG",
        "GRANT",
        "REASSIGN",
        "CREATE",
        "ALTER",
        "SET",
        "rabbitmqctl",
        "mysql",
        "openssl",
        "grep",
        "ss",
    }
