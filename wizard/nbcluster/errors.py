"""Exit codes and the exceptions that carry them."""

from __future__ import annotations

from enum import IntEnum

from nbcluster.problems import Problem


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


class NbclusterError(Exception):
    """A failure that is the user's to mend: an exit code, a sentence, and the problems behind it."""

    def __init__(self, code: ExitCode, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.problems = problems


class InvalidAnswersError(NbclusterError):
    """The answers cannot be read or break a rule."""

    def __init__(self, problems: tuple[Problem, ...], message: str = "") -> None:
        super().__init__(ExitCode.INVALID, message, problems)
