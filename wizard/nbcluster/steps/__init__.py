"""The steps in their order, and what is derived from all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Field, Table
from nbcluster.steps import balancer, connections, database, export, keys, middleware, multicore, nodes, review, start, storage
from nbcluster.steps import license as license_
from nbcluster.steps.model import Step, StepFace, Variable

STEPS: tuple[Step, ...] = (
    start.STEP,
    license_.STEP,
    middleware.STEP,
    database.STEP,
    connections.STEP,
    keys.STEP,
    storage.STEP,
    nodes.STEP,
    balancer.STEP,
    multicore.STEP,
    review.STEP,
    export.STEP,
)

__all__ = ["STEPS", "Step", "StepFace", "Variable", "fields_by_path", "new_answers", "step_of", "tables_by_path"]


def fields_by_path(steps: tuple[Step, ...] = STEPS) -> Mapping[str, Field]:
    """Return every field that is not a table's column, by key path, in the order of the steps."""
    return {field.path: field for step in steps for field in step.fields}


def tables_by_path(steps: tuple[Step, ...] = STEPS) -> Mapping[str, Table]:
    """Return every table by key path, with the columns that all steps declare for it."""
    found: dict[str, Table] = {}
    for table in (table for step in steps for table in step.tables):
        before = found.get(table.path)
        found[table.path] = table if before is None else replace(before, columns=(*before.columns, *table.columns))
    return found


def new_answers(steps: tuple[Step, ...] = STEPS) -> Answers:
    """Return answers in which everything stands at its default."""
    return Answers(steps, fields_by_path(steps), tables_by_path(steps))


def step_of(path: str, steps: tuple[Step, ...]) -> Step | None:
    """Return the step where a key path is asked; of a table's column the step that declares the column."""
    head, _bracket, rest = path.partition("[")
    column = rest.partition("].")[2]
    for step in steps:
        if any(field.path == path for field in step.fields):
            return step
        if any(table.path == head and (not column or any(c.path == column for c in table.columns)) for table in step.tables):
            return step
    return next((s for s in steps if any(path.startswith(f.path + ".") or f.path.startswith(path + ".") for f in s.fields)), None)
