"""The checks reach the same verdicts on the simulated servers as on the real ones, and the tour shows what it is meant to show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from nbcluster.answersfile import load_text
from nbcluster.checks.engine import run_checks
from nbcluster.demo.postgres import PostgresServer
from nbcluster.demo.rabbitmq import RabbitMQServer
from nbcluster.demo.rabbitmq_model import BrokerSettings, BrokerUser
from nbcluster.demo.redis import RedisServer
from nbcluster.demo.redis_model import RedisSettings, RedisUser
from nbcluster.demo.scenario import start_demo
from nbcluster.demo.sql import SqlSettings
from nbcluster.flow import infer, targets
from nbcluster.secret import Secret
from nbcluster.targets import ParamValue, Target, TargetKind
from tests.demo.conftest import USERS, running
from tests.services.rabbitmq import RabbitServer
from tests.services.redis_server import start_redis, stop_redis
from tests.services.sql import SqlServer

ROLES = ("cache", "pubsub", "lock", "queue", "worker_id")


@dataclass(frozen=True)
class Pair:
    """The ports of a simulated server and of the real one that it stands for."""

    simulated: int
    real: int


@pytest.fixture(scope="module")
def redis_pair() -> Iterator[Pair]:
    users = {"default": RedisUser("pw"), "limited": RedisUser("pw", frozenset({"evalsha", "config|get"}), b"main:")}
    real = start_redis("--appendonly", "yes", users=USERS)
    try:
        with running(RedisServer(RedisSettings("7.0.15", users=users))) as port:
            yield Pair(port, real.port)
    finally:
        stop_redis(real)


@pytest.fixture(scope="module")
def rabbitmq_pair(rabbitmq: RabbitServer) -> Iterator[Pair]:
    users = {
        "wizard": BrokerUser("secret"),
        "limited": BrokerUser("secret", rights="^x$"),
        "stranger": BrokerUser("secret", frozenset()),
    }
    with running(RabbitMQServer(BrokerSettings("3.10.8", users, frozenset({"/", "demo"})))) as port:
        yield Pair(port, rabbitmq.port)


@pytest.fixture(scope="module")
def postgres_pair(postgres: SqlServer) -> Iterator[Pair]:
    with running(PostgresServer(SqlSettings("15.1", {"wiz": "secret"}, frozenset({"demo"})))) as port:
        yield Pair(port, postgres.port)


def verdicts(kind: TargetKind, port: int, id_: str, **params: ParamValue) -> dict[str, tuple[str, str]]:
    target = Target(id_, kind, id_, {"host": "127.0.0.1", "port": port, "tls": False, "ca_file": None, **params})
    return {result.id: (result.status, result.code) for result in run_checks([target], timeout=10).results}


@pytest.mark.parametrize(("username", "password"), [("default", "pw"), ("limited", "pw"), ("default", "wrong")])
@pytest.mark.parametrize("role", ROLES)
def test_redis_is_judged_alike(redis_pair: Pair, role: str, username: str, password: str) -> None:
    simulated, real = (
        verdicts(TargetKind.REDIS, port, f"redis.{role}", username=username, password=Secret(password), db=1, role=role)
        for port in (redis_pair.simulated, redis_pair.real)
    )
    assert simulated == real
    assert ("fail" in {status for status, _code in simulated.values()}) == (password == "wrong" or (username, role) in LIMITED)


# What a user without EVALSHA cannot be: its scripts are how these roles work.
LIMITED = {("limited", "cache"), ("limited", "lock")}


def test_a_database_number_that_redis_lacks_is_judged_alike(redis_pair: Pair) -> None:
    simulated, real = (
        verdicts(TargetKind.REDIS, port, "redis.lock", username=None, password=Secret("pw"), db=16, role="lock")
        for port in (redis_pair.simulated, redis_pair.real)
    )
    assert simulated == real
    assert simulated["redis.lock.database"][0] == "fail"


@pytest.mark.parametrize(
    ("username", "password", "vhost", "failing"),
    [
        ("wizard", "secret", "demo", None),
        ("wizard", "wrong", "demo", "rabbitmq.login"),
        ("wizard", "secret", "none-such", "rabbitmq.vhost"),
        ("stranger", "secret", "demo", "rabbitmq.vhost"),
        ("limited", "secret", "demo", "rabbitmq.queue"),
    ],
)
def test_rabbitmq_is_judged_alike(rabbitmq_pair: Pair, username: str, password: str, vhost: str, failing: str | None) -> None:
    simulated, real = (
        verdicts(TargetKind.RABBITMQ, port, "rabbitmq", username=username, password=Secret(password), vhost=vhost)
        for port in (rabbitmq_pair.simulated, rabbitmq_pair.real)
    )
    assert simulated == real
    assert [check for check, (status, _code) in simulated.items() if status == "fail"] == ([failing] if failing else [])


@pytest.mark.parametrize(
    ("user", "password", "name", "schema", "failing"),
    [
        ("wiz", "secret", "demo", None, None),
        ("wiz", "secret", "demo", "to_come", None),
        ("wiz", "wrong", "demo", None, "database.login"),
        ("wiz", "secret", "none-such", None, "database.login"),
    ],
)
def test_postgres_is_judged_alike(
    postgres_pair: Pair, user: str, password: str, name: str, schema: str | None, failing: str | None
) -> None:
    simulated, real = (
        verdicts(
            TargetKind.DATABASE,
            port,
            "database",
            dialect="postgres",
            user=user,
            password=Secret(password),
            name=name,
            schema=schema,
            connections=20,
            installation="new",
            table_prefix="",
            underscored=False,
        )
        for port in (postgres_pair.simulated, postgres_pair.real)
    )
    assert simulated == real
    assert [check for check, (status, _code) in simulated.items() if status == "fail"] == ([failing] if failing else [])


def test_the_tour_shows_one_warning_and_no_failure() -> None:
    with ExitStack() as stack:
        demo = stack.enter_context(start_demo())
        answers = infer(load_text(demo.answers_toml, "demo", demo.out_dir).answers)
        results = run_checks(targets(answers), timeout=10).results
    assert {result.id: result.status for result in results if result.status != "ok" and result.code != "probe.needs"} == {
        "redis.cache.bloom": "warn",
        "storage.path": "skip",
        "balancer.name": "skip",
    }
    assert {"rabbitmq.queue", "database.rights", "redis.lock.commands", "node.node3.port"} <= {result.id for result in results}
