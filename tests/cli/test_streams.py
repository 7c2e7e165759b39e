"""Streams that are closed, full or cut off, a current folder that is gone, an account without a home: a message, never a traceback."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.scenarios import ANSWERS

OFFICIAL = str(ANSWERS / "official.toml")
PRINTING = {
    "version": ("--version",),
    "help": ("--help",),
    "schema": ("schema",),
    "explain": ("explain",),
    "check": ("check", "--answers", OFFICIAL, "--only", "rules"),
    "check --json": ("check", "--answers", OFFICIAL, "--only", "rules", "--json"),
    "problems --json": ("check", "--answers", "nowhere", "--json"),
    "lint": ("lint", str(ANSWERS / "existing.env")),
    "import": ("import", str(ANSWERS / "existing.env")),
    "render": ("render", "--answers", OFFICIAL, "--out", "out"),
}


def shell(arguments: tuple[str, ...], redirection: str, folder: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program by a shell that redirects its streams."""
    words = shlex.join([sys.executable, "-m", "nbcluster", *arguments])
    return subprocess.run(
        ["/bin/sh", "-c", f"{before} {words} {redirection}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
@pytest.mark.parametrize("command", PRINTING)
def test_a_standard_output_that_takes_nothing_is_exit_7_with_one_sentence(command: str, redirection: str, tmp_path: Path) -> None:
    ended = shell(PRINTING[command], redirection, tmp_path)
    assert ended.returncode == 7
    assert "Traceback" not in ended.stderr and "internal error" not in ended.stderr and "Exception" not in ended.stderr
    assert len([line for line in ended.stderr.splitlines() if line.startswith("nbcluster: ")]) == 1


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "<&-"])
@pytest.mark.parametrize(("command", "wanted"), [("check", 0), ("problems --json", 2), ("render", 0), ("lint", 3)])
def test_nobody_needs_the_other_streams(command: str, wanted: int, redirection: str, tmp_path: Path) -> None:
    ended = shell(PRINTING[command], redirection, tmp_path)
    assert ended.returncode == wanted and ended.stdout
    assert "Traceback" not in ended.stderr


def test_all_streams_may_be_closed_and_no_file_takes_their_place(tmp_path: Path) -> None:
    assert shell(PRINTING["render"], "<&- >&- 2>&-", tmp_path).returncode == 7
    again = shell((*PRINTING["render"], "--json"), "", tmp_path)
    assert again.returncode == 0 and '"written": []' in again.stdout


def test_a_reader_that_leaves_early_is_no_fault(tmp_path: Path) -> None:
    read, write = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "nbcluster", "schema"], stdout=write, stderr=subprocess.PIPE, cwd=tmp_path
    ) as program:
        os.close(write)
        os.close(read)
        _out, err = program.communicate(timeout=60)
    assert (program.returncode, err) == (0, b"")


REMOVED = {
    **{name: (words, 0) for name, words in PRINTING.items() if name not in ("render", "lint", "problems --json")},
    "lint": (PRINTING["lint"], 3),
    "problems --json": (PRINTING["problems --json"], 2),
    "sessions": (("sessions",), 0),
    "render to a relative folder": (PRINTING["render"], 2),
    "answers in a relative file": (("verify", "--answers", "a.toml"), 2),
    "a relative env file": (("import", ".env"), 2),
    "a relative plugin": (("inspect-plugin", "plugin"), 2),
    "setup": (("setup",), 2),
    "demo": (("demo",), 2),
}


@pytest.mark.parametrize("command", REMOVED)
def test_the_current_folder_may_be_gone(command: str, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    words, wanted = REMOVED[command]
    ended = shell(words, "", tmp_path / "gone", before='rmdir "$PWD" &&')
    assert ended.returncode == wanted, ended.stderr
    assert "Traceback" not in ended.stderr and "internal error" not in ended.stderr
    assert not ended.returncode or ended.stderr or ended.stdout


def test_what_is_named_from_the_root_needs_no_current_folder(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    words = ("render", "--answers", OFFICIAL, "--out", str(tmp_path / "out"))
    assert shell(words, "", tmp_path / "gone", before='rmdir "$PWD" &&').returncode == 0
    assert (tmp_path / "out" / ".env").is_file()


def test_a_sign_that_the_locale_lacks_is_printed_all_the_same(tmp_path: Path) -> None:
    ended = shell(("--lang", "zh_CN", "explain"), "", tmp_path, before="PYTHONIOENCODING=latin-1")
    assert ended.returncode == 0 and "\\u" in ended.stdout


def test_answers_come_through_a_pipe(tmp_path: Path) -> None:
    text = (ANSWERS / "official.toml").read_text("utf-8") + '\n[tls]\nca_file = { file = "ca" }\n'
    (tmp_path / "ca").write_text("/etc/ssl/private-ca.pem\n")
    words = shlex.join([sys.executable, "-m", "nbcluster", "check", "--answers", "/dev/stdin", "--only", "rules"])
    ended = subprocess.run(
        ["/bin/sh", "-c", f"cat | {words}"], input=text, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
