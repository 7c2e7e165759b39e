"""A table as a grid of inputs: a row per node, columns by the fields that this step declares."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import DescendantBlur
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from nbcluster.answers.fields import Field, Row, Table, display
from nbcluster.errors import Problem, Severity
from nbcluster.steps import Step
from nbcluster.text import _
from nbcluster.wizard import Wizard
from nbcluster_tui.inputs import TextInput
from nbcluster_tui.safe import shown


class Cell(TextInput):
    """One cell."""

    def __init__(self, row: int, column: Field, value: str) -> None:
        super().__init__(value, placeholder=_(column.placeholder) if row == 0 else "")
        self.row, self.column = row, column
        self.add_class("cell")


class TableEditor(Vertical):
    """The rows of a table; with ``can_add`` they can be added, removed and pasted."""

    class Committed(Message):
        """The table may have changed."""

    def __init__(self, table: Table, step: Step, controller: Wizard) -> None:
        super().__init__(classes="table")
        self.table, self.step, self.controller = table, step, controller
        self.errors: dict[tuple[int, str], str] = {}

    def compose(self) -> ComposeResult:
        """Yield heading, rows and buttons."""
        with Horizontal(classes="heading"):
            if not self.table.can_add:
                yield Static(shown(_("Node")), classes="head")
            for column in self.table.columns:
                yield Static(shown(_(column.label)), classes="head")
        yield Vertical(*self._rows(), classes="rows")
        yield Static("", classes="problem")
        if self.table.can_add:
            with Horizontal(classes="buttons"):
                yield Button(_("Add"), id="add", compact=True)
                yield Button(_("Remove last"), id="remove", compact=True)
                yield Button(_("Paste a list"), id="paste", compact=True)

    def _rows(self) -> list[Horizontal]:
        out = []
        for index, row in enumerate(self.controller.answers.rows(self.table.path) or self._first_row()):
            cells: list[Widget] = [] if self.table.can_add else [Static(shown(str(row.get("name") or index + 1)), classes="cell")]
            cells += [Cell(index, column, display(column, row.get(column.path))) for column in self.table.columns]
            out.append(Horizontal(*cells, classes="line"))
        return out

    def _first_row(self) -> tuple[Row, ...]:
        """Return the row to type into where there is none yet: it is no answer before something is typed."""
        return (self.controller.new_row(self.table),) if self.table.can_add else ()

    def reload(self) -> None:
        """Show the rows as they are answered now."""
        self._rebuild()

    def _rebuild(self, focus_row: int | None = None) -> None:
        holder = self.query_one(".rows", Vertical)

        async def rebuild() -> None:
            await holder.remove_children()
            await holder.mount_all(self._rows())
            cells = [cell for cell in holder.query(Cell) if cell.row == focus_row]
            if cells:
                cells[0].focus()
            self.post_message(self.Committed())

        self.call_later(rebuild)

    def unkept(self) -> tuple[str, ...]:
        """Return the labels of the columns in which something stands that is no answer."""
        columns = {column.path: _(column.label) for column in self.table.columns}
        return tuple(dict.fromkeys(columns[path] for _row, path in self.errors))

    def save_typed(self) -> None:
        """Save what is typed so far; nothing on the screen changes."""
        for cell in self._own_cells():
            if cell.value != display(cell.column, self.controller.cell(self.table, cell.row, cell.column.path)):
                self.controller.keep_cell(self.table, cell.row, cell.column, cell.value)

    def _own_cells(self) -> list[Cell]:
        """Return the cells of rows that are answers; the first row becomes one when something is typed into it."""
        if not self.controller.answers.rows(self.table.path) and self._has_begun():
            self.controller.add_row(self.table)
        rows = len(self.controller.answers.rows(self.table.path))
        return [cell for cell in self.query(Cell) if cell.row < rows]

    def commit(self) -> None:
        """Take every cell that changed."""
        for cell in self._own_cells():
            shown = display(cell.column, self.controller.cell(self.table, cell.row, cell.column.path))
            key = (cell.row, cell.column.path)
            if cell.value != shown or key in self.errors:
                fault = self.controller.change_cell(self.table, cell.row, cell.column, cell.value)
                self.errors.pop(key, None)
                if self.controller.notice:
                    self.app.notify(self.controller.notice, markup=False)
                    self._show_row(cell)
                if fault:
                    self.errors[key] = fault

    def _has_begun(self) -> bool:
        blank = {column: cell for row in self._first_row() for column, cell in row.items()}
        return any(cell.value != display(cell.column, blank.get(cell.column.path)) for cell in self.query(Cell))

    def _show_row(self, typed: Cell) -> None:
        """Show what one cell gave to the others of its row, before those are committed."""
        for cell in self.query(Cell):
            if cell.row == typed.row and not (cell is typed and cell.has_focus):
                with cell.prevent(Input.Changed):
                    cell.value = display(cell.column, self.controller.cell(self.table, cell.row, cell.column.path))

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Commit when a cell is left."""
        if isinstance(event.widget, Cell):
            self.commit()
            self.post_message(self.Committed())

    def field_of(self, widget: Widget) -> Field | None:
        """Return the column that a cell belongs to."""
        return widget.column if isinstance(widget, Cell) else None

    def show_problems(self, problems: Sequence[Problem], *, always: bool) -> bool:
        """Show what is wrong with the rows; returns whether there is an error."""
        mine = [p for p in problems if p.path == self.table.path or p.path.startswith(f"{self.table.path}[")]
        lines = [f"!! {self._place(row, column)}: {fault}" for (row, column), fault in self.errors.items()]
        for problem in mine:
            grave = problem.severity is Severity.ERROR
            # what nobody has typed yet is not called wrong before one goes on
            if grave and not always and (problem.rule == "required" or not self.controller.answers.rows(self.table.path)):
                continue
            lines.append(f"{'!!' if grave else '!'} {self._readable(problem.path)}{problem.message} {problem.hint}".rstrip())
        line = self.query_one(".problem", Static)
        line.update(shown("\n".join(lines)))
        line.display = bool(lines)
        grave = bool(self.errors) or any(p.severity is Severity.ERROR for p in mine)
        line.set_class(grave, "-error")
        return grave

    def _readable(self, path: str) -> str:
        index, bracket, column = path.removeprefix(f"{self.table.path}[").partition("].")
        return f"{self._place(int(index), column)}: " if bracket and index.isdecimal() else ""

    def _place(self, row: int, column: str) -> str:
        name = self.controller.cell(self.table, row, "name") or row + 1
        field = next((c for c in self.table.columns if c.path == column), None)
        return f"{name} {_(field.label) if field is not None else column}"

    def focus_bad(self, paths: set[str]) -> bool:
        """Put the cursor into the first cell with an error."""
        for cell in self.query(Cell):
            if (cell.row, cell.column.path) in self.errors or f"{self.table.path}[{cell.row}].{cell.column.path}" in paths:
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
        if not self.controller.answers.rows(self.table.path):
            self.controller.add_row(self.table)
        self.controller.add_row(self.table)
        self._rebuild(len(self.controller.answers.rows(self.table.path)) - 1)

    @on(Button.Pressed, "#remove")
    def remove_last(self) -> None:
        """Remove the last row."""
        self.commit()
        count = len(self.controller.answers.rows(self.table.path))
        if count > 1:
            self.controller.remove_row(self.table, count - 1)
            self.errors = {key: fault for key, fault in self.errors.items() if key[0] < count - 1}
            self._rebuild()

    @on(Button.Pressed, "#paste")
    def paste(self) -> None:
        """Ask for a list of nodes."""
        from nbcluster_tui.pasting import PasteDialog

        self.app.push_screen(PasteDialog(lambda text: self.controller.paste_rows(self.table, text)), self._pasted)

    def _pasted(self, done: bool | None) -> None:
        if done:
            self.errors.clear()
            self._rebuild(0)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()
