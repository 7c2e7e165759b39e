"""Answers for a command that runs without a screen: from a file, or from a saved session and its secrets."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.answers import Answers
from nbcluster.answersfile import fill_secrets, read_secrets
from nbcluster.cli.output import talk
from nbcluster.flow import infer
from nbcluster.problems import Problem
from nbcluster.rules import Context
from nbcluster.text import _

if TYPE_CHECKING:
    from nbcluster.store import SessionStore


@dataclass(frozen=True)
class Given:
    """The answers of a run, the folder that their session was exported to or that they were written to, and what other sessions use."""

    answers: Answers
    exported_to: str
    claims: Mapping[tuple[str, int, str], str]
    session: str = ""
    notes: tuple[Problem, ...] = ()
    store: SessionStore | None = None


def given(options: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> Given:
    """Load what ``--answers`` or ``--session`` names; raises ``NbclusterError``."""
    if options.answers is not None:
        from nbcluster.writer import written_folder

        answers, notes = from_file(options.answers, environment)
        return Given(answers, written_folder(options.answers), {}, notes=notes)
    from nbcluster.store import SessionStore

    store = SessionStore()
    session = store.load(options.session)
    owner = store.owner(session.name)
    # who is going to write takes the lock, and is refused
    if owner and getattr(options, "dry_run", True):
        talk(_("the session {name} is in use by {owner}: what was saved last is used.").format(name=session.name, owner=owner))
    values = read_secrets(options.secrets) if options.secrets is not None else dict(environment)
    claims = store.claims(session.name)
    answers = fill_secrets(session.answers, {**environment, **values})
    return Given(infer(answers, Context(claims)), session.exported_to, claims, session.name, store=store)


def from_file(path: Path, environment: Mapping[str, str] = os.environ) -> tuple[Answers, tuple[Problem, ...]]:
    """Load an answers file with what its ``base_env`` answers; says and returns what was read otherwise than it is written."""
    from nbcluster.exporting import load_answers

    loaded = load_answers(path, environment)
    for note in loaded.notes:
        talk(note.line())
    return infer(loaded.answers), loaded.notes
