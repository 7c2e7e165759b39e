"""An interrupted write's journal is trusted only inside the folder and only if it is this user's own; anything else is refused untouched."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.write import announced, located
from nbcluster.files.write.filesystem import FileSystem
from nbcluster.files.write.folder import JOURNAL, LOCK, STAGE, is_inside
from tests.unit.recovery import recover
from tests.unit.test_write_faults import NEW, OLD, Crash, Faulty, content, snapshot, write


def document(**parts: Any) -> bytes:
    return json.dumps({"schema": 1, "moves": [], "removals": [], **parts}).encode()


LOST = "x" * 256
HOSTILE: dict[str, Callable[[Path], bytes]] = {
    "absolute": lambda outside: document(moves=[["f0", str(outside / "victim")]]),
    "absolute removal": lambda outside: document(removals=[str(outside / "victim")]),
    "upwards": lambda _outside: document(moves=[["f0", "../outside/victim"]]),
    "upwards removal": lambda _outside: document(removals=["../outside/victim"]),
    "upwards behind a name": lambda _outside: document(removals=["nginx/../../outside/victim"]),
    "upwards as earlier": lambda _outside: document(earlier=[["o0", "../outside/victim"]]),
    "staged elsewhere": lambda outside: document(moves=[[str(outside / "victim"), ".env"]]),
    "staged above": lambda _outside: document(moves=[["../../outside/victim", ".env"]]),
    "staged names itself": lambda _outside: document(moves=[["", ".env"]]),
    "nowhere": lambda _outside: document(moves=[["f0", ""]]),
    "removes nowhere": lambda _outside: document(removals=[""]),
    "the folder": lambda _outside: document(removals=["."]),
    "double slash": lambda _outside: document(moves=[["f0", "nginx//nocobase.conf"]]),
    "trailing slash": lambda _outside: document(removals=["nginx/"]),
    "NUL": lambda _outside: document(moves=[["f0", "a\0b"]]),
    "lone surrogate": lambda _outside: document(removals=["\ud800"]),
    "long name": lambda _outside: document(removals=[LOST]),
    "its own stage": lambda _outside: document(removals=[f"{STAGE}/f0"]),
    "its own lock": lambda _outside: document(moves=[["f0", LOCK]]),
    "a list": lambda _outside: b'["backups"]',
    "a number": lambda _outside: b"3",
    "empty": lambda _outside: b"",
    "cut off": lambda _outside: document(removals=["gone.md"])[:-3],
    "no text": lambda _outside: b"\xff\xfe",
    "deep": lambda _outside: b"[" * 200_000,
    "deep inside": lambda _outside: b'{"schema": 1, "moves": ' + b"[" * 200_000,
    "long number": lambda _outside: b'{"schema": ' + b"1" * 6000 + b"}",
    "later schema": lambda _outside: document(schema=2),
    "no moves": lambda _outside: b'{"schema": 1, "removals": []}',
    "text for moves": lambda _outside: document(moves="f0"),
    "text for removals": lambda _outside: document(removals="gone.md"),
    "numbers": lambda _outside: document(removals=[3]),
    "half a pair": lambda _outside: document(moves=[["f0"]]),
    "null": lambda _outside: document(moves=[["f0", None]]),
    "word for back": lambda _outside: document(back="yes"),
    "huge": lambda _outside: document() + b" " * (9 << 20),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A written folder with a staged file, beside a folder that is nobody's business."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "victim").write_text("mine")
    write(tmp_path / "out", OLD)
    stage = tmp_path / "out" / STAGE
    stage.mkdir(mode=0o700)
    (stage / "f0").write_text("evil")
    return tmp_path / "out"


def refused(folder: Path, act: Callable[[], object], named: Path) -> None:
    """A way into the folder ends with exit 7 and the name of what stands there; nothing changed, but that the lock came and went."""
    before = snapshot(folder.parent, folder_times=False)
    with pytest.raises(NbclusterError) as caught:
        act()
    assert caught.value.code is ExitCode.UNWRITABLE
    assert str(named) in caught.value.message
    assert snapshot(folder.parent, folder_times=False) == before


def every_way(folder: Path, system: FileSystem | None = None) -> tuple[Callable[[], object], ...]:
    system = system or FileSystem()
    return (
        lambda: recover(folder, system=system),
        lambda: recover(folder, trust=True, system=system),
        lambda: announced(folder, system),
        lambda: write(folder, NEW, system),
    )


def way_out(folder: Path) -> None:
    """Do what the message says, after which the folder is written as ever."""
    (folder / JOURNAL).unlink(missing_ok=True)
    for path in (folder / STAGE).iterdir():
        path.unlink()
    (folder / STAGE).rmdir()
    write(folder, NEW)
    assert content(folder)[".env"] == b"A=2\n"


@pytest.mark.parametrize("form", HOSTILE)
def test_a_journal_that_reaches_out_or_is_none_is_refused_untouched(folder: Path, form: str) -> None:
    (folder / JOURNAL).write_bytes(HOSTILE[form](folder.parent / "outside"))
    for act in (*every_way(folder), lambda: located(folder, ".env")):
        refused(folder, act, folder / JOURNAL)
    way_out(folder)


def link(path: Path, target: Path) -> None:
    path.symlink_to(target)


@pytest.mark.parametrize("kind", ["symlink", "dangling", "pipe", "folder"])
def test_a_journal_that_is_no_regular_file_is_refused(folder: Path, kind: str) -> None:
    path = folder / JOURNAL
    good = folder.parent / "outside" / "journal"
    good.write_bytes(document(removals=["gone.md"]))
    make: dict[str, Callable[[], object]] = {
        "symlink": lambda: link(path, good),
        "dangling": lambda: link(path, folder.parent / "nowhere"),
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
    }
    make[kind]()
    for act in every_way(folder):
        refused(folder, act, path)


@pytest.mark.parametrize("journal", [False, True], ids=["without a journal", "with a journal"])
@pytest.mark.parametrize("kind", ["symlink", "dangling", "file", "pipe"])
def test_a_stage_that_is_no_folder_is_refused(folder: Path, kind: str, journal: bool) -> None:
    stage = folder / STAGE
    (stage / "f0").unlink()
    stage.rmdir()
    make: dict[str, Callable[[], object]] = {
        "symlink": lambda: link(stage, folder.parent / "outside"),
        "dangling": lambda: link(stage, folder.parent / "nowhere"),
        "file": stage.touch,
        "pipe": lambda: os.mkfifo(stage),
    }
    make[kind]()
    if journal:
        (folder / JOURNAL).write_bytes(document(moves=[["f0", ".env"]]))
    for act in every_way(folder):
        refused(folder, act, stage)


@pytest.mark.parametrize("kind", ["symlink", "dangling", "pipe", "folder"])
def test_a_lock_that_is_no_regular_file_is_refused(folder: Path, kind: str) -> None:
    lock = folder / LOCK
    make: dict[str, Callable[[], object]] = {
        "symlink": lambda: link(lock, folder.parent / "outside" / "victim"),
        "dangling": lambda: link(lock, folder.parent / "outside" / "made"),
        "pipe": lambda: os.mkfifo(lock),
        "folder": lock.mkdir,
    }
    make[kind]()
    for act in (lambda: recover(folder), lambda: write(folder, NEW)):
        refused(folder, act, lock)


def test_what_another_user_left_is_refused(folder: Path) -> None:
    class Other(FileSystem):
        def user(self) -> int:
            return os.geteuid() + 1

    for act in every_way(folder, Other()):
        refused(folder, act, folder / STAGE)
    (folder / JOURNAL).write_bytes(document(moves=[["f0", ".env"]]))
    for act in every_way(folder, Other()):
        refused(folder, act, folder / JOURNAL)
    (folder / JOURNAL).unlink()
    (folder / STAGE / "f0").unlink()
    (folder / STAGE).rmdir()
    (folder / LOCK).touch()
    refused(folder, lambda: write(folder, NEW, Other()), folder / LOCK)


@pytest.mark.parametrize("kind", ["symlink", "pipe", "folder", "stranger"])
def test_a_stage_that_holds_something_else_is_refused(folder: Path, kind: str) -> None:
    path = folder / STAGE / ("notes.txt" if kind == "stranger" else "f1")
    make: dict[str, Callable[[], object]] = {
        "symlink": lambda: link(path, folder.parent / "outside" / "victim"),
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "stranger": lambda: path.write_text("mine"),
    }
    make[kind]()
    for journal in (None, document(moves=[["f0", ".env"], ["f1", "nodes/a.env"]])):
        if journal:
            (folder / JOURNAL).write_bytes(journal)
        for act in every_way(folder):
            refused(folder, act, path)


def test_a_journal_without_its_stage_is_refused(folder: Path) -> None:
    (folder / STAGE / "f0").unlink()
    (folder / STAGE).rmdir()
    (folder / JOURNAL).write_bytes(document(removals=["gone.md"]))
    for act in every_way(folder):
        refused(folder, act, folder / JOURNAL)


@pytest.mark.parametrize(
    "parts", [{"moves": [["f0", "nodes/victim"]]}, {"removals": ["nodes/victim"]}, {"earlier": [["o0", "nodes/victim"]]}]
)
def test_a_journal_is_not_obeyed_through_a_symlinked_folder(folder: Path, parts: dict[str, Any]) -> None:
    link(folder / "nodes", folder.parent / "outside")
    (folder / JOURNAL).write_bytes(document(**parts))
    for trust in (False, True):
        refused(folder, lambda trust=trust: recover(folder, trust=trust), folder / "nodes")  # type: ignore[misc]
    (folder / "nodes").unlink()
    assert recover(folder)


def test_a_journal_of_the_first_release_is_completed(folder: Path) -> None:
    (folder / JOURNAL).write_bytes(document(moves=[["f0", "nginx/nocobase.conf"], ["f1", ".env"]], removals=["gone.md"]))
    assert located(folder, "nginx/nocobase.conf").read_bytes() == b"evil"
    assert located(folder, ".env").read_bytes() == b"A=1\n" and not located(folder, "gone.md").exists()
    assert recover(folder)
    assert content(folder).keys() == {".env", "nginx/nocobase.conf", "manifest.json"}
    assert content(folder)["nginx/nocobase.conf"] == b"evil" and not (folder / STAGE).exists()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_what_a_recovery_will_leave_is_known_before_it(tmp_path: Path, after: bool) -> None:
    counter = Faulty(10**9, after=after, fault=Crash)
    write(tmp_path / "count", OLD)
    write(tmp_path / "count", NEW, counter)
    seen = set()
    for number in range(1, 10**9 - counter.left + 1):
        directory = tmp_path / f"run{number}"
        write(directory, OLD)
        with pytest.raises(Crash):
            write(directory, NEW, Faulty(number, after=after, fault=Crash))
        before = snapshot(directory)
        said = announced(directory)
        names = (".env", "nginx/nocobase.conf", "gone.md", "nodes/a.env", "manifest.json")
        foretold = {name: located(directory, name).read_bytes() for name in names if located(directory, name).is_file()}
        assert snapshot(directory) == before
        assert (recover(directory) is not None) == (said is not None)
        assert content(directory) == foretold, number
        seen.add(foretold == content(tmp_path / "count"))
    assert seen == {False, True}


@pytest.mark.parametrize("path", [".env", "nodes/a.env", "nodes/ä b.env", "...", "a" * 255])
def test_plain_paths_are_inside(path: str) -> None:
    assert is_inside(path)


def test_a_manifest_neither_removes_nor_reads_what_lies_outside(tmp_path: Path) -> None:
    from nbcluster.files.write.plan import digest, last_manifest

    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b").write_text("mine")
    write(tmp_path / "out", OLD)
    paths = ("../outside/b", str(outside / "b"), "", "a\0b", "\ud800", f"{STAGE}/f0", "nodes/b")
    listed = {path: {"sha256": digest(b"mine")} for path in paths}
    (tmp_path / "out" / "manifest.json").write_text(json.dumps({"schema": 1, "files": listed}))
    assert last_manifest(tmp_path / "out") == {}
    document = {"schema": 1, "files": {"nodes/b": listed["nodes/b"]}}
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(document))
    link(tmp_path / "out" / "nodes", outside)
    with pytest.raises(NbclusterError) as caught:
        write(tmp_path / "out", OLD)
    assert caught.value.code is ExitCode.UNWRITABLE and any(
        str(tmp_path / "out" / "nodes") == p.path for p in caught.value.problems
    )
    from nbcluster.files.write import write_set
    from tests.unit.test_write_faults import clock

    result = write_set(tmp_path / "out", (OutputFile(".env", b"A=3\n", True),), tool="t", now=clock, trust=True)
    assert result.kept == ("nodes/b",) and result.removed == () and (outside / "b").read_text() == "mine"


class _Foreign(FileSystem):
    """What is staged under a name belongs to somebody else."""

    def status(self, path: Path) -> os.stat_result | None:
        found = super().status(path)
        if found is None or path.name != "f0":
            return found
        return os.stat_result((*found[:4], found.st_uid + 1, *found[5:]))


def test_what_somebody_else_staged_is_not_obeyed(folder: Path) -> None:
    (folder / JOURNAL).write_bytes(document(moves=[["f0", ".env"]]))
    for act in every_way(folder, _Foreign()):
        refused(folder, act, folder / STAGE / "f0")


def test_a_folder_that_went_while_a_write_was_interrupted_is_made_again_for_its_owner(tmp_path: Path) -> None:
    write(tmp_path / "out", OLD)
    for number in range(1, 60):
        with pytest.raises(Crash):
            write(tmp_path / "out", NEW, Faulty(number, after=True, fault=Crash))
        if (tmp_path / "out" / JOURNAL).exists() and not (tmp_path / "out" / "nodes" / "a.env").exists():
            break
    (tmp_path / "out" / "nodes").rmdir()
    assert recover(tmp_path / "out") is not None
    assert (tmp_path / "out" / "nodes" / "a.env").read_bytes() == b"B=1\n"
    assert (tmp_path / "out" / "nodes").stat().st_mode & 0o777 == 0o700
