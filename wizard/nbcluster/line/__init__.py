"""The wizard as line prompts with questionary: arrow keys and colours, no full screen."""

from __future__ import annotations

from nbcluster.controller import Controller


def run_line(controller: Controller | None) -> int:
    """Ask everything by line prompts; returns the exit code. Without a controller it asks first which session."""
    from nbcluster.dialogue.run import run_dialogue
    from nbcluster.line.prompter import LinePrompter

    return run_dialogue(controller, LinePrompter())
