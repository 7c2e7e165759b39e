"""Writes files atomically: complete and on the disk, or not at all, and private before their first byte."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path


def create(path: Path, data: bytes, mode: int) -> None:
    """Write a file that does not exist, private before its first byte, and bring it to the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def put(path: Path, data: bytes, mode: int, partial: Path) -> None:
    """Write a file in one step, over what stands there; until then it is called ``partial``, in the same folder.

    Raises ``OSError``, and leaves nothing behind.
    """
    partial.unlink(missing_ok=True)
    create(partial, data, mode)
    try:
        partial.replace(path)
    except BaseException:
        # what is not in place may hold secrets and has no reader
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    # a name lasts through a power cut only once its folder is on the disk; some file systems cannot say so of a folder
    with suppress(OSError):
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Bring the names in a folder to the disk; raises ``OSError``, unless the file system has no such call for a folder."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as fault:
        # some network file systems have none
        if fault.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)
