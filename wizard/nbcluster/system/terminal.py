"""Chooses the face that fits the terminal, before anything that draws is imported."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import TextIO

from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.text import _

Size = tuple[int, int]

SMALLEST: Size = (60, 15)
"""Columns and rows below which the full screen has no room for a form."""

SMALLEST_LIST: Size = (20, 6)
"""Columns and rows below which line prompts show no more than a sign or two of a question and none of its choices."""

_NO_CONTROL = ("", "dumb", "unknown")


class Front(StrEnum):
    """A face of the wizard: full screen, line prompts, or text without a single escape byte."""

    TUI = "tui"
    LINE = "line"
    PLAIN = "plain"


def choose_front(requested: str | None) -> Front:
    """Return the face to open.

    Raises ``NbclusterError`` (exit 2) where nobody can answer. A terminal that takes no control sequences gets plain text
    whatever was asked for. A wish decides otherwise; without one, a line that reports no size, a window without room for a list and an
    automatic build get plain text, and a small window gets line prompts.
    """
    if not (_is_tty(sys.stdin) and _is_tty(sys.stdout)):
        raise NbclusterError(
            ExitCode.INVALID,
            _(
                "the wizard needs a terminal to ask in. Without one use `nbcluster check --answers FILE` "
                "and `nbcluster render --answers FILE --out DIR`."
            ),
        )
    if os.environ.get("TERM", "").lower() in _NO_CONTROL and os.name != "nt":
        return Front.PLAIN
    if requested:
        return Front(requested)
    columns, rows = _terminal_size()
    if os.environ.get("CI") or columns < SMALLEST_LIST[0] or rows < SMALLEST_LIST[1]:
        return Front.PLAIN
    return Front.LINE if columns < SMALLEST[0] or rows < SMALLEST[1] else Front.TUI


def _terminal_size() -> Size:
    """Return columns and rows as the terminal reports them; (0, 0) where it does not."""
    try:
        reported = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        return (0, 0)
    return (reported.columns, reported.lines)


def _is_tty(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False
