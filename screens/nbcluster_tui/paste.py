"""A dialog to paste a list of nodes; in a module of its own, because a text area takes long to load."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, TextArea

from nbcluster.text import _
from nbcluster_tui.dialogs import Dialog, push_button
from nbcluster_tui.look import State, mark
from nbcluster_tui.safe import shown
from nbcluster_tui.widgets import Prose


class PasteDialog(Dialog[bool]):
    """A list of nodes, one per line."""

    BINDINGS = [Binding("f8", "accept", show=False), Binding("escape", "cancel", show=False)]  # noqa: RUF012 - Textual's form

    def __init__(self, take: Callable[[str], str]) -> None:
        super().__init__()
        self.take = take

    def compose(self) -> ComposeResult:
        """Lay out the area and buttons."""
        with Vertical(classes="dialog tall"):
            yield Prose(
                _("One node per line: name, host, and a port where it differs. They replace the list."), classes="question"
            )
            yield TextArea(compact=True, tab_behavior="focus")
            yield Prose("", classes="problem")
            with Horizontal(classes="buttons"):
                yield push_button(_("Use these"), "ok", primary=True)
                yield push_button(_("Cancel"), "cancel")

    def on_mount(self) -> None:
        """Begin in the area."""
        area = self.query_one(TextArea)
        area.cursor_blink = False
        area.focus()

    @on(Button.Pressed, "#ok")
    def action_accept(self) -> None:
        """Take the list, unless a line is wrong."""
        fault = self.take(self.query_one(TextArea).text)
        if fault:
            self.query_one(".problem", Prose).put(mark(State.BAD, shown(fault)))
        else:
            self.dismiss(True)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(False)
