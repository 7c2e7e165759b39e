"""All of the help for one place: the thing in focus, then the step, then the keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Field
from nbcluster.text import _
from nbcluster_tui.dialogs import Dialog
from nbcluster_tui.look import sign
from nbcluster_tui.rail import STATES, words_of
from nbcluster_tui.safe import shown
from nbcluster_tui.widgets import Prose


class Help(Dialog[None]):
    """Why something is asked, where it ends up, and how the keyboard works."""

    BINDINGS = [("escape,enter,q,f1", "close", "")]  # noqa: RUF012 - Textual's form

    def __init__(self, parts: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        signs = "\n".join(f"{sign(STATES[state]):3} {words_of(state)}" for state in STATES)
        self.parts = (*parts, (_("Keyboard"), "\n".join(_keys())), (_("Signs of the steps"), signs))

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        with Vertical(classes="dialog tall"):
            with VerticalScroll():
                for heading, text in self.parts:
                    yield Static(shown(heading), classes="heading")
                    yield Prose(text)
            yield Static(shown(_("up, down: scroll   esc: close")), classes="keys")

    def on_mount(self) -> None:
        """Make the arrow keys scroll."""
        self.query_one(VerticalScroll).focus()

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)


def about(field: Field, answers: Answers) -> str:
    """Return everything that is known of a field: why, each choice, variable and key."""
    parts = [_(field.why), _(field.otherwise)]
    parts += [f"{_(choice.label)}: {_(choice.why)}" for choice in field.choices_for(answers) if choice.why]
    if field.variable:
        parts.append(_("Environment variable: {name}").format(name=field.variable))
    if field.in_file:
        parts.append(_("Key in the answers file: {path}").format(path=field.path))
    return "\n\n".join(part for part in parts if part)


def _keys() -> list[str]:
    return [
        _("tab, shift+tab   next field, field before"),
        _("up, down         the same, line by line; nothing is chosen"),
        _("space            choose or tick what the cursor is on; a ticks all"),
        _("left, right      choose the one before or after"),
        _("enter            choose, or next field; at the end next step"),
        _("ctrl+u           empty a field"),
        _("ctrl+r           show a password for 5 seconds"),
        _("F2 test what this step connects to   F3 show the files"),
        _("F6 list of steps   F7 back   F8 next step that needs you"),
        _("F9 language   ctrl+p find a command, colours, a step"),
        _("ctrl+q           save and leave"),
    ]
