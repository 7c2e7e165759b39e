"""Loads an answers file with what belongs to it: the file that it imports, and the secrets that were written beside it."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.answers.answers import Answers
from nbcluster.errors import InvalidAnswersError, Problem
from nbcluster.files.formats import ANSWERS_FILE
from nbcluster.system.inputfile import expanded

if TYPE_CHECKING:
    from nbcluster.answers.file import Loaded
    from nbcluster.answers.importer.model import Base


def load_answers(path: Path, environment: Mapping[str, str] = os.environ, spared: Collection[str] = ()) -> Loaded:
    """Load an answers file with what its ``base_env`` answers, whose path counts from the file's folder.

    Secrets whose variable is not set are those that were written beside the file; at the key paths ``spared`` they may be missing.
    Raises ``InvalidAnswersError`` with the problems of both files.
    """
    from nbcluster.answers.file import load

    recall, place = None, expanded(path, str(path))
    if place.name == ANSWERS_FILE:
        from nbcluster.files.foldersecrets import WrittenSecrets

        beside_it = WrittenSecrets.beside(place)
        recall = beside_it.recall if beside_it is not None else None
    return load(path, environment, fill=imported_answers, recall=recall, spared=spared)


def imported_answers(answers: Answers, folder: Path) -> tuple[Answers, tuple[Problem, ...]]:
    """Return answers with what their ``base_env``, a path relative to a folder, answers beside them, and what is wrong with it."""
    name = answers.text("app.base_env")
    if not name:
        return answers, ()
    # the importer is large, and few answers name a file for it
    from nbcluster.answers.importer import filled
    from nbcluster.answers.importer.disk import import_path

    try:
        path = folder / expanded(name, "app.base_env")
        answers = answers.with_("app.base_env", str(path), answers.source("app.base_env"))
        return filled(answers, import_path(path, "app.base_env", answers.steps))
    except InvalidAnswersError as fault:
        return answers, fault.problems


def imported_base(answers: Answers) -> Base | None:
    """Return the variables of the imported file, None where none was named; raises ``InvalidAnswersError`` for one that cannot be read."""
    if not answers.text("app.base_env"):
        return None
    from nbcluster.answers.importer.disk import base_file_of

    return base_file_of(answers)
