"""Reads a file of an existing installation from the disk or a pipe, with the files that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from nbcluster.answers.answers import Answers
from nbcluster.answers.importer import Base, Imported, SourceError, base_of, import_file
from nbcluster.errors import InvalidAnswersError, Problem
from nbcluster.steps import STEPS, Step
from nbcluster.system.inputfile import anchored, expanded, read_stream, read_text
from nbcluster.text import _


def read_env_text(path: Path, key_path: str) -> str:
    """Read an env file; raises ``InvalidAnswersError`` at ``key_path`` where that is not possible."""
    return read_text(expanded(path, key_path), key_path)


def import_path(path: Path, key_path: str, steps: tuple[Step, ...] = STEPS) -> Imported:
    """Read what a file of an existing installation answers of some steps; raises ``InvalidAnswersError`` at ``key_path``."""
    path = expanded(path, key_path)
    text = read_env_text(path, key_path)
    with _source_at(key_path):
        return import_file(text, str(anchored(path, key_path)), beside(path), steps)


def import_stream(stream: BinaryIO, key_path: str) -> Imported:
    """Read the answers that a stream gives; it has no path, so nothing can be kept from it. Raises like ``import_path``."""
    text = read_stream(stream, key_path)
    with _source_at(key_path):
        return import_file(text, "")


@contextmanager
def _source_at(key_path: str) -> Iterator[None]:
    """Turn a file that cannot be understood into a problem at a key path."""
    try:
        yield
    except SourceError as fault:
        where = _("line {line}").format(line=fault.line) + ": " if fault.line else ""
        problem = Problem(key_path, f"{where}{fault}", _("Name a file that sets the variables of NocoBase."))
        raise InvalidAnswersError((problem,)) from None


def beside(path: Path) -> Callable[[str], str | None]:
    """Return what reads the files that a compose file names, relative to its folder; None for one that cannot be read."""

    def load(name: str) -> str | None:
        try:
            return read_text(anchored(path, name).parent / expanded(name, name), name, pipes=False)
        except InvalidAnswersError:
            return None

    return load


def base_file_of(answers: Answers) -> Base | None:
    """Return the imported installation's variables as an env file, or None where no file was named.

    Raises ``InvalidAnswersError``.
    """
    name = answers.text("app.base_env")
    if not name:
        return None
    path = expanded(name, "app.base_env")
    # it is read more than once, which a pipe cannot be
    text = read_text(path, "app.base_env", pipes=False)
    with _source_at("app.base_env"):
        return base_of(text, str(path), beside(path), answers.steps)
