"""What spans the steps: problems, answers that follow from others, targets to probe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import (
    Compound,
    Field,
    FieldError,
    FieldKind,
    Table,
    Value,
    check_characters,
    check_range,
    check_text,
    display,
)
from nbcluster.answers.targets import Target
from nbcluster.errors import Problem
from nbcluster.steps import Step, step_of
from nbcluster.steps.model import Context
from nbcluster.text import _

NO_CONTEXT = Context()


def settle(answers: Answers, context: Context = NO_CONTEXT) -> Answers:
    """Recompute every answer that follows from others."""
    for step in answers.steps:
        answers = step.derive(answers, context)
    return answers


def infer(answers: Answers, context: Context = NO_CONTEXT) -> Answers:
    """Restore the answers that only the wizard has from what a file holds, then settle."""
    for step in answers.steps:
        answers = step.infer(answers, context)
    return settle(answers, context)


def problems_of(step: Step, answers: Answers, context: Context = NO_CONTEXT) -> tuple[Problem, ...]:
    """Return what is wrong in one step: missing or malformed answers first, then its rules."""
    found: list[Problem] = []
    for field in step.fields:
        if field.applies(answers):
            found += _field_problems(field, field.path, answers[field.path], answers)
    for table in step.tables:
        found += _table_problems(table, answers)
    malformed = {p.path for p in found}
    for rule in step.rules:
        found += [p for p in rule.problems(answers, context) if p.path not in malformed]
    return tuple(found)


def all_problems(answers: Answers, context: Context = NO_CONTEXT) -> tuple[Problem, ...]:
    """Return what is wrong in all steps, in their order."""
    return tuple(p for step in answers.steps for p in problems_of(step, answers, context))


def problems_for_file(answers: Answers, context: Context = NO_CONTEXT) -> tuple[Problem, ...]:
    """Return what is wrong as seen by an answers file: what only the wizard asks (addresses it splits, the target folder) is left out."""
    hidden = {f.path: f.stands_for for s in answers.steps for f in s.fields if not f.in_file}
    found = all_problems(answers, context)
    return tuple(
        replace(problem, path=hidden.get(problem.path) or problem.path)
        for problem in found
        if problem.path not in hidden or problem.rule not in ("required", "form")
    )


def gathered(problems: Iterable[Problem], step: Step, answers: Answers) -> tuple[Problem, ...]:
    """Return the problems of a step, each once; those of a hidden table are moved to the field that stands for its rows."""
    unasked = [table.path for table in step.tables if not table.in_form_for(answers)]
    stand_ins = [field for field in step.fields if "[]" in field.stands_for and field.in_form_for(answers)]
    found: dict[Problem, None] = {}
    for problem in problems:
        head, _bracket, rest = problem.path.partition("[")
        if head in unasked and stand_ins:
            column = f"{head}[].{rest.partition('].')[2]}"
            field = next((each for each in stand_ins if each.stands_for == column), stand_ins[0])
            found[replace(problem, path=field.path)] = None
        else:
            found[problem] = None
    return tuple(found)


def cells_lost(before: Answers, after: Answers) -> tuple[str, ...]:
    """Return the key paths of cells that had a value in rows of the same number and have none any more."""
    lost: list[str] = []
    for path in before.tables:
        rows, kept = before.rows(path), after.rows(path)
        if len(rows) == len(kept):
            pairs = enumerate(zip(rows, kept, strict=True))
            lost += [f"{path}[{i}].{name}" for i, (old, new) in pairs for name in old if old[name] and not new.get(name)]
    return tuple(lost)


def targets(answers: Answers, step: Step | None = None) -> tuple[Target, ...]:
    """Return everything to connect to, of one step or of all in their order."""
    steps = answers.steps if step is None else (step,)
    return tuple(target for each in steps for target in each.targets(answers))


def _table_problems(table: Table, answers: Answers) -> list[Problem]:
    return [
        problem
        for index, row in enumerate(answers.rows(table.path))
        for column in table.columns
        for problem in _field_problems(column, f"{table.path}[{index}].{column.path}", row.get(column.path), answers)
    ]


def _field_problems(field: Field, path: str, value: Value, answers: Answers) -> list[Problem]:
    if value is None or value == "":
        if field.required_for(answers):
            hint = _("Choose one.") if field.choices_for(answers) else _("Fill it in.")
            return [Problem(path, _("required."), hint, rule="required")]
        return []
    try:
        check_value(field, value, answers)
    except FieldError as fault:
        return [Problem(path, f"{fault}.", rule="form")]
    return []


def check_value(field: Field, value: Value, answers: Answers) -> None:
    """Raise ``FieldError`` when a value does not have its field's form."""
    if field.kind is FieldKind.INTEGER and isinstance(value, int):
        check_range(field, value)
    if field.kind in (FieldKind.TEXT, FieldKind.PATH) and isinstance(value, str):
        check_text(field, value)
    if field.kind in (FieldKind.CHOICE, FieldKind.KEY) and isinstance(value, str):
        check_characters(value)
    if isinstance(value, tuple):
        for word in value:
            check_characters(word if isinstance(word, str) else "")
    known = {c.value for c in field.choices_for(answers)}
    if field.kind is FieldKind.CHOICE and known and value not in known and value not in field.reserved:
        raise FieldError(_("is none of: {choices}").format(choices=", ".join(sorted(known))))


def taken_apart(field: Field, text: str, answers: Answers, siblings: Mapping[str, Field]) -> Compound | None:
    """Return the parts of a text that holds more than the field's own answer, or None; ``siblings`` are the fields by its paths.

    Raises ``FieldError`` where a part does not have the form of its field.
    """
    found = field.compound(text.strip()) if field.compound is not None else None
    if found is None:
        return None
    for path, value in found.values:
        try:
            if value is not None:
                check_value(siblings[path], value, answers)
        except FieldError as fault:
            raise FieldError(fault if path == field.path else f"{_(siblings[path].label)}: {fault}") from None
    return found


def parts_of(found: Compound, siblings: Mapping[str, Field], *, labels: bool = True) -> str:
    """Return the answers of a compound as a person reads them, secrets masked: by label, or by key path."""
    shown = ((_(siblings[path].label) if labels else path, display(value)) for path, value in found.values)
    return ", ".join(f"{name} {value}" if labels else f"{name} = {value}" for name, value in shown if value)


def step_for(problem: Problem, answers: Answers) -> Step | None:
    """Return the step where a problem can be fixed."""
    return step_of(problem.path, answers.steps)
