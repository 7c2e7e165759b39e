"""The probe program from outside: lines in, lines out, and it always ends."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from nbcluster.probe import parent
from nbcluster.probe.base import Probe
from nbcluster.probe.child import probe_for
from nbcluster.probe.findings import DeadlineReached, Flood, bounded, text, verdict
from nbcluster.probe.link import LARGEST_ANSWER, Memory
from nbcluster.probe.stages import plan, with_needed
from nbcluster.system import programs
from tests.checks.conftest import Misbehave
from tests.checks.test_hostile import BEHAVIOURS
from tests.services.process import free_ports

Program = subprocess.Popen[bytes]


@pytest.fixture
def program() -> Iterator[Program]:
    process = subprocess.Popen(
        programs.command("nbcluster.probe.parent"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    yield process
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        with suppress(BrokenPipeError):
            stream.close()


def ask(program: Program, *messages: object) -> None:
    assert program.stdin is not None
    lines = [m if isinstance(m, bytes) else json.dumps(m).encode() for m in messages]
    program.stdin.write(b"".join(line + b"\n" for line in lines))
    program.stdin.flush()


def answers(program: Program, count: int) -> list[dict[str, Any]]:
    """Read until so many runs are done."""
    assert program.stdout is not None
    found: list[dict[str, Any]] = []
    while sum(bool(message.get("done")) for message in found) < count:
        line = program.stdout.readline()
        assert line, "the program ended"
        found.append(json.loads(line))
    return found


def redis_request(number: int, port: int, timeout: float = 5.0) -> dict[str, Any]:
    params = {"host": "127.0.0.1", "port": port, "tls": False, "role": "lock", "db": 0}
    return {"run": number, "timeout": timeout, "target": {"kind": "redis", "params": params}}


def test_it_ends_with_its_input(program: Program, misbehave: Misbehave) -> None:
    ask(program, redis_request(1, misbehave(BEHAVIOURS["silent"]), 30))
    assert program.stdin is not None
    assert program.stdout is not None
    assert json.loads(program.stdout.readline()) == {"run": 1, "begun": True}
    assert json.loads(program.stdout.readline())["result"][0] == "reach"
    program.stdin.close()
    assert program.wait(20) == 0  # sooner than the run that it was asked for


def test_a_run_is_cancelled(program: Program, misbehave: Misbehave) -> None:
    ask(program, redis_request(7, misbehave(BEHAVIOURS["silent"]), 30))
    assert program.stdout is not None
    program.stdout.readline()
    program.stdout.readline()
    ask(program, {"cancel": 7})
    assert answers(program, 1)[-1] == {"run": 7, "done": True, "reason": "probe.cancelled"}


def test_a_run_is_cancelled_in_the_breath_that_asks_for_it(program: Program) -> None:
    ask(program, redis_request(7, free_ports()), {"cancel": 7})
    assert answers(program, 1) == [{"run": 7, "done": True, "reason": "probe.cancelled"}]


def test_the_time_of_a_check_begins_when_its_client_is_imported(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Each import takes ten times as long as all checks may: the clock is the test's."""
    now = 0.0

    def imports(kind: str, params: dict[str, Any]) -> type[Probe]:
        nonlocal now
        now += 50.0
        return probe_for(kind, params)

    monkeypatch.setattr(parent, "monotonic", lambda: now)
    requests, source = os.pipe()
    results, sink = os.pipe()
    for end in (source, requests, results, sink):
        request.addfinalizer(partial(os.close, end))
    os.write(source, b"".join(json.dumps(redis_request(number, 1)).encode() + b"\n" for number in (1, 2)))
    program = parent.Parent(requests, sink, imports)
    program._read_requests()
    assert [deadline for deadline, _request in program._queue] == [105.0, 105.0]
    assert [json.loads(line) for line in os.read(results, 4096).splitlines()] == [{"run": n, "begun": True} for n in (1, 2)]


def test_a_deadline_ends_a_child_that_does_not_end_itself(program: Program, misbehave: Misbehave) -> None:
    ask(program, redis_request(1, misbehave(BEHAVIOURS["drips"]), 0.3))
    assert answers(program, 1)[-1]["done"]


@pytest.mark.parametrize(
    "line",
    [
        b"garbage",
        b"{}",
        b"[]",
        b"3",
        b'{"run": 1}',
        b'{"run": 1, "timeout": 1, "target": {"kind": "teapot", "params": {}}}',
        b"\xff\xfe",
    ],
)
def test_a_request_that_is_none_changes_nothing(program: Program, line: bytes) -> None:
    ask(program, line, redis_request(2, free_ports()))
    found = answers(program, 1)
    assert found[0] == {"problem": "request"}
    assert found[-1] == {"run": 2, "done": True, "reason": ""}


def test_more_targets_than_children(program: Program) -> None:
    port = free_ports()
    ask(program, *(redis_request(number, port, 60) for number in range(1, 151)))
    found = answers(program, 150)
    assert sorted({message["run"] for message in found}) == list(range(1, 151))
    assert all(
        message["result"][1] == "net.refused" for message in found if "result" in message and message["result"][0] == "reach"
    )


def test_nothing_but_lines_of_json_comes_out(program: Program, misbehave: Misbehave) -> None:
    ports = [misbehave(BEHAVIOURS[name]) for name in ("escapes", "escaped line", "web", "nested", "zeros")]
    ask(program, *(redis_request(number, port, 1) for number, port in enumerate(ports)))
    found = answers(program, len(ports))
    assert all(len(json.dumps(message)) < 8192 for message in found)
    assert program.stdin is not None
    assert program.stderr is not None
    program.stdin.close()
    program.wait(5)
    assert program.stderr.read() == b""


def test_a_flood_is_cut_off() -> None:
    memory = Memory()
    memory.took(b"x" * LARGEST_ANSWER)
    with pytest.raises(Flood):
        memory.took(b"x")
    assert memory.first == b"x" * 160


def test_values_are_bounded() -> None:
    values = bounded(verdict("code", **{f"v{number}": "\ud800" + "x" * 9999 for number in range(40)}).params)
    assert len(values) <= 16
    assert all(isinstance(value, str) and len(value.encode()) < 1000 for value in values.values())
    assert text(b"\xff\x00") == "\\xff\x00"
    assert text(["list"]) == "list"


def test_clients_cannot_swallow_the_end() -> None:
    assert not issubclass(DeadlineReached, Exception)
    assert not issubclass(Flood, Exception)


def test_needed_stages() -> None:
    stages = plan("redis", {"role": "cache", "tls": True})
    assert with_needed(stages, frozenset({"bloom"})) == {"reach", "tls", "login", "bloom"}
    assert with_needed(stages, frozenset({"commands"})) == {"reach", "tls", "login", "database", "primary", "commands"}
    assert with_needed(stages, frozenset()) == frozenset()


def test_the_program_has_one_thread(program: Program) -> None:
    ask(program, redis_request(1, free_ports()))
    answers(program, 1)
    with open(f"/proc/{program.pid}/status", encoding="ascii") as status:  # noqa: PTH123 - proc(5)
        assert "Threads:\t1\n" in status.read()
    assert threading.active_count() >= 1
