"""Which face suits the terminal: decided by facts, before anything that draws is imported."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from enum import StrEnum

from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.text import _

SMALLEST = (60, 16)
"""Columns and rows below which the full screen gives way to line prompts."""


class Front(StrEnum):
    """The faces of the wizard."""

    TUI = "tui"
    LINE = "line"
    PLAIN = "plain"


def choose_front(
    requested: str | None = None,
    environment: Mapping[str, str] = os.environ,
    *,
    is_terminal: bool | None = None,
    size: tuple[int, int] | None = None,
) -> Front:
    """Return the face to use; raises ``NbclusterError`` where there is no terminal, naming the commands that need none."""
    if is_terminal is None:
        is_terminal = _is_tty(0) and _is_tty(1)
    if not is_terminal:
        message = _(
            "the wizard needs a terminal. Without one: `nbcluster check --answers FILE` and `nbcluster render --answers FILE --out DIR`."
        )
        raise NbclusterError(ExitCode.INVALID, message)
    if requested is not None:
        return Front(requested)
    if environment.get("TERM", "dumb") in ("", "dumb", "unknown"):
        return Front.PLAIN
    columns, rows = size if size is not None else tuple(shutil.get_terminal_size((0, 0)))
    return Front.TUI if columns >= SMALLEST[0] and rows >= SMALLEST[1] else Front.LINE


def _is_tty(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor) and (sys.stdin if descriptor == 0 else sys.stdout) is not None
    except OSError:
        return False
