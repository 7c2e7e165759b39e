"""The review: a verdict, the picture, and lists of findings, files and changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList

from nbcluster.answers.answers import Answers
from nbcluster.answers.flow import step_for
from nbcluster.checks.board import Tally
from nbcluster.checks.results import Status
from nbcluster.errors import NbclusterError, Problem, Severity, alike
from nbcluster.files.preparation import Outlook
from nbcluster.files.summary import choices_of
from nbcluster.report import StepState, fault_lines, problem_text, said_of, warned
from nbcluster.steps import Step, StepFace
from nbcluster.text import _, ngettext
from nbcluster.wizard import Wizard
from nbcluster_tui.board import FindingList, FindingsView, answers_of, page_of
from nbcluster_tui.choices import RadioGroup
from nbcluster_tui.dialogs import IMPORT_TITLE
from nbcluster_tui.look import State, block, mark
from nbcluster_tui.picture import Picture
from nbcluster_tui.safe import shown
from nbcluster_tui.verdict import Group, explained, findings_of, line_of
from nbcluster_tui.views import JumpTo, ReadWanted, ReportWanted, aside, keys_to_list
from nbcluster_tui.widgets import Split


@dataclass(frozen=True)
class _Entry:
    """A line of the list, what explains it, and what Enter does."""

    line: Content
    about: tuple[Content, ...]
    wish: JumpTo | ReadWanted | ReportWanted | None = None
    group: Group = ()


class ReviewView(FindingsView, can_focus=False):
    """The body of the review; what writing would do is computed in a worker, once per state of the answers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "tab(-1)", show=False),
        Binding("right", "tab(1)", show=False),
    ]

    def __init__(self, step: Step, wizard: Wizard) -> None:
        super().__init__(step, wizard)
        self._entries: list[_Entry] = []
        self._judged: Answers | None = None
        self._outlook: Outlook | None = None
        self._refusal: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the verdict, the picture, the tabs and their list."""
        yield Split(id="head", keeps_left=True)
        yield Picture(self.wizard)
        yield RadioGroup(self._tabs(0), 0, id="tabs")
        yield FindingList(id="jump", compact=True, markup=False)

    def _tabs(self, to_look_at: int) -> list[str]:
        files = len(self._outlook.prepared.files) if self._outlook is not None else 0
        changes = len(self._outlook.changes) if self._outlook is not None else 0
        return [
            _("To look at {count}").format(count=to_look_at),
            _("Files {count}").format(count=files or "-"),
            _("Changes {count}").format(count=changes if self._outlook is not None else "-"),
        ]

    def _things(self) -> list[_Entry]:
        problems = alike(self.wizard.all_problems())
        grave = [same for same in problems if same[0].severity is Severity.ERROR]
        light = [same for same in problems if same[0].severity is not Severity.ERROR]
        groups = findings_of(self.wizard.board_rows())
        failed = [group for group in groups if group[0].status in (Status.FAIL, Status.ERROR)]
        edited = self._outlook.edited if self._outlook is not None else ()
        return [
            *map(self._of_problem, grave),
            *map(self._of_group, failed),
            *(
                self._of_edit(each) if each.path not in self.wizard.answers.fields else self._of_problem((each,))
                for each in edited
            ),
            *map(self._of_problem, light),
            *(self._of_group(group) for group in groups if group[0].status is Status.WARN),
        ]

    def _more(self) -> list[_Entry]:
        """Return what is not counted: what was not tested, the report of an import, and steps whose answers nobody has looked at."""
        untested = [group for group in findings_of(self.wizard.board_rows()) if group[0].status is Status.SKIP]
        steps = [step for step in self.wizard.steps if self._is_default(step)]
        imported = [self._of_import()] if self.wizard.import_report else []
        return [*map(self._of_group, untested), *imported, *map(self._of_defaults, steps)]

    def _is_default(self, step: Step) -> bool:
        return step.face is StepFace.FORM and self.wizard.state(step) is StepState.DEFAULT

    def _of_defaults(self, step: Step) -> _Entry:
        pair = _("{subject}: {found}")
        rows = _("; ").join(pair.format(subject=label, found=value) for label, value in choices_of(step, self.wizard.answers))
        line = _("{step}: default").format(step=_(step.title))
        about = (mark(State.DEFAULT, shown(rows or line)), Content.styled(_("Enter goes there."), "$text-muted"))
        return _Entry(mark(State.DEFAULT, shown(line)), about, JumpTo(step.id))

    @staticmethod
    def _of_import() -> _Entry:
        about = (Content(_("What was read, what is kept as it is, and what was not understood. Enter shows it.")),)
        return _Entry(mark(State.NONE, _(IMPORT_TITLE)), about, ReportWanted())

    def _of_problem(self, same: Sequence[Problem]) -> _Entry:
        problem, *others = same
        state = State.BAD if problem.severity is Severity.ERROR else State.LOOK
        if state is State.BAD and self.wizard.only_waits(same):
            state = State.TODO
        step = step_for(problem, self.wizard.answers)
        answers = self.wizard.answers
        line = Content.assemble(mark(state, "", "bold"), " ", shown(problem_text(replace(problem, hint=""), answers, others)))
        about = (
            mark(state, shown(said_of(problem, answers))),
            Content.styled(_("Enter goes there."), "$text-muted"),
        )
        return _Entry(line, about, JumpTo(step.id, tuple(each.path for each in same)) if step is not None else None)

    def _of_edit(self, problem: Problem) -> _Entry:
        said = shown(problem_text(problem, self.wizard.answers))
        return _Entry(mark(State.LOOK, said), (mark(State.LOOK, said),), ReadWanted(problem.path))

    def _of_group(self, group: Group) -> _Entry:
        step = self.wizard.step_of_check(group[0].id)
        is_skipped = any(group[0].id in row.skipped for row in self.wizard.board_rows())
        wish = JumpTo(step.id, answers_of(group, self.wizard)) if step is not None else None
        return _Entry(
            line_of(group, skipped=is_skipped), tuple(explained(group, self.wizard.answers, skipped=is_skipped)), wish, group
        )

    def _files(self) -> list[_Entry]:
        if self._outlook is None:
            return []
        about = (Content(_("Enter opens the file, secrets masked.")),)
        return [_Entry(shown(file.path), about, ReadWanted(file.path)) for file in self._outlook.prepared.files]

    def _changes(self) -> list[_Entry]:
        if self._outlook is None:
            return []
        folder = _("What would change in {folder}:").format(folder=self._outlook.directory)
        pages = tuple((path, "\n".join(lines)) for path, lines in self._outlook.changes)
        about = (shown(folder), Content(_("Enter shows the lines, secrets masked.")))
        return [_Entry(shown(path), about, ReadWanted(path, pages)) for path, _lines in self._outlook.changes]

    def redraw(self) -> None:
        """Draw the current state."""
        wrong = [same for same in alike(self.wizard.all_problems()) if same[0].severity is Severity.ERROR]
        grave, missing = len(wrong), sum(self.wizard.only_waits(same) for same in wrong)
        if self.wizard.answers != self._judged:
            self._judged = self.wizard.answers
            self._outlook, self._refusal = None, ()
            if not grave:
                self._look()
        edited = len(self._outlook.edited) if self._outlook is not None else 0
        checks = self.wizard.tally()
        checks = replace(checks, answers=checks.answers + edited)
        self.query_one("#head", Split).put(verdict(grave, checks, missing), counts_short(checks))
        self.query_one(Picture).put()
        tabs = self.query_one("#tabs", RadioGroup)
        things = self._things()
        tabs.name_labels(self._tabs(len(things)))
        kinds = (lambda: [*things, *self._more()], self._files, self._changes)
        titles = (_("To look at"), _("Files"), _("Changes"))
        self._entries = kinds[max(0, tabs.chosen)]()
        jump = self.query_one("#jump", FindingList)
        counted = len(things) if tabs.chosen <= 0 else None
        jump.put([entry.line for entry in self._entries], titles[max(0, tabs.chosen)], counted)
        keys_to_list(self, jump)
        self.refresh_bindings()

    def _look(self) -> None:
        self.run_worker(self._work_out(), group="outlook", description="what would be written", exclusive=True)

    async def _work_out(self) -> None:
        answers = self.wizard.answers
        outlook: Outlook | None = None
        refusal: tuple[str, ...] = ()
        try:
            request = self.wizard.request()
            outlook = await aside(lambda: self.wizard.outlook(request))
        except NbclusterError as fault:
            refusal = tuple(fault_lines(fault, answers))
        if not self.is_leaving and answers == self.wizard.answers:
            self._outlook, self._refusal = outlook, refusal
            self.redraw()
            self.post_message(self.Explained())

    @on(RadioGroup.Chosen, "#tabs")
    def _turned(self, event: RadioGroup.Chosen) -> None:
        event.stop()
        self.query_one("#jump", FindingList).highlighted = 0
        self.redraw()
        self.post_message(self.Explained())

    @on(RadioGroup.Settled, "#tabs")
    def _entered(self, event: RadioGroup.Settled) -> None:
        event.stop()
        self.take_keys()

    def action_tab(self, way: int) -> None:
        """Turn to the tab before or after."""
        self.query_one("#tabs", RadioGroup).action_along(way)

    def _selected(self) -> _Entry | None:
        index = self.query_one("#jump", OptionList).highlighted
        return self._entries[index] if index is not None and index < len(self._entries) else None

    def selected_group(self) -> Group:
        """Return the finding at the cursor; empty for any other line."""
        entry = self._selected()
        return entry.group if entry is not None else ()

    def explanation(self) -> Sequence[Content]:
        """Return what the line at the cursor means."""
        refusal = [mark(State.BAD, shown("\n".join(self._refusal)))] if self._refusal else []
        entry = self._selected()
        if entry is None:
            done = Content(_("Nothing stands in the way. F3 shows the files, F8 goes on to the export."))
            return [*refusal, done if not self.wizard.tally().waiting else shown(_(self.step.why))]
        return [*refusal, *entry.about]

    def aside(self) -> Sequence[str]:
        """Return the picture in words."""
        return [_("The cluster:"), *self.wizard.topology()]

    def help(self) -> Sequence[tuple[str, str]]:
        """Return the finding at the cursor whole."""
        entry = self._selected()
        if entry is None:
            return super().help()
        if entry.group:
            return [*page_of(entry.group), *super().help()]
        return [(entry.line.plain, "\n".join(part.plain for part in entry.about)), *super().help()]

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.query_one("#jump", FindingList).retitle(
            (_("To look at"), _("Files"), _("Changes"))[self.query_one("#tabs", RadioGroup).chosen]
        )
        # only a finding can be copied
        self.refresh_bindings()
        self.post_message(self.Explained(is_other=True))

    @on(OptionList.OptionSelected)
    def _jump(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        entry = self._selected()
        if entry is not None and entry.wish is not None:
            self.post_message(entry.wish)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to copy only what can be."""
        return action != "copy" or (self.is_mounted and bool(self.selected_group()))


