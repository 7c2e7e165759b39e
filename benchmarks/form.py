"""The reference: the least form of Textual with as many questions as the wizard's first step, and nothing around it."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

QUESTIONS = 9


class Form(App[None]):
    """Labels and inputs."""

    CSS = "Static { width: 19; } Horizontal { height: 1; } Input { width: 1fr; }"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [("ctrl+q", "quit", "")]  # noqa: RUF012 - Textual's form

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        for number in range(QUESTIONS):
            with Horizontal():
                yield Static(f"question {number}")
                field = Input(id=f"field{number}", compact=True)
                field.cursor_blink = False
                yield field
        yield Static("end of the form")


if __name__ == "__main__":
    Form().run()
