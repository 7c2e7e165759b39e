"""The export: where the files go, and the result of a failed attempt."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import Button

from nbcluster.answers.answers import Answers
from nbcluster.checks.board import Tally
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.files.preparation import Outlook
from nbcluster.report import fault_lines, folders_of, misgivings, problem_text, warned
from nbcluster.text import _, ngettext
from nbcluster_tui.dialogs import push_button
from nbcluster_tui.form import FormView
from nbcluster_tui.look import State, mark
from nbcluster_tui.safe import shown
from nbcluster_tui.widgets import Prose


class ExportFault(Prose):
    """The result of an attempt to write."""

    def __init__(self, text: str) -> None:
        super().__init__(text, classes="outcome")

    def on_resize(self, event: Resize) -> None:
        """Come into view as a whole: only now is it known how many rows a text takes."""
        if self.is_filled:
            self.scroll_visible(animate=False)


class ExportView(FormView):
    """The body of the export."""

    class Wanted(Message):
        """The user wants the files written."""

    def compose(self) -> ComposeResult:
        """Lay out the form, the button and the outcome."""
        yield from super().compose()
        with Horizontal(classes="buttons"):
            yield push_button(_("Write the files"), "write", primary=True)
        yield ExportFault("")

    def onward(self) -> str:
        """Return the label for writing."""
        return _("F8 Write")

    @on(Button.Pressed, "#write")
    def _write(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Wanted())

    def show_fault(self, fault: NbclusterError) -> None:
        """Show what went wrong; an error of the writing itself says what happened to the files."""
        lines = fault_lines(fault, self.wizard.answers)
        head = [] if fault.code is ExitCode.UNWRITABLE else [_("Nothing was written.")]
        outcome = self.query_one(ExportFault)
        outcome.put(mark(State.BAD, shown("\n".join([*head, *lines]))))
        # it has no height before the next layout
        self.call_after_refresh(outcome.scroll_visible, animate=False, top=True)


def overwritten(outlook: Outlook) -> list[str]:
    """Return the existing files that would be overwritten."""
    return sorted(path for path, _lines in outlook.changes if (outlook.directory / path).exists())


def facts(outlook: Outlook, checks: Tally, answers: Answers) -> Iterator[str | Content]:
    """Yield the facts to confirm before a set of files is written: what is new, what changes, reasons against it."""
    from nbcluster.files.write.plan import OWN_FILES, REPORT

    there = overwritten(outlook)
    fresh = [path for path, _lines in outlook.changes if path not in there]
    if not outlook.changes:
        yield _("nothing changes")
    if fresh:
        text = ngettext("New: {count} file: {names}", "New: {count} files: {names}", len(fresh))
        yield text.format(count=len(fresh), names=_(", ").join(folders_of(fresh)))
    if there:
        text = ngettext("Changed: {count} file: {names}", "Changed: {count} files: {names}", len(there))
        yield text.format(count=len(there), names=_(", ").join(folders_of(there)))
        yield _("What is there now is kept as a backup.")
    for problem in outlook.edited:
        yield mark(State.LOOK, shown(problem_text(problem, answers)))
    state = State.BAD if checks.fail else State.UNKNOWN
    for line in misgivings(checks):
        yield mark(state, line)
        state = State.UNKNOWN
    warnings = checks.warnings + len(outlook.edited)
    if warnings:
        yield mark(State.LOOK, _("{warnings}, as the review lists them").format(warnings=warned(warnings)))
    yield Content.styled(_("Files with secrets are readable by you alone (mode 0600)."), "$text-muted")
    own = sorted(OWN_FILES - (set() if checks.targets > checks.waiting else {REPORT}))
    text = _("In addition: {names}, for later runs to compare with, and CHANGE.md where running nodes have to follow.")
    yield Content.styled(text.format(names=_(", ").join(own)), "$text-muted")
