"""Runs of checks: selection, skips, cancellation, several at once, a program that dies."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import Target
from nbcluster.checks import run as engine
from nbcluster.checks.conversation import Conversation, known_ids
from nbcluster.checks.results import CheckResult
from nbcluster.checks.run import ProbeProcess, run_checks
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.system import programs
from tests.checks.conftest import Misbehave, by_id, code_of, node_at, redis_at, redis_of, statuses
from tests.checks.test_hostile import BEHAVIOURS
from tests.services.process import free_ports
from tests.services.redis_server import RedisServer


def test_prerequisites_are_reported_only_when_they_fail(redis_plain: RedisServer) -> None:
    targets = [redis_of(redis_plain, "cache"), redis_of(redis_plain, "lock")]
    assert list(statuses(run_checks(targets, only=["redis.cache.bloom"]))) == ["redis.cache.bloom"]
    found = statuses(run_checks([redis_at(free_ports(), "cache")], only=["redis.cache.bloom"]))
    assert found == {"redis.cache.reach": "fail", "redis.cache.bloom": "skip"}


def test_a_prefix_of_whole_parts_selects(redis_plain: RedisServer) -> None:
    targets = [redis_of(redis_plain, "cache"), redis_of(redis_plain, "lock")]
    found = statuses(run_checks(targets, only=["redis.lock"]))
    assert set(found) == set(known_ids([targets[1]]))
    with pytest.raises(NbclusterError) as fault:
        run_checks(targets, only=["redis.lo"])
    assert fault.value.code is ExitCode.INVALID


@pytest.mark.parametrize("selection", ["redis.cache.blom", "", "rabbitmq", "redis.cache.bloom.x"])
def test_an_id_that_matches_nothing_is_invalid(selection: str) -> None:
    for keywords in ({"only": [selection]}, {"skip": {selection: "x"}}):
        with pytest.raises(NbclusterError) as fault:
            run_checks([redis_at(1, "cache")], **keywords)
        assert fault.value.code is ExitCode.INVALID


def test_a_skipped_check_is_not_run_and_says_why(redis_plain: RedisServer) -> None:
    report = run_checks([redis_of(redis_plain, "cache")], skip={"redis.cache.bloom": "planned for June"})
    found = by_id(report)["redis.cache.bloom"]
    assert (found.status, found.code) == ("skip", "probe.skipped")
    assert "planned for June" in found.summary
    assert statuses(report)["redis.cache.commands"] == "ok"


def test_a_skipped_target_is_left_alone(misbehave: Misbehave) -> None:
    report = run_checks([redis_at(misbehave(BEHAVIOURS["silent"]))], skip={"redis.lock": "later"})
    assert set(statuses(report).values()) == {"skip"}


def test_results_are_told_as_they_come_and_reported_in_order(redis_plain: RedisServer) -> None:
    told: list[CheckResult] = []
    targets = [redis_of(redis_plain, "queue"), redis_of(redis_plain, "cache"), node_at(free_ports())]
    report = run_checks(targets, on_result=told.append)
    assert sorted(r.id for r in told) == sorted(r.id for r in report.results)
    assert [r.id for r in report.results] == list(known_ids(targets))


def test_a_whole_run_ends_in_time(misbehave: Misbehave) -> None:
    targets = [replace(node_at(misbehave(BEHAVIOURS["silent"])), id=f"node.n{n}") for n in range(20)]
    targets += [replace(redis_at(misbehave(BEHAVIOURS["silent"])), id=f"redis.lock.{n}") for n in range(20)]
    told: list[float] = []
    run_checks(targets, timeout=0.5, on_result=lambda _result: told.append(time.monotonic()))
    # counted from the first result: how long the program takes to start is this machine's affair
    assert time.monotonic() - told[0] < 10 * 0.5


def test_no_targets_is_an_empty_report() -> None:
    assert run_checks([]).results == ()


def test_a_program_that_does_not_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "command", lambda: [sys.executable, "-c", "raise SystemExit(3)"])
    report = run_checks([redis_at(1)])
    assert code_of(report, "redis.lock.reach") == "probe.died"
    assert set(statuses(report).values()) == {"error", "skip"}


def test_a_program_that_talks_nonsense_is_ended_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    nonsense = "import sys, time\nprint('nonsense', flush=True)\nprint('{\"run\": []}', flush=True)\ntime.sleep(60)"
    monkeypatch.setattr(engine, "command", lambda: [sys.executable, "-c", nonsense])
    report = run_checks([redis_at(1)], timeout=0.3)
    assert code_of(report, "redis.lock.reach") == "probe.late"


class Delay:
    """Lets the program start when a clock, which is the test's, has gone on by some seconds."""

    def __init__(self, gate: Path, seconds: float) -> None:
        self.passed = 0.0
        self._gate, self._seconds = gate, seconds
        os.mkfifo(gate)
        self._thread = threading.Thread(target=self._wait, daemon=True)

    def command(self) -> list[str]:
        self._thread.start()
        return ["/bin/sh", "-c", 'read word < "$0"; exec "$@"', str(self._gate), *programs.command("nbcluster.probe.parent")]

    def monotonic(self) -> float:
        return time.monotonic() + self.passed

    def _wait(self) -> None:
        # opening blocks until the program has come as far as its own opening
        with self._gate.open("w") as gate:
            self.passed = self._seconds
            gate.write("go\n")


