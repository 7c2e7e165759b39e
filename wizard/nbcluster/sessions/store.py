"""Sessions on disk: private, atomic, one writer each."""

from __future__ import annotations

import getpass
import json
import os
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from platformdirs import user_state_path

from nbcluster.answers.url import parse_url
from nbcluster.errors import ExitCode, NbclusterError, reason_of
from nbcluster.facts import NAME, ROLES
from nbcluster.sessions.session import Fingerprints, Session, from_json, to_json
from nbcluster.steps import new_answers
from nbcluster.system import diskfile
from nbcluster.system.inputfile import SETTINGS_LIMIT, FileFault, contents
from nbcluster.text import _
from nbcluster.text.clean import clean

SESSION_NAME = re.compile(rf"{NAME}\Z")

_PARTIAL = re.compile(rf"\.{NAME}\.(?P<process>[0-9]{{1,10}})\.tmp\Z")
_LEFT_BEHIND = 60.0
"""Seconds after which a partial file whose process has ended is abandoned; a save takes far less."""


@dataclass(frozen=True)
class SessionInfo:
    """What a list shows of a session.

    ``locked_by`` is empty where nobody has it open, ``fault`` says why it cannot be read.
    """

    name: str
    saved_at: datetime | None
    step: str
    exported_to: str
    locked_by: str
    fault: str = ""


