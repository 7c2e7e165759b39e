"""RabbitMQ: each stage against a real broker."""

from __future__ import annotations

from typing import cast

import pytest
from pika import exceptions, frame, spec

from nbcluster.answers.secret import Secret
from nbcluster.checks.results import Report
from nbcluster.checks.run import run_checks
from nbcluster.probe.rabbitmq.connection import Connection
from nbcluster.probe.rabbitmq.queues import judge_limits, quorum
from tests.checks.conftest import Misbehave, by_id, code_of, rabbitmq_at, rabbitmq_of, statuses
from tests.checks.test_hostile import says
from tests.services.fixtures import StartProxy
from tests.services.process import free_ports
from tests.services.proxy import Fault
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
        "rabbitmq.limits": "ok",
        "rabbitmq.redelivery": "ok",
        "rabbitmq.consume": "ok",
        "rabbitmq.latency": "ok",
        "rabbitmq.exposure": "ok",
        "rabbitmq.quorum": "ok",
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
        ({"username": "limited"}, "rabbitmq.queue", "rabbitmq.queue.configure"),
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


ENOUGH = {"configure": "^main[.].*", "write": "^(main[.].*|amq[.]default)$", "read": "^main[.].*"}


@pytest.mark.parametrize("missing", ["configure", "write", "read"])
def test_each_permission_is_told_apart_and_the_named_ones_suffice(rabbitmq: RabbitServer, missing: str) -> None:
    def judged(permissions: dict[str, str]) -> Report:
        rabbitmq.api(f"permissions/{rabbitmq.vhost}/limited", "PUT", permissions)
        return run_checks([rabbitmq_of(rabbitmq, username="limited")])

    try:
        found = by_id(judged(ENOUGH | {missing: "^x$"}))["rabbitmq.queue"]
        assert (found.code, found.status) == (f"rabbitmq.queue.{missing}", "fail")
        for pattern in ENOUGH.values():
            assert f"'{pattern}'" in found.hint
        enough = judged(ENOUGH)
        assert statuses(enough)["rabbitmq.queue"] == statuses(enough)["rabbitmq.redelivery"] == "ok"
    finally:
        rabbitmq.api(f"permissions/{rabbitmq.vhost}/limited", "PUT", {"configure": "^x$", "write": "^x$", "read": "^x$"})


def test_a_policy_that_loses_unfinished_messages_is_seen(rabbitmq: RabbitServer) -> None:
    policy = {"pattern": "^main[.]nbcluster", "definition": {"max-length": 0}, "apply-to": "queues"}
    rabbitmq.api(f"policies/{rabbitmq.vhost}/none", "PUT", policy)
    try:
        assert code_of(run_checks([rabbitmq_of(rabbitmq)]), "rabbitmq.queue") == "rabbitmq.queue.lost"
    finally:
        rabbitmq.api(f"policies/{rabbitmq.vhost}/none", "DELETE")


@pytest.mark.parametrize(
    ("proposed", "code"),
    [
        ((60, 131072, 2047), "ok"),
        ((60, 0, 0), "ok"),
        ((60, 4096, 2047), "frame"),
        ((60, 131072, 8), "channels"),
        ((0, 131072, 2047), "heartbeat"),
    ],
)
def test_what_a_broker_proposes(proposed: tuple[int, int, int], code: str) -> None:
    assert judge_limits(*proposed).code == f"rabbitmq.limits.{code}"


def test_what_a_broker_proposes_is_read(rabbitmq: RabbitServer) -> None:
    """The setting of a running broker is changed, and back."""
    before = rabbitmq.control("eval", "element(2, application:get_env(rabbit, heartbeat)).").strip()
    rabbitmq.control("eval", "application:set_env(rabbit, heartbeat, 0).")
    try:
        assert code_of(run_checks([rabbitmq_of(rabbitmq)]), "rabbitmq.limits") == "rabbitmq.limits.heartbeat"
    finally:
        rabbitmq.control("eval", f"application:set_env(rabbit, heartbeat, {before}).")
    found = by_id(run_checks([rabbitmq_of(rabbitmq)]))["rabbitmq.limits"]
    assert (found.code, found.params["heartbeat"]) == ("rabbitmq.limits.ok", int(before))


