"""A step that keeps failing: the earlier set or the later one, a true message, and a next run that works."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.write import UnsafeFolderError, WriteResult, announced, held, located, write_set
from nbcluster.files.write.filesystem import FileSystem
from nbcluster.files.write.folder import JOURNAL, LOCK, STAGE
from nbcluster.files.write.journal import Journal, read_journal, unwritable
from nbcluster.files.write.plan import last_manifest
from tests.unit.recovery import recover
from tests.unit.test_write_faults import NEW, OLD, SMALL, Crash, Faulty, clock, content, snapshot, write


class Broken(FileSystem):
    """From the call of a number on, that call fails each time it is made; with ``all_`` every call does."""

    def __init__(self, number: int, *, after: bool = False, all_: bool = False) -> None:
        self.number, self.after, self.all = number, after, all_
        self.calls: list[tuple[object, ...]] = []

    def _step(self, name: str, act: Callable[[], None], *arguments: object) -> None:
        self.calls.append((name, *arguments))
        reached = len(self.calls) >= self.number
        broken = reached and (self.all or (name, *arguments) == self.calls[self.number - 1])
        if broken and not self.after:
            raise OSError(errno.EIO, "Input/output error", str(arguments[0]))
        act()
        if broken:
            raise OSError(errno.EIO, "Input/output error", str(arguments[0]))

    def mkdir(self, path: Path, mode: int = 0o755) -> None:
        self._step("mkdir", lambda: FileSystem.mkdir(self, path, mode), path)

    def create(self, path: Path, data: bytes, mode: int) -> None:
        self._step("create", lambda: FileSystem.create(self, path, data, mode), path)

    def keep(self, source: Path, target: Path) -> None:
        self._step("keep", lambda: FileSystem.keep(self, source, target), source, target)

    def replace(self, source: Path, target: Path) -> None:
        self._step("replace", lambda: FileSystem.replace(self, source, target), source, target)

    def unlink(self, path: Path) -> None:
        self._step("unlink", lambda: FileSystem.unlink(self, path), path)

    def rmdir(self, path: Path) -> None:
        self._step("rmdir", lambda: FileSystem.rmdir(self, path), path)

    def sync_folder(self, path: Path) -> None:
        self._step("sync_folder", lambda: FileSystem.sync_folder(self, path), path)


@pytest.fixture
def sets(tmp_path: Path) -> tuple[dict[str, bytes], dict[str, bytes], int]:
    """The earlier and the later set, and how many calls lead from one to the other."""
    write(tmp_path / "sets", OLD)
    before = content(tmp_path / "sets")
    counter = Broken(10**9)
    write(tmp_path / "sets", NEW, counter)
    assert {call[0] for call in counter.calls} == {"mkdir", "create", "keep", "replace", "unlink", "rmdir", "sync_folder"}
    return before, content(tmp_path / "sets"), len(counter.calls)


def settled(directory: Path) -> bool:
    return not any((directory / name).exists() for name in (JOURNAL, STAGE, LOCK))


def attempt(directory: Path, system: FileSystem) -> str:
    """Return what a write says that fails, or nothing."""
    try:
        write(directory, NEW, system)
    except NbclusterError as fault:
        return fault.message if fault.code is ExitCode.UNWRITABLE else f"exit {fault.code}"
    return ""


def folders(parent: Path, count: int) -> Iterator[tuple[int, Path]]:
    """Yield the numbers from 1 to a count, each with a folder of its own in which the old set stands."""
    for number in range(1, count + 1):
        directory = parent / f"run{number}"
        write(directory, OLD)
        yield number, directory


@pytest.mark.parametrize("after", [False, True], ids=["undone", "done"])
def test_any_step_that_fails_for_good_leaves_one_of_the_two_sets(
    tmp_path: Path, sets: tuple[dict[str, bytes], dict[str, bytes], int], after: bool
) -> None:
    before, later, total = sets
    seen = set()
    for number, directory in folders(tmp_path, total):
        system = Broken(number, after=after)
        message = attempt(directory, system)
        state = content(directory)
        assert state in (before, later) and not message.startswith("exit"), (number, message)
        seen.add((state == later, bool(message)))
        step = system.calls[number - 1]
        if message and state == before and step[0] != "rmdir":
            assert not (directory / "nodes").exists(), step
        if message and state == later:
            assert "hanged" not in message, step
        if message and step[0] == "replace" and step[-1] != directory / JOURNAL:
            assert str(step[-1]) in message, "the target is named"
        assert write(directory, NEW) or state == later
        assert content(directory) == later and settled(directory), (number, message)
        kept = [path.read_bytes() for path in (directory / "backups").iterdir()]
        assert sorted(kept) == sorted(file.data for file in OLD), number
    assert {(False, True), (True, True)} <= seen


def test_a_disk_that_is_gone_half_way_is_mended_by_the_next_run(
    tmp_path: Path, sets: tuple[dict[str, bytes], dict[str, bytes], int]
) -> None:
    before, later, total = sets
    seen = set()
    for number, directory in folders(tmp_path, total):
        with pytest.raises(NbclusterError) as caught:
            write(directory, NEW, Broken(number, all_=True))
        assert caught.value.code is ExitCode.UNWRITABLE
        state = content(directory)
        mixed = state not in (before, later)
        told = {problem.path: problem.message for problem in caught.value.problems}
        if mixed:
            assert len(set(told.values())) == 2 and all(str(directory / name) in told for name in (".env", "nginx/nocobase.conf"))
        recover(directory)
        assert content(directory) in (before, later), number
        seen.add(mixed)
        write(directory, NEW)
        assert content(directory) == later and settled(directory)
    assert seen == {False, True}


def test_a_write_that_is_taken_back_may_be_cut_off_at_any_step(
    tmp_path: Path, sets: tuple[dict[str, bytes], dict[str, bytes], int]
) -> None:
    before, _later, _total = sets
    cut = 0
    while True:
        cut += 1
        directory = tmp_path / f"run{cut}"
        write(directory, OLD)
        system = CutOff(directory / "manifest.json", cut)
        try:
            write(directory, NEW, system)
        except NbclusterError:
            break
        except Crash:
            pass
        recover(directory)
        assert content(directory) == before, cut
    assert cut > 8


def test_a_target_that_nothing_replaces_needs_no_putting_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sets: tuple[dict[str, bytes], dict[str, bytes], int]
) -> None:
    """Immutable files have no second names; the copy of one is not renamed over it either."""
    before, _later, _total = sets
    directory = tmp_path / "out"
    write(directory, OLD)

    class Held(FileSystem):
        def replace(self, source: Path, target: Path) -> None:
            if target == directory / "nginx" / "nocobase.conf":
                raise OSError(errno.EPERM, "Operation not permitted", str(source))
            super().replace(source, target)

    monkeypatch.setattr("os.link", keep_nothing)
    with pytest.raises(NbclusterError) as caught:
        write(directory, NEW, Held())
    assert str(directory / "nginx" / "nocobase.conf") in caught.value.message and not caught.value.problems
    assert content(directory) == before and settled(directory)


class CutOff(FileSystem):
    """One rename fails for good; some steps later the process is gone."""

    def __init__(self, target: Path, left: int) -> None:
        self.target, self.left, self.failed = target, left, False

    def _step(self) -> None:
        self.left -= self.failed
        if self.failed and self.left < 0:
            raise Crash

    def replace(self, source: Path, target: Path) -> None:
        if target == self.target and not self.failed:
            self.failed = True
            raise OSError(errno.EBUSY, "Device or resource busy", str(source))
        self._step()
        super().replace(source, target)

    def unlink(self, path: Path) -> None:
        self._step()
        super().unlink(path)

    def sync_folder(self, path: Path) -> None:
        self._step()
        super().sync_folder(path)


def interrupted(directory: Path, target: str) -> None:
    """Leave a write whose renames have begun and not reached one target."""
    write(directory, OLD)
    with pytest.raises(Crash):
        write(directory, NEW, StopAt(directory / target))


def test_a_recovery_keeps_no_more_backups_than_a_write(tmp_path: Path) -> None:
    for number in range(9):
        files = (OutputFile(".env", f"A={number}\n".encode(), True),)
        if number:
            with pytest.raises(Crash):
                write(tmp_path, files, StopAt(tmp_path / "manifest.json"))
            assert recover(tmp_path)
        else:
            write(tmp_path, files)
    assert sorted(path.read_text() for path in (tmp_path / "backups").iterdir()) == [f"A={number}\n" for number in range(3, 8)]


class StopAt(FileSystem):
    """The process is gone before one rename."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def replace(self, source: Path, target: Path) -> None:
        if target == self.target:
            raise Crash
        super().replace(source, target)


