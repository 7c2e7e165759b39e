"""The ways into a wizard run: nothing yet, a saved session, an answers file; and an env file that is imported on top."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.answers.flow import infer
from nbcluster.controller import Controller, fresh_session
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.files.write import written_folder
from nbcluster.sessions.session import Session
from nbcluster.sessions.store import SessionStore
from nbcluster.steps.model import Context
from nbcluster.text import _, language

if TYPE_CHECKING:
    from nbcluster.answers.importer import Imported


def from_nothing(name: str = "", store: SessionStore | None = None) -> Controller:
    """Return a controller on an empty session; without a name it gets the first free one."""
    store = store or SessionStore()
    taken = {info.name for info in store.list()}
    name = name or next(n for n in ("nocobase", *(f"nocobase-{i}" for i in range(2, 1000))) if n not in taken)
    if name in taken:
        raise NbclusterError(
            ExitCode.INVALID, _("there is a session {name} already: open it, or choose another name.").format(name=name)
        )
    session = fresh_session(name)
    return _open(replace(session, answers=session.answers.with_("output.language", language())), store)


def from_session(name: str, store: SessionStore | None = None) -> Controller:
    """Return a controller on a saved session, or on a fresh one of that name."""
    store = store or SessionStore()
    if name not in {info.name for info in store.list()}:
        return from_nothing(name, store)
    return _open(store.load(name), store)


def from_answers(path: Path, store: SessionStore | None = None) -> Controller:
    """Return a controller that begins with the answers of a file; a session of that name must not be in use."""
    store = store or SessionStore()
    from nbcluster.files.exporting import load_answers

    loaded = load_answers(path)
    name = loaded.answers.text("name")
    answers = infer(loaded.answers, Context(store.claims(name)))
    controller = _open(Session(name=name, answers=answers, step="start", exported_to=written_folder(path)), store)
    controller.notice = "\n".join(note.line() for note in loaded.notes)
    return controller


def from_import(path: Path, store: SessionStore | None = None) -> Controller:
    """Return a controller that begins with what an existing installation's file gives, its report kept in it.

    Raises ``InvalidAnswersError`` before there is a session.
    """
    from nbcluster.files.exporting import import_path

    imported = import_path(path, "app.base_env")
    controller = from_nothing("", store)
    controller.take_import(imported)
    return controller


def _open(session: Session, store: SessionStore) -> Controller:
    store.acquire(session.name)
    return Controller(session, store, claims=store.claims(session.name))


def import_into(controller: Controller, path: Path) -> Imported:
    """Fill the answers from a file of an existing installation, whose other variables are kept; returns what was found.

    Raises ``InvalidAnswersError``, changing nothing.
    """
    from nbcluster.files.exporting import import_path

    imported = import_path(path, "app.base_env")
    controller.take_import(imported)
    return imported
