"""The published list of commands against what RabbitMQ and the databases were sent, read from the wire."""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from pika import spec

from nbcluster.catalogue import CHECKS
from nbcluster.checks.run import run_checks
from nbcluster.probe.rabbitmq.probe import QUEUE_PREFIX
from tests.checks.conftest import database_of, rabbitmq_of
from tests.services.rabbitmq import RabbitServer
from tests.services.sql import SqlServer


class Recorder:
    """Passes connections on to a server, and keeps what the client sent, a connection each."""

    def __init__(self, host: str, port: int) -> None:
        self._upstream = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.sent: list[bytearray] = []
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                far = socket.create_connection(self._upstream)
                self._sockets += [near, far]
                kept = bytearray()
                self.sent.append(kept)
                for source, sink, keep in ((near, far, kept), (far, near, bytearray())):
                    thread = threading.Thread(target=self._pass, args=(source, sink, keep), daemon=True)
                    self._threads.append(thread)
                    thread.start()

    def _pass(self, source: socket.socket, sink: socket.socket, kept: bytearray) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                kept += data
                sink.sendall(data)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)
        for one in self._sockets:
            one.close()


@contextmanager
def recorded(host: str, port: int) -> Iterator[Recorder]:
    recorder = Recorder(host, port)
    try:
        yield recorder
    finally:
        recorder.close()


def published(place: str) -> list[str]:
    return [line for check in CHECKS if check.pattern.startswith(f"{place}.") for line in check.sends]


def methods(sent: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the name of every method frame and its arguments (AMQP 0-9-1, section 4.2.3)."""
    assert sent[:8] == b"AMQP\x00\x00\x09\x01"
    at = 8
    while at < len(sent):
        kind, _channel, size = struct.unpack_from(">BHI", sent, at)
        payload = bytes(sent[at + 7 : at + 7 + size])
        at += 8 + size
        if kind == 1:
            number = struct.unpack_from(">HH", payload)
            yield re.sub(r"(?<=[a-z])(?=[A-Z])", "-", spec.methods[number[0] << 16 | number[1]].NAME).lower(), payload[4:]


OPENING = {"connection.start-ok", "connection.tune-ok", "connection.open"}


def test_rabbitmq_is_sent_published_methods_on_queues_of_our_own(rabbitmq: RabbitServer) -> None:
    with recorded(rabbitmq.host, rabbitmq.port) as recorder:
        report = run_checks([rabbitmq_of(rabbitmq, port=recorder.port)])
    assert report.counts["fail"] + report.counts["error"] == 0
    names = {line.split()[0].rstrip(",") for line in published("rabbitmq") if "." in line.split()[0]}
    seen = [found for sent in recorder.sent if sent for found in methods(bytes(sent))]
    assert {name for name, _arguments in seen} <= names
    assert {name for name, _arguments in seen} >= OPENING | {"queue.declare", "basic.publish", "basic.get", "connection.close"}
    touching = [
        arguments for name, arguments in seen if name.startswith(("queue.", "basic.publish", "basic.get", "basic.consume"))
    ]
    assert touching and all(QUEUE_PREFIX.encode() in arguments for arguments in touching)


def statements(sent: bytes, dialect: str) -> Iterator[str]:
    """Yield the statements of a PostgreSQL (messages Q and P) or MySQL client (COM_QUERY)."""
    if dialect == "postgres":
        at = struct.unpack_from(">I", sent)[0]
        while at < len(sent):
            kind, size = chr(sent[at]), struct.unpack_from(">I", sent, at + 1)[0]
            body = sent[at + 5 : at + 1 + size]
            at += 1 + size
            if kind in "QP":
                yield body.split(b"\0")[0 if kind == "Q" else 1].decode()
    else:
        at = 0
        while at < len(sent):
            size, number = struct.unpack("<I", sent[at : at + 3] + b"\0")[0], sent[at + 3]
            body = sent[at + 4 : at + 4 + size]
            at += 4 + size
            if number == 0 and body[:1] == b"\x03":
                yield body[1:].decode()


@pytest.mark.parametrize("name", ["postgres", "mariadb"])
def test_databases_are_sent_published_statements_only(name: str, request: pytest.FixtureRequest) -> None:
    server: SqlServer = request.getfixturevalue(name)
    with recorded(server.host, server.port) as recorder:
        report = run_checks([database_of(server, port=recorder.port)])
    assert report.counts["error"] == 0
    lines = [
        line.partition(": ")[2] if re.match(r"(PostgreSQL|KingbaseES|MySQL): ", line) else line for line in published("database")
    ]
    known = [re.compile(re.sub(r"<[^>]+>", ".+", re.escape(line).replace(r"\<", "<")), re.IGNORECASE) for line in lines]
    seen = [" ".join(text.split()) for sent in recorder.sent if sent for text in statements(bytes(sent), server.dialect)]
    assert len(seen) > 5
    # what the client library says for itself is no query
    unknown = [text for text in seen if not any(pattern.match(text) for pattern in known) and text != "SET AUTOCOMMIT = 1"]
    assert unknown == []
    assert all(re.match(r"(SELECT|SHOW|SET NAMES|SET AUTOCOMMIT)\b", text) for text in seen)
