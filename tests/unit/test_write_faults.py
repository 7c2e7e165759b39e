"""Writing a set: all or nothing with a fault after every call; backups, foreign edits, reproducible."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.write import planned, write_set
from nbcluster.files.write.filesystem import FileSystem
from tests.unit.recovery import recover

OLD = (OutputFile(".env", b"A=1\n", True), OutputFile("nginx/nocobase.conf", b"old\n"), OutputFile("gone.md", b"gone\n"))
NEW = (OutputFile(".env", b"A=2\n", True), OutputFile("nginx/nocobase.conf", b"new\n"), OutputFile("nodes/a.env", b"B=1\n", True))
SMALL = frozenset({".env", "nginx/nocobase.conf", "gone.md", "nodes/a.env", "manifest.json"})


def clock() -> datetime:
    return datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def write(directory: Path, files: tuple[OutputFile, ...], system: FileSystem | None = None) -> tuple[str, ...]:
    return write_set(directory, files, tool="test 1", now=clock, system=system or FileSystem()).written


def content(directory: Path) -> dict[str, bytes]:
    return {name: (directory / name).read_bytes() for name in SMALL if (directory / name).is_file()}


def snapshot(directory: Path, *, folder_times: bool = True) -> dict[str, tuple[object, ...]]:
    """Return everything below a folder as the system tells it: kind, mode, owner, inode, links, times, content."""
    found: dict[str, tuple[object, ...]] = {}
    for path in (directory, *sorted(directory.rglob("*"))):
        status = path.lstat()
        times = (status.st_mtime_ns, status.st_ctime_ns) if folder_times or not stat.S_ISDIR(status.st_mode) else ()
        data = path.read_bytes() if stat.S_ISREG(status.st_mode) else path.readlink() if path.is_symlink() else None
        found[str(path.relative_to(directory))] = (status.st_mode, status.st_uid, status.st_ino, status.st_nlink, *times, data)
    return found


class Crash(BaseException):
    """The process is gone; nothing after it runs."""


class Faulty(FileSystem):
    """Fails at the call of a number, before or after doing it."""

    def __init__(self, number: int, *, after: bool, fault: Callable[[], BaseException]) -> None:
        self.left, self.after, self.fault = number, after, fault

    def _step(self, act: Callable[[], None]) -> None:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise self.fault()
        act()
        if self.left == 0:
            raise self.fault()

    def mkdir(self, path: Path, mode: int = 0o755) -> None:
        self._step(lambda: FileSystem.mkdir(self, path, mode))

    def create(self, path: Path, data: bytes, mode: int) -> None:
        self._step(lambda: FileSystem.create(self, path, data, mode))

    def keep(self, source: Path, target: Path) -> None:
        self._step(lambda: FileSystem.keep(self, source, target))

    def replace(self, source: Path, target: Path) -> None:
        self._step(lambda: FileSystem.replace(self, source, target))

    def unlink(self, path: Path) -> None:
        self._step(lambda: FileSystem.unlink(self, path))

    def sync_folder(self, path: Path) -> None:
        self._step(lambda: FileSystem.sync_folder(self, path))


def calls_of_a_write(tmp_path: Path) -> int:
    counter = Faulty(10**9, after=True, fault=Crash)
    write(tmp_path / "count", OLD)
    write(tmp_path / "count", NEW, counter)
    return 10**9 - counter.left


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_call_leaves_one_of_the_two_sets(tmp_path: Path, after: bool) -> None:
    total = calls_of_a_write(tmp_path)
    assert total > 15
    write(tmp_path / "old", OLD)
    write(tmp_path / "new", OLD)
    write(tmp_path / "new", NEW)
    before, later = content(tmp_path / "old"), content(tmp_path / "new")
    seen = set()
    for number in range(1, total + 1):
        directory = tmp_path / f"run{number}"
        write(directory, OLD)
        with pytest.raises(Crash):
            write(directory, NEW, Faulty(number, after=after, fault=Crash))
        recover(directory)
        state = content(directory)
        assert state in (before, later), number
        seen.add(state == later)
        assert not [path for path in directory.iterdir() if "journal" in path.name or "stage" in path.name]
        write(directory, NEW)
        assert content(directory) == later
    assert seen == {False, True}


def test_a_full_disk_is_exit_7_with_the_earlier_set_in_place(tmp_path: Path) -> None:
    write(tmp_path / "old", OLD)
    before = content(tmp_path / "old")
    for number in range(1, 7):
        with pytest.raises(NbclusterError) as caught:
            write(tmp_path / "old", NEW, Faulty(number, after=False, fault=lambda: OSError(28, "No space left on device", "x")))
        assert caught.value.code is ExitCode.UNWRITABLE and "No space" in caught.value.message
        assert content(tmp_path / "old") == before


def test_the_same_set_writes_nothing(tmp_path: Path) -> None:
    assert set(write(tmp_path, NEW)) == {file.path for file in NEW}
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert write(tmp_path, NEW) == ()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == stamps


def test_secrets_are_private_from_the_first_byte_and_stay_so(tmp_path: Path) -> None:
    os.umask(0)
    write(tmp_path / "out", OLD)
    write(tmp_path / "out", NEW)
    private = [path for path in (tmp_path / "out").rglob("*") if path.is_file() and not stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert {".env", "a.env"} <= {path.name for path in private} and all(
        p in private for p in (tmp_path / "out/backups").iterdir()
    )
    (tmp_path / "out/.env").chmod(0o644)
    assert write(tmp_path / "out", NEW) == (".env",)
    assert stat.S_IMODE((tmp_path / "out/.env").stat().st_mode) == 0o600
    os.umask(0o022)


def test_what_changes_is_kept_and_only_the_last_five(tmp_path: Path) -> None:
    for number in range(8):
        write(tmp_path, (OutputFile(".env", f"A={number}\n".encode(), True),))
    backups = sorted(path.read_text() for path in (tmp_path / "backups").iterdir())
    assert backups == [f"A={number}\n" for number in range(2, 7)]


def test_foreign_edits_are_noticed_and_edited_leftovers_are_not_removed(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / ".env").write_text("A=edited\n")
    (tmp_path / "gone.md").write_text("edited\n")
    plan = planned(tmp_path, NEW)
    assert plan.foreign == (".env",) and plan.kept == ("gone.md",) and plan.removed == ()
    assert write_set(tmp_path, NEW, tool="t", now=clock).kept == ("gone.md",)
    assert (tmp_path / "gone.md").read_text() == "edited\n"


@pytest.mark.parametrize("damage", [b"", b"{", b'{"files": 3}', b'{"files": {"../x": {"sha256": "0"}}}'])
def test_a_damaged_manifest_removes_nothing(tmp_path: Path, damage: bytes) -> None:
    write(tmp_path, OLD)
    (tmp_path / "manifest.json").write_bytes(damage)
    assert planned(tmp_path, NEW).removed == ()


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NbclusterError) as caught:
        write(tmp_path / "file" / "out", NEW)
    assert caught.value.code is ExitCode.UNWRITABLE and "file" in caught.value.message
