"""The report that other programs read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from nbcluster import __version__
from nbcluster.checks.results import CheckResult, Report, Status
from nbcluster.errors import ExitCode
from nbcluster.report import result_lines


def result(status: Status) -> CheckResult:
    return CheckResult("redis.cache.bloom", "redis://h:1/0", "bastion", status, "s", "d", "h", 12, "code", {"a": 1})


def test_the_shape_is_the_documented_one() -> None:
    started = datetime(2025, 1, 2, 5, 4, 5, tzinfo=timezone(timedelta(hours=2)))
    assert Report(started, 812, (result(Status.WARN),)).as_json() == {
        "schema": 1,
        "tool": f"nbcluster {__version__}",
        "started": "2025-01-02T03:04:05Z",
        "elapsed_ms": 812,
        "results": [
            {
                "id": "redis.cache.bloom",
                "target": "redis://h:1/0",
                "from": "bastion",
                "status": "warn",
                "summary": "s",
                "detail": "d",
                "hint": "h",
                "elapsed_ms": 12,
            }
        ],
        "counts": {"ok": 0, "warn": 1, "fail": 0, "error": 0, "skip": 0},
    }


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ([], ExitCode.OK),
        ([Status.OK, Status.WARN, Status.SKIP], ExitCode.OK),
        ([Status.ERROR], ExitCode.UNJUDGED),
        ([Status.ERROR, Status.FAIL], ExitCode.FAILED),
    ],
)
def test_a_failure_beats_what_could_not_be_judged(statuses: list[Status], code: ExitCode) -> None:
    assert Report(datetime.now(UTC), 1, tuple(result(status) for status in statuses)).exit_code() is code


@pytest.mark.parametrize(("status", "more"), [(Status.OK, []), (Status.SKIP, ["h"]), (Status.WARN, ["d", "h"])])
def test_a_terminal_shows_what_to_do_about_all_but_what_is_in_order(status: Status, more: list[str]) -> None:
    _first, *rest = result_lines(result(status))
    assert [line.strip() for line in rest] == more
