"""The port of a node, as the bastion sees it."""

from __future__ import annotations

import socket
import struct

import pytest

from nbcluster.checks.run import run_checks
from tests.checks.conftest import Misbehave, Talk, code_of, full_queue, node_at, statuses
from tests.services.process import free_ports


def answering(reply: bytes) -> Talk:
    def talk(connection: socket.socket, _stop: object) -> None:
        assert b"/app/api/__health_check " in connection.recv(4096)
        connection.sendall(reply)

    return talk


def test_a_closed_port_is_normal() -> None:
    report = run_checks([node_at(free_ports())])
    assert (code_of(report, "node.node1.port"), statuses(report)["node.node1.port"]) == ("node.port.closed", "ok")


@pytest.mark.parametrize(
    ("reply", "installation", "code"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nok", "existing", "node.port.running"),
        (b"HTTP/1.1 200 OK\r\n\r\nok", "new", "node.port.occupied"),
        (b"HTTP/1.1 503 Unavailable\r\n\r\n{}", "new", "node.port.http"),
        (b'HTTP/1.1 503 X\r\n\r\n{"error":{"code":"APP_PREPARING"}}', "new", "node.port.unhealthy"),
        (b"\x1b[31mhello", "new", "node.port.alien"),
        (b"", "new", "node.port.silent"),
    ],
)
def test_an_open_port_is_named(misbehave: Misbehave, reply: bytes, installation: str, code: str) -> None:
    port = misbehave(answering(reply))
    report = run_checks([node_at(port, public_path="/app/", installation=installation)])
    assert (code_of(report, "node.node1.port"), statuses(report)["node.node1.port"]) == (code, "warn")


def test_a_port_that_drops_connections(misbehave: Misbehave) -> None:
    def reset(connection: socket.socket, _stop: object) -> None:
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert code_of(run_checks([node_at(misbehave(reset))]), "node.node1.port") == "node.port.reset"


def test_a_port_that_nobody_answers_on_could_not_be_judged() -> None:
    with full_queue() as port:
        report = run_checks([node_at(port)], timeout=0.5)
    assert (code_of(report, "node.node1.port"), statuses(report)["node.node1.port"]) == ("net.unanswered", "error")
