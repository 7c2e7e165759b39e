"""What a check found, and the report that all of them make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from nbcluster import __version__
from nbcluster.errors import ExitCode


class Status(StrEnum):
    """How a check ended: ``fail`` answered and is wrong, ``error`` could not be judged, ``skip`` was not tried."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    ERROR = "error"
    SKIP = "skip"


@dataclass(frozen=True)
class CheckResult:
    """One finding; ``origin`` is where it was seen from (bastion or answers)."""

    id: str
    target: str
    origin: str
    status: Status
    summary: str
    detail: str = ""
    hint: str = ""
    elapsed_ms: int = 0
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the shape that ``check --json`` prints."""
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
    """All results of a run; ``elapsed_ms`` is wall time."""

    started: datetime
    elapsed_ms: int
    results: tuple[CheckResult, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many results have each status."""
        found = Counter(result.status for result in self.results)
        return {status.value: found[status] for status in Status}

    def exit_code(self) -> ExitCode:
        """Return 3 where a check failed, else 5 where something could not be judged, else 0."""
        counts = self.counts
        return ExitCode.FAILED if counts["fail"] else ExitCode.UNJUDGED if counts["error"] else ExitCode.OK

    def as_json(self) -> dict[str, Any]:
        """Return the report as ``check --json`` prints it."""
        return {
            "schema": 1,
            "tool": f"nbcluster {__version__}",
            "started": self.started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "elapsed_ms": self.elapsed_ms,
            "results": [result.as_json() for result in self.results],
            "counts": self.counts,
        }
