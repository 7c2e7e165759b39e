"""What an import has found: answers, variables that stay as they are, what is not known, and what a person should look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from nbcluster.answers.fields import Value
from nbcluster.env import read_dotenv
from nbcluster.errors import Problem


@dataclass(frozen=True)
class Taken:
    """An answer and the place that gave it: a variable, or ``image`` and the like; ``line`` is 0 where the file has none of its own."""

    path: str
    variable: str
    line: int = 0


@dataclass(frozen=True)
class Unknown:
    """Something that the file leaves open, and why; both may be shown."""

    what: str
    why: str


@dataclass(frozen=True)
class Imported:
    """The answers that a file gives, and what became of everything else in it.

    ``read`` says where each answer comes from. ``kept`` are the variables that no answer owns: they stay in the written files. ``notes`` are
    what a person has to look at; ``malformed`` are those among them at answers whose value could not be taken.
    """

    changes: tuple[tuple[str, Value], ...]
    kept: Mapping[str, str] = field(repr=False)
    notes: tuple[Problem, ...]
    read: tuple[Taken, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    malformed: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Base:
    """The variables behind ``app.base_env``: an env file as npm dotenv reads it, and the names whose values the file does not tell.

    ``neighbours`` are the other services of a compose file, whose names only its own containers know.
    """

    text: str = field(repr=False)
    unknown: Mapping[str, str] = field(default_factory=dict)
    neighbours: tuple[str, ...] = ()

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """The variables by name."""
        return read_dotenv(self.text)
