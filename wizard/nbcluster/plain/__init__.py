"""The wizard as plain text: ``input`` and ``getpass``, not one escape byte; for dumb terminals, serial lines and screen readers."""

from __future__ import annotations

from nbcluster.controller import Controller


def run_plain(controller: Controller | None) -> int:
    """Ask everything in plain text; returns the exit code. Without a controller it asks first which session."""
    from nbcluster.dialogue.run import run_dialogue
    from nbcluster.plain.prompter import PlainPrompter

    return run_dialogue(controller, PlainPrompter())