def test_a_recovery_that_cannot_be_completed_is_taken_back(
    tmp_path: Path, sets: tuple[dict[str, bytes], dict[str, bytes], int]
) -> None:
    before, later, _total = sets
    directory = tmp_path / "out"
    interrupted(directory, "nginx/nocobase.conf")
    assert content(directory) not in (before, later)
    blocker = directory / "nodes" / "a.env"
    blocker.mkdir()
    with pytest.raises(NbclusterError) as caught:
        recover(directory)
    assert caught.value.code is ExitCode.UNWRITABLE and str(blocker) in caught.value.message
    assert content(directory) == before
    blocker.rmdir()
    write(directory, NEW)
    assert content(directory) == later and settled(directory)


def test_a_recovery_that_can_go_neither_way_says_what_is_where(
    tmp_path: Path, sets: tuple[dict[str, bytes], dict[str, bytes], int]
) -> None:
    _before, later, _total = sets
    directory = tmp_path / "out"
    interrupted(directory, "nginx/nocobase.conf")
    before = snapshot(directory, folder_times=False)
    for _again in range(2):
        with pytest.raises(NbclusterError) as caught:
            recover(directory, system=Broken(1, all_=True))
        assert caught.value.code is ExitCode.UNWRITABLE
        told = {problem.path: problem.message for problem in caught.value.problems}
        assert told[str(directory / ".env")] != told[str(directory / "nginx/nocobase.conf")] == told[str(directory / "gone.md")]
    assert snapshot(directory, folder_times=False) == before
    assert recover(directory) and content(directory) == later


