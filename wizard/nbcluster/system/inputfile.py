"""Files and folders that a user names: their path, and their content up to a limit."""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from pathlib import Path
from typing import BinaryIO

from nbcluster.errors import ExitCode, InvalidAnswersError, NbclusterError, Problem, reason_of
from nbcluster.text import _
from nbcluster.text.clean import clean

SETTINGS_LIMIT = 4 << 20
"""Bytes of a file of settings: an answers file, an env file, a saved session."""
VALUE_LIMIT = 1 << 20
"""Bytes of a file that holds one value."""

_NO_WRITER = 5.0
"""Seconds that a named pipe is given until somebody opens it to write."""
_SILENCE = 60.0
"""Seconds without a byte from a program that writes to a pipe; it may be asking for a passphrase."""
_LONGEST_WAIT = 300.0
"""Seconds that all waiting for a pipe may take."""
_LONGEST_NAME = 255
_LONGEST_PATH = 4095
_CHUNK = 1 << 16


class FileFault(Exception):
    """A file that cannot be read: why, and what to do; ``missing`` where there is none at the path."""

    def __init__(self, reason: str, hint: str, *, missing: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.missing = missing


def expanded(path: str | Path, key_path: str) -> Path:
    """Return a path with ``~`` and ``~name`` put in; raises ``InvalidAnswersError`` at ``key_path`` for one that cannot be a path."""
    found = _with_home(path, key_path)
    if _too_long(found):
        message = _("{path} cannot be used: {reason}.").format(
            path=clean(str(found), 200), reason=os.strerror(errno.ENAMETOOLONG)
        )
        raise InvalidAnswersError((Problem(key_path, message, _("Check the path and its permissions.")),))
    return found


def _too_long(path: Path) -> bool:
    longest = max((len(os.fsencode(part)) for part in path.parts), default=0)
    return longest > _LONGEST_NAME or len(os.fsencode(path)) > _LONGEST_PATH


def _with_home(path: str | Path, key_path: str) -> Path:
    text = str(path)
    if "\x00" in text:
        raise InvalidAnswersError((Problem(key_path, _("contains a NUL character."), _("Take it out.")),))
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        problem = Problem(key_path, _("holds a character that no file name can hold."), _("Type the path again."))
        raise InvalidAnswersError((problem,)) from None
    try:
        return Path(text).expanduser()
    except RuntimeError:
        message = _("{path}: the home folder of {user} is not known on this machine.")
        user = text[1:].partition("/")[0] or _("the present user")
        problem = Problem(
            key_path, message.format(path=clean(text, 200), user=clean(user, 80)), _("Write the path from the root, as /srv/….")
        )
        raise InvalidAnswersError((problem,)) from None


def anchored(path: Path, key_path: str) -> Path:
    """Return a path from the root; raises ``InvalidAnswersError`` where it is relative and the current folder is gone."""
    try:
        return path.absolute()
    except OSError as fault:
        message = _("{path} is relative, and the current folder cannot be used: {reason}.")
        problem = Problem(
            key_path,
            message.format(path=clean(str(path), 200), reason=reason_of(fault)),
            _("Change to another folder, or write the path from the root."),
        )
        raise InvalidAnswersError((problem,)) from None


def target_path(path: str | Path, key_path: str) -> Path:
    """Return the path from the root of what is to be written, without a look at what stands there.

    Raises ``InvalidAnswersError`` at ``key_path`` for what cannot be a path, and ``NbclusterError`` (exit 7) for one that is too long.
    """
    found = anchored(_with_home(path, key_path), key_path)
    if _too_long(found):
        raise _unwritable(found, os.strerror(errno.ENAMETOOLONG))
    if found == found.parent:
        raise _unwritable(found, _("it is the root of all folders; name one of its own"))
    return found


def target_folder(path: str | Path, key_path: str) -> Path:
    """Return the path from the root of a folder that is to be written into, whether it is there or not.

    Raises ``InvalidAnswersError`` at ``key_path`` for what cannot be a path, and ``NbclusterError`` (exit 7) where no folder can be.
    """
    found = target_path(path, key_path)
    for place in (found, *found.parents):
        if os.path.lexists(place):
            if not os.path.isdir(place):  # noqa: PTH112 - no fault of permissions is raised
                raise _unwritable(found, _("{path} is no folder").format(path=clean(str(place), 200)))
            break
    return found


def target_file(path: str | Path, key_path: str) -> Path:
    """Return the path from the root of a file that is to be written; raises as ``target_folder`` does, also for a device or a pipe."""
    found = target_path(path, key_path)
    # what is written is renamed into place: it would take the place of the device for the whole machine
    if os.path.lexists(found) and not (os.path.isfile(found) or found.is_symlink()):  # noqa: PTH113 - as above
        raise _unwritable(found, _("it exists and is not a file"))
    return found


def _unwritable(path: Path, reason: str) -> NbclusterError:
    message = _("{path} cannot be written: {reason}.")
    return NbclusterError(ExitCode.UNWRITABLE, message.format(path=clean(str(path), 200), reason=reason))


def read_text(path: Path, key_path: str, limit: int = SETTINGS_LIMIT, *, mark: bool = False, pipes: bool = True) -> str:
    """Return the text of a file in UTF-8, without a byte-order mark unless ``mark`` keeps it; ``pipes`` as in ``contents``.

    Raises ``InvalidAnswersError`` at ``key_path``, which names the file itself where no key does.
    """
    try:
        data = contents(path, limit, pipes=pipes)
        try:
            return data.decode("utf-8" if mark else "utf-8-sig")
        except UnicodeDecodeError as fault:
            raise FileFault(_("byte {position} is not UTF-8 text").format(position=fault.start), _("Save it as UTF-8.")) from None
    except FileFault as fault:
        shown = clean(str(path), 400)
        message = _("cannot be read: {reason}.") if shown == key_path else _("{file} cannot be read: {reason}.")
        problem = Problem(key_path, message.format(file=shown, reason=fault.reason), fault.hint)
        raise InvalidAnswersError((problem,)) from None


def read_stream(stream: BinaryIO, key_path: str, *, mark: bool = False) -> str:
    """Return the text of a stream in UTF-8, without a byte-order mark unless ``mark`` keeps it.

    Raises ``InvalidAnswersError`` at ``key_path``, also for more than ``SETTINGS_LIMIT``.
    """
    data = stream.read(SETTINGS_LIMIT + 1)
    if len(data) > SETTINGS_LIMIT:
        raise InvalidAnswersError((Problem(key_path, _("is larger than 4 MiB."), _("Name an env file.")),))
    try:
        return data.decode("utf-8" if mark else "utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidAnswersError((Problem(key_path, _("is not UTF-8 text."), _("Save it as UTF-8.")),)) from None


def contents(path: Path, limit: int, *, pipes: bool = True) -> bytes:
    """Return the bytes of a regular file or, unless that is ruled out, of a pipe; raises ``FileFault``, also for more than ``limit``.

    Never waits for ever: neither for a pipe that nobody writes to nor for a device.
    """
    try:
        _refuse_kind(path.stat().st_mode, pipes=pipes)
        # O_NONBLOCK: what was a file a moment ago may be a pipe now. A regular file does not know the flag.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            found = os.fstat(handle)
            _refuse_kind(found.st_mode, pipes=pipes)
            if stat.S_ISREG(found.st_mode) and found.st_size > limit:
                raise _too_large(limit)
            return _read(handle, limit)
        finally:
            os.close(handle)
    except OSError as fault:
        missing = isinstance(fault, (FileNotFoundError, NotADirectoryError))
        raise FileFault(reason_of(fault), _("Check the path and its permissions."), missing=missing) from None
    except ValueError:
        raise FileFault(_("its path holds a NUL character"), _("Take it out.")) from None


def _refuse_kind(mode: int, *, pipes: bool) -> None:
    if stat.S_ISREG(mode) or (pipes and stat.S_ISFIFO(mode)):
        return
    if stat.S_ISDIR(mode):
        raise FileFault(_("it is a folder"), _("Name a file."))
    if stat.S_ISFIFO(mode):
        raise FileFault(_("it is a pipe"), _("Name a file."))
    raise FileFault(_("it is neither a file nor a pipe"), _("Name a file."))


def _read(handle: int, limit: int) -> bytes:
    is_pipe = stat.S_ISFIFO(os.fstat(handle).st_mode)
    data = bytearray()
    began = time.monotonic()
    has_writer = False
    while True:
        try:
            chunk = os.read(handle, min(_CHUNK, limit + 1 - len(data)))
        except BlockingIOError:
            if not is_pipe:
                raise
            has_writer = True
            if time.monotonic() - began > _LONGEST_WAIT or not _readable(handle, _SILENCE):
                raise _silent() from None
            continue
        data += chunk
        if len(data) > limit:
            raise _too_large(limit)
        if chunk:
            continue
        if data or has_writer or not is_pipe:
            return bytes(data)
        if time.monotonic() - began > _NO_WRITER:
            raise _silent()
        # no event tells of a writer that is still to come
        time.sleep(0.02)


def _readable(handle: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(handle, select.POLLIN | select.POLLHUP)
    return bool(poll.poll(seconds * 1000))


def _silent() -> FileFault:
    return FileFault(_("it is a pipe that nothing is written to"), _("Name a file, or a pipe that is being written to."))


def _too_large(limit: int) -> FileFault:
    reason = _("it is larger than {size} MiB").format(size=limit >> 20)
    return FileFault(reason, _("Name the file that holds the settings alone."))
