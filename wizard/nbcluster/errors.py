"""Problems of answers and files, the exceptions that carry them, and exit codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from nbcluster.text.clean import made_visible


class ExitCode(IntEnum):
    """What a run ended with; programs depend on these numbers."""

    OK = 0
    INTERNAL = 1
    INVALID = 2
    FAILED = 3
    UNJUDGED = 5
    LOCKED = 6
    UNWRITABLE = 7
    HANGUP = 129
    INTERRUPTED = 130
    TERMINATED = 143


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


def error(path: str, rule: str, message: str, hint: str = "") -> Problem:
    """Return a problem of a rule that stops writing."""
    return Problem(path, message, hint, Severity.ERROR, rule)


def warning(path: str, rule: str, message: str, hint: str = "") -> Problem:
    """Return a problem of a rule that does not stop writing."""
    return Problem(path, message, hint, Severity.WARNING, rule)


def errors(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return the problems that stop writing."""
    return tuple(p for p in problems if p.severity is Severity.ERROR)


def alike(problems: Iterable[Problem]) -> list[tuple[Problem, ...]]:
    """Group problems that say the same of several answers, in the order of the first of each: a list shows and counts each group once."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.severity.value, problem.rule, problem.message, problem.hint), []).append(problem)
    return [tuple(group) for group in groups.values()]


class NbclusterError(Exception):
    """A failure that the user can fix: an exit code, a message, and the problems behind it."""

    def __init__(self, code: ExitCode, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.problems = problems

    def lines(self) -> list[str]:
        """Return the sentence, if there is one, and each problem as one line that a terminal shows and does not act on."""
        return [line for line in (made_visible(self.message, lines=True), *(problem.line() for problem in self.problems)) if line]


class InvalidAnswersError(NbclusterError):
    """The answers cannot be read or break a rule."""

    def __init__(self, problems: tuple[Problem, ...], message: str = "") -> None:
        super().__init__(ExitCode.INVALID, message, problems)


def reason_of(fault: Exception) -> str:
    """Return why the operating system or a library refused: its own words, or the kind of the exception where it has none."""
    return getattr(fault, "strerror", None) or made_visible(str(fault)) or type(fault).__name__