def test_a_machine_that_is_slow_to_start_the_program_says_nothing_about_a_server(
    redis_plain: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delay = Delay(tmp_path / "gate", engine.START_SECONDS - 1)
    monkeypatch.setattr(engine, "command", delay.command)
    monkeypatch.setattr(engine, "monotonic", delay.monotonic)
    found = statuses(run_checks([redis_of(redis_plain)]))
    assert set(found) == set(known_ids([redis_of(redis_plain)]))
    assert not {"error", "fail"} & set(found.values()), found


def test_a_machine_that_does_not_get_as_far_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asleep = ["/bin/sh", "-c", 'read word < "$0"', str(tmp_path / "gate")]
    os.mkfifo(tmp_path / "gate")
    monkeypatch.setattr(engine, "command", lambda: asleep)
    monkeypatch.setattr(engine, "START_SECONDS", 0.1)
    report = run_checks([redis_at(1)])
    assert code_of(report, "redis.lock.reach") == "probe.slow"
    assert set(statuses(report).values()) == {"error", "skip"}


async def test_a_front_end_gives_a_slow_start_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "gate")
    words = ["/bin/sh", "-c", 'read word < "$0"; exec "$@"', str(tmp_path / "gate"), *programs.command("nbcluster.probe.parent")]
    monkeypatch.setattr(engine, "command", lambda: words)
    monkeypatch.setattr(engine, "START_SECONDS", 0.1)
    process = ProbeProcess()
    try:
        assert code_of(await process.run([redis_at(1)]), "redis.lock.reach") == "probe.slow"
        monkeypatch.setattr(engine, "START_SECONDS", 30.0)
        monkeypatch.setattr(engine, "GRACE_SECONDS", 30.0)
        run = asyncio.create_task(process.run([redis_at(free_ports())], timeout=1.0))
        await asyncio.to_thread((tmp_path / "gate").write_text, "go\n")
        assert code_of(await run, "redis.lock.reach") == "net.refused"
    finally:
        await process.close()


TRACE = 'import sys; sys.stderr.write("Traceback\\n" * 9999 + "\\x1b]52;c;x\\x07 word: s3cret\\u202e\\n\\n"); sys.exit(3)'


def test_what_the_program_says_on_its_way_out_is_a_detail(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "command", lambda: [sys.executable, "-c", TRACE])
    found = by_id(run_checks([redis_at(1, password=Secret("s3cret"))]))["redis.lock.reach"]
    assert found.code == "probe.died"
    assert "word: " in found.detail
    assert "s3cret" not in found.detail
    assert found.detail.isprintable()
    assert len(found.detail) < 1000
    assert capfd.readouterr() == ("", "")


