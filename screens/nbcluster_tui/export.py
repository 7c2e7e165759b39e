"""The export: where the files go, and what became of an attempt that failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button

from nbcluster.checks.board import Tally
from nbcluster.errors import ExitCode, NbclusterError, Problem
from nbcluster.files.preparation import Outlook
from nbcluster.text import _, ngettext
from nbcluster.wizard import Wizard
from nbcluster_tui.dialogs import push_button
from nbcluster_tui.form import FormView
from nbcluster_tui.look import State, mark
from nbcluster_tui.review import label_of
from nbcluster_tui.safe import sentences, shown
from nbcluster_tui.widgets import Prose


class ExportView(FormView):
    """The body of the export."""

    class Wanted(Message):
        """The user wants the files written."""

    def compose(self) -> ComposeResult:
        """Lay out the form, the button and the outcome."""
        yield from super().compose()
        with Horizontal(classes="buttons"):
            yield push_button(_("Write the files"), "write", primary=True)
        yield Prose("", classes="outcome")

    def onward(self) -> str:
        """Return that going on writes."""
        return _("F8 Write")

    @on(Button.Pressed, "#write")
    def _write(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Wanted())

    def show_fault(self, fault: NbclusterError) -> None:
        """Say what went wrong; a fault of the writing itself tells what became of the files."""
        lines = [line for line in (fault.message, *lines_of(fault.problems, self.controller)) if line]
        head = [] if fault.code is ExitCode.UNWRITABLE else [_("Nothing was written.")]
        outcome = self.query_one(".outcome", Prose)
        outcome.put(mark(State.BAD, shown("\n".join([*head, *lines]))))
        # it has no height before the next layout
        self.call_after_refresh(outcome.scroll_visible, animate=False, top=True)


def lines_of(problems: Iterable[Problem], controller: Wizard) -> Iterator[str]:
    """Yield problems as a person reads them, each with the label of its answer."""
    for problem in problems:
        said = sentences(problem.message, problem.hint)
        yield _("{subject}: {found}").format(subject=label_of(problem.path, controller), found=said)


def overwritten(outlook: Outlook) -> list[str]:
    """Return the files that stand there and would become others."""
    return sorted(path for path, _lines in outlook.changes if (outlook.directory / path).exists())


def facts(outlook: Outlook, checks: Tally) -> Iterator[str | Content]:
    """Yield what is to be known before a set of files is written: what is new, what changes, what speaks against it."""
    there = overwritten(outlook)
    fresh = [path for path, _lines in outlook.changes if path not in there]
    if not outlook.changes:
        yield _("nothing changes")
    if fresh:
        text = ngettext("New: {count} file: {names}", "New: {count} files: {names}", len(fresh))
        yield text.format(count=len(fresh), names=_(", ").join(_folders(fresh)))
    if there:
        text = ngettext("Changed: {count} file: {names}", "Changed: {count} files: {names}", len(there))
        yield text.format(count=len(there), names=_(", ").join(_folders(there)))
        yield _("What stands there now is kept as a backup.")
    for problem in outlook.edited:
        yield mark(State.LOOK, shown(problem.line()))
    if checks.fail:
        text = ngettext(
            "{count} check failed: the cluster will not work as it is.",
            "{count} checks failed: the cluster will not work as it is.",
            checks.fail,
        )
        yield mark(State.BAD, text.format(count=checks.fail))
    if checks.error:
        text = ngettext("{count} check could not be judged.", "{count} checks could not be judged.", checks.error)
        yield mark(State.UNKNOWN, text.format(count=checks.error))
    if checks.waiting:
        text = ngettext(
            "{count} of {total} targets without a result yet", "{count} of {total} targets without a result yet", checks.waiting
        )
        yield mark(State.UNKNOWN, text.format(count=checks.waiting, total=checks.targets))
    yield Content.styled(_("Files with secrets are for you alone (mode 0600). Nothing else is touched."), "$text-muted")


def _folders(paths: Sequence[str]) -> list[str]:
    """Return paths with those of one folder as one, and how many they are."""
    found: dict[str, int] = {}
    for path in paths:
        top, slash, _rest = path.partition("/")
        found[f"{top}{slash}"] = found.get(f"{top}{slash}", 0) + 1
    return [f"{name} ({count})" if count > 1 else name for name, count in found.items()]
