"""A step as a form: sections with their state, fields, tables, advanced fields, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.dom import DOMNode
from textual.events import DescendantBlur, DescendantFocus, Key, Paste
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from nbcluster.answers.environment import assignments
from nbcluster.answers.fields import Field, FieldKind
from nbcluster.answers.targets import Target
from nbcluster.checks.results import Status
from nbcluster.errors import Problem, Severity
from nbcluster.steps import Step
from nbcluster.text import _
from nbcluster.wizard import LOST_SECRET, Wizard
from nbcluster_tui.choices import Labels
from nbcluster_tui.help import about
from nbcluster_tui.inputs import TextInput
from nbcluster_tui.look import State
from nbcluster_tui.rows import FieldRow, Said, tells_unasked, told
from nbcluster_tui.safe import shown
from nbcluster_tui.secretrows import row_for
from nbcluster_tui.tables import Cell, TableEditor
from nbcluster_tui.verdict import Group, findings_of, line_of, standing
from nbcluster_tui.views import StepView, give_keys
from nbcluster_tui.widgets import Fold, Split

PartT = TypeVar("PartT", bound=Widget)

SETTLE = 0.6
"""Seconds without a key after which typed text is committed and checked."""
UNSAVED = 0.7
"""Seconds after which the first key that was not saved is saved, typing or not; a kill then loses less than a second."""


class Heading(Split):
    """The heading of a section, with the state of its checks at the right edge."""

    def __init__(self, section: str, subjects: frozenset[str]) -> None:
        super().__init__(Content.styled(_(section), "bold"), classes="section")
        self.section, self.subjects = section, subjects

    def show_state(self, state: Content) -> None:
        """Show how the section stands."""
        self.put(Content.styled(_(self.section), "bold"), state)


def subject_of(path: str) -> str:
    """Return the subject of an answer: the first part of its key path."""
    return path.partition(".")[0].partition("[")[0]


class FormView(StepView, can_focus=False):
    """The body of a form step."""

    class Focused(Message):
        """Another field has the cursor."""

        def __init__(self, field: Field | None) -> None:
            super().__init__()
            self.field = field

    class Onward(Message):
        """Enter was pressed in the last field."""

    class Built(Message):
        """Fields that answers have called for are there: keys may go on."""

    def __init__(self, step: Step, wizard: Wizard) -> None:
        super().__init__(step, wizard)
        shown_fields = [field for field in step.fields if field.in_form is not False]
        self._plain = [field for field in shown_fields if not field.advanced]
        self._rare = [field for field in shown_fields if field.advanced]
        self._was_seen = step.id in wizard.visited
        """Whether the step was visited before this time."""
        self._settle: Timer | None = None
        self._unsaved: Timer | None = None
        self._refresh_due = False
        self._finding: Group | None = None
        """Findings of checks that were requested here, until something else has the focus."""
        self._boxes: dict[str, Widget] = {}
        """What stands in the form for a field and the one beside it, by the path of the first; a control that nobody sees would cost time."""
        self._headings: dict[str, Heading] = {}
        """The headings, by the path of the first field below."""
        self._made: set[str] = set()
        """The paths of the fields that have a row."""
        self.is_building = False
        """Whether fields are on their way that were called for: keys wait for them."""
        self._has_rare = False
        """Whether the fields that are folded away were ever unfolded."""
        self._tells_all = False
        """Whether what is wrong with them is shown as soon as they are there."""
        self._wish: set[str] = set()
        """The answers whose field gets the cursor as soon as it is there."""

    def _parts(self, kind: type[PartT]) -> list[PartT]:
        """Return all that is of a kind, in order; a query matches selectors, which takes ten times as long."""
        return list(self.walk_children(kind))

    def compose(self) -> ComposeResult:
        """Yield every field that is asked for the present answers; the others come when they are, the rare ones when unfolded."""
        section, subjects = "", frozenset[str]()
        for index, field in enumerate(self._plain):
            if field.section and field.section != section:
                section = field.section
                own = frozenset(subject_of(f.path) for f in self._plain if f.section == section) - subjects
                subjects |= own
                heading = Heading(section, own)
                heading.set_class(index == 0, "-first")
                self._headings[field.path] = heading
                yield heading
            if not field.beside:
                rows = [self._row(each) for each in self._side_by_side(field) if each.in_form_for(self.wizard.answers)]
                if rows:
                    yield self._box(field, rows)
        for table in self.step.tables:
            if table.in_form is not False:
                editor = TableEditor(table, self.step, self.wizard)
                editor.set_class(not self._plain, "-first")
                editor.display = table.in_form_for(self.wizard.answers)
                yield editor
        if self._rare:
            yield Fold([])
        if notes := self._notes():
            yield Static(notes, id="notes")

    def _side_by_side(self, field: Field) -> list[Field]:
        """Return a field and what stands beside it."""
        following = self._plain[self._plain.index(field) + 1 :][:1]
        return [field, *(each for each in following if each.beside)]

    def _box(self, field: Field, rows: list[FieldRow]) -> Widget:
        """Return what stands in the form for a field and the one beside it."""
        box = rows[0] if len(self._side_by_side(field)) == 1 else Horizontal(*rows, classes="pair")
        self._boxes[field.path] = box
        return box

    async def _put(self, field: Field) -> None:
        """Mount the row of a field in its place."""
        first = next(each for each in self._plain if field in self._side_by_side(each) and not each.beside)
        row = self._row(field)
        if box := self._boxes.get(first.path):
            await box.mount(row, before=None if field.beside else 0)
            return
        await self.mount(self._box(first, [row]), before=self._following(first))

    def _following(self, field: Field) -> Widget | None:
        """Return what the place of a field is before; None where it is the last."""
        for each in self._plain[self._plain.index(field) + 1 :]:
            if found := self._headings.get(each.path) or self._boxes.get(each.path):
                return found
        return next((part for part in self.children if isinstance(part, TableEditor | Fold) or part.id == "notes"), None)

    def _row(self, field: Field) -> FieldRow:
        # where the heading takes the place of a label, what stands below it begins at the edge, too
        is_bare = any(not f.heading_label for f in self.step.fields if f.section and f.section == field.section)
        row = row_for(field, self.wizard, bare=is_bare and field.kind is FieldKind.BOOLEAN)
        row.was_seen = self._was_seen
        row.display = field.in_form_for(self.wizard.answers)
        row.set_class(field.beside, "-beside")
        self._made.add(field.path)
        return row

    def _build_soon(self) -> None:
        if not self.is_building:
            self.is_building = True
            self.call_next(self._build)

    async def _build(self) -> None:
        """Put the fields in their places that are asked now."""
        with self.app.batch_update():
            while (due := self._due()) and not self.is_leaving:
                for field in due:
                    if not self.is_leaving:
                        await self._put(field)
            if self._has_rare and not self.is_leaving and not self.query("#advanced"):
                rare = Vertical(*(self._row(field) for field in self._rare), id="advanced")
                await self.mount(rare, after=self.query_one(Fold))
            self.is_building = False
            if self.is_leaving:
                return
            if self._tells_all:
                self._tells_all = False
                for row in self.query("#advanced FieldRow").results(FieldRow):
                    row.touched = True
            self.refresh_rows()
            wish, self._wish = self._wish, set()
            if wish:
                self.focus_path(wish)
        self.post_message(self.Built())

    def _due(self) -> list[Field]:
        return [field for field in self._plain if field.path not in self._made and field.in_form_for(self.wizard.answers)]

    def _unbuilt(self) -> list[Field]:
        """Return the fields that are asked, and whose controls are not there yet."""
        rare = [field for field in self._rare if field.path not in self._made and field.in_form_for(self.wizard.answers)]
        return self._due() + rare

    def on_mount(self) -> None:
        """Show problems of answers that nobody has been asked for yet."""
        self.refresh_rows()

    def redraw(self) -> None:
        """Judge the answers again; fields that are on their way have no controls yet, and are judged when they are there."""
        if not self.is_building:
            self.refresh_rows()

    def _controls(self) -> Iterator[Widget]:
        for widget in self._parts(Widget):
            # a control of a hidden row would receive keys unseen
            if widget.focusable and all(part.display for part in widget.ancestors_with_self if isinstance(part, Widget)):
                yield widget

    def take_keys(self) -> None:
        """Put the cursor into the first field that lacks an answer which only a person has, or has a wrong one; else into the first."""
        answers, doubtful = self.wizard.answers, self.wizard.doubtful()
        lacking: set[DOMNode] = {
            row
            for row in self._parts(FieldRow)
            if row.display and (self._lacks(row.field) or (row.field.path in answers and row.field.path in doubtful))
        }
        lacking |= {cell for cell in self._parts(Cell) if cell.column.required_for(answers) and not cell.value}
        controls = list(self._controls())
        wanting = (each for each in controls if lacking.intersection(each.ancestors_with_self))
        first = next(wanting, controls[0] if controls else None)
        if first is not None:
            give_keys(first)
            if first is not controls[0]:
                self.call_after_refresh(first.scroll_visible, animate=False)

    def _lacks(self, field: Field) -> bool:
        answers = self.wizard.answers
        return (field.personal or field.required_for(answers)) and answers[field.path] in (None, "", ())

    @on(Fold.Turned)
    def _turned(self, event: Fold.Turned) -> None:
        event.stop()
        self._show_rare()

    def _unfold(self) -> None:
        for fold in self._parts(Fold):
            if not fold.is_open:
                fold.is_open = True
                fold.refresh()
                self._show_rare()

    def _show_rare(self) -> None:
        is_open = self.query_one(Fold).is_open
        for rare in self.query("#advanced"):
            rare.display = is_open
        self._show_sections()
        if is_open and not self._has_rare:
            self._has_rare = True
            self._build_soon()

    def refresh_rows(self, *, always: bool = False) -> bool:
        """Show what applies and what is wrong; returns whether an error prevents leaving the step."""
        problems = self.wizard.problems(self.step)
        wrong = False
        for row in self._parts(FieldRow):
            row.display = row.field.in_form_for(self.wizard.answers)
            if not row.display:
                continue
            row.reload()
            mine = [p for p in problems if p.path == row.field.path or (p.path.startswith(row.field.path + "."))]
            mine.sort(key=_weight)
            gravest = mine[0] if mine else None
            lost = gravest is not None and gravest.rule == LOST_SECRET
            # A postponed secret does not prevent leaving: its step, Review and Export remind of it.
            is_wrong = row.show_problem(gravest, always=always or lost) and (not lost or bool(row.error))
            wrong = is_wrong or wrong
            if row.field.advanced and is_wrong and row.problem is not None:
                self._unfold()
        unbuilt = {field.path for field in self._unbuilt()}
        if any(p.path in unbuilt and p.severity is Severity.ERROR and p.rule != LOST_SECRET for p in problems):
            wrong = True
            if always:
                self._tells_all = True
                self._unfold()
        if self._due():
            self._build_soon()
        for editor in self._parts(TableEditor):
            is_asked = editor.table.in_form_for(self.wizard.answers)
            if is_asked and not editor.display:
                editor.reload()
            editor.display = is_asked
            wrong = (is_asked and editor.show_problems(problems, always=always)) or wrong
        self._show_sections()
        self._show_notes()
        return wrong

    def _notes(self) -> Content:
        return shown("\n".join(self.step.notes(self.wizard.answers)))

    def _show_notes(self) -> None:
        text = self._notes()
        for notes in self.query("#notes").results(Static):
            notes.display = bool(text)
            notes.update(text)
            return
        if text:
            self.mount(Static(text, id="notes"))

    def _show_sections(self) -> None:
        headings, editors = self._parts(Heading), self._parts(TableEditor)
        rows = self.wizard.board_rows() if headings or editors else ()
        own = {target.id for target in self.wizard.targets(self.step)}
        for heading in headings:
            mine = [r for r in rows if r.target.id in own and heading.subjects & subjects_of(r.target)]
            shown_as = [row.state for row in self._parts(FieldRow) if row.display and row.field.section == heading.section]
            heading.show_state(standing(mine, shown_as.count(State.BAD), shown_as.count(State.LOOK)))
            fields = [f for f in self.step.fields if f.section == heading.section and not f.advanced]
            heading.display = any(f.in_form_for(self.wizard.answers) for f in fields)
        for editor in editors:
            editor.show_state(standing([r for r in rows if r.target.id in own], *editor.shown_as_wrong))
        for fold in self._parts(Fold):
            shut_in = [field for field in self._rare if field.in_form_for(self.wizard.answers)]
            fold.display = bool(shut_in)
            found = self._shut_in()
            fold.put([_(field.short or field.label) for field in shut_in], _state_of([problem for _field, problem in found]))

    def _shut_in(self) -> list[tuple[Field, Problem]]:
        """Return what is wrong with answers whose fields are folded away."""
        if any(fold.is_open for fold in self._parts(Fold)):
            return []
        answers = self.wizard.answers
        fields = {field.path: field for field in self._rare if field.in_form_for(answers)}
        found = ((fields[p.path], p) for p in self.wizard.problems(self.step) if p.path in fields)
        return [(field, p) for field, p in found if tells_unasked(p, field, answers, was_seen=self._was_seen)]

    def tell(self, targets: Sequence[Target]) -> None:
        """Show in the pane what requested checks of some targets found."""
        ids = {target.id for target in targets}
        rows = [row for row in self.wizard.board_rows() if row.target.id in ids and row.state == "fresh"]
        found = [group for group in findings_of(rows) if group[0].status in (Status.FAIL, Status.ERROR, Status.WARN)]
        self._finding = found[0] if found else None

    def explanation(self) -> Sequence[Content]:
        """Return what explains the field that has the focus."""
        finding = [line_of(self._finding)] if self._finding is not None else []
        focused = self.screen.focused
        for row in self._parts(FieldRow):
            if focused is not None and row in focused.ancestors:
                return [*finding, *row.explanation()]
        for editor in self._parts(TableEditor):
            if focused is not None and editor in focused.ancestors:
                return [*finding, *editor.explanation(focused)]
        if isinstance(focused, Fold):
            wrong = [told(problem, field, self.wizard.answers) for field, problem in self._shut_in()]
            return [*wrong, Content(_("Rarely needed: the defaults suit most clusters."))]
        return [*finding, *super().explanation()]

    def aside(self) -> Sequence[str]:
        """Return what the step writes, or the cluster so far."""
        lines = self.wizard.lines(self.step)
        if lines:
            return [_("What this step writes:"), *lines]
        return [_("The cluster so far:"), *self.wizard.topology()]

    def help(self) -> Sequence[tuple[str, str]]:
        """Return all of the help for the field in focus, then for the step."""
        focused = self.screen.focused
        field = self.field_of(focused)
        row = next((r for r in self._parts(FieldRow) if focused is not None and r in focused.ancestors), None)
        own = (
            [row.help()]
            if row is not None
            else [(_(field.label), about(field, self.wizard.answers))]
            if field is not None
            else []
        )
        return [*own, *super().help()]

    def commit_all(self) -> None:
        """Take everything that is typed."""
        for row in self._parts(FieldRow):
            if row.display:
                row.commit()
        for editor in self._parts(TableEditor):
            if editor.display:
                editor.commit()

    def unkept(self) -> tuple[str, ...]:
        """Return the labels of fields with invalid text, which is lost when the step is left."""
        rows = [_(row.field.label) for row in self._parts(FieldRow) if row.display and row.error]
        return (*rows, *(label for editor in self._parts(TableEditor) for label in editor.unkept()))

    def focus_bad(self) -> None:
        """Put the cursor into the first field that has an error."""
        self.focus_path({p.path for p in self.wizard.problems(self.step) if p.severity.value == "error"})

    def focus_path(self, paths: set[str]) -> bool:
        """Put the cursor into the first field that is one of these, or holds no answer; returns whether there is one."""
        for row in self._parts(FieldRow):
            mine = bool({row.field.path, row.field.stands_for} & paths) or any(
                path.startswith(row.field.path + ".") for path in paths
            )
            if row.display and (row.error or mine):
                if row.field.advanced:
                    self._unfold()
                row.focus_for(paths)
                row.scroll_visible(animate=False)
                return True
        for field in self._unbuilt():
            if {field.path, field.stands_for} & paths or any(path.startswith(field.path + ".") for path in paths):
                self._wish = paths
                if field.advanced:
                    self._unfold()
                else:
                    self._build_soon()
                return True
        return any(editor.display and editor.focus_bad(paths) for editor in self._parts(TableEditor))

    def on_key(self, event: Key) -> None:
        """Say that text went to a control that takes none: somebody typed ahead, and it would be gone without a word."""
        if event.is_printable and event.key not in self.screen.active_bindings:
            self._tell_lost()

    def on_paste(self, event: Paste) -> None:
        """Take lines of an env file wherever the focus is; any other text needs a field."""
        event.stop()
        if assignments(event.text):
            self._take_variables(event.text)
        elif event.text:
            self._tell_lost()

    def _tell_lost(self) -> None:
        field = self.field_of(self.screen.focused)
        name = _('"{label}"').format(label=_(field.label)) if field is not None else _("A button")
        said = _("{name} takes no text: what was typed there is not kept. Tab goes to the next field.").format(name=name)
        self.post_message(Said(said, is_lasting=True))

    @on(Labels.Pointed)
    def _pointed(self, event: Labels.Pointed) -> None:
        event.stop()
        self.post_message(self.Explained(is_other=True))

    @on(TextInput.VariablesPasted)
    def _pasted(self, event: TextInput.VariablesPasted) -> None:
        event.stop()
        self._take_variables(event.text)

    def _take_variables(self, text: str) -> None:
        said = self.wizard.paste(text)
        for row in self._parts(FieldRow):
            row.renew()
        for editor in self._parts(TableEditor):
            editor.reload()
        self.refresh_rows()
        self.post_message(Said(" ".join(said) or _("None of these lines sets a variable of NocoBase.")))
        self.post_message(self.Changed())

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        if self._settle is not None:
            self._settle.stop()
        self._settle = self.set_timer(SETTLE, self._take_typed)
        if self._unsaved is None:
            self._unsaved = self.set_timer(UNSAVED, self._save_typed)

    def _save_typed(self) -> None:
        self._unsaved = None
        for row in self._parts(FieldRow):
            if row.display:
                row.save_typed()
        for editor in self._parts(TableEditor):
            if editor.display:
                editor.save_typed()

    def _take_typed(self) -> None:
        focused = self.screen.focused
        if isinstance(focused, Input) and focused in self.query(Input) and not focused.password:
            row = next((r for r in self._parts(FieldRow) if focused in r.query(Input)), None)
            # a field that was only entered is not judged, and its text counts as typed when it is mounted, too
            if row is not None and row.field.kind.value != "url" and focused.value != self.wizard.shown(row.field):
                row.commit()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        row = next((r for r in self._parts(FieldRow) if r in event.input.ancestors), None)
        if row is not None:
            if row.field.guess:
                row.take_text(event.value)
            if row.keeps_cursor():
                # the correction belongs here, and not into the next field
                return
        self.go_on(event.input)

    @on(FieldRow.Finished)
    def _finished(self, event: FieldRow.Finished) -> None:
        event.stop()
        focused = self.screen.focused
        if focused is not None:
            self.go_on(focused)

    def go_on(self, control: Widget) -> None:
        """Go to the next control; from the last cell of a table to the button that adds a row; from the last, to the next step."""
        controls = [widget for widget in self._controls() if not isinstance(widget, Fold | Button)]
        button = control.button_below() if isinstance(control, Cell) and control.ends_row() else None
        if button is not None:
            give_keys(button)
        elif control in controls and control is not controls[-1]:
            give_keys(controls[controls.index(control) + 1])
            self.screen.scroll_to_widget(controls[controls.index(control) + 1], animate=False)
        else:
            self.post_message(self.Onward())

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show the help of the focused field."""
        self._finding = None
        self.post_message(self.Focused(self.field_of(event.widget)))

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Commit the field that was left."""
        row = next((r for r in self._parts(FieldRow) if r in event.widget.ancestors), None)
        if row is not None and isinstance(event.widget, Input) and not self.is_leaving:
            row.commit()

    def field_of(self, widget: Widget | None) -> Field | None:
        """Return the field that a control belongs to."""
        for row in self._parts(FieldRow):
            if widget is not None and (widget is row or row in widget.ancestors):
                return row.field
        for editor in self._parts(TableEditor):
            if widget is not None and editor in widget.ancestors:
                return editor.field_of(widget)
        return None

    @on(FieldRow.Committed)
    @on(TableEditor.Committed)
    def _committed(self, event: Message) -> None:
        event.stop()
        if not self._refresh_due and not self.is_leaving:
            # many rows are committed at once, and judged once
            self._refresh_due = True
            self.call_next(self._refresh_now)

    def _refresh_now(self) -> None:
        self._refresh_due = False
        if not self.is_leaving:
            self.refresh_rows()
            self.post_message(self.Changed())


def subjects_of(target: Target) -> frozenset[str]:
    """Return what the answers of a target belong to."""
    return frozenset(subject_of(path) for path in target.answers) - {"tls", "app"}


def _state_of(problems: Sequence[Problem]) -> State | None:
    """Return the state to mark for some problems: that of the gravest."""
    if not problems:
        return None
    return State.BAD if any(problem.severity is Severity.ERROR for problem in problems) else State.LOOK


def _weight(problem: Problem) -> int:
    """Order problems by what has to be fixed first."""
    return 2 if problem.severity.value != "error" else 1 if problem.rule == LOST_SECRET else 0
