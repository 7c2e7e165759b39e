"""Runs the wizard with the face that fits the terminal: full screen, line prompts or plain text."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from nbcluster.cli.output import face_streams

if TYPE_CHECKING:
    from nbcluster.system.terminal import Front
    from nbcluster.wizard import Wizard


def show(front: Front, wizard: Wizard | None) -> int:
    """Run a face and return its exit code; without a wizard it asks first which session."""
    with face_streams():
        return _run(front, wizard)


def _run(front: Front, wizard: Wizard | None) -> int:
    if front == "tui":
        # What a start makes lives as long as the run: looking for garbage in it only delays the first paint, which turns this on.
        gc.disable()
        from nbcluster_tui.app import run_tui

        return int(run_tui(wizard))
    if front == "line":
        from nbcluster.prompts.questionary import run_line

        return int(run_line(wizard))
    from nbcluster.prompts.plain import run_plain

    return int(run_plain(wizard))
