"""A step as a form: its fields, its tables, and the notes that follow from them."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.events import DescendantBlur, DescendantFocus
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from nbcluster.answers.fields import Field
from nbcluster.errors import Problem
from nbcluster.steps import Step
from nbcluster.text import _
from nbcluster.wizard import LOST_SECRET, Wizard
from nbcluster_tui.rows import FieldRow
from nbcluster_tui.safe import shown
from nbcluster_tui.secretrows import row_for
from nbcluster_tui.tables import TableEditor
from nbcluster_tui.views import StepView, give_keys

SETTLE = 0.6
"""Seconds without a key after which typed text is taken and judged."""
UNSAVED = 0.7
"""Seconds after which the first key that was not saved is saved, typing or not; a kill then loses less than a second."""


class FormView(StepView, can_focus=False):
    """The body of a form step."""

    class Focused(Message):
        """Another field has the cursor."""

        def __init__(self, field: Field | None) -> None:
            super().__init__()
            self.field = field

    def __init__(self, step: Step, controller: Wizard) -> None:
        super().__init__(step, controller)
        self._settle: Timer | None = None
        self._unsaved: Timer | None = None

    def compose(self) -> ComposeResult:
        """Yield every field that may ever be asked here; what does not apply is hidden."""
        for field in self.step.fields:
            if field.in_form is not False:
                row = row_for(field, self.controller)
                row.display = field.in_form_for(self.controller.answers)
                yield row
        for table in self.step.tables:
            if table.in_form is not False:
                editor = TableEditor(table, self.step, self.controller)
                editor.display = table.in_form_for(self.controller.answers)
                yield editor
        yield Static("", id="notes")

    def on_mount(self) -> None:
        """Show notes, and what is wrong that a person was not asked for yet."""
        self.refresh_rows()

    def redraw(self) -> None:
        """Judge the answers again."""
        self.refresh_rows()

    def take_keys(self) -> None:
        """Put the cursor into the first control."""
        for widget in self.query(Widget):
            # a control of a row that is hidden would take the keys unseen
            if widget.focusable and all(part.display for part in widget.ancestors_with_self if isinstance(part, Widget)):
                give_keys(widget)
                return

    def refresh_rows(self, *, always: bool = False) -> bool:
        """Show what applies and what is wrong; returns whether there is an error that keeps one here."""
        problems = self.controller.problems(self.step)
        wrong = False
        for row in self.query(FieldRow):
            row.display = row.field.in_form_for(self.controller.answers)
            if not row.display:
                continue
            row.reload()
            mine = [p for p in problems if p.path == row.field.path or (p.path.startswith(row.field.path + "."))]
            mine.sort(key=_weight)
            gravest = mine[0] if mine else None
            lost = gravest is not None and gravest.rule == LOST_SECRET
            # A secret that was put off is no reason to keep somebody here: its step, Review and Export tell of it.
            wrong = (row.show_problem(gravest, always=always or lost) and (not lost or bool(row.error))) or wrong
        for editor in self.query(TableEditor):
            is_asked = editor.table.in_form_for(self.controller.answers)
            if is_asked and not editor.display:
                editor.reload()
            editor.display = is_asked
            wrong = (is_asked and editor.show_problems(problems, always=always)) or wrong
        self.query_one("#notes", Static).update(shown("\n".join(self.step.notes(self.controller.answers))))
        return wrong

    def commit_all(self) -> None:
        """Take everything that is typed."""
        for row in self.query(FieldRow):
            if row.display:
                row.commit()
        for editor in self.query(TableEditor):
            if editor.display:
                editor.commit()

    def unkept(self) -> tuple[str, ...]:
        """Return the labels of what was typed and is no answer, so that it is gone when the step is left."""
        rows = [_(row.field.label) for row in self.query(FieldRow) if row.display and row.error]
        return (*rows, *(label for editor in self.query(TableEditor) for label in editor.unkept()))

    def focus_bad(self) -> None:
        """Put the cursor into the first field that has an error."""
        problems = {p.path for p in self.controller.problems(self.step) if p.severity.value == "error"}
        for row in self.query(FieldRow):
            if row.display and (row.error or row.field.path in problems):
                row.focus_control()
                row.scroll_visible()
                return
        for editor in self.query(TableEditor):
            if editor.display and editor.focus_bad(problems):
                return

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
        for row in self.query(FieldRow):
            if row.display:
                row.save_typed()
        for editor in self.query(TableEditor):
            if editor.display:
                editor.save_typed()

    def _take_typed(self) -> None:
        focused = self.screen.focused
        if isinstance(focused, Input) and focused in self.query(Input) and not focused.password:
            row = next((r for r in self.query(FieldRow) if focused in r.query(Input)), None)
            if row is not None and row.field.kind.value != "url":
                row.commit()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        row = next((r for r in self.query(FieldRow) if r in event.input.ancestors), None)
        if row is not None and row.field.guess:
            row.take_text(event.value)
        self.screen.focus_next()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Tell whose help to show."""
        self.post_message(self.Focused(self.field_of(event.widget)))

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Commit the field that was left."""
        row = next((r for r in self.query(FieldRow) if r in event.widget.ancestors), None)
        if row is not None and isinstance(event.widget, Input):
            row.commit()

    def field_of(self, widget: Widget | None) -> Field | None:
        """Return the field that a control belongs to."""
        for row in self.query(FieldRow):
            if widget is not None and (widget is row or row in widget.ancestors):
                return row.field
        for editor in self.query(TableEditor):
            if widget is not None and editor in widget.ancestors:
                return editor.field_of(widget)
        return None

    @on(FieldRow.Committed)
    @on(TableEditor.Committed)
    def _committed(self, event: Message) -> None:
        event.stop()
        self.refresh_rows()
        self.post_message(self.Changed())


def _weight(problem: Problem) -> int:
    """Order problems by what a person has to do first."""
    return 2 if problem.severity.value != "error" else 1 if problem.rule == LOST_SECRET else 0