def verdict(errors: int, checks: Tally, missing: int = 0) -> Content:
    """Return the verdict: a filled word, and the reason for it; ``missing`` of the errors are answers of steps that are still to do."""
    if errors and errors == missing:
        text = ngettext("{count} answer missing", "{count} answers missing", errors).format(count=errors)
        return Content.assemble(block(State.LOOK, _("NOT YET")), "  ", text)
    if errors:
        text = ngettext("{count} answer to fix", "{count} answers to fix", errors).format(count=errors)
        return Content.assemble(block(State.BAD, _("NOT YET")), "  ", text)
    if checks.fail:
        text = ngettext("{count} failure", "{count} failures", checks.fail).format(count=checks.fail)
        return Content.assemble(block(State.BAD, _("NOT YET")), "  ", text)
    if checks.waiting:
        text = _("{count} of {total} not checked").format(count=checks.waiting, total=checks.targets)
        return Content.assemble(block(State.LOOK, _("NOT CHECKED")), "  ", text)
    if checks.error:
        text = _("{count} not judged").format(count=checks.error)
        return Content.assemble(block(State.LOOK, _("NOT SURE")), "  ", text)
    text = warned(checks.warnings) if checks.warnings else _("nothing stands in the way")
    return Content.assemble(block(State.GOOD, _("READY TO WRITE")), "  ", text)


def counts_short(checks: Tally) -> Content:
    """Return how many checks passed and how many findings there are, by sign: the warnings are those of the list below."""
    pairs = (
        (State.GOOD, checks.ok),
        (State.LOOK, checks.warnings),
        (State.BAD, checks.fail),
        (State.UNKNOWN, checks.error),
        (State.NONE, checks.skip + checks.skipped),
    )
    return Content("  ").join(mark(state, str(count)) for state, count in pairs if count)
