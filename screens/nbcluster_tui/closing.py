"""Review and export: everything once more, then one act of writing, then what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Resize
from textual.message import Message
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from nbcluster.answers.answers import Answers
from nbcluster.answers.flow import step_for
from nbcluster.checks.board import tally
from nbcluster.checks.results import Status
from nbcluster.errors import ExitCode, NbclusterError, Problem, Severity
from nbcluster.files.export import ExportResult
from nbcluster.files.preparation import Outlook, Request
from nbcluster.report import packed, verdict
from nbcluster.steps import Step
from nbcluster.text import _, ngettext
from nbcluster.wizard import Wizard
from nbcluster_tui.board import Group, count_of, findings_of, line_of, matrix, progress_of
from nbcluster_tui.form import FormView
from nbcluster_tui.lines import Findings, Lines, fold
from nbcluster_tui.safe import shown
from nbcluster_tui.views import ChecksWanted, StepView, aside, keys_to_list


class JumpTo(Message):
    """The user wants to be at another step."""

    def __init__(self, step_id: str) -> None:
        super().__init__()
        self.step_id = step_id


@dataclass(frozen=True)
class _Entry:
    """A line that leads to the step where something can be mended."""

    text: str
    step_id: str


class ReviewView(StepView, can_focus=False):
    """The body of the review; what writing would do is worked out beside the screen, once per state of the answers."""

    def __init__(self, step: Step, controller: Wizard) -> None:
        super().__init__(step, controller)
        self._entries: list[_Entry] = []
        self._judged: Answers | None = None
        self._changes: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay out the verdict, what to jump to, then the facts."""
        yield Static("", id="head")
        yield Findings(id="jump", compact=True, markup=False)
        yield Lines(id="facts")

    def on_mount(self) -> None:
        """Draw what is known, and check what is not."""
        self.redraw()
        wanted = self.controller.stale_targets()
        if wanted:
            self.post_message(ChecksWanted(wanted))

    def take_keys(self) -> None:
        """Begin in what there is to jump to."""
        keys_to_list(self, self.query_one("#jump", OptionList))

    def on_resize(self, event: Resize) -> None:
        """Give the rows the width that there is."""
        self.redraw()

    def redraw(self) -> None:
        """Draw what is known."""
        problems = sorted(self.controller.all_problems(), key=lambda p: p.severity is not Severity.ERROR)
        rows = self.controller.board_rows()
        groups = findings_of(rows)
        grave = [group for group in groups if group[0].status in (Status.FAIL, Status.ERROR)]
        errors = sum(problem.severity is Severity.ERROR for problem in problems)
        entries = [*(self._entry(problem) for problem in problems[:errors]), *(self._check_entry(group) for group in grave)]
        self._show_entries([*entries, *(self._entry(problem) for problem in problems[errors:])])
        in_order = _("Nothing stands in the way. F3 shows the files, F8 goes on to the export.")
        head = verdict(errors, tally(rows), progress_of(rows)) or [in_order]
        head += [_("Enter goes to where it can be mended:")] if self._entries else []
        self.query_one("#head", Static).update(shown("\n".join(head)))
        findings = [f"  {line_of(group)}" for group in groups if group not in grave]
        checks = [count_of(rows), *findings, "", *matrix(rows, self.size.width - 3)]
        if self.controller.answers is not self._judged:
            self._judged = self.controller.answers
            self._changes = [] if errors else [_("What would change on disk is being worked out ...")]
            if not errors:
                self._look()
        self.query_one("#facts", Lines).put([*self.controller.topology(), "", *checks, "", *self._changes])

    def _show_entries(self, entries: list[_Entry]) -> None:
        jump = self.query_one("#jump", OptionList)
        before = jump.highlighted or 0
        self._entries = entries
        jump.set_options([Option(shown("\n".join(fold(entry.text, self.size.width - 3)))) for entry in entries])
        jump.display = bool(entries)
        if entries:
            jump.highlighted = min(before, len(entries) - 1)
        keys_to_list(self, jump)

    def _entry(self, problem: Problem) -> _Entry:
        step = step_for(problem, self.controller.answers)
        return _Entry(_line(problem), step.id if step is not None else "")

    def _check_entry(self, group: Group) -> _Entry:
        step = self.controller.step_of_check(group[0].id)
        return _Entry(line_of(group), step.id if step is not None else "")

    def _look(self) -> None:
        self.run_worker(self._work_out(), group="outlook", description="what would be written", exclusive=True)

    async def _work_out(self) -> None:
        answers, width = self.controller.answers, self.query_one("#facts").size.width

        def work_out(request: Request) -> list[str]:
            lines = _changes_of(self.controller.outlook(request))
            for line in lines:
                # remembered for the drawing, which may not take long
                fold(line, width)
            return lines

        try:
            request = self.controller.request()
            lines = await aside(lambda: work_out(request))
        except NbclusterError as fault:
            lines = [line for line in (fault.message, *(problem.line() for problem in fault.problems)) if line]
        if not self.is_leaving and answers == self.controller.answers:
            self._changes = lines
            self.redraw()

    @on(OptionList.OptionSelected)
    def _jump(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_index < len(self._entries) and self._entries[event.option_index].step_id:
            self.post_message(JumpTo(self._entries[event.option_index].step_id))


def _changes_of(outlook: Outlook) -> list[str]:
    if not outlook.changes:
        return [_("Nothing would change in {folder}.").format(folder=outlook.directory)]
    head = _("What would change in {folder}:").format(folder=outlook.directory)
    return [
        *(f"!  {problem.line()}" for problem in outlook.edited),
        head,
        *(line for _path, lines in outlook.changes for line in lines),
    ]


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
