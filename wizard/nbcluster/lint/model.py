"""What lint finds: one finding per fault and place, named by a stable id."""

from __future__ import annotations

from dataclasses import dataclass

from nbcluster.problems import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault; ``line`` counts from 1 and is 0 for a variable that is absent, ``name`` is the variable ("" for a line without one).

    Message and hint are translated and hold no value of the file.
    """

    id: str
    file: str
    line: int
    name: str
    severity: Severity
    message: str
    hint: str

    @property
    def target(self) -> str:
        """Where the fault is: ``FILE:LINE KEY``, or ``FILE KEY`` for a variable that is absent."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.name}".rstrip()


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be judged: a source of variables that was not among the files read, or a variable (then ``why`` says why)."""

    file: str
    line: int
    name: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault: what is looked at, why, and what mends it (msgids)."""

    id: str
    severities: tuple[Severity, ...]
    title: str
    why: str
    remedy: str