def test_a_file_in_the_way_of_a_folder_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / "nodes").write_text("mine")
    before = snapshot(tmp_path, folder_times=False)
    with pytest.raises(NbclusterError) as caught:
        write(tmp_path, NEW)
    assert [problem.path for problem in caught.value.problems] == [str(tmp_path / "nodes/a.env")]
    assert snapshot(tmp_path, folder_times=False) == before


def test_folders_that_a_failed_write_made_are_gone(tmp_path: Path) -> None:
    with pytest.raises(NbclusterError):
        write(tmp_path / "a" / "b", NEW, Faulty(7, after=False, fault=lambda: OSError(errno.ENOSPC, "No space left on device")))
    assert list(tmp_path.iterdir()) == []


def keep_nothing(*_arguments: Any, **_named: Any) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def test_without_hard_links_the_earlier_files_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sets: tuple[dict[str, bytes], dict[str, bytes], int]
) -> None:
    before, later, _total = sets
    monkeypatch.setattr("os.link", keep_nothing)
    directory = tmp_path / "out"
    write(directory, OLD)
    with pytest.raises(NbclusterError):
        write(directory, NEW, CutOff(directory / "manifest.json", 10**9))
    assert content(directory) == before and (directory / ".env").stat().st_mode & 0o777 == 0o600
    assert write_set(directory, NEW, tool="test 1", now=clock).written and content(directory) == later