async def test_what_the_program_says_is_not_drawn_over_a_front_end(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "command", lambda: [sys.executable, "-c", TRACE])
    process = ProbeProcess()
    try:
        found = by_id(await process.run([redis_at(1, password=Secret("s3cret"))]))["redis.lock.reach"]
    finally:
        await process.close()
    assert found.code == "probe.died"
    assert "word: " in found.detail
    assert "s3cret" not in found.detail
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "message",
    [
        '{"run": N, "result": ["reach", "net.reached", {"address": "\\u001b[2J"}, 1]}',
        '{"run": N, "result": ["reach", "ok", "net.reached", {}, 1]}',
        '{"run": N, "result": ["teapot", "net.reached", {}, 1]}',
        '{"run": N, "result": ["reach"]}',
        '{"run": N, "result": 3}',
        '{"run": "N"}',
        "[]",
    ],
)
def test_lines_of_the_program_are_not_trusted(message: str) -> None:
    talk = Conversation([redis_at(1)], 5)
    number = next(iter(talk.works))
    results, _work = talk.feed(message.replace("N", str(number)).encode())
    assert all("\x1b" not in result.detail for result in results)


def test_a_verdict_counts_once() -> None:
    talk = Conversation([redis_at(1)], 5)
    number = next(iter(talk.works))
    line = f'{{"run": {number}, "result": ["reach", "CODE", {{}}, 1]}}'
    assert len(talk.feed(line.replace("CODE", "net.refused").encode())[0]) == 1
    assert talk.feed(line.replace("CODE", "net.reached").encode())[0] == []


def test_a_code_that_nobody_knows_is_never_ok() -> None:
    talk = Conversation([redis_at(1)], 5)
    line = f'{{"run": {next(iter(talk.works))}, "result": ["reach", "redis.login.perfect", {{}}, 1]}}'
    (found,), _work = talk.feed(line.encode())
    assert (found.status, found.code) == ("error", "redis.login.perfect")


async def test_runs_of_a_front_end_go_side_by_side(redis_plain: RedisServer, misbehave: Misbehave) -> None:
    process = ProbeProcess()
    judged: list[Target] = []
    try:
        slow = asyncio.create_task(process.run([redis_at(misbehave(BEHAVIOURS["silent"]))], timeout=1.0))
        quick = await process.run([redis_of(redis_plain)], on_target=lambda target, _results: judged.append(target))
        assert not slow.done()
        assert quick.counts["fail"] == 0
        assert judged == [redis_of(redis_plain)]
        assert code_of(await slow, "redis.lock.login") == "net.silent"
    finally:
        await process.close()


async def test_a_run_of_a_front_end_is_cancelled(misbehave: Misbehave) -> None:
    process = ProbeProcess()
    cancel = asyncio.Event()
    try:
        report = await process.run(
            [redis_at(misbehave(BEHAVIOURS["silent"]))], timeout=20, cancel=cancel, on_result=lambda _result: cancel.set()
        )
    finally:
        await process.close()
    assert code_of(report, "redis.lock.login") == "probe.cancelled"
    assert set(statuses(report).values()) == {"ok", "skip"}


async def test_a_program_that_dies_is_started_again(redis_plain: RedisServer, misbehave: Misbehave) -> None:
    process = ProbeProcess()
    try:
        await process.start()
        pid = process.pid
        assert pid is not None
        report = await process.run(
            [redis_at(misbehave(BEHAVIOURS["silent"]))], timeout=20, on_result=lambda _result: os.kill(pid, signal.SIGKILL)
        )
        assert code_of(report, "redis.lock.login") == "probe.died"
        assert (await process.run([redis_of(redis_plain)])).counts["error"] == 0
    finally:
        await process.close()


async def test_an_unused_program_is_closed_twice() -> None:
    process = ProbeProcess()
    await process.close()
    await process.start()
    await process.close()
    await process.close()
    assert process.pid is None
