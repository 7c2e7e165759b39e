"""RabbitMQ: each stage against a real broker."""

from __future__ import annotations

import pytest

from nbcluster.checks.engine import run_checks
from nbcluster.secret import Secret
from tests.checks.conftest import by_id, code_of, rabbitmq_at, rabbitmq_of, statuses
from tests.services.process import free_ports
from tests.services.rabbitmq import RabbitServer
from tests.services.redis_server import RedisServer


def test_a_good_broker_that_is_older_than_documented(rabbitmq: RabbitServer) -> None:
    report = run_checks([rabbitmq_of(rabbitmq)])
    assert statuses(report) == {
        "rabbitmq.reach": "ok",
        "rabbitmq.version": "warn",
        "rabbitmq.login": "ok",
        "rabbitmq.vhost": "ok",
        "rabbitmq.queue": "ok",
    }
    assert by_id(report)["rabbitmq.version"].params["version"] == rabbitmq.version


def test_tls(rabbitmq: RabbitServer) -> None:
    report = run_checks([rabbitmq_of(rabbitmq, tls=True, port=rabbitmq.tls_port, ca_file=str(rabbitmq.ca_file))])
    found = statuses(report)
    assert found["rabbitmq.tls"] in ("ok", "warn")
    assert found["rabbitmq.queue"] == "ok"


def test_tls_without_the_authority(rabbitmq: RabbitServer) -> None:
    report = run_checks([rabbitmq_of(rabbitmq, tls=True, port=rabbitmq.tls_port)])
    assert code_of(report, "rabbitmq.tls") == "tls.untrusted"


def test_the_wrong_way_round(rabbitmq: RabbitServer) -> None:
    plainly = run_checks([rabbitmq_of(rabbitmq, port=rabbitmq.tls_port)])
    assert code_of(plainly, "rabbitmq.version") == "seen.tls"
    assert code_of(run_checks([rabbitmq_of(rabbitmq, tls=True)]), "rabbitmq.tls") == "tls.absent"


@pytest.mark.parametrize(
    ("change", "check", "code"),
    [
        ({"password": Secret("no")}, "rabbitmq.login", "rabbitmq.login.refused"),
        ({"username": "guest"}, "rabbitmq.login", "rabbitmq.login.guest"),
        ({"vhost": "elsewhere"}, "rabbitmq.vhost", "rabbitmq.vhost.missing"),
        ({"username": "stranger"}, "rabbitmq.vhost", "rabbitmq.vhost.denied"),
        ({"username": "limited"}, "rabbitmq.queue", "rabbitmq.queue.denied"),
    ],
)
def test_what_the_broker_refuses(rabbitmq: RabbitServer, change: dict[str, str | Secret], check: str, code: str) -> None:
    report = run_checks([rabbitmq_of(rabbitmq, **change)])
    assert code_of(report, check) == code
    assert statuses(report)[check] == "fail"
    assert by_id(report)["rabbitmq.version"].params["version"] == rabbitmq.version


def test_nothing_stays_on_the_broker(rabbitmq: RabbitServer) -> None:
    run_checks([rabbitmq_of(rabbitmq)])
    assert rabbitmq.api("queues") == []


def test_a_refused_port() -> None:
    assert code_of(run_checks([rabbitmq_at(free_ports())]), "rabbitmq.reach") == "net.refused"


def test_another_server(redis_plain: RedisServer) -> None:
    report = run_checks([rabbitmq_at(redis_plain.port)], timeout=0.8)
    assert statuses(report)["rabbitmq.version"] in ("error", "fail")
    assert report.elapsed_ms < 1800
