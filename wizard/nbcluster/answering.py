"""The answers of one wizard run: fields and tables that change, what is wrong with them, how the steps follow each other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import StrEnum

from nbcluster.answers import flow
from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.fields import Compound, Field, FieldError, FieldKind, Row, Table, Value, display, lacks_scheme, parse
from nbcluster.answers.pasted import read_rows
from nbcluster.answers.rules import Context
from nbcluster.answers.targets import Target
from nbcluster.answers.url import Url
from nbcluster.errors import InvalidAnswersError, Problem
from nbcluster.steps import Step
from nbcluster.system.inputfile import expanded
from nbcluster.text import _
from nbcluster.text.clean import clean


class StepState(StrEnum):
    """How a step stands: not done, all of it by default, in order, with warnings, with something to fix, or with checks that have not judged it."""

    TODO = "todo"
    DEFAULT = "default"
    DONE = "done"
    WARNING = "warning"
    PROBLEM = "problem"
    UNJUDGED = "unjudged"


SIGNS = {
    StepState.DONE: "ok",
    StepState.WARNING: " !",
    StepState.PROBLEM: "!!",
    StepState.UNJUDGED: " ?",
    StepState.TODO: " .",
    StepState.DEFAULT: " =",
}
"""What every face shows for the state of a step."""


def _notice(parts: Compound, siblings: Mapping[str, Field]) -> str:
    said = _("Taken apart: {parts}.").format(parts=clean(flow.parts_of(parts, siblings), 400))
    if not parts.left:
        return said
    ignored = _("Not taken: {names}.").format(names=clean(", ".join(parts.left), 200))
    return f"{said} {ignored}"


class Answering(ABC):
    """Answers that change; whoever holds them decides in ``_take`` what a change leads to."""

    steps: tuple[Step, ...]
    answers: Answers
    notice: str = ""
    """What became of the text that was typed last, where that is not what one sees: to be said once."""
    _typed_over: dict[str, Url | None]
    """Addresses that stood in a field before what is typed there was saved half done."""

    @property
    @abstractmethod
    def context(self) -> Context:
        """What the rules may know beside the answers."""

    @property
    @abstractmethod
    def visited(self) -> tuple[str, ...]:
        """The ids of the steps that were seen."""

    @property
    @abstractmethod
    def own_problems(self) -> tuple[Problem, ...]:
        """What is wrong beside the rules: what only whoever holds the answers can know."""

    @abstractmethod
    def _take(self, answers: Answers) -> None: ...

    def step(self, step_id: str) -> Step:
        """Return a step by id."""
        return next(s for s in self.steps if s.id == step_id)

    def fields(self, step: Step) -> tuple[Field, ...]:
        """Return the fields that a form shows among the present answers."""
        return tuple(f for f in step.fields if f.in_form_for(self.answers))

    def tables(self, step: Step) -> tuple[Table, ...]:
        """Return the tables that a form shows."""
        return tuple(t for t in step.tables if t.in_form)

    def change(self, path: str, value: Value) -> None:
        """Take an answer; None or an empty text goes back to the default."""
        answers = self.answers.without(path) if value is None or value == "" else self.answers.with_(path, value, Source.TYPED)
        self._take(answers)

    def change_text(self, field: Field, text: str) -> str:
        """Take typed text; returns the sentence to show under the field, or nothing.

        ``notice`` says what became of a text that holds several answers, or lacks the scheme of its address.
        """
        self.notice = ""
        try:
            parts = flow.taken_apart(field, text, self.answers, self.answers.fields)
            value = parse(field, text) if parts is None else None
            if value is not None:
                flow.check_value(field, value, self.answers)
            if field.kind is FieldKind.PATH and isinstance(value, str):
                expanded(value, field.path)
        except FieldError as fault:
            return str(fault)
        except InvalidAnswersError as refused:
            return f"{refused.problems[0].message} {refused.problems[0].hint}"
        if parts is not None:
            self._take(self._with_parts(parts))
            self.notice = _notice(parts, self.answers.fields)
            return ""
        if isinstance(value, Url):
            value = value.completed(self._typed_over.pop(field.path, None) or self.answers.url(field.path))
            # a password that came with its address is taken as it is, whatever signs it has
            value = value if value.password is None else value.with_password(value.password)
            if lacks_scheme(field, text):
                self.notice = _("Read as {address}.").format(address=clean(value.masked, 200))
        self.change(field.path, value)
        return ""

    def _with_parts(self, parts: Compound) -> Answers:
        answers = self.answers
        for path, value in parts.values:
            answers = answers.without(path) if value is None else answers.with_(path, value, Source.TYPED)
        return answers

    def shown(self, field: Field) -> str:
        """Return the present value as text, secrets masked."""
        value = self.answers[field.path]
        return clean(value.address if isinstance(value, Url) else display(field, value))

    def cell(self, table: Table, index: int, column: str) -> Value:
        """Return one cell of a table."""
        rows = self.answers.rows(table.path)
        return rows[index].get(column) if index < len(rows) else None

    def change_cell(self, table: Table, index: int, column: Field, text: str) -> str:
        """Take typed text for one cell; returns the sentence to show, or nothing. ``notice`` is as in ``change_text``."""
        self.notice = ""
        columns = {c.path: c for c in table.columns}
        try:
            parts = flow.taken_apart(column, text, self.answers, columns)
            value = parse(column, text) if parts is None else None
            if value is not None:
                flow.check_value(column, value, self.answers)
        except FieldError as fault:
            return str(fault)
        rows = list(self.answers.rows(table.path))
        if parts is not None:
            rows[index] = rows[index].with_(**dict(parts.values))
            self.change(table.path, tuple(rows))
            self.notice = _notice(parts, columns)
            return ""
        cells = {k: v for k, v in rows[index].items() if k != column.path}
        rows[index] = Row(cells if value is None else {**cells, column.path: value})
        self.change(table.path, tuple(rows))
        return ""

    def new_row(self, table: Table) -> Row:
        """Return an empty row, named after its place where the table has names."""
        rows = self.answers.rows(table.path)
        taken = {row.get("name") for row in rows}
        number = next(n for n in range(1, len(rows) + 2) if f"node{n}" not in taken)
        has_names = any(c.path == "name" for c in table.columns)
        return Row({"name": f"node{number}"} if has_names else {})

    def add_row(self, table: Table) -> None:
        """Append an empty row."""
        self.change(table.path, (*self.answers.rows(table.path), self.new_row(table)))

    def remove_row(self, table: Table, index: int) -> None:
        """Remove one row."""
        rows = self.answers.rows(table.path)
        self.change(table.path, tuple(row for i, row in enumerate(rows) if i != index) or None)

    def paste_rows(self, table: Table, text: str) -> str:
        """Replace a table by pasted lines of ``[name] host[:port]``; returns what is wrong, or nothing."""
        try:
            rows = read_rows(table, text, self.answers)
        except FieldError as fault:
            return str(fault)
        self.change(table.path, rows)
        return ""

    def keep_typed(self, field: Field, text: str) -> bool:
        """Take what is typed so far, if it has the form of an answer; returns whether it has.

        For a save in the middle of typing: nothing is taken apart, and the password of an address stays the one that was there.
        """
        try:
            value = parse(field, text)
            if value is not None:
                flow.check_value(field, value, self.answers)
        except FieldError:
            return False
        if isinstance(value, Url):
            # what is typed half may show another user name, or none: the one that was there is not lost by that
            before = self._typed_over.setdefault(field.path, self.answers.url(field.path))
            value = value.with_password(before.password if before is not None else None).completed(before)
        self.change(field.path, value)
        return True

    def keep_cell(self, table: Table, index: int, column: Field, text: str) -> None:
        """Take what is typed so far into one cell, if it has the form of an answer."""
        try:
            value = parse(column, text)
            if value is not None:
                flow.check_value(column, value, self.answers)
        except FieldError:
            return
        self._set_cell(table, index, column, value)

    def _set_cell(self, table: Table, index: int, column: Field, value: Value) -> None:
        rows = list(self.answers.rows(table.path))
        cells = {k: v for k, v in rows[index].items() if k != column.path}
        rows[index] = Row(cells if value is None else {**cells, column.path: value})
        self.change(table.path, tuple(rows))

    def problems(self, step: Step) -> tuple[Problem, ...]:
        """Return what is wrong in one step."""
        own = (problem for problem in self.own_problems if flow.step_for(problem, self.steps) is step)
        return (*flow.problems_of(step, self.answers, self.context), *own)

    def all_problems(self) -> tuple[Problem, ...]:
        """Return what is wrong in all steps."""
        return tuple(problem for step in self.steps if step.applies(self.answers) for problem in self.problems(step))

    def next_of(self, step_id: str) -> str | None:
        """Return the id of the step after one, or None."""
        return self._neighbour(step_id, 1)

    def previous_of(self, step_id: str) -> str | None:
        """Return the id of the step before one, or None."""
        return self._neighbour(step_id, -1)

    def _neighbour(self, step_id: str, way: int) -> str | None:
        open_ids = [s.id for s in self.steps if s.applies(self.answers) or s.id == step_id]
        index = open_ids.index(step_id) + way
        return open_ids[index] if 0 <= index < len(open_ids) else None

    def targets(self, step: Step | None = None) -> tuple[Target, ...]:
        """Return what there is to connect to, of one step or of all."""
        from nbcluster.files.tested import targets

        return targets(self.answers, self.steps if step is None else (step,))
