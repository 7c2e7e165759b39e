"""Results of checks, and the report of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from nbcluster import __version__
from nbcluster.errors import ExitCode


class Status(StrEnum):
    """A verdict: ``fail`` = answered or refused, and wrong; ``error`` = could not be judged; ``skip`` = not testable here."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    ERROR = "error"
    SKIP = "skip"


@dataclass(frozen=True)
class CheckResult:
    """One result; ``origin`` is ``bastion`` or ``answers``, ``code`` and ``params`` are what the words were made from."""

    id: str
    target: str
    origin: str
    status: Status
    summary: str
    detail: str
    hint: str
    elapsed_ms: int
    code: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the shape that ``--json`` prints; it does not change within schema 1."""
        return {
            "id": self.id,
            "target": self.target,
            "from": self.origin,
            "status": self.status.value,
            "summary": self.summary,
            "detail": self.detail,
            "hint": self.hint,
            "elapsed_ms": self.elapsed_ms,
        }


@dataclass(frozen=True)
class Report:
    """All results of a run; ``started`` is an aware time, ``elapsed_ms`` the wall time."""

    started: datetime
    elapsed_ms: int
    results: tuple[CheckResult, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many results there are of each status."""
        return {status.value: sum(result.status is status for result in self.results) for status in Status}

    def exit_code(self) -> ExitCode:
        """Return the exit code of a command that ran these checks: a failure outweighs what could not be judged."""
        counts = self.counts
        if counts[Status.FAIL]:
            return ExitCode.FAILED
        return ExitCode.UNJUDGED if counts[Status.ERROR] else ExitCode.OK

    def as_json(self) -> dict[str, Any]:
        """Return the document that ``check --json`` prints."""
        return {
            "schema": 1,
            "tool": f"nbcluster {__version__}",
            "started": self.started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "elapsed_ms": self.elapsed_ms,
            "results": [result.as_json() for result in self.results],
            "counts": self.counts,
        }


def report_bytes(results: Sequence[CheckResult], now: datetime) -> bytes:
    """Return a report of results that were gathered one by one, as the JSON that is written."""
    report = Report(started=now, elapsed_ms=sum(r.elapsed_ms for r in results), results=tuple(results))
    return (json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n").encode()


def selects(selection: str, check_id: str) -> bool:
    """Tell whether a selection (an id or a prefix of whole dotted parts) means a check."""
    return check_id == selection or check_id.startswith(f"{selection}.")
