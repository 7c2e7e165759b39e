"""The load balancer before its set-up: name, port, and its file tested by its own program."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.checks.results import CheckResult
from nbcluster.checks.run import run_checks
from nbcluster.files.targets import targets
from nbcluster.probe.balancer import syntax
from tests.checks.conftest import Misbehave, by_id, full_queue, over_tls, redis_of
from tests.checks.test_hostile import BEHAVIOURS
from tests.services.certificates import Certificates
from tests.services.nginx import Nginx
from tests.services.process import free_ports, tool
from tests.services.redis_server import RedisServer
from tests.unit.scenarios import official

HEALTHY = b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
APACHE = b"HTTP/1.1 404 Not Found\r\nServer: Apache/2.4\r\nConnection: close\r\n\r\nno"


def balancer_at(port: int, **params: ParamValue) -> Target:
    values: dict[str, ParamValue] = {"kind": "nginx", "server_name": "127.0.0.1", "port": port, "public_path": "/"}
    return Target("balancer", TargetKind.BALANCER, f"127.0.0.1:{port}", values | {"installation": "new"} | params)


def judged(target: Target, stage: str) -> CheckResult:
    return by_id(run_checks([target], timeout=2))[f"balancer.{stage}"]


def port_code(port: int, **params: ParamValue) -> str:
    return judged(balancer_at(port, **params), "port").code.removeprefix("balancer.port.")


def answering(data: bytes) -> object:
    def talk(connection: socket.socket, _stop: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(data)

    return talk


def test_a_name_that_is_known_and_one_that_is_not() -> None:
    known = judged(balancer_at(free_ports(), server_name="localhost"), "name")
    assert (known.code, known.status) == ("balancer.name.ok", "ok")
    assert "127.0.0.1" in known.summary
    unknown = by_id(run_checks([balancer_at(80, server_name="nobody.invalid")]))
    assert unknown["balancer.name"].code == "balancer.name.unknown"
    # what cannot be seen from here is held against nobody
    assert {result.status for result in unknown.values() if result.id != "balancer.exposure"} == {"skip"}


@pytest.mark.parametrize(
    ("answer", "params", "code"),
    [
        (HEALTHY, {}, "occupied"),
        (HEALTHY, {"installation": "existing"}, "running"),
        (HEALTHY.replace(b"200 OK", b"404 Not Found"), {}, "own"),
        (APACHE, {}, "other"),
        (APACHE, {"kind": "haproxy"}, "own"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", {}, "strange"),
    ],
)
def test_who_listens_there(misbehave: Misbehave, answer: bytes, params: dict[str, ParamValue], code: str) -> None:
    assert port_code(misbehave(answering(answer)), **params) == code  # type: ignore[arg-type]  # a behaviour


def test_ports_that_are_closed_silent_or_something_else(misbehave: Misbehave, redis_plain: RedisServer) -> None:
    assert port_code(free_ports()) == "free"
    assert port_code(misbehave(BEHAVIOURS["silent"])) == "strange"
    assert port_code(redis_plain.port) == "strange"


def test_a_port_behind_which_nobody_takes_connections() -> None:
    with full_queue() as port:
        assert port_code(port) == "unreachable"


def test_a_balancer_that_speaks_tls_is_asked_over_tls(certificates: Certificates, misbehave: Misbehave) -> None:
    files = {"certificate": str(certificates.certificate), "certificate_key": str(certificates.key)}
    assert port_code(misbehave(over_tls(certificates, HEALTHY)), **files) == "occupied"


@pytest.mark.parametrize("kind", ["nginx", "haproxy"])
def test_the_program_reads_its_file(nginx_binary: Nginx, kind: str) -> None:
    assert nginx_binary.path and tool("haproxy")
    nodes = [{"name": f"node{n}", "host": f"127.0.0.{n}"} for n in (1, 2)]
    answers = official({"balancer.kind": kind, "balancer.listen": free_ports(), "nodes": nodes})
    (target,) = (t for t in targets(answers) if t.kind is TargetKind.BALANCER)
    assert judged(target, "syntax").code == "balancer.syntax.ok"
    broken = Target(
        target.id, target.kind, target.shown, {**target.params, "written": f"{target.params['written']}\nnonsense on;\n"}
    )
    found = judged(broken, "syntax")
    assert (found.status, found.code) == ("fail", "balancer.syntax.refused")
    assert "nonsense" in found.detail
    elsewhere = {**target.params, "written": str(target.params["written"]).replace("127.0.0.2", "nobody.invalid")}
    found = judged(Target(target.id, target.kind, target.shown, elsewhere), "syntax")
    # HAProxy looks names up when it runs
    assert found.code == ("balancer.syntax.untried" if kind == "nginx" else "balancer.syntax.ok")


def test_a_program_that_is_not_there_or_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syntax, "_SBIN", str(tmp_path))
    assert syntax.judge("nginx", "", 5).code == "balancer.syntax.absent"
    program = tmp_path / "nginx"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    assert syntax.judge("nginx", "", 0.2).code == "balancer.syntax.untried"


def test_one_role_beside_a_balancer_is_judged_by_itself(redis_plain: RedisServer) -> None:
    report = run_checks([redis_of(redis_plain), balancer_at(free_ports())], only=["balancer.port"])
    assert [result.id for result in report.results] == ["balancer.port"]