def test_a_write_goes_in_the_order_from_which_every_crash_is_mended(tmp_path: Path) -> None:
    """Everything staged and on the disk, then the journal, then backups, files and manifest, then the folders, then the journal goes."""
    write(tmp_path, OLD)
    counter = Broken(10**9)
    write(tmp_path, NEW, counter)
    steps = [(call[0], *(str(path.relative_to(tmp_path)) for path in call[1:])) for call in counter.calls]  # type: ignore[attr-defined]
    targets = [f"backups/{name}.20300102T030405Z" for name in (".env", "nginx__nocobase.conf", "gone.md")]
    targets += [".env", "nginx/nocobase.conf", "nodes/a.env", "manifest.json"]
    staged = ["b0", "b1", "b2", "f0", "f1", "f2", "f3"]
    kept = {"o0": ".env", "o1": "nginx/nocobase.conf", "o3": "manifest.json", "o4": "gone.md"}
    assert steps == [
        ("mkdir", STAGE),
        *(("create", f"{STAGE}/{name}") for name in staged),
        *(("keep", path, f"{STAGE}/{name}") for name, path in kept.items()),
        ("create", f"{STAGE}/retreat"),
        ("create", f"{STAGE}/journal"),
        ("sync_folder", STAGE),
        ("mkdir", "nodes"),
        ("mkdir", "backups"),
        ("replace", f"{STAGE}/journal", JOURNAL),
        ("sync_folder", "."),
        *(("replace", f"{STAGE}/{name}", target) for name, target in zip(staged, targets, strict=True)),
        ("unlink", "gone.md"),
        *(("sync_folder", folder) for folder in (".", "backups", "nginx", "nodes")),
        ("unlink", JOURNAL),
        *(("unlink", f"{STAGE}/{name}") for name in (*kept, "retreat")),
        ("rmdir", STAGE),
    ]


def test_what_is_staged_is_private_unless_anybody_may_read_it(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    modes: dict[str, int] = {}

    class Modes(FileSystem):
        def mkdir(self, path: Path, mode: int = 0o755) -> None:
            modes[path.name] = mode
            super().mkdir(path, mode)

        def create(self, path: Path, data: bytes, mode: int) -> None:
            modes[path.name] = mode
            super().create(path, data, mode)

    write(tmp_path, NEW, Modes())
    private = dict.fromkeys(("b0", "b1", "b2", "f0", "f2", "retreat", "journal"), 0o600)
    assert modes == {STAGE: 0o700, "nodes": 0o700, "backups": 0o700, "f1": 0o644, "f3": 0o644, **private}


def test_a_write_tells_what_it_did(tmp_path: Path) -> None:
    stamp = "20300102T030405Z"
    assert write_set(tmp_path, OLD, tool="test 1", now=clock) == WriteResult((".env", "nginx/nocobase.conf", "gone.md"), (), ())
    files = (*NEW[1:], OLD[0], OutputFile("report.json", b"{}"))
    backups = (f"backups/nginx__nocobase.conf.{stamp}", f"backups/gone.md.{stamp}")
    written = ("nginx/nocobase.conf", "nodes/a.env", "report.json")
    assert write_set(tmp_path, files, tool="test 1", now=clock) == WriteResult(written, (".env",), ("gone.md",), (), backups)
    again = write_set(tmp_path, files, tool="test 1", now=clock)
    assert again.written == again.removed == again.backups == () and set(again.unchanged) == {file.path for file in files}
    (tmp_path / "nodes/a.env").write_text("edited")
    other = write_set(tmp_path, (OLD[0], OutputFile("report.json", b"[]")), tool="test 1", now=clock)
    assert (other.written, other.removed, other.kept) == (("report.json",), ("nginx/nocobase.conf",), ("nodes/a.env",))
    assert other.backups == (f"backups/nginx__nocobase.conf.{stamp}-1",)
    third = write_set(tmp_path, (OLD[0], OutputFile("report.json", b"[]")), tool="test 1", now=clock)
    assert (third.written, third.kept) == ((), ())


def test_only_paths_of_the_caller_are_removed_and_others_stay_listed(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / "gone.md").write_text("edited")
    before = last_manifest(tmp_path)
    result = write_set(tmp_path, (), tool="test 1", now=clock, mine=lambda path: path == ".env", keys={"salt": "00", "app": "11"})
    assert result.removed == (".env",) and not (tmp_path / ".env").exists()
    assert last_manifest(tmp_path) == {path: known for path, known in before.items() if path != ".env"}
    document = json.loads((tmp_path / "manifest.json").read_bytes())
    assert (document["tool"], document["keys"]) == ("test 1", {"salt": "00", "app": "11"})


@pytest.mark.parametrize("target", [".env", "nginx/nocobase.conf"])
def test_an_interrupted_write_is_told_of_by_the_next_one(tmp_path: Path, target: str) -> None:
    interrupted(tmp_path, target)
    said = announced(tmp_path)
    with held(tmp_path) as recovered:
        result = write_set(tmp_path, NEW, tool="test 1", now=clock)
    assert said and recovered and result.written == () and recover(tmp_path) is None and announced(tmp_path) is None


def test_a_journal_comes_back_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / STAGE).mkdir(mode=0o700)
    journal = Journal((("f0", ".env"),), ("gone.md",), (("o0", ".env"), ("o1", "gone.md")), back=True)
    for kept in (journal, replace(journal, back=False)):
        (tmp_path / JOURNAL).write_bytes(kept.encode())
        assert read_journal(tmp_path) == kept
    assert json.loads(journal.encode()).keys() == {"schema", "moves", "removals", "earlier", "back"}


