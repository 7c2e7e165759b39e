"""What ``verify`` says of a running cluster: sign-ins from where users are, ports past the balancer, starts that are under way, no tables."""

from __future__ import annotations

import json
import re
import socket
import threading
from dataclasses import replace

import pytest

from nbcluster.answers.targets import TargetKind
from nbcluster.catalogue.exposure import is_public
from nbcluster.checks.cluster import running_targets
from nbcluster.checks.results import CheckResult
from nbcluster.checks.rules import check_running
from nbcluster.checks.run import run_checks
from nbcluster.cluster import Cluster
from nbcluster.errors import NbclusterError
from nbcluster.probe.findings import verdict
from nbcluster.probe.redis import use
from nbcluster.probe.redis.probe import RedisProbe
from nbcluster.steps.balancer import public_url
from tests.checks.conftest import Misbehave, Talk, by_id, code_of, statuses
from tests.checks.test_running import asked, http_at, unavailable
from tests.services.process import free_ports
from tests.services.redis_server import RedisServer
from tests.services.sql import SqlServer
from tests.unit.scenarios import official


def answer(status: str, body: bytes) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def nocobase(scheme: str, seen: list[bytes]) -> Talk:
    """NocoBase 2.2 behind a load balancer that passes on ``scheme``: the rule of nocobase.md §19 #1."""

    def talk(connection: socket.socket, _stop: threading.Event) -> None:
        request = connection.recv(8192)
        seen.append(request)
        if request.startswith(b"GET"):
            connection.sendall(answer("200 OK", b"ok"))
            return
        fields = {name.lower(): value for name, value in re.findall(r"(?m)^([\w-]+): (.*?)\r$", request.decode())}
        allowed = fields["origin"] == f"{scheme}://{fields['host']}"
        message = {"errors": [{"message": "Please enter your username or email" if allowed else "Invalid sign-in origin"}]}
        connection.sendall(answer("401 Unauthorized" if allowed else "403 Forbidden", json.dumps(message).encode()))

    return talk


def signed_in(misbehave: Misbehave, talk: Talk, url: str = "") -> CheckResult:
    port = misbehave(talk)
    target = replace(http_at(port, public_url=url or f"http://127.0.0.1:{port}"), id="balancer")
    return by_id(run_checks([target], timeout=5))["balancer.signin"]


def test_a_sign_in_from_where_users_are(misbehave: Misbehave) -> None:
    seen: list[bytes] = []
    found = signed_in(misbehave, nocobase("http", seen))
    assert (found.code, found.status) == ("balancer.signin.ok", "ok")
    asked_for = seen[-1].decode()
    assert asked_for.startswith("POST /nb/api/auth:signIn HTTP/1.1\r\n") and asked_for.endswith("\r\n\r\n{}")
    assert f"Origin: {found.params['origin']}\r\n" in asked_for


def test_a_scheme_that_is_lost_on_the_way_locks_everybody_out(misbehave: Misbehave) -> None:
    found = signed_in(misbehave, nocobase("https", []))
    assert (found.code, found.status) == ("balancer.signin.origin", "fail")


@pytest.mark.parametrize(("status", "body"), [("403 Forbidden", b"blocked"), ("200 OK", b"<html>"), ("502 Bad Gateway", b"")])
def test_what_is_no_answer_of_nocobase_is_not_judged(misbehave: Misbehave, status: str, body: bytes) -> None:
    def talk(connection: socket.socket, _stop: threading.Event) -> None:
        health = connection.recv(8192).startswith(b"GET")
        connection.sendall(answer("200 OK", b"ok") if health else answer(status, body))

    assert signed_in(misbehave, talk).code == "balancer.signin.other"


