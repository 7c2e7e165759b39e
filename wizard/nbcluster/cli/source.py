"""Answers for a command that runs without a screen: from a file, or from a saved session, and the secrets of either."""

from __future__ import annotations

import argparse
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.answers.answers import Answers
from nbcluster.answers.file import Variables, fill_secrets, read_secrets, unused_names
from nbcluster.answers.flow import infer
from nbcluster.cli.output import talk
from nbcluster.errors import Problem
from nbcluster.steps.model import Context
from nbcluster.text import _

if TYPE_CHECKING:
    from nbcluster.sessions.store import SessionStore


@dataclass(frozen=True)
class Given:
    """The answers of a run, the folder that their session was exported to or that they were written to, and what other sessions use."""

    answers: Answers
    exported_to: str
    claims: Mapping[tuple[str, int, str], str]
    session: str = ""
    notes: tuple[Problem, ...] = ()
    store: SessionStore | None = None


def given(options: argparse.Namespace, environment: Mapping[str, str] = os.environ, spared: Collection[str] = ()) -> Given:
    """Load what ``--answers`` or ``--session`` names, with the secrets of ``--secrets``, the environment and the written folder.

    Secrets at the key paths ``spared`` may be missing. Raises ``NbclusterError``.
    """
    with _variables(options.secrets, environment) as (values, notes):
        found = _from_file(options, values, spared) if options.answers is not None else _from_session(options, values, spared)
    return replace(found, notes=(*found.notes, *notes))


@contextmanager
def _variables(file: Path | None, environment: Mapping[str, str]) -> Iterator[tuple[Variables, list[Problem]]]:
    """Yield the environment with what a secrets file sets, and the list that gets a note for each name that nothing asked for.

    The notes are said whatever happens: a misspelt name explains the one that is missing.
    """
    own = read_secrets(file, talk) if file is not None else {}
    values, notes = Variables({**environment, **own}), list[Problem]()
    try:
        yield values, notes
    finally:
        if file is not None:
            notes += unused_names(own, values.asked, file)
        for note in notes:
            talk(note.line())


def _from_file(options: argparse.Namespace, values: Variables, spared: Collection[str]) -> Given:
    from nbcluster.files.answersfile import load_answers
    from nbcluster.files.write import written_folder

    loaded = load_answers(options.answers, values, spared)
    for note in loaded.notes:
        talk(note.line())
    return Given(infer(loaded.answers), written_folder(options.answers), {}, notes=loaded.notes)


def _from_session(options: argparse.Namespace, values: Variables, spared: Collection[str]) -> Given:
    from nbcluster.files.foldersecrets import WrittenSecrets
    from nbcluster.sessions.store import SessionStore

    store = SessionStore()
    session = store.load(options.session)
    owner = store.owner(session.name)
    # a command that writes takes the lock, and is refused
    if owner and getattr(options, "dry_run", True):
        talk(_("the session {name} is in use by {owner}: what was saved last is used.").format(name=session.name, owner=owner))
    claims = store.claims(session.name)
    recall = WrittenSecrets(Path(session.exported_to)).recall if session.exported_to else None
    answers = fill_secrets(session.answers, values, recall, spared)
    return Given(infer(answers, Context(claims)), session.exported_to, claims, session.name, store=store)
