"""What the rules need from the disk: the variables of the imported file, and the keys in the target folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Value
from nbcluster.errors import NbclusterError, Problem
from nbcluster.steps.model import Context
from nbcluster.system.inputfile import target_path
from nbcluster.text import _
from nbcluster.text.clean import clean

if TYPE_CHECKING:
    from nbcluster.answers.importer.model import Base

_AROUND = ("app.base_env", "app.deployment", "app.installation", "app.key", "app.aes_key", "export.directory")
"""The answers that decide what is read from the disk for the rules."""


@dataclass(frozen=True)
class Surroundings:
    """What the rules need from the disk, and what could not be read; ``named`` are the answers that decided what is read."""

    named: tuple[Value, ...] = ()
    context: Context = field(default_factory=Context)
    problems: tuple[Problem, ...] = ()


def look_around(answers: Answers, exported_to: str) -> Surroundings:
    """Read what the rules need from the disk (the imported file, the keys of the target folder); never raises, whatever the answers name."""
    named = named_by(answers)
    try:
        directory = folder_of(answers)
    except NbclusterError:
        directory = None
    try:
        return Surroundings(named, context_for(answers, directory, exported_to=exported_to))
    except NbclusterError as fault:
        return Surroundings(named, problems=fault.problems or (Problem("app.base_env", fault.message),))
    except (OSError, RuntimeError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or _("this is no path")
        message = _("{file} cannot be read: {reason}.").format(file=clean(answers.text("app.base_env"), 200), reason=reason)
        hint = _("Check the path and its permissions.")
        return Surroundings(named, problems=(Problem("app.base_env", message, hint),))


def folder_of(answers: Answers) -> Path:
    """Return the target folder; raises ``NbclusterError`` for one that cannot be a path."""
    return target_path(answers.text("export.directory"), "export.directory")


def named_by(answers: Answers) -> tuple[Value, ...]:
    """Return the answers that decide what is read."""
    return tuple(answers[path] for path in _AROUND)


def context_for(
    answers: Answers,
    directory: Path | None,
    claims: Mapping[tuple[str, int, str], str] | None = None,
    exported_to: str = "",
) -> Context:
    """Return the context of the rules; problems with the keys in the folder are left to ``prepare``."""
    from nbcluster.files.answersfile import imported_base

    base = imported_base(answers)
    base_env = base.variables if base is not None else {}
    kept: Mapping[str, str] = {}
    if directory is not None:
        from nbcluster.files.keyfiles import keys_there

        try:
            kept = keys_there(answers, directory, exported_to, base_env)[1].values
        except NbclusterError:
            kept = {}
    return with_base(Context(claims or {}, base_env, kept), base)


def with_base(context: Context, base: Base | None) -> Context:
    """Return the context of the rules with what an imported file tells beside its variables."""
    return context if base is None else replace(context, base_unknown=base.unknown, neighbours=base.neighbours)
