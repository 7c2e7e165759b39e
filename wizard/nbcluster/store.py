"""Sessions on disk: private, atomic, one writer each."""

from __future__ import annotations

import getpass
import json
import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from platformdirs import user_state_path

from nbcluster.clean import clean
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.fields import Field
from nbcluster.judge.redis import ROLES
from nbcluster.session import Fingerprints, Session, from_json, to_json
from nbcluster.steps import fields_by_path
from nbcluster.text import _
from nbcluster.url import parse_url

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")


@dataclass(frozen=True)
class SessionInfo:
    """What a list shows of a session; ``locked_by`` is empty where nobody has it open."""

    name: str
    saved_at: datetime | None
    step: str
    exported_to: str
    locked_by: str


class SessionStore:
    """The folder of sessions, ``$XDG_STATE_HOME/nbcluster/sessions``, mode 0700."""

    def __init__(self, root: Path | None = None, fields: Mapping[str, Field] | None = None) -> None:
        self.root = root or user_state_path("nbcluster", appauthor=False) / "sessions"
        self._fields = fields or fields_by_path()
        self._fingerprints = Fingerprints()
        self._held: FileLock | None = None
        self._held_name = ""

    def list(self) -> tuple[SessionInfo, ...]:
        """Return all sessions by name; a damaged one is listed too."""
        if not self.root.is_dir():
            return ()
        names = sorted(path.stem for path in self.root.glob("*.json") if NAME.match(path.stem))
        return tuple(self._info(name) for name in names)

    def _info(self, name: str) -> SessionInfo:
        path = self._path(name)
        saved_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        try:
            data = json.loads(path.read_bytes())
            step, exported_to = clean(str(data["step"])), clean(str(data["exported_to"]))
        except (OSError, ValueError, KeyError, TypeError):
            step, exported_to = "?", ""
        return SessionInfo(name, saved_at, step, exported_to, self.owner(name))

    def load(self, name: str) -> Session:
        """Return a session; raises ``NbclusterError`` for one that is not there or damaged."""
        try:
            data: Any = json.loads(self._path(name).read_bytes())
        except FileNotFoundError:
            message = _("there is no session {name}; `nbcluster sessions` lists them.")
            raise NbclusterError(ExitCode.INVALID, message.format(name=name)) from None
        except (OSError, ValueError):
            message = _("the session {name} cannot be read: {path} is left as it is.")
            raise NbclusterError(ExitCode.INVALID, message.format(name=name, path=self._path(name))) from None
        return from_json(data, self._fields, name)

    def save(self, session: Session) -> None:
        """Write a session atomically, private from the first byte; raises ``NbclusterError`` (exit 7).

        A session that was renamed keeps its lock and leaves no file under its former name.
        """
        data = json.dumps(to_json(session, self._fingerprints), ensure_ascii=False, indent=1).encode()
        target = self._path(session.name)
        partial = self.root / f".{session.name}.{os.getpid()}.tmp"
        try:
            self._make_root()
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            partial.replace(target)
        except OSError as fault:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            reason = fault.strerror or type(fault).__name__
            message = _("the session cannot be saved in {path}: {reason}.").format(path=self.root, reason=reason)
            raise NbclusterError(ExitCode.UNWRITABLE, message) from None

    def delete(self, name: str) -> None:
        """Remove a session; raises ``NbclusterError`` for one that is not there."""
        if not self._path(name).is_file():
            raise NbclusterError(
                ExitCode.INVALID, _("there is no session {name}; `nbcluster sessions` lists them.").format(name=name)
            )
        self._path(name).unlink()

    def rename(self, session: Session, name: str) -> None:
        """Move an open session to another name; raises ``NbclusterError`` where that one exists already, changing nothing."""
        if self._path(name).exists():
            message = _("there is a session {name} already: choose another name.")
            raise NbclusterError(ExitCode.INVALID, message.format(name=name))
        before = self._held_name
        self.acquire(name)
        if before and before != name:
            self._path(before).unlink(missing_ok=True)

    def owner(self, name: str) -> str:
        """Return who has a session open, or nothing."""
        lock = self._lock(name)
        if self._held is not None and self._held_name == name:
            return self._describe(name)
        if not Path(lock.lock_file).exists():
            return ""
        try:
            with lock.acquire(timeout=0):
                return ""
        except (Timeout, OSError):
            return self._describe(name)

    def acquire(self, name: str) -> None:
        """Take a session for this process until ``release``; raises ``NbclusterError`` (exit 6) naming the owner."""
        if self._held is not None and self._held_name == name:
            return
        lock = self._take(name)
        self.release()
        self._held, self._held_name = lock, name

    def release(self) -> None:
        """Let others open the session."""
        if self._held is not None:
            self._held.release()
            (self.root / f"{self._held_name}.owner").unlink(missing_ok=True)
            self._held = None

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold a session for the length of a block; raises ``NbclusterError`` (exit 6)."""
        lock = self._take(name)
        try:
            yield
        finally:
            lock.release()
            (self.root / f"{name}.owner").unlink(missing_ok=True)

    def _take(self, name: str) -> FileLock:
        lock = self._lock(name)
        try:
            self._make_root()
            lock.acquire(timeout=0)
            owner = f"{getpass.getuser()}@{socket.gethostname()}, process {os.getpid()}"
            (self.root / f"{name}.owner").write_text(owner, "utf-8")
        except Timeout:
            message = _("the session {name} is in use by {owner}.").format(name=name, owner=self._describe(name))
            raise NbclusterError(ExitCode.LOCKED, message) from None
        except OSError as fault:
            reason = fault.strerror or type(fault).__name__
            message = _("the session cannot be saved in {path}: {reason}.").format(path=self.root, reason=reason)
            raise NbclusterError(ExitCode.UNWRITABLE, message) from None
        return lock

    def _describe(self, name: str) -> str:
        try:
            return clean((self.root / f"{name}.owner").read_text("utf-8", "replace"), 200)
        except OSError:
            return _("another process")

    def claims(self, except_name: str = "") -> Mapping[tuple[str, int, str], str]:
        """Return what other sessions use: (host, port, Redis database) and (host, port, database name), with the session's name."""
        found: dict[tuple[str, int, str], str] = {}
        for info in self.list():
            if info.name == except_name:
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
        if not NAME.match(name):
            raise NbclusterError(ExitCode.INVALID, _("{name} is no name of a session.").format(name=clean(name, 80)))
        return self.root / f"{name}.json"

    def _lock(self, name: str) -> FileLock:
        # A face may open a session in one thread and close it in another.
        return FileLock(self._path(name).with_suffix(".lock"), thread_local=False)

    def _make_root(self) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.root.stat().st_mode & 0o077:
            self.root.chmod(0o700)
