"""The journal: what a write was about to do, so that the next run can finish it or take it back.

It is trusted only where it cannot affect anything outside the folder: it, the stage and the lock are this user's own, and every path in it is
plain and leads through real folders.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbcluster.errors import ExitCode, NbclusterError, Problem, reason_of
from nbcluster.files.write.backups import BACKUPS, drop_old
from nbcluster.files.write.filesystem import FileSystem
from nbcluster.files.write.folder import (
    JOURNAL,
    STAGE,
    UnsafeFolderError,
    doubts,
    is_inside,
    linked_folder,
    make_folders,
    ours,
    refusal,
    remove_folders,
)
from nbcluster.files.write.lock import locked
from nbcluster.text import _
from nbcluster.text.clean import clean

DRAFT = "journal"
"""The staged journal; renaming it into place commits the set."""
RETREAT = "retreat"
"""The staged journal that takes a write back; it replaces the journal where a step fails for good."""
EARLIER = "o"
"""First letter of the staged names of what stood at the targets."""

_LIMIT = 8 << 20
_LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
"""What was a file a moment ago may be a link or a pipe now."""
_STAGED = re.compile(rf"[a-z]\d{{1,9}}|{DRAFT}|{RETREAT}")
_NOTHING = "nothing"
"""A name that nothing in the stage has."""
_REAL = FileSystem()

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Journal:
    """The steps of a write, each of which may have been done already.

    ``moves`` are staged names and where they go, in order; then ``removals`` go. ``earlier`` are staged names of what stood at
    the targets. With ``back`` all that is undone.
    """

    moves: Pairs
    removals: tuple[str, ...]
    earlier: Pairs = ()
    back: bool = False

    def encode(self) -> bytes:
        """Return the journal as it is written."""
        document = {"schema": 1, "moves": self.moves, "removals": self.removals, "earlier": self.earlier, "back": self.back}
        return json.dumps(document).encode()

    @property
    def targets(self) -> tuple[str, ...]:
        """Every path that may be written or removed."""
        return (*(target for _staged, target in self.moves), *self.removals, *(target for _staged, target in self.earlier))


def read_journal(directory: Path, system: FileSystem = _REAL) -> Journal | None:
    """Return the journal that stands in a folder, or None; raises ``NbclusterError`` (exit 7) for one that is not obeyed."""
    path = directory / JOURNAL
    if not ours(path, system, folder=False, remedy=_way_out(directory)):
        return None
    try:
        handle = os.open(path, _LOOK)
        with os.fdopen(handle, "rb") as stream:
            data = stream.read(_LIMIT + 1)
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise refusal(path, _("cannot be read ({reason})").format(reason=reason_of(fault)), _way_out(directory)) from None
    try:
        journal = _parsed(data)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise refusal(path, _("is not a journal that nbcluster writes"), _way_out(directory)) from None
    if not ours(directory / STAGE, system, folder=True, remedy=_way_out(directory)):
        if system.status(path) is None:
            return None
        raise refusal(path, _("stands there without {stage}").format(stage=STAGE), _way_out(directory))
    _check_stage(directory, system)
    return journal


def _check_stage(directory: Path, system: FileSystem) -> list[Path]:
    """Return the staged files; raises ``NbclusterError`` (exit 7) for anything that does not belong to a write."""
    try:
        staged = sorted((directory / STAGE).iterdir())
    except FileNotFoundError:
        return []
    for path in staged:
        found = system.status(path)
        kept = path.name.startswith(EARLIER)
        regular = found is None or stat.S_ISREG(found.st_mode) or (kept and stat.S_ISLNK(found.st_mode))
        own = found is None or kept or found.st_uid == system.user()
        if not _STAGED.fullmatch(path.name) or not regular or not own:
            raise refusal(path, _("is not what nbcluster put there"), _way_out(directory))
    return staged


def _parsed(data: bytes) -> Journal:
    if len(data) > _LIMIT:
        raise ValueError
    document: Any = json.loads(data)
    if document["schema"] != 1 or document.get("back", False) not in (True, False):
        raise ValueError
    journal = Journal(
        _pairs(document["moves"]), _paths(document["removals"]), _pairs(document.get("earlier", [])), document.get("back", False)
    )
    if not all(is_inside(path) for path in journal.targets):
        raise ValueError
    if not all(_STAGED.fullmatch(staged) for staged, _target in (*journal.moves, *journal.earlier)):
        raise ValueError
    return journal


def _pairs(value: Any) -> Pairs:
    if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise TypeError
    return tuple((_text(staged), _text(target)) for staged, target in value)


def _paths(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_text(path) for path in value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _way_out(directory: Path) -> str:
    return _("Look at it and at {stage}: if what is there is not yours or not needed, remove both and run again.").format(
        stage=clean(str(directory / STAGE))
    )


def is_due(directory: Path, system: FileSystem = _REAL) -> bool:
    """Tell whether an interrupted write stands in a folder."""
    return any(system.status(directory / name) is not None for name in (JOURNAL, STAGE))


def located(directory: Path, path: str, system: FileSystem = _REAL) -> Path:
    """Return where the content stands that a path has once a due recovery is done; the file there may not exist.

    Raises ``NbclusterError`` (exit 7) for a journal that is not obeyed.
    """
    journal = read_journal(directory, system)
    if journal is None:
        return directory / path
    if not journal.back:
        staged = {target: directory / STAGE / name for name, target in journal.moves}
        if path in staged and system.status(staged[path]) is not None:
            return staged[path]
        return directory / STAGE / _NOTHING if path in journal.removals else directory / path
    if path in _untouched(directory, journal, system):
        return directory / path
    kept = {target: directory / STAGE / name for name, target in journal.earlier}
    if path in kept:
        return kept[path] if system.status(kept[path]) is not None else directory / path
    return directory / STAGE / _NOTHING if path in journal.targets else directory / path


def announced(directory: Path, system: FileSystem = _REAL) -> str | None:
    """Return a sentence about the recovery that is due, or None; raises ``NbclusterError`` (exit 7) for one that cannot be done."""
    try:
        if not is_due(directory, system):
            return None
        journal = read_journal(directory, system)
        if journal is None:
            if ours(directory / STAGE, system, folder=True, remedy=_way_out(directory)):
                _check_stage(directory, system)
            return _("remains of an interrupted write are there: the next run removes them. The files are a complete set.")
    except OSError as fault:
        raise unwritable(directory, fault) from None
    if journal.back:
        return _("an interrupted write is there: the next run takes it back. This compares with the earlier set.")
    return _("an interrupted write is there: the next run completes it. This compares with the later set.")


@contextmanager
def held(directory: Path, *, trust: bool = False, system: FileSystem = _REAL) -> Iterator[str | None]:
    """Lock a folder for this run, so that nobody changes it between reading and writing.

    An interrupted write is completed or taken back first; gives a sentence about that, or None where there was none. A folder that was
    not there is made, and is gone again when the run fails. Raises ``NbclusterError`` (exit 7).
    """
    made: list[Path] = []
    try:
        with ExitStack() as stack:
            try:
                _consent(directory, (), system, trust=trust)
                made = make_folders(directory, [directory], system)
                _consent(directory, (), system, trust=trust)
                stack.enter_context(locked(directory, system))
                recovered = recover_locked(directory, system, trust=trust)
            except OSError as fault:
                raise unwritable(directory, fault) from None
            yield recovered
    except BaseException:
        remove_folders(made, system)
        raise


def _consent(directory: Path, paths: tuple[str, ...], system: FileSystem, *, trust: bool) -> None:
    found = doubts(directory, paths, system)
    if found and not trust:
        raise UnsafeFolderError(directory, found)


def recover_locked(directory: Path, system: FileSystem, *, trust: bool) -> str | None:
    """Complete or take back an interrupted write in a folder that is held; returns a sentence about it, None where there was none.

    The journal is renamed into place only when every staged file is on the disk: with it the set is completed, without it dropped.
    Raises ``NbclusterError`` (exit 7) where neither is possible.
    """
    if not is_due(directory, system):
        return None
    journal = read_journal(directory, system)
    if journal is None:
        clear_stage(directory, system)
        return _("remains of an interrupted write were removed: the files are a complete set.")
    for path in journal.targets:
        link = linked_folder(directory, path, system)
        if link is not None:
            remedy = _("Make it a folder, or look at {journal} and {stage} and remove both; then run again.")
            what = _("is a symlink, and an interrupted write is not completed through it")
            raise refusal(link, what, remedy.format(journal=JOURNAL, stage=STAGE))
    _consent(directory, journal.targets, system, trust=trust)
    make_folders(directory, [(directory / target).parent for target in journal.targets], system)
    if journal.back:
        _take_back(directory, journal, system)
        return _("an interrupted write was taken back: the files are the earlier set.")
    carry_out(directory, journal, system)
    drop_old(directory, [target for _staged, target in journal.moves if target.startswith(f"{BACKUPS}/")], system)
    return _("an interrupted write was completed: the files are the later set.")


def carry_out(directory: Path, journal: Journal, system: FileSystem) -> None:
    """Do what a journal in place says; raises ``NbclusterError`` where a step fails for good, with the earlier set put back."""
    try:
        system.sync_folder(directory)
        for staged, target in journal.moves:
            if system.status(directory / STAGE / staged) is not None:
                _move(directory, staged, target, system)
        for path in journal.removals:
            system.unlink(directory / path)
        _sync(directory, journal, system)
    except OSError as fault:
        raise _given_up(directory, journal, fault, system) from None
    _finished(directory, system, _("All files are the later set."))


def _move(directory: Path, staged: str, target: str, system: FileSystem) -> None:
    """Rename a staged file into place; a fault is told of the target, whatever file the system names."""
    try:
        system.replace(directory / STAGE / staged, directory / target)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(directory / target)) from None


def _given_up(directory: Path, journal: Journal, fault: OSError, system: FileSystem) -> NbclusterError:
    """Put the earlier files back and return what is to be told."""
    path, reason = clean(str(fault.filename or directory)), reason_of(fault)
    if system.status(directory / STAGE / RETREAT) is None:
        return _stuck(directory, journal, path, reason, system)
    try:
        system.replace(directory / STAGE / RETREAT, directory / JOURNAL)
        _undo(directory, replace(journal, back=True), system)
    except OSError:
        return _stuck(directory, journal, path, reason, system)
    _finished(directory, system, _("All files are the earlier set."))
    message = _("{path} cannot be replaced: {reason}. The earlier files were put back: nothing is changed.")
    return NbclusterError(ExitCode.UNWRITABLE, message.format(path=path, reason=reason))


def _stuck(directory: Path, journal: Journal, path: str, reason: str, system: FileSystem) -> NbclusterError:
    """Return the error for a folder that holds files of both sets until the cause is fixed."""
    message = _(
        "{path} cannot be replaced: {reason}, and the earlier files could not be put back. Some files below are of the later set"
        " and some of the earlier one. Fix the cause, leave {stage} where it is, and run again: that completes the write or takes it back."
    )
    untouched = _untouched(directory, journal, system)
    put_back = {target for staged, target in journal.earlier if system.status(directory / STAGE / staged) is None}
    problems = []
    for target in dict.fromkeys(journal.targets):
        is_earlier = target in untouched or target in put_back or system.status(directory / target) is None
        state = _("is of the earlier set.") if is_earlier else _("is of the later set.")
        problems.append(Problem(clean(str(directory / target)), state))
    return NbclusterError(
        ExitCode.UNWRITABLE, message.format(path=path, reason=reason, stage=clean(str(directory / STAGE))), tuple(problems)
    )


def _take_back(directory: Path, journal: Journal, system: FileSystem) -> None:
    try:
        _undo(directory, journal, system)
    except OSError as fault:
        raise _stuck(directory, journal, clean(str(fault.filename or directory)), reason_of(fault), system) from None
    _finished(directory, system, _("All files are the earlier set."))


def _untouched(directory: Path, journal: Journal, system: FileSystem) -> frozenset[str]:
    """Return the targets that a journal's moves and removals have not reached."""
    moves = {target for staged, target in journal.moves if system.status(directory / STAGE / staged) is not None}
    return frozenset(moves | {path for path in journal.removals if system.status(directory / path) is not None})