def test_an_address_that_only_users_reach_is_not_judged(misbehave: Misbehave) -> None:
    found = signed_in(misbehave, nocobase("http", []), f"https://127.0.0.1:{free_ports()}")
    assert (found.code, found.status) == ("balancer.signin.unreached", "skip")


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({"balancer.server_name": "nc.example.com", "balancer.listen": 80}, "http://nc.example.com"),
        ({"balancer.server_name": "nc.example.com", "balancer.listen": 8080}, "http://nc.example.com:8080"),
        (
            {
                "balancer.server_name": "nc.example.com",
                "balancer.listen": 443,
                "balancer.certificate": "/c.pem",
                "balancer.certificate_key": "/k.pem",
            },
            "https://nc.example.com",
        ),
        (
            {"balancer.server_name": "nc.internal", "balancer.listen": 80, "balancer.public_url": "https://nc.example.com"},
            "https://nc.example.com",
        ),
    ],
)
def test_the_address_that_users_type(changes: dict[str, object], url: str) -> None:
    answers = official(changes)
    assert public_url(answers) == url
    (balancer,) = (t for t in running_targets(Cluster.of(answers), {}) if t.id == "balancer")
    assert balancer.params["public_url"] == url


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("10.0.0.5", False),
        ("127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("fe80::1%eth0", False),
        ("x", False),
    ],
)
def test_an_address_of_the_internet(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_port_of_a_node_is_looked_at(misbehave: Misbehave) -> None:
    report = run_checks([http_at(misbehave(nocobase("http", [])), exposed=True)], timeout=5)
    assert code_of(report, "node.node1.exposure") == "node.exposure.ok"
    assert [t.params.get("exposed") for t in running_targets(Cluster.of(official()), {}) if t.id.startswith("node.")] == [
        True
    ] * 3


def test_a_node_that_is_starting_is_waited_for(misbehave: Misbehave) -> None:
    looks = []
    starting, ready = unavailable("APP_COMMANDING", ""), answer("200 OK", b"ok")

    def talk(connection: socket.socket, stop: threading.Event) -> None:
        looks.append(1)
        if len(looks) < 3:
            starting(connection, stop)
        else:
            connection.recv(4096)
            connection.sendall(ready)

    assert code_of(run_checks([http_at(misbehave(talk), wait=True)], timeout=20), "node.node1.health") == "http.health.ok"
    assert len(looks) == 3


def test_what_does_not_pass_by_itself_is_said_at_once(misbehave: Misbehave) -> None:
    report = run_checks([http_at(misbehave(unavailable("APP_ERROR", "Invalid pathname")), wait=True)], timeout=60)
    assert code_of(report, "node.node1.health") == "http.health.address"


def test_a_node_that_connects_late_is_waited_for(redis_plain: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = [verdict("redis.use.nobody"), verdict("redis.use.missing"), verdict("redis.use.ok")]
    monkeypatch.setattr(use, "judge", lambda *_words: looks.pop(0))
    params = {"host": redis_plain.host, "port": redis_plain.port, "machines": 1, "nodes": "{}", "wait": True}
    probe = RedisProbe(params, 60)
    probe.reach()
    assert probe.use().code == "redis.use.ok"
    hasty = RedisProbe(params | {"wait": False}, 60)
    hasty.reach()
    looks[:] = [verdict("redis.use.nobody")]
    assert hasty.use().code == "redis.use.nobody"
    probe.close()
    hasty.close()


@pytest.fixture(params=["postgres", "mariadb"])
def empty(request: pytest.FixtureRequest) -> SqlServer:
    server: SqlServer = request.getfixturevalue(request.param)
    return server


def test_a_database_before_the_first_boot_says_so(empty: SqlServer) -> None:
    report = run_checks([asked(empty)])
    assert code_of(report, "database.application") == "database.application.absent"
    found = statuses(report)
    assert [found[f"database.{name}"] for name in ("application", "whole", "adapters")] == ["fail", "skip", "skip"]


@pytest.mark.parametrize(("version", "status"), [("2.2.15", "ok"), ("2.9.0", "warn"), ("1.9.33", "fail")])
def test_a_version_that_this_program_does_not_know_is_said_first(version: str, status: str) -> None:
    goals = [t for t in running_targets(Cluster.of(official()), {}) if t.kind is TargetKind.HTTP]
    report = check_running(official({"app.version": version}), goals, only=("rules.version",))
    assert statuses(report) == {"rules.version": status}


@pytest.mark.parametrize("selection", ["rules.version", "rules"])
@pytest.mark.parametrize(("version", "status"), [("2.9.0", "skip"), ("1.9.33", "fail")])
def test_the_version_is_skipped_by_name_as_check_does(selection: str, version: str, status: str) -> None:
    report = check_running(official({"app.version": version}), (), skip={selection: "known"})
    assert statuses(report) == {"rules.version": status}


def test_a_skip_that_means_nothing_is_refused_beside_one_that_does() -> None:
    goals = [t for t in running_targets(Cluster.of(official()), {}) if t.kind is TargetKind.HTTP]
    with pytest.raises(NbclusterError):
        check_running(official(), goals, skip={"rules.version": "known", "nothing.here": "x"})


def test_a_skip_of_a_check_stands_beside_the_version_alone() -> None:
    goals = [t for t in running_targets(Cluster.of(official()), {}) if t.kind is TargetKind.HTTP]
    report = check_running(official(), goals, only=("rules.version",), skip={goals[0].id: "x"})
    assert statuses(report) == {"rules.version": "ok"}
