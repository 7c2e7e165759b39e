"""What is wrong with an answer, where it stands, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nbcluster.clean import made_visible


class Severity(StrEnum):
    """How much a problem weighs: an error stops writing, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about the answers; ``path`` is a key path and is never translated."""

    path: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    rule: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the shape that ``--json`` prints (path, severity, message, hint, and the rule where one judged), safe for a terminal."""
        texts = {"path": self.path, "severity": self.severity.value, "message": self.message, "hint": self.hint}
        if self.rule:
            texts["rule"] = self.rule
        return {name: made_visible(text) for name, text in texts.items()}

    def line(self) -> str:
        """Return the problem as one line that a terminal shows and does not act on."""
        return made_visible(f"{self.path}: {self.message}" + (f" {self.hint}" if self.hint else ""))


def errors(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return the problems that stop writing."""
    return tuple(p for p in problems if p.severity is Severity.ERROR)
