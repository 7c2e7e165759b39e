"""What lint finds: faults, each declared once, and one finding per fault and place, named by a stable id."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbcluster.errors import Severity
from nbcluster.text import _

if TYPE_CHECKING:
    from nbcluster.lint.application import Application
    from nbcluster.lint.cluster import ClusterMembers
    from nbcluster.lint.file import File
    from nbcluster.lint.nginx import Site

FAIL = (Severity.ERROR,)
WARN = (Severity.WARNING,)
EITHER = (Severity.ERROR, Severity.WARNING)

_SHOWN = 20
"""Services that one line names."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One fault; ``line`` counts from 1 and is 0 for a variable that is absent, ``name`` is the variable ("" for a line without one).

    Message and hint are translated and hold no value of the file. ``services`` are those that have it, in a file with several.
    """

    id: str
    file: str
    line: int
    name: str
    severity: Severity
    message: str
    hint: str
    services: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The finding in one line: the services where a file has several, the variable, the message."""
        services = ", ".join(self.services[:_SHOWN]) + (", …" if len(self.services) > _SHOWN else "")
        return ": ".join(part for part in (services, self.name, self.message) if part)

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
class Hit:
    """A place where a condition found its fault, with the translated words and the severity that differ from the fault's own."""

    file: str
    line: int
    name: str
    message: str = ""
    hint: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault (texts are msgids): ``title`` and ``why`` are its page, ``message`` and ``hint`` what a finding says.

    The page ends with what to do: ``remedy``, or the hint where nothing else is given. The fault is found by one of the conditions:
    in the ``variables`` of an application, in what belongs to one ``cluster``, in the text of an ``env`` file, in that of a ``yaml``
    file, in an ``nginx`` configuration, or by the ``rule`` of the answers of that name, which brings its own words; a ``hint`` given
    here replaces the rule's. ``clustered``: no fault of a node that runs alone. ``observed`` is what NocoBase itself says.
    """

    name: str
    severities: tuple[Severity, ...]
    title: str
    why: str
    message: str = ""
    hint: str = ""
    remedy: str = ""
    variables: Callable[[Application], Iterable[Hit]] | None = None
    env: Callable[[File], Iterable[Hit]] | None = None
    yaml: Callable[[File], Iterable[Hit]] | None = None
    cluster: Callable[[ClusterMembers], Iterable[Hit]] | None = None
    nginx: Callable[[Site], Iterable[Hit]] | None = None
    rule: str = ""
    clustered: bool = False
    observed: str = ""

    @property
    def id(self) -> str:
        """The stable id: what findings, documents and ``explain`` call it."""
        return f"lint.{self.name}"

    @property
    def advice(self) -> str:
        """What its page says is to be done, a message id."""
        return self.remedy or self.hint

    def finding(self, hit: Hit) -> LintFinding:
        """Return the finding at a place."""
        message, hint = hit.message or _(self.message), hit.hint or _(self.hint)
        return LintFinding(self.id, hit.file, hit.line, hit.name, hit.severity or self.severities[0], message, hint)
