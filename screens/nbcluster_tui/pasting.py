"""A list of nodes to paste; apart from the other dialogs, because a text area takes long to load."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static, TextArea

from nbcluster.text import _
from nbcluster_tui.safe import shown


class PasteDialog(ModalScreen[bool]):
    """A list of nodes, one per line."""

    BINDINGS = [Binding("f8", "accept", show=False), Binding("escape", "cancel", show=False)]  # noqa: RUF012 - Textual's form

    def __init__(self, take: Callable[[str], str]) -> None:
        super().__init__()
        self.take = take

    def compose(self) -> ComposeResult:
        """Lay out the area and buttons."""
        with Vertical(classes="dialog tall"):
            yield Static(shown(_("One node per line: name, host, and a port where it differs. They replace the list.")))
            yield TextArea(compact=True, tab_behavior="focus")
            yield Static("", classes="problem")
            with Horizontal(classes="buttons"):
                yield Button(_("Use these"), id="ok", variant="primary", compact=True)
                yield Button(_("Cancel"), id="cancel", compact=True)

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
            self.query_one(".problem", Static).update(shown(f"!! {fault}"))
        else:
            self.dismiss(True)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(False)
