"""The few file-system calls that writing makes, in one place, so that a test can fail each of them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from nbcluster.system import diskfile

_GET_FLAGS = 0x80086601
"""FS_IOC_GETFLAGS as 64-bit Linux numbers it; elsewhere the call fails, and nothing is known of the flags."""
_UNCHANGEABLE = 0x10 | 0x20
"""FS_IMMUTABLE_FL and FS_APPEND_FL of ``linux/fs.h``: such a file is neither renamed over nor removed, by root either."""


class FileSystem:
    """The real calls; every method that changes something is one step after which a crash may come."""

    def mkdir(self, path: Path, mode: int = 0o755) -> None:
        """Make a folder where there is none."""
        path.mkdir(mode=mode, exist_ok=True)

    def create(self, path: Path, data: bytes, mode: int) -> None:
        """Write a file that does not exist, private before its first byte, and bring it to the disk."""
        diskfile.create(path, data, mode)

    def keep(self, source: Path, target: Path) -> None:
        """Give what stands there a second name, a symlink as such; a copy where the file system has no such names."""
        try:
            os.link(source, target, follow_symlinks=False)
        except (OSError, NotImplementedError):
            if source.is_symlink():
                target.symlink_to(source.readlink())
            else:
                self.create(target, source.read_bytes(), stat.S_IMODE(source.stat().st_mode))

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
        diskfile.sync_folder(path)

    def status(self, path: Path) -> os.stat_result | None:
        """Return what stands at a path, a symlink as such; None where nothing does."""
        try:
            return path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def user(self) -> int:
        """Return the number of the user for whom files are made."""
        return os.geteuid()

    def writable(self, folder: Path) -> bool:
        """Tell whether names in a folder may be made and removed by this user; false on a file system mounted read-only."""
        return os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)

    def unchangeable(self, path: Path) -> bool:
        """Tell whether ``chattr +i`` or ``+a`` holds a file or folder; false where that cannot be asked."""
        try:
            import fcntl

            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except (ImportError, AttributeError, OSError):
            return False
        try:
            answer = fcntl.ioctl(handle, _GET_FLAGS, b"\0" * 8)
        except OSError:
            return False
        finally:
            os.close(handle)
        return bool(int.from_bytes(answer[:4], "little") & _UNCHANGEABLE)
