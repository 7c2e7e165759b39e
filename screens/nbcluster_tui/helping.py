"""All of the help for one place: the field, then the step, then the keys."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from nbcluster.answers.fields import Field
from nbcluster.steps import Step
from nbcluster.text import _
from nbcluster_tui.safe import shown


class Help(ModalScreen[None]):
    """Why something is asked, what it becomes, and how the keyboard works."""

    BINDINGS = [("escape,enter,q,f1", "close", "")]  # noqa: RUF012 - Textual's form

    def __init__(self, step: Step, field: Field | None) -> None:
        super().__init__()
        self.step, self.field = step, field

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        with Vertical(classes="dialog tall"):
            with VerticalScroll():
                if self.field is not None:
                    yield Static(shown(_(self.field.label)), classes="heading")
                    yield Static(shown(_about(self.field)))
                yield Static(shown(_("Step: {title}").format(title=_(self.step.title))), classes="heading")
                yield Static(shown(_(self.step.why)))
                yield Static(shown(_("Keys")), classes="heading")
                yield Static(shown("\n".join(_keys())))
            yield Static(shown(_("up, down: scroll   esc: close")), classes="keys")

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one(VerticalScroll).focus()

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)


def _about(field: Field) -> str:
    parts = [_(field.why), _(field.otherwise)]
    if field.variable:
        parts.append(_("Environment variable: {name}").format(name=field.variable))
    if field.in_file:
        parts.append(_("Key in the answers file: {path}").format(path=field.path))
    return "\n\n".join(part for part in parts if part)


def _keys() -> list[str]:
    return [
        _("tab, shift+tab   next field, field before"),
        _("space, enter     choose, press, tick"),
        _("ctrl+u           empty a field"),
        _("F2 test what this step connects to   F3 show the files"),
        _("F6 list of steps   F7 back   F8 next   F9 language"),
        _("ctrl+q           save and leave"),
    ]