def test_a_fault_of_the_system_is_told_of_a_file_of_the_user_s(tmp_path: Path) -> None:
    directory = tmp_path / "out"
    for name, told in {
        str(directory / STAGE / "f0"): directory,
        str(directory / JOURNAL): directory,
        str(directory / "nodes"): directory / "nodes",
        str(tmp_path / ".nbcluster-x"): tmp_path / ".nbcluster-x",
    }.items():
        fault = unwritable(directory, OSError(errno.EIO, "Input/output error", name))
        assert fault.code is ExitCode.UNWRITABLE and f"{told} " in fault.message and "Input/output error" in fault.message
    fault = unwritable(directory, OSError())
    assert f"{directory} " in fault.message and "OSError" in fault.message


@pytest.mark.parametrize("name", [JOURNAL, STAGE])
@pytest.mark.parametrize("target", ["", "manifest.json"])
def test_what_cannot_be_removed_at_the_end_is_named_with_the_state_of_the_files(tmp_path: Path, name: str, target: str) -> None:
    """The set is the later one; with a target that nothing replaces it is the earlier one."""
    write(tmp_path, OLD)
    before = content(tmp_path)

    class Stays(FileSystem):
        def replace(self, source: Path, place: Path) -> None:
            if place == tmp_path / (target or "none"):
                raise OSError(errno.EBUSY, "Device or resource busy", str(source))
            super().replace(source, place)

        def unlink(self, path: Path) -> None:
            if path == tmp_path / name:
                raise OSError(errno.EIO, "Input/output error", str(path))
            super().unlink(path)

        def rmdir(self, path: Path) -> None:
            if path == tmp_path / name:
                raise OSError(errno.EIO, "Input/output error")
            super().rmdir(path)

    with pytest.raises(NbclusterError) as caught:
        write(tmp_path, NEW, Stays())
    assert (
        caught.value.code is ExitCode.UNWRITABLE
        and str(tmp_path / JOURNAL if name == JOURNAL else tmp_path) in caught.value.message
    )
    assert "Input/output error" in caught.value.message and "None" not in caught.value.message
    assert (content(tmp_path) == before) == bool(target)
    write(tmp_path, NEW)
    assert settled(tmp_path) and content(tmp_path)[".env"] == b"A=2\n"


