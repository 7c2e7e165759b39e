"""The shapes of the catalogue: what a verdict says, and what a page explains."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """A verdict's status and its words (msgids with named placeholders): what is, what was seen, what to do."""

    status: str
    summary: str
    detail: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Page:
    """What one check looks at and why; ``pattern`` is its id with ``<role>`` or ``<name>`` for what varies.

    ``sends`` is every command that it sends, in the order in which it sends them; ``families`` are the first parts of the codes
    that it may end with, beside its own.
    """

    pattern: str
    title: str
    why: str
    remedy: str
    sends: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
