"""What was written and what comes next: a page of its own, and the same lines on the ordinary screen afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from nbcluster.errors import NbclusterError
from nbcluster.files.export import ExportResult
from nbcluster.files.write.plan import CHANGE
from nbcluster.steps import Step
from nbcluster.system.inputfile import read_text
from nbcluster.text import N_, _
from nbcluster.wizard import Wizard
from nbcluster_tui.dialogs import push_button
from nbcluster_tui.look import State, block, mark
from nbcluster_tui.rows import Said
from nbcluster_tui.safe import shown
from nbcluster_tui.views import ReadWanted, StepView, give_keys
from nbcluster_tui.widgets import Prose, Split

RUNBOOK = "RUNBOOK.md"


class DoneView(StepView, can_focus=False):
    """The page after writing."""

    has_pane = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", N_("Copy")),
        *(
            Binding(key, f"scroll('{action}')", show=False)
            for key, action in (
                ("up", "scroll_up"),
                ("down", "scroll_down"),
                ("pageup", "page_up"),
                ("pagedown", "page_down"),
                ("home", "scroll_home"),
                ("end", "scroll_end"),
            )
        ),
    ]

    def __init__(self, step: Step, wizard: Wizard, outcome: ExportResult) -> None:
        super().__init__(step, wizard)
        self.outcome = outcome
        self.told = wizard.told(outcome)
        self.document = CHANGE if CHANGE in outcome.result.written else RUNBOOK
        """What has the next steps: for nodes that run, the changes alone."""

    def compose(self) -> ComposeResult:
        """Lay out where, the account, the next steps, and what can be done from here."""
        told = self.told
        checked = Content.styled(_("all read back"), "$text-muted")
        (_done, head), *facts = told.facts
        with VerticalScroll(id="told", can_focus=False):
            yield Split(Content.assemble(block(State.GOOD, _("DONE")), "  ", shown(head)), checked, id="head", keeps_left=True)
            for label, value in facts:
                more = Content.assemble(("   c", "$text-primary bold"), (" " + _("copies it"), "$text-muted"))
                yield _fact(label, shown(value) + (more if label == _("Sign in") and told.password_command else Content("")))
            yield Split(
                Content.styled(_("Next, in this order"), "bold"), Content.styled(self.document, "$text-muted"), classes="section"
            )
            for number, text in enumerate(told.steps, 1):
                with Horizontal(classes="fact"):
                    yield Static(Content.styled(f" {number}", "$text-primary bold"), classes="number")
                    yield Prose(text)
            if told.command:
                yield Prose(shown(_("Or all of it at once: {command}").format(command=told.command)))
            yield _fact(_("Files"), shown(_(", ").join(told.files)))
            for remark in told.remarks:
                yield Prose(shown(remark).stylize("$text-muted"))
            for warning in told.warnings:
                yield Prose(mark(State.LOOK, shown(warning)))
            if told.resume:
                yield _fact(_("Go on"), shown(told.resume))
            yield Prose(Content.styled(_("These lines are printed on the ordinary screen when you leave."), "$text-muted"))
        # always in sight, however long the page is
        with Horizontal(classes="buttons"):
            text = _("Read the runbook") if self.document == RUNBOOK else _("Read {file}").format(file=self.document)
            yield push_button(text, "runbook", primary=True)
            yield push_button(_("Files"), "files")
            yield push_button(_("Leave"), "leave")

    async def action_scroll(self, action: str) -> None:
        """Scroll the page above the buttons, which have the focus."""
        await self.query_one("#told", VerticalScroll).run_action(action)

    def take_keys(self) -> None:
        """Begin on the runbook."""
        give_keys(self.query_one("#runbook"))

    def explanation(self) -> Sequence[Content]:
        """Return nothing: the page explains itself."""
        return ()

    def onward(self) -> str:
        """Return the label for leaving, the only way on from here."""
        return _("ctrl+q Leave")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to copy only what there is."""
        return action != "copy" or bool(self.told.password_command or self.told.command)

    def action_copy(self) -> None:
        """Send the command to the clipboard of the terminal, which does not tell whether it took it."""
        self.app.copy_to_clipboard(self.told.password_command or self.told.command)
        self.post_message(Said(_("Sent to the clipboard of your terminal, if it takes that.")))

    @on(Button.Pressed, "#runbook")
    def _runbook(self, event: Button.Pressed) -> None:
        event.stop()
        if self.document == RUNBOOK:
            self.post_message(ReadWanted(RUNBOOK))
            return
        try:
            # a preview of what would be written now has no changes any more
            text = read_text(self.outcome.directory / CHANGE, CHANGE)
        except NbclusterError as fault:
            self.post_message(Said(" ".join(fault.lines())))
        else:
            self.post_message(ReadWanted(pages=((CHANGE, text),)))

    @on(Button.Pressed, "#files")
    def _files(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(ReadWanted())

    @on(Button.Pressed, "#leave")
    async def _leave(self, event: Button.Pressed) -> None:
        event.stop()
        await self.run_action("app.leave")


def _fact(label: str, value: Content) -> Horizontal:
    """Return a label with what there is to say of it."""
    return Horizontal(Static(Content(label), classes="label"), Prose(value), classes="fact")
