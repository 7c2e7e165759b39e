"""Exposure to the network: reported for connections that leave this machine, and only for those."""

from __future__ import annotations

import pytest

from nbcluster.answers.targets import ParamValue
from nbcluster.checks.run import run_checks
from nbcluster.probe.balancer.probe import BalancerProbe
from nbcluster.probe.database.postgres import PostgresProbe
from nbcluster.probe.rabbitmq.probe import RabbitProbe
from nbcluster.probe.redis.probe import RedisProbe
from tests.checks.conftest import database_of, rabbitmq_of, redis_of, statuses
from tests.services.rabbitmq import RabbitServer
from tests.services.redis_server import RedisServer
from tests.services.sql import SqlServer


def abroad(probe: RedisProbe | PostgresProbe | RabbitProbe) -> str:
    """Return what a probe says of its connection where this machine's own addresses count as another's."""
    probe.loopback = lambda _address: False
    probe.reach()
    try:
        return probe.exposure().code
    finally:
        probe.close()


@pytest.mark.parametrize(
    ("params", "code"),
    [({}, "open"), ({"password": "pw"}, "plain"), ({"password": "pw", "tls": True}, "ok"), ({"tls": True}, "open")],
)
def test_a_redis_on_the_network(redis_plain: RedisServer, params: dict[str, ParamValue], code: str) -> None:
    place = {"host": redis_plain.host, "port": redis_plain.port, "role": "lock"}
    assert abroad(RedisProbe({**place, **params}, 10)) == f"redis.exposure.{code}"


@pytest.mark.parametrize(("tls", "code"), [(False, "plain"), (True, "ok")])
def test_other_servers_on_the_network(redis_plain: RedisServer, tls: bool, code: str) -> None:
    place = {"host": redis_plain.host, "port": redis_plain.port, "tls": tls}
    assert abroad(PostgresProbe(place, 10)) == f"database.exposure.{code}"
    assert abroad(RabbitProbe(place, 10)) == f"rabbitmq.exposure.{code}"


def test_what_does_not_leave_this_machine(redis_plain: RedisServer, postgres: SqlServer, rabbitmq: RabbitServer) -> None:
    found = statuses(run_checks([redis_of(redis_plain), database_of(postgres), rabbitmq_of(rabbitmq)], timeout=15))
    assert {found[name] for name in ("redis.lock.exposure", "database.exposure", "rabbitmq.exposure")} == {"ok"}


def test_a_server_that_has_closed_the_connection_is_judged_all_the_same(rabbitmq: RabbitServer) -> None:
    found = statuses(run_checks([rabbitmq_of(rabbitmq, vhost="nothere")], timeout=15))
    assert (found["rabbitmq.vhost"], found["rabbitmq.exposure"]) == ("fail", "ok")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "plain"),
        ({"certificate": "/c.pem"}, "ok"),
        ({"public_url": "https://nc.example.com"}, "ok"),
        ({"public_url": "http://nc.example.com", "certificate": "/c.pem"}, "plain"),
        ({"behind_proxy": True}, "hidden"),
        ({"behind_proxy": True, "public_url": "http://nc.example.com"}, "plain"),
    ],
)
def test_how_people_sign_in(params: dict[str, ParamValue], code: str) -> None:
    assert BalancerProbe(params, 5).exposure().code == f"balancer.exposure.{code}"
