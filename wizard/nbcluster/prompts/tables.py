"""A table as questions: its rows are listed, changed cell by cell, added, removed and pasted."""

from __future__ import annotations

from functools import partial

from nbcluster.answers.fields import Field, Table, display
from nbcluster.prompts.asker import Asker, Back
from nbcluster.prompts.prompter import CLEAR, Option
from nbcluster.prompts.questions import help_of
from nbcluster.text import _
from nbcluster.text.layout import table as columns_of
from nbcluster.wizard import Wizard


class Tables:
    """Asks tables and hands the answers to the wizard."""

    def __init__(self, wizard: Wizard, asker: Asker) -> None:
        self.wizard = wizard
        self.asker = asker

    def ask(self, table: Table) -> None:
        """Ask until the user goes on; raises ``Back``, ``Steps`` or ``Leave``."""
        if table.can_add and not self.wizard.answers.rows(table.path):
            self._begin(table)
        while True:
            self._show(table)
            rows = self.wizard.answers.rows(table.path)
            options = [Option("go", _("go on"))]
            options += [Option(f"edit {i}", _("change {name}").format(name=self._name(i, table))) for i in range(len(rows))]
            if table.can_add:
                options += [Option("add", _("add one")), Option("paste", _("paste a list, which replaces this one"))]
                options += [Option("remove", _("remove the last one"))] if len(rows) > 1 else []
            chosen = self.asker.choice(_(table.label), options, "go")
            if chosen == "go":
                return
            self._act(table, chosen, len(rows))

    def _act(self, table: Table, chosen: str, count: int) -> None:
        try:
            if chosen.startswith("edit "):
                self._edit(table, int(chosen.removeprefix("edit ")))
            elif chosen == "add":
                self.wizard.add_row(table)
                self._edit(table, count)
            elif chosen == "remove":
                self.wizard.remove_row(table, count - 1)
            else:
                self._paste(table)
        except Back:
            return

    def _begin(self, table: Table) -> None:
        """Ask for the whole list first: most people have one."""
        while True:
            typed = self.asker.text(_("nodes as `name host [port]`, separated by commas; leave it empty to type them one by one"))
            if not typed.strip():
                self.wizard.add_row(table)
                self._edit(table, 0)
                return
            fault = self.wizard.paste_rows(table, typed)
            if not fault:
                return
            self.asker.refuse(fault)

    def _paste(self, table: Table) -> None:
        typed = self.asker.text(_("nodes as `name host [port]`, separated by commas"))
        fault = self.wizard.paste_rows(table, typed) if typed.strip() else ""
        if fault:
            self.asker.refuse(fault)

    def _edit(self, table: Table, index: int) -> None:
        for column in table.columns:
            self._cell(table, index, column)

    def _cell(self, table: Table, index: int, column: Field) -> None:
        while True:
            present = display(self.wizard.cell(table, index, column.path))
            label = f"{self._name(index, table)}: {_(column.label)}"
            typed = self.asker.text(label, present, partial(help_of, column, present)).strip()
            if not typed:
                return
            fault = self.wizard.change_cell(table, index, column, "" if typed == CLEAR else typed)
            if not fault:
                if self.wizard.notice:
                    self.asker.say(self.wizard.notice, indent="  ")
                return
            self.asker.refuse(fault)

    def _name(self, index: int, table: Table) -> str:
        return str(self.wizard.cell(table, index, "name") or index + 1)

    def _show(self, table: Table) -> None:
        named = any(column.path == "name" for column in table.columns)
        head = [*([] if named else [_("Node")]), *(_(column.label) for column in table.columns)]
        rows = []
        for index in range(len(self.wizard.answers.rows(table.path))):
            cells = [display(self.wizard.cell(table, index, c.path)) or "-" for c in table.columns]
            rows.append([*([] if named else [self._name(index, table)]), *cells])
        self.asker.show(columns_of([head, *rows]))
        for problem in self.wizard.all_problems():
            if problem.path == table.path or problem.path.startswith(f"{table.path}["):
                self.asker.problem(problem, self.wizard.answers)