def test_a_virtual_host_that_takes_no_more_connections(rabbitmq: RabbitServer) -> None:
    rabbitmq.api(f"vhost-limits/{rabbitmq.vhost}/max-connections", "PUT", {"value": 0})
    try:
        found = by_id(run_checks([rabbitmq_of(rabbitmq)]))["rabbitmq.vhost"]
    finally:
        rabbitmq.api(f"vhost-limits/{rabbitmq.vhost}/max-connections", "DELETE")
    assert (found.code, found.status) == ("rabbitmq.vhost.limit", "fail")


def test_an_alarm_is_named(rabbitmq: RabbitServer) -> None:
    rabbitmq.control("set_vm_memory_high_watermark", "0.0000001")
    try:
        report = run_checks([rabbitmq_of(rabbitmq)], timeout=2)
    finally:
        rabbitmq.control("set_vm_memory_high_watermark", "0.4")
    found = by_id(report)["rabbitmq.queue"]
    assert (found.code, found.status) == ("rabbitmq.queue.blocked", "fail")
    assert "memory" in found.detail


class Refusing:
    """A connection on which a queue cannot be declared, as one of the broker's plugins or an old broker makes it."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def channel(self) -> Refusing:
        return self

    def declare(self, *_words: object, **_more: object) -> None:
        raise self.fault


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (exceptions.ChannelClosedByBroker(406, "PRECONDITION_FAILED"), "refused"),
        (ConnectionError("gone"), "unknown"),
        (exceptions.ConnectionClosedByBroker(540, "NOT_IMPLEMENTED"), "unknown"),
    ],
)
def test_a_broker_without_quorum_queues(fault: Exception, code: str) -> None:
    assert quorum(cast("Connection", Refusing(fault)), "x").code == f"rabbitmq.quorum.{code}"


def test_a_broker_that_is_current(rabbitmq4: RabbitServer) -> None:
    report = run_checks([rabbitmq_of(rabbitmq4)])
    assert [result for result in report.results if result.status != "ok"] == []
    assert rabbitmq4.api("queues") == []


def test_answers_that_take_long(rabbitmq: RabbitServer, fault_proxy: StartProxy) -> None:
    proxy = fault_proxy(rabbitmq.host, rabbitmq.port, Fault.LATENCY, delay=0.03)
    report = run_checks([rabbitmq_of(rabbitmq, port=proxy.port)], timeout=15)
    assert code_of(report, "rabbitmq.latency") == "rabbitmq.latency.slow"


def start(**told: object) -> bytes:
    about = {"server_properties": {"product": "RabbitMQ", "version": "4.1.0"}, "mechanisms": "PLAIN AMQPLAIN", "locales": "en_US"}
    sent: bytes = frame.Method(0, spec.Connection.Start(0, 9, **(about | told))).marshal()
    return sent


GOODBYE: bytes = frame.Method(0, spec.Connection.Close(320, "CONNECTION_FORCED", 0, 0)).marshal()
TUNE: bytes = frame.Method(0, spec.Connection.Tune(2047, 131072, 60)).marshal()


@pytest.mark.parametrize(
    ("said", "check", "code"),
    [
        (b"AMQP\x00\x01\x00\x00", "version", "rabbitmq.version.protocol"),
        (GOODBYE, "version", "net.closed"),
        (start(server_properties={"product": "LavinMQ", "version": "2"}), "version", "rabbitmq.version.product"),
        (start(server_properties={"product": "RabbitMQ"}), "version", "rabbitmq.version.unknown"),
        (start(server_properties={}), "version", "rabbitmq.version.unknown"),
        (start(), "login", "rabbitmq.login.refused"),
        (start(mechanisms="EXTERNAL"), "login", "rabbitmq.login.refused"),
        (start() + TUNE, "vhost", "rabbitmq.vhost.denied"),
        (start() + TUNE + GOODBYE, "vhost", "rabbitmq.vhost.denied"),
        (start()[:-1] + b"x", "version", "probe.nonsense"),
    ],
)
def test_a_broker_that_goes_no_further(misbehave: Misbehave, said: bytes, check: str, code: str) -> None:
    report = run_checks([rabbitmq_at(misbehave(says(said, then_close=True)))])
    assert code_of(report, f"rabbitmq.{check}") == code
