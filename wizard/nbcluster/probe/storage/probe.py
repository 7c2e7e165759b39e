"""The storage folder: where it is mounted on this machine, whether it is a share, and whether one can write."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from nbcluster.errors import NbclusterError, reason_of
from nbcluster.facts import RABBITMQ_PLUGIN
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import Finding, text, verdict
from nbcluster.probe.storage.folder import FILE_PREFIX, contents, judge_options, operations
from nbcluster.probe.storage.plugin import inspect_plugin

LEAST_FREE_BYTES = 2 * 1024**3
LEAST_FREE_FILES = 50_000
_LOCAL = frozenset(["ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "overlay", "tmpfs", "vfat", "ntfs", "f2fs"])
_MOUNTS = Path("/proc/self/mountinfo")


class StorageProbe(Probe):
    """The stages of the storage folder."""

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        named = (self.path, self.mount, self.files, self.contents, self.variable)
        return {method.__name__: method for method in named}

    def path(self) -> Finding:
        """Judge the folder as this machine sees it."""
        folder = Path(self.text("path"))
        if not folder.is_absolute():
            return verdict("storage.path.relative", path=str(folder))
        if not folder.is_dir():
            return verdict("storage.path.absent", path=str(folder))
        place, kind = mount_of(folder.resolve(), _MOUNTS.read_text("utf-8", "replace") if _MOUNTS.exists() else "")
        if place == "/" or not kind:
            return verdict("storage.path.absent", path=str(folder))
        values = {"path": str(folder), "mount": text(place, 120), "kind": text(kind, 40)}
        refusal = _write(folder)
        if refusal:
            return refusal
        free = shutil.disk_usage(folder).free
        if free < LEAST_FREE_BYTES:
            return verdict("storage.path.full", **values, free=f"{free / 1024**3:.1f}")
        files = os.statvfs(folder)
        # a file system that counts no inodes says 0 of 0
        if files.f_files > 0 and files.f_favail < LEAST_FREE_FILES:
            return verdict("storage.path.inodes", **values, free=files.f_favail)
        if kind in _LOCAL:
            return verdict("storage.path.local", **values)
        return verdict("storage.path.ok", **values, free=f"{free / 1024**3:.0f}")

    def mount(self) -> Finding:
        """Judge the options of the mount."""
        folder = Path(self.text("path")).resolve()
        kind, options, source = options_of(folder, _MOUNTS.read_text("utf-8", "replace"))
        return judge_options(kind, options, source)

    def files(self) -> Finding:
        """Try what NocoBase does with files, on hidden ones of our own."""
        return operations(Path(self.text("path")))

    def contents(self) -> Finding:
        """Look at the existing content."""
        return contents(Path(self.text("path")), self.params)

    def variable(self) -> Finding:
        """Compare the name of RabbitMQ's variable with what the unpacked plugin reads."""
        try:
            plugin = inspect_plugin(Path(self.text("path")) / "plugins" / RABBITMQ_PLUGIN)
        except NbclusterError:
            return verdict("storage.variable.absent", plugin=RABBITMQ_PLUGIN)
        found = plugin.broker_variable
        if found is None:
            return verdict("storage.variable.unclear", plugin=RABBITMQ_PLUGIN)
        values = {"found": text(found, 80), "file": text(plugin.variables[found][0], 120), "version": text(plugin.version, 40)}
        same = found == self.text("url_variable")
        return verdict("storage.variable.ok", **values) if same else verdict("storage.variable.other", **values)

    def judge(self, stage: str, fault: BaseException) -> Finding:
        """Return the verdict on an exception that ended a stage."""
        if isinstance(fault, OSError):
            if fault.errno in (errno.ESTALE, errno.EIO, errno.ENOTCONN):
                return verdict("storage.path.stale", path=self.text("path"), reason=text(reason_of(fault)))
            return verdict("storage.path.other", path=self.text("path"), reason=text(reason_of(fault)))
        if super().judge(stage, fault).code == "net.unanswered":
            return verdict("storage.path.hangs", path=self.text("path"))
        return super().judge(stage, fault)


def _write(folder: Path) -> Finding | None:
    """Make, fill, rename and remove a hidden file; returns what stands in the way."""
    first = folder / f"{FILE_PREFIX}{secrets.token_hex(8)}"
    second = first.with_name(first.name + ".2")
    try:
        try:
            descriptor = os.open(first, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                os.write(descriptor, b"nbcluster\n")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            first.rename(second)
        finally:
            for path in (first, second):
                path.unlink(missing_ok=True)
    except OSError as fault:
        if fault.errno == errno.EROFS:
            return verdict("storage.path.read_only", path=str(folder))
        # A file system that takes no files, such as proc, says ENOENT or EINVAL.
        if fault.errno in (errno.EACCES, errno.EPERM, errno.ENOENT, errno.EINVAL):
            return verdict("storage.path.denied", path=str(folder))
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            return verdict("storage.path.no_space", path=str(folder))
        raise
    return None


def mount_of(folder: Path, mountinfo: str) -> tuple[str, str]:
    """Return the mount point that holds a folder and its file-system type, read from proc(5) mountinfo; empty where none is found."""
    place, rest = _mount_line(folder, mountinfo)
    return place, rest[0] if rest else ""


def options_of(folder: Path, mountinfo: str) -> tuple[str, tuple[str, ...], str]:
    """Return file-system type, options of mount and file system, and the source of the mount that holds a folder."""
    _place, rest = _mount_line(folder, mountinfo)
    kind, source, options = (*rest, "", "", "")[:3]
    return kind, tuple(option for option in options.split(",") if option), source


def _mount_line(folder: Path, mountinfo: str) -> tuple[str, tuple[str, ...]]:
    """Return the place, and type, source and options behind the dash; the options of the mount itself come first."""
    best: tuple[str, tuple[str, ...]] = ("", ())
    for line in mountinfo.splitlines():
        fields, _dash, rest = line.partition(" - ")
        words, kinds = fields.split(" "), rest.split(" ")
        if len(words) < 6 or len(kinds) < 3:
            continue
        place = words[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        if (folder == Path(place) or Path(place) in folder.parents) and len(place) >= len(best[0]):
            best = (place, (kinds[0], kinds[1], f"{words[5]},{kinds[2]}"))
    return best
