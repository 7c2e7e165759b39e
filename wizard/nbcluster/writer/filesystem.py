"""The few file-system calls that writing makes, in one place, so that a test can fail each of them."""

from __future__ import annotations

import os
from pathlib import Path


class FileSystem:
    """The real calls; every method is one step after which a crash may come."""

    def mkdir(self, path: Path, mode: int = 0o755) -> None:
        """Make a folder where there is none."""
        path.mkdir(mode=mode, exist_ok=True)

    def create(self, path: Path, data: bytes, mode: int) -> None:
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

    def replace(self, source: Path, target: Path) -> None:
        """Rename over what is there."""
        source.replace(target)

    def unlink(self, path: Path) -> None:
        """Remove a file; one that is gone is no error."""
        path.unlink(missing_ok=True)

    def rmdir(self, path: Path) -> None:
        """Remove a folder if it is empty."""
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()

    def sync_folder(self, path: Path) -> None:
        """Bring the names in a folder to the disk."""
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
