"""Applications of one cluster: shared settings have to be equal, and processes are counted together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nbcluster.answers.importer.sources import Fact, Kind
from nbcluster.facts import ROLE_VARIABLES, WEAK_KEYS
from nbcluster.lint.application import Application
from nbcluster.lint.model import Hit
from nbcluster.text.clean import clean

_OWN = ("APP_KEY", "APP_AES_SECRET_KEY", *ROLE_VARIABLES.values())
"""Values that are never equal by chance: applications that share one belong together."""


@dataclass(frozen=True)
class ClusterMembers:
    """The nodes or workloads of one cluster, as far as the files tell; a single one counts as a cluster, too."""

    members: tuple[Application, ...]

    def name_of(self, member: Application) -> str:
        """Return what a member is called in messages: its service, its file, or both where several files have services."""
        several = len({each.file for each in self.members}) > 1 and member.kind is Kind.COMPOSE
        return clean(f"{member.title} ({member.file})" if several and member.title else member.title or member.file, 300)

    def at(self, member: Application, fact: Fact, message: str) -> Hit:
        """Return the place of something that a member's file says beside the variables."""
        return Hit(clean(fact.file or member.file, 400), fact.line, "", message)

    @property
    def started(self) -> tuple[Application, ...]:
        """The members of which a file says how many run."""
        return tuple(member for member in self.members if member.kind in (Kind.COMPOSE, Kind.KUBERNETES, Kind.HELM))


def number(fact: Fact, default: int = 1) -> int:
    """Return the number that a fact holds."""
    text = fact.value.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else default


def pods(member: Application) -> int:
    """Return how many of a member may run at once."""
    scale = member.setup.scale
    return max(number(scale.count), number(scale.most, 0))


def clusters(applications: Sequence[Application]) -> Iterable[ClusterMembers]:
    """Yield the applications that belong together: they share a key, a database, an address of Redis, or a source that was not read."""
    parents = list(range(len(applications)))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    first: dict[tuple[str, ...], int] = {}
    for index, application in enumerate(applications):
        for mark in _marks(application):
            parents[root(index)] = root(first.setdefault(mark, index))
    groups: dict[int, list[Application]] = {}
    for index, application in enumerate(applications):
        groups.setdefault(root(index), []).append(application)
    for members in groups.values():
        yield ClusterMembers(tuple(members))


def _marks(application: Application) -> set[tuple[str, ...]]:
    marks: set[tuple[str, ...]] = {(name, application.value(name)) for name in _OWN if application.value(name) not in WEAK_KEYS}
    marks |= {("source", application.file, name) for name in application.shares}
    if application.value("DB_HOST") and application.value("DB_DATABASE"):
        marks.add(("database", application.value("DB_HOST"), application.value("DB_DATABASE")))
    return marks
