"""The files in the repository: small, tidy, and nothing in them that belongs to one machine or one mirror."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.services.process import tool

REPOSITORY = Path(__file__).resolve().parents[2]
# The habit is 250 lines; a file past these limits holds two subjects and is split.
LONGEST_CODE_FILE = 300
LONGEST_TEST_FILE = 350
LARGEST_FILE = 2_000_000
BINARY = {".png", ".gif", ".mo", ".ico", ".cast"}

# Spelled with a sign that is taken out, so that this file passes its own judgement.
_HOSTS = ("py~pi.org", "python~hosted", "npm~js.", "npm~mirror", "deb.~debian.org", "artifact~-registry")
HOSTS = tuple(name.replace("~", "") for name in _HOSTS)
MACHINE = tuple(path.replace("~", "") for path in ("/wo~rk/", "/opt/py~pi", ".py~env/", "tmp/~nbc/", "/root/~."))


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


def test_no_package_index_and_no_mirror_is_named(texts: dict[str, str]) -> None:
    index = re.compile(r"https?://[^\s\"']*/simple\b")
    assert [(name, host) for name, text in texts.items() for host in HOSTS if host in text] == []
    assert [name for name, text in texts.items() if index.search(text)] == []


def test_no_path_of_one_machine_is_named(texts: dict[str, str]) -> None:
    assert [(name, path) for name, text in texts.items() for path in MACHINE if path in text] == []


def test_no_private_key_is_kept(texts: dict[str, str]) -> None:
    begin = re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----")
    assert [name for name, text in texts.items() if begin.search(text)] == []


def test_text_files_are_tidy(texts: dict[str, str]) -> None:
    marker = re.compile(r"^(<{7}|>{7})( |$)", re.MULTILINE)
    for name, text in texts.items():
        if "/fixtures/" in name or name.endswith(".svg"):
            continue
        assert "\r" not in text, name
        assert text.endswith("\n") or not text, name
        assert not marker.search(text), name


def test_code_files_stay_short(texts: dict[str, str]) -> None:
    lengths = {name: text.count("\n") for name, text in texts.items() if name.endswith(".py")}
    limits = {name: LONGEST_TEST_FILE if name.startswith("tests/") else LONGEST_CODE_FILE for name in lengths}
    assert {name: length for name, length in lengths.items() if length > limits[name]} == {}


def test_no_file_is_large() -> None:
    assert [str(path) for path in tracked() if path.stat().st_size > LARGEST_FILE] == []


def test_nothing_that_is_made_is_kept() -> None:
    made = re.compile(r"(^|/)(__pycache__|\.venv|dist|build|\.mypy_cache|\.pytest_cache|\.ruff_cache|\.test-services)/|\.pyc$")
    assert [str(path) for path in tracked() if made.search(path.relative_to(REPOSITORY).as_posix())] == []