class SessionStore:
    """The folder of sessions, ``$XDG_STATE_HOME/nbcluster/sessions``, mode 0700."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or _state_folder() / "sessions"
        self._fingerprints = Fingerprints()
        self._held: FileLock | None = None
        self._held_name = ""

    def list(self) -> tuple[SessionInfo, ...]:
        """Return all sessions by name; one that cannot be read is listed too, with the reason.

        Raises ``NbclusterError`` where the folder itself cannot be read.
        """
        try:
            with os.scandir(self.root) as entries:
                names = sorted(entry.name.removesuffix(".json") for entry in entries if entry.name.endswith(".json"))
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as fault:
            message = _("the sessions in {path} cannot be read: {reason}.")
            raise NbclusterError(ExitCode.INVALID, message.format(path=self.root, reason=reason_of(fault))) from None
        return tuple(self._info(name) for name in names if SESSION_NAME.match(name))

    def _info(self, name: str) -> SessionInfo:
        saved_at: datetime | None = None
        try:
            saved_at = datetime.fromtimestamp(self._path(name).lstat().st_mtime, UTC)
            session = self.load(name)
        except NbclusterError as fault:
            return SessionInfo(name, saved_at, _("cannot be opened"), "", self.owner(name), clean(fault.message, 400))
        except (OSError, ValueError, OverflowError) as fault:
            return SessionInfo(name, None, _("cannot be opened"), "", self.owner(name), clean(str(fault), 400))
        return SessionInfo(name, saved_at, clean(session.step, 80), clean(session.exported_to, 400), self.owner(name))

    def load(self, name: str) -> Session:
        """Return a session; raises ``NbclusterError`` for one that is not there or damaged."""
        path = self._path(name)
        try:
            data: Any = json.loads(contents(path, SETTINGS_LIMIT, pipes=False))
        except FileFault as fault:
            if fault.missing and not path.is_symlink():
                message = _("there is no session {name}; `nbcluster sessions` lists them.")
                raise NbclusterError(ExitCode.INVALID, message.format(name=name)) from None
            raise _unreadable(name, path, fault.reason) from None
        except RecursionError:
            raise _unreadable(name, path, _("it is nested too deeply")) from None
        except ValueError:
            raise _unreadable(name, path, _("it is no JSON")) from None
        return from_json(data, new_answers(), name)

    def save(self, session: Session) -> None:
        """Write a session atomically, private from the first byte; raises ``NbclusterError`` (exit 7).

        A session that was renamed keeps its lock and leaves no file under its former name.
        """
        data = json.dumps(to_json(session, self._fingerprints), ensure_ascii=False, indent=1).encode()
        target = self._path(session.name)
        partial = self.root / f".{session.name}.{os.getpid()}.tmp"
        try:
            self._make_root()
            diskfile.put(target, data, 0o600, partial)
        except OSError as fault:
            raise self._unwritable(fault) from None

    def delete(self, name: str) -> None:
        """Remove a session; raises ``NbclusterError`` for one that is not there."""
        try:
            self._path(name).unlink()
        except FileNotFoundError:
            message = _("there is no session {name}; `nbcluster sessions` lists them.")
            raise NbclusterError(ExitCode.INVALID, message.format(name=name)) from None
        except OSError as fault:
            message = _("{path} cannot be removed: {reason}.").format(path=self._path(name), reason=reason_of(fault))
            raise NbclusterError(ExitCode.UNWRITABLE, message) from None

    def rename(self, name: str) -> None:
        """Move the open session to another name; raises ``NbclusterError`` where that one exists already, changing nothing."""
        if os.path.lexists(self._path(name)):
            message = _("there is a session {name} already: choose another name.")
            raise NbclusterError(ExitCode.INVALID, message.format(name=name))
        before = self._held_name
        self.acquire(name)
        if before:
            self._path(before).unlink(missing_ok=True)

    def owner(self, name: str) -> str:
        """Return who has a session open, or nothing."""
        lock = self._lock(name)
        if self._holds(name):
            return self._describe(name)
        if not Path(lock.lock_file).exists():
            return ""
        try:
            with lock.acquire(timeout=0):
                return ""
        except Timeout:
            return self._describe(name)
        except OSError:
            return ""

    def acquire(self, name: str) -> None:
        """Take a session for this process until ``release``; raises ``NbclusterError`` (exit 6) naming the owner."""
        if self._holds(name):
            return
        lock = self._take(name)
        self.release()
        self._held, self._held_name = lock, name

    def release(self) -> None:
        """Let others open the session."""
        if self._held is not None:
            self._held.release()
            self._forget_owner(self._held_name)
            self._held, self._held_name = None, ""

    def _holds(self, name: str) -> bool:
        return self._held is not None and self._held_name == name

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold a session for the length of a block; raises ``NbclusterError`` (exit 6)."""
        if self._holds(name):
            yield
            return
        lock = self._take(name)
        try:
            yield
        finally:
            lock.release()
            self._forget_owner(name)

    def _take(self, name: str) -> FileLock:
        lock = self._lock(name)
        try:
            self._make_root()
            lock.acquire(timeout=0)
        except Timeout:
            message = _("the session {name} is in use by {owner}.").format(name=name, owner=self._describe(name))
            raise NbclusterError(ExitCode.LOCKED, message) from None
        except OSError as fault:
            raise self._unwritable(fault) from None
        self._note_owner(name)
        self._remove_leftovers()
        return lock

    def _note_owner(self, name: str) -> None:
        # only information for others: the lock works without it
        path = self.root / f"{name}.owner"
        with suppress(OSError):
            path.unlink(missing_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as stream:
                stream.write(f"{_user()}@{socket.gethostname()}, process {os.getpid()}")

    def _forget_owner(self, name: str) -> None:
        with suppress(OSError):
            (self.root / f"{name}.owner").unlink()

    def _remove_leftovers(self) -> None:
        """Remove what saves that were killed have left: partial files whose process is gone."""
        with suppress(OSError):
            for path in list(self.root.glob(".*.tmp")):
                match = _PARTIAL.match(path.name)
                # a file that is this young may belong to a process on another machine that shares the folder
                if match and time.time() - path.lstat().st_mtime > _LEFT_BEHIND and not _runs(int(match["process"])):
                    path.unlink()

    def _describe(self, name: str) -> str:
        try:
            return clean(contents(self.root / f"{name}.owner", 1 << 10, pipes=False), 200) or _("another process")
        except FileFault:
            return _("another process")

    def _unwritable(self, fault: OSError) -> NbclusterError:
        message = _("the session cannot be saved in {path}: {reason}.").format(path=self.root, reason=reason_of(fault))
        return NbclusterError(ExitCode.UNWRITABLE, message)

    def claims(self, except_name: str = "") -> Mapping[tuple[str, int, str], str]:
        """Return what other sessions use: (host, port, Redis database) and (host, port, database name), with the session's name."""
        found: dict[tuple[str, int, str], str] = {}
        try:
            known = self.list()
        except NbclusterError:
            return found
        for info in known:
            if info.name == except_name or info.fault:
                continue
            try:
                answers = self.load(info.name).answers
            except NbclusterError:
                continue
            for role in ROLES:
                url = answers.url(f"redis.{role}")
                if url is not None:
                    found[(*parse_url(url.address).server, str(url.database))] = info.name
            if answers.text("database.host"):
                place = (answers.text("database.host").lower(), answers.number("database.port"), answers.text("database.name"))
                found[place] = info.name
        return found

    def _path(self, name: str) -> Path:
        if not SESSION_NAME.match(name):
            # the name is not repeated: what was pasted there may be an address with its password
            raise NbclusterError(ExitCode.INVALID, _("a session's name has lower-case letters, digits and hyphens, at most 40"))
        return self.root / f"{name}.json"

    def _lock(self, name: str) -> FileLock:
        # A face may open a session in one thread and close it in another.
        return FileLock(self._path(name).with_suffix(".lock"), thread_local=False)

    def _make_root(self) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.root.stat().st_mode & 0o077:
            self.root.chmod(0o700)


def _state_folder() -> Path:
    """Return the user's state folder; raises ``NbclusterError`` where neither a variable nor the account names one."""
    message = _("it is not known where sessions are kept: this account has no home folder. Set HOME or XDG_STATE_HOME.")
    try:
        folder = user_state_path("nbcluster", appauthor=False)
    except RuntimeError:
        raise NbclusterError(ExitCode.UNWRITABLE, message) from None
    if not folder.is_absolute():
        raise NbclusterError(ExitCode.UNWRITABLE, message)
    return folder


def _unreadable(name: str, path: Path, reason: str) -> NbclusterError:
    message = _("the session {name} cannot be read: {reason}. {path} is left as it is.")
    return NbclusterError(ExitCode.INVALID, message.format(name=name, reason=reason, path=path))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # an account without a name, as in many containers
        return str(os.getuid())


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
