"""The target folder: what needs consent, what cannot be replaced, and which backups are kept."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nbcluster.errors import ExitCode, NbclusterError, Severity
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.write import UnsafeFolderError, WriteResult, foreseen, planned, write_set
from nbcluster.files.write.filesystem import FileSystem
from nbcluster.files.write.folder import JOURNAL, STAGE, obstacles
from tests.unit.test_write_faults import NEW, OLD, clock, content, snapshot, write


def trusted(directory: Path, files: tuple[OutputFile, ...]) -> WriteResult:
    return write_set(directory, files, tool="test 1", now=clock, trust=True)


def doubted(directory: Path, *named: Path) -> None:
    """A write asks for consent, names exactly what is meant, and has changed nothing in the folder or beside it."""
    before = snapshot(directory.parent, folder_times=False)
    with pytest.raises(UnsafeFolderError) as caught:
        write(directory, NEW)
    assert caught.value.code is ExitCode.UNWRITABLE and "--trust-folder" in caught.value.message
    assert str(directory) in caught.value.message
    assert {problem.path for problem in caught.value.problems} == {str(path) for path in named}
    assert snapshot(directory.parent, folder_times=False) == before


def test_a_folder_that_is_a_symlink_wants_a_yes(tmp_path: Path) -> None:
    write(tmp_path / "real", OLD)
    (tmp_path / "out").symlink_to("real")
    doubted(tmp_path / "out", tmp_path / "out")
    assert [problem.path for problem in trusted(tmp_path / "out", NEW).remarks] == [str(tmp_path / "out")]
    assert content(tmp_path / "real")[".env"] == b"A=2\n" and (tmp_path / "out").is_symlink()


def test_a_symlink_above_the_folder_is_nobody_s_business(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert write(tmp_path / "link" / "out", NEW)


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o702])
def test_a_folder_that_everybody_may_write_wants_a_yes(tmp_path: Path, mode: int) -> None:
    write(tmp_path / "out", OLD)
    (tmp_path / "out").chmod(mode)
    doubted(tmp_path / "out", tmp_path / "out")
    assert trusted(tmp_path / "out", NEW).written


def test_a_folder_that_a_group_may_write_is_written(tmp_path: Path) -> None:
    write(tmp_path / "out", OLD)
    (tmp_path / "out").chmod(0o2775)
    assert write(tmp_path / "out", NEW)


@pytest.mark.parametrize("name", ["nginx", "backups"])
def test_a_folder_below_that_everybody_may_write_wants_a_yes(tmp_path: Path, name: str) -> None:
    write(tmp_path / "out", OLD)
    (tmp_path / "out" / name).mkdir(exist_ok=True)
    (tmp_path / "out" / name).chmod(0o777)
    doubted(tmp_path / "out", tmp_path / "out" / name)
    assert trusted(tmp_path / "out", NEW).written


def test_a_symlinked_file_is_replaced_after_a_yes_and_what_it_led_to_stays(tmp_path: Path) -> None:
    write(tmp_path / "out", OLD)
    env = tmp_path / "out" / ".env"
    env.rename(tmp_path / "kept.env")
    env.symlink_to("../kept.env")
    doubted(tmp_path / "out", env)
    result = trusted(tmp_path / "out", NEW)
    assert [problem.path for problem in result.remarks] == [str(env)]
    assert not env.is_symlink() and env.read_bytes() == b"A=2\n" and (tmp_path / "kept.env").read_bytes() == b"A=1\n"


def test_a_dangling_symlink_in_a_file_s_place_wants_a_yes(tmp_path: Path) -> None:
    write(tmp_path / "out", OLD)
    (tmp_path / "out" / "nodes").mkdir()
    (tmp_path / "out" / "nodes" / "a.env").symlink_to(tmp_path / "made")
    doubted(tmp_path / "out", tmp_path / "out" / "nodes" / "a.env")
    trusted(tmp_path / "out", NEW)
    assert not (tmp_path / "made").exists() and (tmp_path / "out" / "nodes" / "a.env").read_bytes() == b"B=1\n"


def test_a_symlink_that_is_not_reached_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "out", OLD)
    (tmp_path / "out" / "notes").symlink_to("/")
    (tmp_path / "out" / "nginx" / "mine.conf").symlink_to("nocobase.conf")
    assert write(tmp_path / "out", NEW)


def test_a_symlinked_folder_below_is_written_through_after_a_yes(tmp_path: Path) -> None:
    write(tmp_path / "out", OLD)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "nodes").symlink_to("../elsewhere")
    doubted(tmp_path / "out", tmp_path / "out" / "nodes")
    trusted(tmp_path / "out", NEW)
    assert (tmp_path / "elsewhere" / "a.env").read_bytes() == b"B=1\n"


def blocked(directory: Path, *named: Path, system: FileSystem | None = None) -> None:
    """A write is refused before its first rename, names each target, and has changed nothing."""
    before = snapshot(directory, folder_times=False)
    with pytest.raises(NbclusterError) as caught:
        write(directory, NEW, system)
    assert caught.value.code is ExitCode.UNWRITABLE
    assert {problem.path for problem in caught.value.problems} == {str(path) for path in named}
    assert not any(STAGE in problem.line() for problem in caught.value.problems)
    assert snapshot(directory, folder_times=False) == before


@pytest.mark.parametrize("path", [".env", "nginx/nocobase.conf", "nodes/a.env", "manifest.json"])
@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, path: str, kind: str) -> None:
    write(tmp_path, OLD)
    target = tmp_path / path
    target.unlink(missing_ok=True)
    target.parent.mkdir(exist_ok=True)
    os.mkfifo(target) if kind == "pipe" else target.mkdir()
    blocked(tmp_path, target)
    target.unlink() if kind == "pipe" else target.rmdir()
    assert write(tmp_path, NEW)


class Told(FileSystem):
    """A system of which some answers are given."""

    def __init__(self, *, held: Path | None = None, closed: Path | None = None, user: int | None = None) -> None:
        self.held, self.closed, self.number = held, closed, user

    def unchangeable(self, path: Path) -> bool:
        return path == self.held

    def writable(self, folder: Path) -> bool:
        return folder != self.closed

    def user(self) -> int:
        return super().user() if self.number is None else self.number


@pytest.mark.parametrize("path", [".env", "nginx/nocobase.conf", "gone.md", "manifest.json"])
def test_a_file_that_is_held_is_found_before_the_first_rename(tmp_path: Path, path: str) -> None:
    write(tmp_path, OLD)
    blocked(tmp_path, tmp_path / path, system=Told(held=tmp_path / path))


def test_a_folder_that_is_held_or_closed_is_found_before_the_first_rename(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    blocked(tmp_path, tmp_path / "nginx/nocobase.conf", system=Told(held=tmp_path / "nginx"))
    blocked(tmp_path, tmp_path / "nginx/nocobase.conf", system=Told(closed=tmp_path / "nginx"))


def test_a_folder_is_told_once_and_backups_by_their_own_name(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    found = obstacles(tmp_path, (".env", "gone.md", "nginx/a", "nginx/b", "backups/"), Told(closed=tmp_path / "nginx"))
    assert [problem.path for problem in found] == [str(tmp_path / "nginx/a")]
    (tmp_path / "backups").write_text("mine")
    blocked(tmp_path, tmp_path / "backups")


def test_a_foreign_file_in_a_sticky_folder_is_found(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / "nginx").chmod(0o1770)
    paths = (".env", "nginx/nocobase.conf", "nginx/new.conf")
    stranger = os.geteuid() + 4242
    found = obstacles(tmp_path, paths, Told(user=stranger))
    assert [problem.path for problem in found] == [str(tmp_path / "nginx/nocobase.conf")]
    for user in (os.geteuid(), 0):
        assert obstacles(tmp_path, paths, Told(user=user)) == ()


def test_another_file_system_below_is_found(tmp_path: Path) -> None:
    """Every system has a file system of its own for devices or processes; a folder that leads there stands for a mount."""
    other = next(path for path in map(Path, ("/dev", "/proc")) if path.stat().st_dev != tmp_path.stat().st_dev)
    (tmp_path / "nodes").symlink_to(other)
    found = obstacles(tmp_path, ("nodes/a.env",), Told())
    assert [problem.path for problem in found] == [str(tmp_path / "nodes/a.env")]


def test_chattr_is_seen_where_the_file_system_knows_it(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    target = tmp_path / "nginx" / "nocobase.conf"
    system = FileSystem()
    assert not system.unchangeable(target) and not system.unchangeable(target.parent)
    chattr = shutil.which("chattr")
    held = chattr is not None and subprocess.run([chattr, "+i", target], capture_output=True, check=False).returncode == 0
    try:
        if held:
            blocked(tmp_path, target)
        else:
            # without the right or the call for it there is nothing to see, and nothing is said to be held
            assert not system.unchangeable(target) and write(tmp_path, NEW)
    finally:
        if held and chattr:
            subprocess.run([chattr, "-i", target], check=True)


def test_a_read_only_folder_is_named_and_not_its_lock(tmp_path: Path) -> None:
    write(tmp_path / "out", OLD)

    class ReadOnly(FileSystem):
        def mkdir(self, path: Path, mode: int = 0o755) -> None:
            raise OSError(errno.EROFS, "Read-only file system", str(path))

    with pytest.raises(NbclusterError) as caught:
        write(tmp_path / "out", NEW, ReadOnly())
    assert str(tmp_path / "out") in caught.value.message and STAGE not in caught.value.message
    assert not (tmp_path / "out" / JOURNAL).exists() and content(tmp_path / "out")[".env"] == b"A=1\n"


def numbered(directory: Path, number: int, when: datetime) -> tuple[str, ...]:
    files = (OutputFile(".env", f"A={number}\n".encode(), True),)
    return write_set(directory, files, tool="t", now=lambda: when).backups


def test_a_clock_that_was_set_back_loses_no_backup_of_this_run(tmp_path: Path) -> None:
    for number in range(12):
        backups = numbered(tmp_path, number, clock() - timedelta(days=number))
        if number:
            assert [(tmp_path / name).read_text() for name in backups] == [f"A={number - 1}\n"]
    assert {path.read_text() for path in (tmp_path / "backups").iterdir()} == {f"A={number}\n" for number in range(6, 11)}


def test_backups_within_one_second_and_of_the_first_release_are_told_apart(tmp_path: Path) -> None:
    numbered(tmp_path, 0, clock())
    for name in (".env.20290102T030405Z", ".env.20290102T030405Z-1", ".env.20300102T030405Z"):
        (tmp_path / "backups").mkdir(exist_ok=True)
        (tmp_path / "backups" / name).write_text("of the first release\n")
    for number in range(1, 6):
        assert numbered(tmp_path, number, clock())
    texts = sorted(path.read_text() for path in (tmp_path / "backups").iterdir())
    assert texts == [f"A={number}\n" for number in range(5)]


def test_what_a_person_put_among_the_backups_stays(tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir(parents=True)
    mine = [tmp_path / "backups" / name for name in (".env.bak", ".env.2029", ".env.20290102T030405Z.txt", "notes")]
    for path in mine:
        path.write_text("mine")
    for number in range(9):
        numbered(tmp_path, number, clock())
    assert all(path.read_text() == "mine" for path in mine)


def test_an_old_backup_that_cannot_be_removed_is_a_remark(tmp_path: Path) -> None:
    for number in range(6):
        numbered(tmp_path, number, clock())

    class Held(FileSystem):
        def unlink(self, path: Path) -> None:
            if path.parent.name == "backups":
                raise OSError(errno.EPERM, "Operation not permitted", str(path))
            super().unlink(path)

    files = (OutputFile(".env", b"A=7\n", True),)
    result = write_set(tmp_path, files, tool="t", now=lambda: datetime(2031, 1, 1, tzinfo=UTC), system=Held())
    assert result.written == (".env",) and [Path(problem.path).parent.name for problem in result.remarks] == ["backups"]


def test_folders_of_secrets_are_made_for_their_owner(tmp_path: Path) -> None:
    write(tmp_path / "out", NEW)
    assert all(not stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (tmp_path / "out", tmp_path / "out" / "nodes"))


def test_what_a_write_would_refuse_or_remark_on_is_foreseen(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    assert foreseen(tmp_path, planned(tmp_path, NEW)) == ()
    (tmp_path / "nginx").chmod(0o777)
    (tmp_path / "nodes").write_text("mine")
    (tmp_path / "backups").symlink_to("nowhere")
    plan = planned(tmp_path, NEW)
    before = snapshot(tmp_path)
    found = [
        str(Path(problem.path).relative_to(tmp_path)) for problem in foreseen(tmp_path, plan, Told(held=tmp_path / "gone.md"))
    ]
    assert set(found[:2]) == {"nginx", "backups"} and "nodes/a.env" in found[2:] and "gone.md" in found[2:]
    assert snapshot(tmp_path) == before


def test_backups_are_looked_at_only_where_one_is_made(tmp_path: Path) -> None:
    directory = tmp_path / "out"
    (directory / "backups").mkdir(parents=True)
    (directory / "backups").chmod(0o777)
    files = (OutputFile(".env", b"A=1\n", True), OutputFile("report.json", b"{}"))
    assert write(directory, files)
    assert write(directory, (files[0], OutputFile("report.json", b"[]"))) == ("report.json",)
    doubted(directory, directory / "backups")


def test_what_is_not_removed_behind_a_symlink_is_a_remark(tmp_path: Path) -> None:
    write(tmp_path / "out", NEW)
    (tmp_path / "out" / "nodes").rename(tmp_path / "elsewhere")
    (tmp_path / "out" / "nodes").symlink_to("../elsewhere")
    result = trusted(tmp_path / "out", OLD)
    assert result.removed == () and result.kept == ("nodes/a.env",)
    assert (tmp_path / "elsewhere" / "a.env").read_bytes() == b"B=1\n"
    (remark,) = [problem for problem in result.remarks if problem.path == str(tmp_path / "out" / "nodes" / "a.env")]
    assert (remark.rule, remark.severity, remark.hint) == ("folder", Severity.WARNING, "") and remark.message


class _Deaf(FileSystem):
    """Takes nothing: a write that has nothing to do asks for nothing."""

    def create(self, path: Path, data: bytes, mode: int) -> None:
        raise AssertionError(path)


def test_a_set_that_stands_there_is_not_staged_again(tmp_path: Path) -> None:
    write(tmp_path / "out", OLD)
    assert write(tmp_path / "out", OLD, _Deaf()) == ()


class _Broken(FileSystem):
    """Takes no journal, and does not clear up either if it is ``gone``."""

    def __init__(self, *, gone: bool) -> None:
        self.gone, self.failed = gone, False

    def replace(self, source: Path, target: Path) -> None:
        if target.name == JOURNAL:
            self.failed = True
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        super().replace(source, target)

    def unlink(self, path: Path) -> None:
        if self.gone and self.failed:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        super().unlink(path)


@pytest.mark.parametrize("gone", [False, True])
def test_a_journal_that_cannot_stand_leaves_no_new_folder_and_its_own_reason(tmp_path: Path, gone: bool) -> None:
    write(tmp_path / "out", OLD)
    with pytest.raises(NbclusterError) as caught:
        write(tmp_path / "out", NEW, _Broken(gone=gone))
    assert caught.value.code is ExitCode.UNWRITABLE and os.strerror(errno.ENOSPC) in caught.value.message
    assert not (tmp_path / "out" / "nodes").exists() and content(tmp_path / "out")[".env"] == b"A=1\n"