class Fixed(FileSystem):
    """Nothing is renamed over one file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def replace(self, source: Path, target: Path) -> None:
        if target == self.target:
            raise OSError(errno.EIO, "Input/output error", str(source))
        super().replace(source, target)


def test_taking_back_that_fails_says_what_is_where(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    before = content(tmp_path)
    with pytest.raises(Crash):
        write(tmp_path, NEW, CutOff(tmp_path / "manifest.json", 1))
    for target, later in (
        ("nginx/nocobase.conf", {".env", "nginx/nocobase.conf", "nodes/a.env"}),
        (".env", {".env", "nodes/a.env"}),
    ):
        with pytest.raises(NbclusterError) as caught:
            recover(tmp_path, system=Fixed(tmp_path / target))
        assert caught.value.code is ExitCode.UNWRITABLE
        assert all(text in caught.value.message for text in (str(tmp_path / target), "Input/output error", str(tmp_path / STAGE)))
        told = {str(Path(problem.path).relative_to(tmp_path)): problem.message for problem in caught.value.problems}
        states = {told[name] for name in later}, {told[name] for name in {*SMALL} - later}
        assert all(len(state) == 1 for state in states) and states[0] != states[1]
    assert recover(tmp_path) and content(tmp_path) == before


@pytest.mark.parametrize("back", [False, True], ids=["on", "back"])
def test_where_the_content_stands_that_a_recovery_will_leave(tmp_path: Path, back: bool) -> None:
    write(tmp_path, OLD)
    with pytest.raises(Crash):
        write(tmp_path, NEW, CutOff(tmp_path / "manifest.json", 2) if back else StopAt(tmp_path / "nginx/nocobase.conf"))
    (tmp_path / "notes").write_text("mine")
    before = snapshot(tmp_path)
    places = {name: located(tmp_path, name) for name in SMALL}
    foretold = {name: place.read_bytes() for name, place in places.items() if place.is_file()}
    assert announced(tmp_path) and located(tmp_path, "notes") == tmp_path / "notes" and snapshot(tmp_path) == before
    assert recover(tmp_path) and content(tmp_path) == foretold
    assert foretold[".env"] == (b"A=1\n" if back else b"A=2\n") and ("gone.md" in foretold) == back


class Unseen(FileSystem):
    """Can look at nothing."""

    def status(self, path: Path) -> None:
        raise PermissionError(errno.EACCES, "no look", str(path))


@pytest.mark.parametrize("act", [announced, lambda folder, system: recover(folder, system=system)])
def test_a_folder_that_cannot_be_looked_into_is_named_with_the_reason(tmp_path: Path, act: Callable[..., object]) -> None:
    with pytest.raises(NbclusterError) as caught:
        act(tmp_path, Unseen())
    assert caught.value.code is ExitCode.UNWRITABLE
    assert str(tmp_path) in caught.value.message and "no look" in caught.value.message


def test_a_recovery_asks_before_it_writes_where_everybody_may(tmp_path: Path) -> None:
    (tmp_path / STAGE).mkdir(mode=0o700)
    (tmp_path / STAGE / "f0").write_bytes(b"new")
    (tmp_path / JOURNAL).write_bytes(Journal((("f0", "a"),), ()).encode())
    tmp_path.chmod(0o777)
    with pytest.raises(UnsafeFolderError):
        recover(tmp_path)
    assert not (tmp_path / "a").exists()
    assert recover(tmp_path, trust=True) and (tmp_path / "a").read_bytes() == b"new"


def test_without_a_way_back_each_file_is_told_with_its_set(tmp_path: Path) -> None:
    class Stubborn(FileSystem):
        def replace(self, source: Path, target: Path) -> None:
            if target.name == "b":
                raise OSError(errno.EIO, "worn out", str(source))
            super().replace(source, target)

    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "b").write_bytes(b"old")
    (tmp_path / STAGE).mkdir(mode=0o700)
    for name in ("f0", "f1"):
        (tmp_path / STAGE / name).write_bytes(b"new")
    (tmp_path / JOURNAL).write_bytes(Journal((("f0", "a"), ("f1", "b")), ()).encode())
    with pytest.raises(NbclusterError) as caught:
        recover(tmp_path, system=Stubborn())
    told = {problem.path: problem.message for problem in caught.value.problems}
    assert caught.value.code is ExitCode.UNWRITABLE and set(told) == {str(tmp_path / "a"), str(tmp_path / "b")}
    assert told[str(tmp_path / "a")] != told[str(tmp_path / "b")]
    assert str(tmp_path / "b") in caught.value.message and "worn out" in caught.value.message
    assert recover(tmp_path) and (tmp_path / "b").read_bytes() == b"new"


def test_a_journal_whose_moves_are_no_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / STAGE).mkdir(mode=0o700)
    (tmp_path / JOURNAL).write_text(json.dumps({"schema": 1, "moves": {}, "removals": []}))
    with pytest.raises(NbclusterError):
        read_journal(tmp_path)
