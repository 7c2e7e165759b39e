"""Answers for a command that runs without a screen: from a file, or from a saved session and its secrets."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbcluster.answers import Answers
from nbcluster.answersfile import fill_secrets, read_secrets
from nbcluster.flow import infer
from nbcluster.rules import Context


@dataclass(frozen=True)
class Given:
    """The answers of a run, the folder that their session was exported to or that they were written to, and what other sessions use."""

    answers: Answers
    exported_to: str
    claims: Mapping[tuple[str, int, str], str]
    session: str = ""


def given(options: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> Given:
    """Load what ``--answers`` or ``--session`` names; raises ``NbclusterError``."""
    if options.answers is not None:
        from nbcluster.writer import written_folder

        return Given(from_file(options.answers, environment), written_folder(options.answers), {})
    from nbcluster.store import SessionStore

    store = SessionStore()
    session = store.load(options.session)
    values = read_secrets(options.secrets) if options.secrets is not None else dict(environment)
    claims = store.claims(session.name)
    answers = fill_secrets(session.answers, {**environment, **values})
    return Given(infer(answers, Context(claims)), session.exported_to, claims, session.name)


def from_file(path: Path, environment: Mapping[str, str] = os.environ) -> Answers:
    """Load an answers file with what its ``base_env`` answers."""
    from nbcluster.exporting import load_answers

    return infer(load_answers(path, environment))
