"""What the summary says of the cluster's own security: the words of the checks, from the answers alone."""

from __future__ import annotations

from html import unescape

import pytest

from nbcluster.catalogue import OUTCOMES, status_of
from nbcluster.cluster import Cluster
from nbcluster.files.keys import resolve
from nbcluster.files.plan import plan
from nbcluster.files.security import exposures, security
from tests.unit.scenarios import official

REDIS = "10.0.0.5:6379"
TLS = {
    f"redis.{role}": f"rediss://app:pw@10.0.0.5:6379/{number}"
    for number, role in enumerate(("cache", "pubsub", "lock", "queue", "worker_id"))
}
BEHIND = {**TLS, "database.tls": True}
CLOSED = {**BEHIND, "balancer.certificate": "/etc/ssl/c.pem", "balancer.certificate_key": "/etc/ssl/c.key"}
PUBLIC = [{"name": "node1", "host": "172.31.0.1"}, {"name": "node2", "host": "93.184.216.34"}]


def codes(changes: dict[str, object]) -> dict[str, set[str]]:
    """Return the places of every finding by its code."""
    found: dict[str, set[str]] = {}
    for each in exposures(Cluster.of(official(changes))):
        found.setdefault(each.code, set()).add(each.place)
    return found


def test_what_is_open_is_named_once_for_a_server() -> None:
    assert codes({}) == {
        "redis.exposure.open": {REDIS},
        "database.exposure.plain": {"10.0.0.6:5432"},
        "balancer.exposure.plain": {"nocobase.example.com:80"},
    }


def test_nothing_is_said_of_what_is_closed() -> None:
    assert codes(CLOSED) == {} and security(Cluster.of(official(CLOSED))) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"redis.lock": "redis://app:pw@10.0.0.5:6379/2"}, "redis.exposure.plain"),
        ({"redis.lock": "rediss://10.0.0.5:6379/2"}, "redis.exposure.open"),
        ({"database.tls": False}, "database.exposure.plain"),
        ({"nodes": PUBLIC}, "node.exposure.public"),
        ({"balancer.kind": "cloud"}, "balancer.exposure.other"),
        ({"queue.adapter": "rabbitmq", "queue.url": "amqp://app:pw@10.0.0.8/v"}, "rabbitmq.exposure.plain"),
    ],
)
def test_each_opening_has_its_own_finding(changes: dict[str, object], code: str) -> None:
    assert set(codes(CLOSED | changes)) == {code}


@pytest.mark.parametrize("kind", ["cloud", "none"])
def test_a_balancer_without_a_file_has_no_address_to_show(kind: str) -> None:
    cluster = Cluster.of(official(CLOSED | {"balancer.kind": kind}))
    assert [(each.code, each.place) for each in exposures(cluster)] == [("balancer.exposure.other", "")]
    assert "`" not in security(cluster)[2]


@pytest.mark.parametrize("certificate", [{}, {key: CLOSED[key] for key in CLOSED if key.startswith("balancer.")}])
def test_whether_a_gateway_ends_tls_is_not_judged(certificate: dict[str, object]) -> None:
    gateway: dict[str, object] = {"app.deployment": "kubernetes", "kubernetes.gateway": "infra/public"}
    assert set(codes(BEHIND | gateway | certificate)) == {"balancer.exposure.hidden"}


@pytest.mark.parametrize(
    "changes", [{"redis.lock": "redis://127.0.0.1:6379/2"}, {"database.tls": False, "database.host": "localhost"}]
)
def test_a_line_that_does_not_leave_its_machine_is_none(changes: dict[str, object]) -> None:
    assert codes(CLOSED | changes) == {}


@pytest.mark.parametrize("deployment", ["host", "docker"])
def test_both_documents_say_what_an_attacker_gets_in_the_words_of_the_checks(deployment: str) -> None:
    answers = official({"nodes": PUBLIC, "app.deployment": deployment})
    files = {
        file.path: file.text for file in plan(Cluster.of(answers), resolve(answers, {}, {}, False, lambda count: "ab" * count))
    }
    found = codes({"nodes": PUBLIC})
    assert len(found) == 4
    for code in found:
        outcome = OUTCOMES[code]
        assert status_of(code) == "warn" and outcome.detail and outcome.hint
        for text in (outcome.detail, outcome.hint):
            assert text in files["SUMMARY.md"] and text in unescape(files["summary.html"])
