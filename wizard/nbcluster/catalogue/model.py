"""The types of the catalogue: a check and its outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

StatusName = Literal["ok", "warn", "fail", "error", "skip"]
"""A verdict: ``fail`` = answered or refused, and wrong; ``error`` = could not be judged; ``skip`` = not testable here."""


@dataclass(frozen=True)
class Outcome:
    """A possible outcome of a check: its status and its texts (msgids with named placeholders): summary, evidence, remedy."""

    status: StatusName
    summary: str
    detail: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Check:
    """What one check looks at and why (msgids), and what may come of it; ``pattern`` is its id with ``<role>`` or ``<name>`` for what varies.

    ``sends`` is every command that it sends, in the order in which it sends them. ``outcomes`` are its own, by code;
    ``families`` are the first parts of the codes of others that it may end with as well.
    """

    pattern: str
    title: str
    why: str
    remedy: str
    sends: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The id without what varies: the first parts of its own codes."""
        return self.pattern.replace("<role>.", "").replace("<name>.", "")
