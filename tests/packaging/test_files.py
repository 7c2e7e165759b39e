"""The files in the repository: small, tidy, and nothing in them that belongs to one machine or one mirror."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.services.process import tool

REPOSITORY = Path(__file__).resolve().parents[2]
LARGEST_FILE = 2_000_000
BINARY = {".png", ".gif", ".mo", ".ico", ".cast"}

INDEX = re.compile(
    r"https?://[^\s\"']*/simple\b|(?<!no-emit)-index-url[ =]|--find-links[ =]|--registry[ =]|^registry *=", re.MULTILINE
)
"""Where a package index is named: only the machine that installs knows one."""
SOMEBODYS = re.compile(r"(?<![\w.~/-])/(?:home|root|Users|work)/\w")
"""An absolute path into somebody's home or work folder."""


def tracked() -> list[Path]:
    """Return the files that git knows and that exist."""
    words = [tool("git"), "-c", f"safe.directory={REPOSITORY}", "-C", str(REPOSITORY), "ls-files", "-z"]
    names = subprocess.run(words, capture_output=True, check=True, timeout=30).stdout.decode().split("\0")
    return [REPOSITORY / name for name in names if name and (REPOSITORY / name).is_file()]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {
        path.relative_to(REPOSITORY).as_posix(): path.read_bytes().decode("utf-8")
        for path in tracked()
        if path.suffix not in BINARY
    }


def test_the_repository_is_not_empty(texts: dict[str, str]) -> None:
    assert {"Makefile", "pyproject.toml", "README.md", "LICENSE", "wizard/nbcluster/__init__.py"} <= set(texts)


def test_no_package_index_is_named(texts: dict[str, str]) -> None:
    assert [name for name, text in texts.items() if INDEX.search(text)] == []
    assert [name for name, text in texts.items() if name.endswith(".lock") and "://" in text] == []
    # what must be found is found, put together here so that this file passes its own judgement
    for line in ("pip install --extra-index" + "-url X", "https:" + "//mirror.example/simple/x", "registry" + " = x"):
        assert INDEX.search(line), line


def test_no_path_of_somebody_is_named(texts: dict[str, str]) -> None:
    assert [name for name, text in texts.items() if SOMEBODYS.search(text)] == []
    assert SOMEBODYS.search("see /" + "home/ann/x") and not SOMEBODYS.search("/srv/home/ann")


def test_no_private_key_is_kept(texts: dict[str, str]) -> None:
    key = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}")
    assert [name for name, text in texts.items() if key.search(text)] == []
    assert key.search("-----BEGIN PRIVATE KEY-----" + "\n" + "A" * 64)


def test_text_files_are_tidy(texts: dict[str, str]) -> None:
    marker = re.compile(r"^(<{7}|>{7})( |$)", re.MULTILINE)
    for name, text in texts.items():
        if "/fixtures/" in name or name.endswith(".svg"):
            continue
        assert "\r" not in text, name
        assert text.endswith("\n") or not text, name
        assert not marker.search(text), name


def test_no_file_is_large() -> None:
    assert [str(path) for path in tracked() if path.stat().st_size > LARGEST_FILE] == []


def test_nothing_that_is_made_is_kept() -> None:
    made = re.compile(r"(^|/)(__pycache__|\.venv|dist|build|\.mypy_cache|\.pytest_cache|\.ruff_cache|\.test-services)/|\.pyc$")
    assert [str(path) for path in tracked() if made.search(path.relative_to(REPOSITORY).as_posix())] == []
