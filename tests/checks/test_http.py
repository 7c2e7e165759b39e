"""One HTTP request, and the responses of servers of every kind."""

from __future__ import annotations

from collections.abc import Callable
from http.client import RemoteDisconnected

import pytest

from nbcluster.checks.run import run_checks
from nbcluster.probe import http
from nbcluster.probe.findings import Flood
from nbcluster.probe.link import Clock, connect, encrypt, trust_of
from tests.checks.conftest import Misbehave, by_id, code_of, node_at, over_tls
from tests.checks.test_hostile import floods, says
from tests.services.certificates import Certificates

OK = b"HTTP/1.1 200 OK\r\n"
Ask = Callable[..., http.Response]


@pytest.fixture
def ask(misbehave: Misbehave) -> Ask:
    """A function that asks a server which says the given bytes and closes."""

    def asked(said: bytes, **settings: object) -> http.Response:
        port = misbehave(says(said, then_close=True))
        with connect("127.0.0.1", port, Clock(5)) as link:
            return http.get(link, "localhost", "/", **settings)  # type: ignore[arg-type]  # what the tests pass is right

    return asked


@pytest.mark.parametrize(
    ("said", "status", "body"),
    [
        (OK + b"Content-Length: 2\r\n\r\nok and more", 200, b"ok"),
        (OK + b"\r\nuntil the end", 200, b"until the end"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\n\r\n", 200, b"ok"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\nffff\r\nbroken off", 200, b"okbroken off"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\nno number\r\n", 200, b"ok"),
        (OK + b"Content-Length: 99999999999\r\n\r\nless", 200, b"less"),
        (OK + b"Content-Length: -4\r\n\r\nless", 200, b"less"),
        (OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nless", 200, b"less"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00", 101, b""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"\r\nlate", 200, b"late"),
        (b"HTTP/1.0 503\r\n\r\n", 503, b""),
        (OK + b"X: y\r\n" * 500 + b"\r\n", 200, b""),
        (OK + b"X: " + b"y" * 100_000 + b"\r\n\r\n", 200, b""),
        (b"HTTP/2.0 200 OK\r\n\r\n", 0, b""),
        (b"HTTP/1.1 2000 OK\r\n\r\n", 0, b""),
        (b"SSH-2.0-OpenSSH_9.2\r\n", 0, b""),
        (b"\x15\x03\x01\x00\x02\x02\x46", 0, b""),
        (b"x" * 100_000 + b"\r\n", 0, b""),
    ],
)
def test_what_is_an_answer(ask: Ask, said: bytes, status: int, body: bytes) -> None:
    found = ask(said)
    assert (found.status, found.body) == (status, body)


@pytest.mark.parametrize(
    ("said", "healthy"),
    [
        (b"Content-Length: 2\r\n\r\nok", True),
        (b"\r\nok", True),
        (b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", True),
        (b"Content-Length: 500\r\n\r\nok", False),
        (b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", False),
        (b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\nno number\r\n", False),
    ],
)
def test_a_node_is_not_healthy_by_the_beginning_of_an_answer(ask: Ask, said: bytes, healthy: bool) -> None:
    assert ask(OK + said).healthy is healthy


def test_headers_are_found_by_any_case(ask: Ask) -> None:
    assert ask(OK + b"SERVER: nginx/1.30\r\n\r\n").headers["server"] == "nginx/1.30"


def test_a_connection_that_is_closed_without_a_byte(ask: Ask) -> None:
    with pytest.raises(RemoteDisconnected):
        ask(b"")


def test_a_body_is_read_as_far_as_it_is_wanted(ask: Ask, misbehave: Misbehave) -> None:
    assert len(ask(OK + b"\r\n" + b"x" * 5000, longest=1000).body) == 1000
    port = misbehave(floods(OK + b"\r\n", b"x" * 65536))
    with connect("127.0.0.1", port, Clock(5)) as link:
        assert len(http.get(link, "localhost", "/").body) == http.LONGEST_BODY


def test_answers_before_the_answer_have_an_end(misbehave: Misbehave) -> None:
    port = misbehave(floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000))
    with connect("127.0.0.1", port, Clock(5)) as link, pytest.raises(Flood):
        http.get(link, "localhost", "/")


@pytest.mark.parametrize("said", [OK + b"\r\nok", OK + b"Server: x"])
def test_what_has_come_in_time_is_enough_where_the_whole_is_not_wanted(misbehave: Misbehave, said: bytes) -> None:
    port = misbehave(says(said))
    for whole in (True, False):
        with connect("127.0.0.1", port, Clock(5)) as link:
            link.settimeout(0.2)
            if whole:
                with pytest.raises(TimeoutError):
                    http.get(link, "localhost", "/")
            else:
                assert http.get(link, "localhost", "/", whole=False).status == 200


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (OK + b"Content-Length: 2\r\n\r\nok", "occupied"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "occupied"),
        (OK + b"\r\n<html>", "http"),
        (b'HTTP/1.1 503 x\r\n\r\n{"error": {"code": "APP_STARTING"}}', "unhealthy"),
        (b"HTTP/1.1 503 x\r\nX", "http"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "alien"),
        (b"\0\0\0\0", "alien"),
        (b"", "silent"),
    ],
)
def test_who_stands_at_the_port_of_a_node(misbehave: Misbehave, said: bytes, code: str) -> None:
    report = run_checks([node_at(misbehave(says(said, then_close=True)))])
    assert code_of(report, "node.node1.port") == f"node.port.{code}"
    if said.startswith(b"SSH"):
        assert by_id(report)["node.node1.port"].params["seen"] == said.decode().strip()


def test_tls_goes_on_remembering(certificates: Certificates, misbehave: Misbehave) -> None:
    port = misbehave(over_tls(certificates, OK + b"\r\nok"))
    plain = connect("127.0.0.1", port, Clock(5))
    # whoever reached the server holds this memory, whatever the connection becomes
    memory = plain.memory
    with encrypt(plain, "127.0.0.1", trust_of(str(certificates.authority))) as link:
        http.get(link, "localhost", "/")
    assert memory.first.startswith(b"HTTP/1.1 200")
