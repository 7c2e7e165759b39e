"""What a step is: fields, rules, targets and variables, declared in one place."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Field, Table
from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import Target
from nbcluster.errors import Problem


class StepFace(StrEnum):
    """How front ends present a step."""

    FORM = "form"
    BOARD = "board"
    REVIEW = "review"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable of every node; ``comment``, a message id, stands above it in a fresh file."""

    name: str
    value: str | Secret
    comment: str = ""


def _own_account() -> str:
    """Return the name of the account that runs this program; "" where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


@dataclass(frozen=True)
class Context:
    """What a rule may know beside the answers.

    ``claims``: (host, port, database) of Redis and (host, port, name) of databases that other saved sessions use, with the session's name.
    ``base_env``: variables of the imported file. ``base_unknown``: names that it sets to what it does not tell, and why.
    ``kept_env``: variables of the .env that stands in the target folder. ``neighbours``: the other services of an imported compose file.
    ``account``: the account that runs this program.
    """

    claims: Mapping[tuple[str, int, str], str] = field(default_factory=dict)
    base_env: Mapping[str, str] = field(default_factory=dict)
    kept_env: Mapping[str, str] = field(default_factory=dict)
    base_unknown: Mapping[str, str] = field(default_factory=dict)
    neighbours: tuple[str, ...] = ()
    account: str = field(default_factory=_own_account)


@dataclass(frozen=True)
class Rule:
    """A named condition that answers have to meet; ``problems`` says where they do not, each at the key path where it can be fixed."""

    name: str
    problems: Callable[[Answers, Context], Iterable[Problem]]


def _nothing(_answers: Answers) -> tuple[()]:
    return ()


def _same(answers: Answers, _context: Context) -> Answers:
    return answers


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
    face: StepFace = StepFace.FORM
    notes: Callable[[Answers], Iterable[str]] = _nothing
