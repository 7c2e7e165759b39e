"""A table as a grid of inputs: a row per node, columns by the fields that this step declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantBlur, Paste
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from nbcluster.answers.environment import assignments
from nbcluster.answers.fields import Field, FieldKind, Row, Table, display
from nbcluster.errors import Problem, Severity
from nbcluster.report import said_of
from nbcluster.steps import Step
from nbcluster.text import _
from nbcluster.wizard import Wizard
from nbcluster_tui.dialogs import push_button
from nbcluster_tui.inputs import TextInput
from nbcluster_tui.look import State, mark
from nbcluster_tui.rows import Said, explained, hint_of
from nbcluster_tui.safe import shown
from nbcluster_tui.views import StepView
from nbcluster_tui.widgets import Prose, Split, cut, padded


class Cell(TextInput):
    """One cell."""

    @dataclass
    class ListPasted(Message):
        """Several lines were pasted into a cell."""

        text: str

    def __init__(self, row: int, column: Field, value: str) -> None:
        # a cell has no room for an example: the pane shows it
        hint = "" if column.example else hint_of(column)
        super().__init__(value, placeholder=hint, classes=f"cell {_width_of(column)}")
        self.row, self.column = row, column

    def _on_paste(self, event: Paste) -> None:
        """Take a list of several lines as rows, and one line as text."""
        if "\n" in event.text.strip() and not assignments(event.text):
            event.stop()
            event.prevent_default()
            self.post_message(self.ListPasted(event.text))
        else:
            super()._on_paste(event)

    def action_leave(self, way: int) -> None:
        """Go to the same column of the row above or below; below the last row, to the button that adds one."""
        for cell in self.screen.query(Cell):
            if cell.row == self.row + way and cell.column is self.column and cell.parent is not None:
                cell.focus()
                return
        button = self.button_below()
        if way > 0 and button is not None:
            button.focus()
        else:
            super().action_leave(way)

    def ends_row(self) -> bool:
        """Tell whether no cell of its row comes after it."""
        return self.parent is not None and self.parent.children[-1] is self

    def button_below(self) -> Button | None:
        """Return the button that adds a row, for a cell of the last row of a table that can grow."""
        editor = next((part for part in self.ancestors if isinstance(part, TableEditor)), None)
        if editor is None or not editor.table.can_add or any(cell.row > self.row for cell in editor.query(Cell)):
            return None
        return editor.query_one("#add", Button)


def _width_of(column: Field) -> str:
    return "narrow" if column.kind is FieldKind.INTEGER else "broad"


class TableHead(Widget):
    """The names of the columns above the first row, whose cells know where the columns are."""

    def __init__(self, names: Sequence[str], rows: Widget) -> None:
        super().__init__(classes="heading")
        self._names = [shown(name) for name in names]
        self._rows = rows

    def render(self) -> Content:
        """Return the names."""
        line = Content("")
        cells = self._rows.children[0].children if self._rows.children else ()
        for name, cell in zip(self._names, cells, strict=False):
            # below the text of a cell, which has a border and a blank in front
            begin = cell.region.x - self.content_region.x + (2 if isinstance(cell, Cell) else 0)
            line = padded(line, begin) + cut(name, cell.region.right - self.content_region.x - begin)
        return line


class TableEditor(Vertical):
    """The rows of a table; with ``can_add`` they can be added, removed and pasted."""

    class Committed(Message):
        """The table may have changed."""

    def __init__(self, table: Table, step: Step, wizard: Wizard) -> None:
        super().__init__(classes="table")
        self.table, self.step, self.wizard = table, step, wizard
        self.errors: dict[tuple[int, str], str] = {}
        self._told: dict[str, list[Content]] = {}
        """What is shown as wrong, by key path."""
        self.shown_as_wrong = (0, 0)
        """How many errors and warnings are shown."""
        self._is_outdated = False
        """Whether the rows were replaced while the cells still show the earlier ones, which must not be committed."""

    def compose(self) -> ComposeResult:
        """Yield heading, rows and buttons."""
        yield Split(Content.styled(_(self.table.label), "bold"), classes="section")
        names = [*(() if self.table.can_add else (_("Node"),)), *(_(column.label) for column in self.table.columns)]
        # one that is not asked gets its rows when it is
        rows = Vertical(*(self._rows() if self.table.in_form_for(self.wizard.answers) else ()), classes="rows")
        yield TableHead(names, rows)
        yield rows
        if self.table.can_add:
            with Horizontal(classes="buttons"):
                yield push_button(_("Add"), "add")
                yield push_button(_("Remove last"), "remove")
                yield push_button(_("Paste a list"), "paste")

    def _rows(self) -> list[Horizontal]:
        out = []
        for index, row in enumerate(self.wizard.answers.rows(self.table.path) or self._first_row()):
            cells: list[Widget] = [] if self.table.can_add else [Static(shown(str(row.get("name") or index + 1)), classes="cell")]
            cells += [Cell(index, column, display(row.get(column.path))) for column in self.table.columns]
            out.append(Horizontal(*cells, classes="line"))
        return out

    def _first_row(self) -> tuple[Row, ...]:
        """Return a first row to type into; it is not an answer until something is typed."""
        return (self.wizard.new_row(self.table),) if self.table.can_add else ()

    def reload(self) -> None:
        """Show the rows as they are answered now."""
        self._rebuild()

    def _rebuild(self, focus_row: int | None = None) -> None:
        holder = self.query_one(".rows", Vertical)
        self._is_outdated = True

        async def rebuild() -> None:
            await holder.remove_children()
            await holder.mount_all(self._rows())
            self._is_outdated = False
            cells = [cell for cell in holder.query(Cell) if cell.row == focus_row]
            if cells:
                # a new row has its name already
                next((cell for cell in cells if not cell.value), cells[0]).focus()
            self.post_message(self.Committed())

        self.call_later(rebuild)

    def unkept(self) -> tuple[str, ...]:
        """Return the labels of the columns with invalid text."""
        columns = {column.path: _(column.label) for column in self.table.columns}
        return tuple(dict.fromkeys(columns[path] for _row, path in self.errors))

    def save_typed(self) -> None:
        """Save what is typed so far; nothing on the screen changes."""
        for cell in self._own_cells():
            if cell.value != display(self.wizard.cell(self.table, cell.row, cell.column.path)):
                self.wizard.keep_cell(self.table, cell.row, cell.column, cell.value)

    def _own_cells(self) -> list[Cell]:
        """Return the cells of rows that are answers; the first row becomes one when something is typed into it."""
        if self._is_outdated:
            return []
        if not self.wizard.answers.rows(self.table.path) and self._has_begun():
            self.wizard.add_row(self.table)
        rows = len(self.wizard.answers.rows(self.table.path))
        return [cell for cell in self.query(Cell) if cell.row < rows]

    def commit(self) -> None:
        """Take every cell that changed."""
        for cell in self._own_cells():
            shown = display(self.wizard.cell(self.table, cell.row, cell.column.path))
            key = (cell.row, cell.column.path)
            if cell.value != shown or key in self.errors:
                fault = self.wizard.change_cell(self.table, cell.row, cell.column, cell.value)
                self.errors.pop(key, None)
                if self.wizard.notice:
                    self.post_message(Said(self.wizard.notice))
                    self._show_row(cell)
                if fault:
                    self.errors[key] = fault

    def _has_begun(self) -> bool:
        blank = {column: cell for row in self._first_row() for column, cell in row.items()}
        return any(cell.value != display(blank.get(cell.column.path)) for cell in self.query(Cell))

    def _show_row(self, typed: Cell) -> None:
        """Show what one cell gave to the others of its row, before those are committed."""
        for cell in self.query(Cell):
            if cell.row == typed.row and not (cell is typed and cell.has_focus):
                with cell.prevent(Input.Changed):
                    cell.value = display(self.wizard.cell(self.table, cell.row, cell.column.path))

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Commit when a cell is left."""
        is_left = any(isinstance(part, StepView) and part.is_leaving for part in self.ancestors)
        if isinstance(event.widget, Cell) and not is_left:
            self.commit()
            self.post_message(self.Committed())

    def show_state(self, state: Content) -> None:
        """Show how the checks of the rows stand."""
        self.query_one(Split).put(Content.styled(_(self.table.label), "bold"), state)

    def explanation(self, focused: Widget) -> list[Content]:
        """Return what is wrong with the cell that has the focus, then what its column means."""
        if not isinstance(focused, Cell):
            return [shown(_(self.step.why))]
        fault = self.errors.get((focused.row, focused.column.path))
        example = [shown(hint_of(focused.column))] if focused.column.example else []
        found = [mark(State.BAD, shown(fault))] if fault else self._told.get(self._path_of(focused), [])
        return [*found, *explained(focused.column), *example]

    def _path_of(self, cell: Cell) -> str:
        return f"{self.table.path}[{cell.row}].{cell.column.path}"

    def field_of(self, widget: Widget) -> Field | None:
        """Return the column that a cell belongs to."""
        return widget.column if isinstance(widget, Cell) else None

    def show_problems(self, problems: Sequence[Problem], *, always: bool) -> bool:
        """Show what is wrong with the rows; returns whether there is an error."""
        mine = [p for p in problems if p.path == self.table.path or p.path.startswith(f"{self.table.path}[")]
        lines = [
            mark(State.BAD, shown(_("{subject}: {found}").format(subject=self._place(row, column), found=fault)))
            for (row, column), fault in self.errors.items()
        ]
        self._told = {}
        light = 0
        for problem in mine:
            grave = problem.severity is Severity.ERROR
            # an empty required cell is not marked as wrong before the step is left
            if grave and not always and (problem.rule == "required" or not self.wizard.answers.rows(self.table.path)):
                continue
            said = self._readable(problem.path) + said_of(problem, self.wizard.answers)
            lines.append(mark(State.BAD if grave else State.LOOK, shown(said)))
            light += not grave
            self._told.setdefault(problem.path, []).append(lines[-1])
        self._tell(Content("\n").join(lines))
        self.shown_as_wrong = (len(lines) - light, light)
        grave = bool(self.errors) or any(p.severity is Severity.ERROR for p in mine)
        bad = {p.path for p in mine if p.severity is Severity.ERROR and (always or p.rule != "required")}
        for cell in self.query(Cell):
            cell.set_class((cell.row, cell.column.path) in self.errors or self._path_of(cell) in bad, "-bad")
        return grave

    def _tell(self, wrong: Content) -> None:
        for line in self.query(".problem").results(Prose):
            line.put(wrong)
            line.display = bool(wrong)
            return
        if wrong:
            line = Prose(wrong, classes="problem")
            line.display = True
            # below the buttons, so that none of them moves when it appears
            self.mount(line)

    def _readable(self, path: str) -> str:
        index, bracket, column = path.removeprefix(f"{self.table.path}[").partition("].")
        return f"{self._place(int(index), column)}: " if bracket and index.isdecimal() else ""

    def _place(self, row: int, column: str) -> str:
        name = self.wizard.cell(self.table, row, "name") or row + 1
        field = next((c for c in self.table.columns if c.path == column), None)
        return f"{name} {_(field.label) if field is not None else column}"

    def focus_bad(self, paths: set[str]) -> bool:
        """Put the cursor into the first cell with an error."""
        for cell in self.query(Cell):
            if (cell.row, cell.column.path) in self.errors or self._path_of(cell) in paths:
                cell.focus()
                return True
        cells = list(self.query(Cell))
        if cells and self.table.path in paths:
            cells[0].focus()
            return True
        return False

    @on(Button.Pressed, "#add")
    def add(self) -> None:
        """Add a row and go there."""
        self.commit()
        if not self.wizard.answers.rows(self.table.path):
            self.wizard.add_row(self.table)
        self.wizard.add_row(self.table)
        self._rebuild(len(self.wizard.answers.rows(self.table.path)) - 1)

    @on(Button.Pressed, "#remove")
    def remove_last(self) -> None:
        """Remove the last row."""
        self.commit()
        count = len(self.wizard.answers.rows(self.table.path))
        if count > 1:
            self.wizard.remove_row(self.table, count - 1)
            self.errors = {key: fault for key, fault in self.errors.items() if key[0] < count - 1}
            self._rebuild()

    @on(Cell.ListPasted)
    def _take_list(self, event: Cell.ListPasted) -> None:
        event.stop()
        if not self.table.can_add:
            return
        fault = self._replace(event.text)
        if fault:
            self.post_message(Said(fault))
        else:
            self._pasted(True)

    @on(Button.Pressed, "#paste")
    def paste(self) -> None:
        """Ask for a list of nodes."""
        from nbcluster_tui.paste import PasteDialog

        self.app.push_screen(PasteDialog(self._replace), self._pasted)

    def _replace(self, text: str) -> str:
        """Replace the rows by a list; returns what is wrong with it."""
        fault = self.wizard.paste_rows(self.table, text)
        self._is_outdated = self._is_outdated or not fault
        return fault

    def _pasted(self, done: bool | None) -> None:
        if done:
            self.errors.clear()
            self._rebuild(0)
