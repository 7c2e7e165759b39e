"""Files that a user names: read within limits of size and time, or refused with a reason."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from nbcluster.errors import ExitCode, InvalidAnswersError, NbclusterError
from nbcluster.system import inputfile
from nbcluster.system.inputfile import FileFault, contents, expanded, read_text, target_file, target_folder

LIMIT = 1000


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a pipe hardly any time."""
    for name in ("_NO_WRITER", "_SILENCE"):
        monkeypatch.setattr(inputfile, name, 0.05)


def test_a_file_is_read_up_to_the_limit_and_no_further(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * LIMIT)
    assert contents(path, LIMIT) == b"x" * LIMIT
    path.write_bytes(b"x" * (LIMIT + 1))
    with pytest.raises(FileFault):
        contents(path, LIMIT)


def test_the_size_of_a_file_is_looked_at_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)
    monkeypatch.setattr(os, "read", None)
    with pytest.raises(FileFault):
        contents(path, LIMIT)


def test_a_file_that_does_not_tell_its_size_is_read_up_to_the_limit() -> None:
    assert contents(Path("/proc/self/status"), 1 << 20).startswith(b"Name:")
    with pytest.raises(FileFault):
        contents(Path("/proc/self/status"), 10)


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "/dev/full"])
def test_a_device_is_never_read(name: str) -> None:
    with pytest.raises(FileFault):
        contents(Path(name), LIMIT)


def test_a_folder_a_socket_a_dangling_link_and_a_loop_are_named(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
    for name, missing in (
        ("", False),
        ("socket", False),
        ("loop", False),
        ("dangling", True),
        ("nothing", True),
        ("a\0b", False),
    ):
        with pytest.raises(FileFault) as caught:
            contents(tmp_path / name, LIMIT)
        assert caught.value.missing is missing and caught.value.reason and caught.value.hint


@pytest.mark.usefixtures("hurried")
def test_a_pipe_without_a_writer_ends(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileFault):
        contents(tmp_path / "pipe", LIMIT)


@pytest.mark.usefixtures("hurried")
def test_a_pipe_whose_writer_is_silent_ends(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = os.open(tmp_path / "pipe", os.O_RDWR)
    try:
        with pytest.raises(FileFault):
            contents(tmp_path / "pipe", LIMIT)
        os.write(writer, b"begun, and never ended")
        with pytest.raises(FileFault):
            contents(tmp_path / "pipe", LIMIT)
    finally:
        os.close(writer)


def test_a_pipe_is_read_to_its_end_and_within_the_limit(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for data in (b"x" * LIMIT, b"x" * (LIMIT + 1)):
        writer = threading.Thread(target=lambda data=data: (tmp_path / "pipe").write_bytes(data))
        writer.start()
        if len(data) > LIMIT:
            with pytest.raises(FileFault):
                contents(tmp_path / "pipe", LIMIT)
        else:
            assert contents(tmp_path / "pipe", LIMIT) == data
        writer.join()
    with pytest.raises(FileFault):
        contents(tmp_path / "pipe", LIMIT, pipes=False)


def test_what_a_program_prints_is_read_from_its_pipe() -> None:
    with subprocess.Popen([sys.executable, "-c", "print('A=1')"], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert contents(Path(f"/dev/fd/{program.stdout.fileno()}"), LIMIT) == b"A=1\n"


def test_text_is_utf_8_and_the_problem_stands_at_the_key(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbfa\xc3\xa4")
    assert read_text(path, "key") == "aä" and read_text(path, "key", mark=True) == "\ufeffaä"
    path.write_bytes(b"a\xff")
    with pytest.raises(InvalidAnswersError) as caught:
        read_text(path, "database.password")
    (problem,) = caught.value.problems
    assert problem.path == "database.password" and str(path) in problem.message and problem.hint
    with pytest.raises(InvalidAnswersError) as caught:
        read_text(path, str(path))
    assert str(path) not in caught.value.problems[0].message


@pytest.mark.parametrize(
    "text", ["~no-such-user/x", "a\0b", "\ud800", "n" * 256, "ä" * 128, "d/" * 2500], ids=lambda t: ascii(t)[:20]
)
def test_what_cannot_be_a_path_is_a_problem_of_its_field(text: str) -> None:
    with pytest.raises(InvalidAnswersError) as caught:
        expanded(text, "app.base_env")
    assert [problem.path for problem in caught.value.problems] == ["app.base_env"]
    for target in (target_file, target_folder):
        with pytest.raises(NbclusterError) as refused:
            target(text, "--out")
        too_long = len(text) > 100
        assert refused.value.code is (ExitCode.UNWRITABLE if too_long else ExitCode.INVALID)


def test_home_is_put_in(isolated_environment: Path) -> None:
    assert expanded("~/x", "") == isolated_environment / "x"
    assert target_folder("~/x", "") == isolated_environment / "x"


def test_an_account_without_a_home_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", _no_entry)
    with pytest.raises(InvalidAnswersError):
        expanded("~/x", "")


def _no_entry(_number: int) -> None:
    raise KeyError


def test_a_folder_to_write_into_cannot_be_something_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "file", tmp_path / "file" / "x", tmp_path / "dangling", tmp_path / "pipe", Path("/")):
        with pytest.raises(NbclusterError) as caught:
            target_folder(path, "--out")
        assert caught.value.code is ExitCode.UNWRITABLE and str(path) in caught.value.message
    assert target_folder(tmp_path / "new" / "er", "--out") == tmp_path / "new" / "er"


def test_a_pipe_or_a_folder_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(NbclusterError) as caught:
            target_file(path, "--bundle")
        assert caught.value.code is ExitCode.UNWRITABLE
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    (tmp_path / "old.tar.gz").write_bytes(b"")
    assert target_file(tmp_path / "old.tar.gz", "--bundle") == tmp_path / "old.tar.gz"


def test_the_imported_file_of_an_installation_is_no_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbcluster.answers.importer.disk import base_file_of, beside
    from tests.unit.scenarios import official

    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(inputfile, "_read", None)
    with pytest.raises(InvalidAnswersError) as caught:
        base_file_of(official().with_("app.base_env", str(tmp_path / "pipe")))
    assert caught.value.problems[0].path == "app.base_env"
    assert beside(tmp_path / "compose.yaml")("pipe") is None


def test_a_pipe_whose_writer_leaves_without_a_word_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = os.open(tmp_path / "pipe", os.O_RDWR)

    def leave(_handle: int, _seconds: float) -> bool:
        os.close(writer)
        return True

    monkeypatch.setattr(inputfile, "_readable", leave)
    assert contents(tmp_path / "pipe", LIMIT) == b""
