"""What a step is: fields, rules, targets, variables and summary, declared in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Field, Table
from nbcluster.answers.rules import Context, Rule
from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import Target


class StepFace(StrEnum):
    """How front ends present a step."""

    FORM = "form"
    BOARD = "board"
    REVIEW = "review"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable of every node; ``section`` heads its block in a fresh file (a message id is not needed: comments are English)."""

    name: str
    value: str | Secret
    comment: str = ""


def _nothing(_answers: Answers) -> tuple[()]:
    return ()


def _same(answers: Answers, _context: Context) -> Answers:
    return answers


def _always(_answers: Answers) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """One page of the wizard.

    ``title`` and ``why`` are message ids. ``variables`` gives what its fields' plain ``variable`` names cannot say.
    ``derive`` recomputes answers that follow from others; ``infer`` restores wizard-only answers from what a file holds.
    ``targets`` are checked in the background when the step is left.
    """

    id: str
    title: str
    why: str = ""
    fields: tuple[Field, ...] = ()
    tables: tuple[Table, ...] = ()
    rules: tuple[Rule, ...] = ()
    targets: Callable[[Answers], Iterable[Target]] = _nothing
    variables: Callable[[Answers], Iterable[Variable]] = _nothing
    derive: Callable[[Answers, Context], Answers] = _same
    infer: Callable[[Answers, Context], Answers] = _same
    applies: Callable[[Answers], bool] = _always
    face: StepFace = StepFace.FORM
    summary: Callable[[Answers], Iterable[tuple[str, str]]] | None = None
    notes: Callable[[Answers], Iterable[str]] = _nothing