def _undo(directory: Path, journal: Journal, system: FileSystem) -> None:
    """Put the earlier files back and remove those that had none; each part may have been done already."""
    untouched = _untouched(directory, journal, system)
    for staged, target in reversed(journal.earlier):
        if target not in untouched and system.status(directory / STAGE / staged) is not None:
            _move(directory, staged, target, system)
    had_one = {target for _staged, target in journal.earlier}
    for _staged, target in journal.moves:
        if target not in untouched and target not in had_one:
            system.unlink(directory / target)
    _sync(directory, journal, system)


def _sync(directory: Path, journal: Journal, system: FileSystem) -> None:
    for folder in sorted({(directory / target).parent for target in journal.targets} | {directory}):
        if folder.is_dir():
            system.sync_folder(folder)


def _finished(directory: Path, system: FileSystem, state: str) -> None:
    """Remove journal and stage; raises ``NbclusterError`` with the state of the files where they stay."""
    try:
        system.unlink(directory / JOURNAL)
        clear_stage(directory, system)
    except OSError as fault:
        message = _("{path} cannot be removed: {reason}. {state} Remove it by hand, or run again.")
        path = clean(str(fault.filename or directory / JOURNAL))
        raise NbclusterError(ExitCode.UNWRITABLE, message.format(path=path, reason=reason_of(fault), state=state)) from None


def clear_stage(directory: Path, system: FileSystem) -> None:
    """Remove what was staged; raises ``NbclusterError`` for anything else that stands there."""
    if not ours(directory / STAGE, system, folder=True, remedy=_way_out(directory)):
        return
    for path in _check_stage(directory, system):
        system.unlink(path)
    system.rmdir(directory / STAGE)


def abandon(directory: Path, system: FileSystem) -> None:
    """Drop a write of which nothing is done; the journal goes first, so that it never stands alone."""
    system.unlink(directory / JOURNAL)
    clear_stage(directory, system)


def unwritable(directory: Path, fault: OSError) -> NbclusterError:
    """Return the fault of a write that changed nothing, with the file or folder of the user's that it is about."""
    where = Path(str(fault.filename or directory))
    if where.is_relative_to(directory) and any(part.startswith(".nbcluster-") for part in where.relative_to(directory).parts):
        where = directory
    message = _(
        "{path} cannot be written: {reason}. Nothing was changed; choose another folder, or correct its permissions or space."
    )
    return NbclusterError(ExitCode.UNWRITABLE, message.format(path=clean(str(where)), reason=reason_of(fault)))
