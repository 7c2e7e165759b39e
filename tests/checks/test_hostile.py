"""Servers that lie, drip, flood and fall silent: a verdict in time, in plain words, without their bytes in it."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace

import pytest

from nbcluster.answers.targets import Target
from nbcluster.checks.results import Report
from nbcluster.checks.run import run_checks
from nbcluster.probe import faults
from nbcluster.probe.link import Memory
from tests.checks.conftest import Misbehave, Talk, by_id, code_of, database_at, full_queue, rabbitmq_at, redis_at

TIMEOUT = 2.0
ESCAPES = b"\x1b]52;c;bm8=\x07\x1b[2J\x9b31m\xe2\x80\xae"


def says(data: bytes, *, after_question: bool = True, then_close: bool = False) -> Talk:
    def talk(connection: socket.socket, stop: threading.Event) -> None:
        if after_question:
            connection.recv(4096)
        connection.sendall(data)
        if not then_close:
            stop.wait(30)

    return talk


def floods(begin: bytes, block: bytes) -> Talk:
    def talk(connection: socket.socket, stop: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(begin)
        while not stop.is_set():
            connection.sendall(block)

    return talk


def drips(data: bytes) -> Talk:
    def talk(connection: socket.socket, stop: threading.Event) -> None:
        connection.recv(4096)
        for number in data:
            connection.sendall(bytes([number]))
            if stop.wait(0.1):
                return

    return talk


def waits(_connection: socket.socket, stop: threading.Event) -> None:
    stop.wait(30)


BEHAVIOURS: dict[str, Talk] = {
    "silent": waits,
    "closes": lambda _connection, _stop: None,
    "drips": drips(b"$80\r\n" + b"x" * 80),
    "endless bulk": floods(b"$2000000000\r\n", b"x" * 65536),
    "endless line": floods(b"+", b"x" * 65536),
    "nested": floods(b"", b"*1\r\n" * 16384),
    "wide": floods(b"*1000000000\r\n", b":1\r\n" * 16384),
    "negative": says(b"$-7\r\n"),
    "long number": says(b":" + b"9" * 20000 + b"\r\n"),
    "web": says(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n", then_close=True),
    "shell": says(b"SSH-2.0-OpenSSH_9.2\r\n", after_question=False),
    "escapes": says(b"-ERR " + ESCAPES + b"\r\n"),
    "escaped line": says(ESCAPES + b"\r\n", then_close=True),
    "zeros": floods(b"", b"\0" * 65536),
    "amqp frames": floods(b"\x01\x00\x00\x7f\xff\xff\xff", b"x" * 65536),
    "postgres message": floods(b"R\x7f\xff\xff\xff", b"x" * 65536),
    "mysql greeting": says(b"\x0a\x00\x00\x00\x0a" + ESCAPES[:9], after_question=False),
}


def hostile_targets(port: int, name: str) -> list[Target]:
    kinds = [redis_at(port), rabbitmq_at(port), database_at(port), database_at(port, "mysql")]
    return [replace(target, id=f"{target.id}.{index}", shown=name) for index, target in enumerate(kinds)]


@pytest.mark.parametrize("names", [list(BEHAVIOURS)[start::3] for start in range(3)], ids="-".join)
def test_every_hostile_server_gets_a_verdict_in_time(misbehave: Misbehave, names: list[str]) -> None:
    targets = [
        replace(target, id=f"{target.id}.{position}")
        for position, name in enumerate(names)
        for target in hostile_targets(misbehave(BEHAVIOURS[name]), name)
    ]
    told: list[float] = []
    report = run_checks(targets, timeout=TIMEOUT, on_result=lambda _result: told.append(time.monotonic()))
    # counted from the first result: how long the program takes to start is this machine's affair
    assert time.monotonic() - told[0] < 5 * TIMEOUT
    for target in targets:
        own = [result for result in report.results if result.id.startswith(target.id + ".")]
        verdicts = [result for result in own if result.status in ("fail", "error")]
        assert [r.id for r in own if r.status == "ok"] in ([], [f"{target.id}.reach"]), (target.shown, own)
        assert len(verdicts) == 1, (target.shown, own)
        assert all(r.status == "skip" for r in own[own.index(verdicts[0]) + 1 :])
    assert_clean(report)


def assert_clean(report: Report) -> None:
    for result in report.results:
        for text in (result.summary, result.detail, result.hint, *map(str, result.params.values())):
            assert text.isprintable(), repr(text)
            assert len(text) < 1000


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("silent", "net.silent"),
        ("closes", "net.closed"),
        ("drips", "net.stalled"),
        ("endless bulk", "probe.flood"),
        ("web", "seen.http"),
        ("shell", "seen.ssh"),
        ("nested", "probe.nested"),
        ("long number", "probe.nonsense"),
        ("escapes", "redis.state.other"),
    ],
)
def test_the_verdict_says_what_was_seen(misbehave: Misbehave, behaviour: str, code: str) -> None:
    report = run_checks([redis_at(misbehave(BEHAVIOURS[behaviour]))], timeout=TIMEOUT)
    assert code_of(report, "redis.lock.login") == code


GREETING = b"\x4a\0\0\0\x0a8.0.36\0" + b"x" * 67
REDIS_ERROR = b"-ERR Protocol error: invalid multibulk length\r\n"


@pytest.mark.parametrize(
    ("dialect", "said", "code"),
    [
        ("postgres", b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "seen.http"),
        ("postgres", b"SSH-2.0-OpenSSH_9.2\r\n", "seen.ssh"),
        ("postgres", b"AMQP\0\0\x09\x01", "seen.amqp"),
        ("postgres", REDIS_ERROR, "seen.redis"),
        ("postgres", GREETING, "seen.mysql"),
        ("postgres", b"R\x7f\xff\xff\xffand little more", "probe.announced"),
        ("mysql", b"SSH-2.0-OpenSSH_9.2\r\n", "seen.ssh"),
        ("mysql", GREETING, "net.closed"),
    ],
)
def test_a_server_of_another_kind_is_named_and_not_said_to_send_too_much(
    misbehave: Misbehave, dialect: str, said: bytes, code: str
) -> None:
    port = misbehave(says(said, after_question=dialect == "postgres", then_close=True))
    report = run_checks([database_at(port, dialect)], timeout=TIMEOUT)
    assert code_of(report, "database.login") == code


def test_memory_that_a_server_fills_is_told_from_a_length_that_is_none() -> None:
    memory = Memory()
    memory.took(b"D" * (2 << 20))
    assert faults.judge(MemoryError(), memory).code == "probe.memory"


def test_a_connection_that_nobody_takes_is_an_error() -> None:
    with full_queue() as port:
        report = run_checks([redis_at(port)], timeout=0.5)
    assert code_of(report, "redis.lock.reach") == "net.unanswered"
    assert by_id(report)["redis.lock.reach"].status == "error"


def test_a_name_that_cannot_be_one_is_an_error() -> None:
    report = run_checks([redis_at(1, host="x" * 64)])
    assert code_of(report, "redis.lock.reach") == "net.dns"
