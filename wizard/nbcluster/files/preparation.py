"""The set of files of the present answers: made once per state of the answers, in the calling thread, and cached."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.answers.answers import Answers
from nbcluster.answers.secret import Secret
from nbcluster.errors import ExitCode, InvalidAnswersError, NbclusterError, Problem, reason_of
from nbcluster.files.keyfiles import FIXED
from nbcluster.text import _
from nbcluster.text.clean import clean

if TYPE_CHECKING:
    from nbcluster.files.fileset import Prepared

_KEPT_NAMES = (*FIXED, "manifest.json")
"""Files of a target folder that a set is merged with or takes its keys from; the nodes' own come on top."""


@dataclass(frozen=True)
class Request:
    """Everything that a set of files is made from; frozen, so that another thread may work on it."""

    answers: Answers
    directory: Path
    claims: Mapping[tuple[str, int, str], str] = field(default_factory=dict)
    exported_to: str = ""
    own_problems: tuple[Problem, ...] = ()
    """Problems beside those of the rules that prevent writing."""
    exported_state: str = ""
    """What ``exported_to`` held when the session wrote it, as ``folder_state`` tells it."""


@dataclass(frozen=True)
class Outlook:
    """What writing would do: the set, the lines that change per file, and what somebody else edited or wrote since the last run."""

    directory: Path
    prepared: Prepared
    changes: tuple[tuple[str, tuple[str, ...]], ...]
    edited: tuple[Problem, ...]


class Preparation:
    """Makes sets of files; safe to call from any thread, one at a time does the work."""

    def __init__(self, token_hex: Callable[[int], str]) -> None:
        self._token_hex = token_hex
        self._drawn: dict[str, Secret] = {}
        self._lock = threading.Lock()
        self._kept: tuple[Request, object, Prepared] | None = None

    def prepared(self, request: Request) -> Prepared:
        """Return the set for a state of the answers and of the files that it is merged with.

        Raises ``InvalidAnswersError``, or ``NbclusterError`` (exit 7) for a folder that cannot be looked into.
        """
        with self._lock:
            return self._make(request)

    def anew(self, request: Request) -> Prepared:
        """Return the set as ``prepared`` does, without the cache: what is written is made from the files as they are now."""
        with self._lock:
            self._kept = None
            return self._make(request)

    def outlook(self, request: Request) -> Outlook:
        """Return what writing would do to what stands in the folder now; raises as ``prepared`` does."""
        from nbcluster.files.export import diffs, foreign_edits, written_since

        with self._lock:
            prepared = self._make(request)
            with _readable():
                changes = diffs(prepared, request.directory)
                edited = foreign_edits(prepared, request.directory)
                # a folder that already holds what would be written loses nothing
                if changes and str(request.directory) == request.exported_to:
                    edited = (*written_since(prepared, request.directory, request.exported_state), *edited)
                return Outlook(request.directory, prepared, changes, edited)

    def forget(self) -> None:
        """Draw new keys from now on: the earlier ones have been written."""
        with self._lock:
            self._kept = None
            self._drawn = {}

    def _make(self, request: Request) -> Prepared:
        from nbcluster.files.fileset import prepare

        if request.own_problems:
            raise InvalidAnswersError(request.own_problems)
        with _readable():
            stamp = _stamp(request)
            if self._kept is not None and self._kept[:2] == (request, stamp):
                return self._kept[2]
            made = prepare(
                request.answers,
                request.directory,
                claims=request.claims,
                exported_to=request.exported_to,
                token_hex=self._token_hex,
                drawn=self._drawn,
            )
        self._kept = (request, stamp, made)
        return made


@contextmanager
def _readable() -> Iterator[None]:
    """Report a failure of the file system as a message to the user, not as an internal error."""
    try:
        yield
    except OSError as fault:
        reason = reason_of(fault)
        message = _("{file} cannot be read: {reason}.").format(file=clean(str(fault.filename or "?")), reason=reason)
        raise NbclusterError(ExitCode.UNWRITABLE, message) from None


def _stamp(request: Request) -> object:
    """Return what tells whether a file that a set depends on has changed."""
    base = request.answers.text("app.base_env")
    file = os.path.expanduser(base)  # noqa: PTH111 - Path's own raises for a user that is not known
    # compose reads the .env beside its file by itself
    paths = [Path(file), Path(file).parent / ".env"] if base else []
    for folder in dict.fromkeys((request.directory, Path(request.exported_to or request.directory))):
        paths += [folder / name for name in _KEPT_NAMES]
        with suppress(ValueError):
            paths += sorted((folder / "nodes").glob("*.env"))
    return tuple(_mark(path) for path in paths)


def _mark(path: Path) -> tuple[str, int, int, int] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return (str(path), found.st_mtime_ns, found.st_size, found.st_ino)
