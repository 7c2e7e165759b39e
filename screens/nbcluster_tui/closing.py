"""Review and export: everything once more, then one act of writing, then what to do next."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.events import Resize
from textual.message import Message
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from nbcluster.controller import Controller, ExportResult
from nbcluster.dialogue.closing import packed
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.flow import step_for
from nbcluster.problems import Problem, Severity
from nbcluster.steps import Step
from nbcluster.text import _, ngettext
from nbcluster_tui.board import count_of, findings_of, line_of, matrix
from nbcluster_tui.form import FormView
from nbcluster_tui.lines import Findings, Lines, fold
from nbcluster_tui.safe import shown


class JumpTo(Message):
    """The user wants to be at another step."""

    def __init__(self, step_id: str) -> None:
        super().__init__()
        self.step_id = step_id


class ReviewView(VerticalScroll, can_focus=False):
    """The body of the review."""

    def __init__(self, step: Step, controller: Controller) -> None:
        super().__init__(id="body")
        self.step = step
        self.controller = controller

    def compose(self) -> ComposeResult:
        """Lay out problems to jump to, then the facts."""
        yield Static("", id="head")
        yield Findings(id="jump", compact=True, markup=False)
        yield Lines(id="facts")

    def on_mount(self) -> None:
        """Draw it."""
        self.redraw()
        self.query_one("#jump", OptionList).focus(scroll_visible=False)

    def on_resize(self, event: Resize) -> None:
        """Give the rows the width that there is."""
        self.redraw()

    def redraw(self) -> None:
        """Draw what is known."""
        self._problems = sorted(self.controller.all_problems(), key=lambda p: p.severity is not Severity.ERROR)
        grave = sum(p.severity is Severity.ERROR for p in self._problems)
        count = ngettext(
            "{count} error to mend before anything is written", "{count} errors to mend before anything is written", grave
        )
        text = (
            count.format(count=grave) if grave else _("Nothing stands in the way. F3 shows the files, F8 goes on to the export.")
        )
        if self._problems:
            text += "\n" + _("Enter goes to where it can be mended:")
        self.query_one("#head", Static).update(shown(text))
        jump = self.query_one("#jump", OptionList)
        jump.set_options([Option(shown("\n".join(fold(_line(p), self.size.width - 3)))) for p in self._problems])
        jump.disabled = not self._problems
        rows = self.controller.board_rows()
        findings = [f"  {line_of(group)}" for group in findings_of(rows)]
        checks = [count_of(rows), *findings, "", *matrix(rows, self.size.width - 3)]
        self.query_one("#facts", Lines).put([*self.controller.topology(), "", *checks, "", *self._changes(bool(grave))])

    def _changes(self, broken: bool) -> list[str]:
        if broken:
            return []
        try:
            changes = self.controller.diff()
            edited = self.controller.foreign_edits()
        except NbclusterError as fault:
            return [fault.message, *(problem.line() for problem in fault.problems)]
        if not changes:
            return [_("Nothing would change in {folder}.").format(folder=self.controller.directory)]
        head = _("What would change in {folder}:").format(folder=self.controller.directory)
        return [*(f"!  {problem.line()}" for problem in edited), head, *(line for _path, lines in changes for line in lines)]

    @on(OptionList.OptionSelected)
    def _jump(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        step = step_for(self._problems[event.option_index], self.controller.steps)
        if step is not None:
            self.post_message(JumpTo(step.id))


def _line(problem: Problem) -> str:
    return f"{'!!' if problem.severity is Severity.ERROR else '! '} {problem.path}: {problem.message} {problem.hint}".rstrip()


class ExportView(FormView):
    """The body of the export: where to, then what was done."""

    class Wanted(Message):
        """The user wants the files written."""

    def compose(self) -> ComposeResult:
        """Lay out the form, the button and the outcome."""
        yield from super().compose()
        with Horizontal(classes="buttons"):
            yield Button(_("Write the files"), id="write", variant="primary", compact=True)
        yield Lines(id="outcome")

    @on(Button.Pressed, "#write")
    def _write(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Wanted())

    def show_fault(self, fault: NbclusterError) -> None:
        """Say what went wrong; a fault of the writing itself tells what became of the files."""
        lines = [line for line in (fault.message, *(problem.line() for problem in fault.problems)) if line]
        head = [] if fault.code is ExitCode.UNWRITABLE else [_("Nothing was written.")]
        self.query_one("#outcome", Lines).put([*head, *lines])

    def show_result(self, outcome: ExportResult) -> None:
        """Show what was written and what to do next."""
        self.query_one("#outcome", Lines).put(self._report(outcome))
        self.query_one("#outcome").scroll_visible(top=True, animate=False)

    def _report(self, outcome: ExportResult) -> list[str]:
        done = outcome.result
        same = len(done.unchanged)
        lines = [_("Written to {folder}").format(folder=outcome.directory)]
        for path in done.written:
            mode = (outcome.directory / path).stat().st_mode & 0o777
            lines.append(f"  {mode:04o}  {path}")
        if same:
            lines.append("  " + ngettext("{count} file unchanged", "{count} files unchanged", same).format(count=same))
        lines += ["  " + _("removed: {path}").format(path=path) for path in done.removed]
        lines += ["  " + _("kept, because it was edited: {path}").format(path=path) for path in done.kept]
        if done.backups:
            lines.append("  " + _("what was there before is in {folder}").format(folder=outcome.directory / "backups"))
        lines += [*packed(outcome), "", *self.controller.topology()]
        if outcome.warnings:
            lines += ["", _("Warnings left:"), *(f"  ! {problem.line()}" for problem in outcome.warnings)]
        lines += ["", _("What to do next:"), *(f"  {n}. {text}" for n, text in enumerate(outcome.next_steps, 1))]
        return [*lines, "", _("Everything is saved. ctrl+q leaves.")]
