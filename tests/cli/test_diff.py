"""What ``render --diff`` prints: a diff that programs can read, alone on stdout or in the one document."""

from __future__ import annotations

from pathlib import Path

from tests.cli.program import nbcluster
from tests.unit.scenarios import ANSWERS

RENDER = ("render", "--answers", ANSWERS / "official.toml", "--out")


def test_stdout_holds_the_diff_alone(tmp_path: Path) -> None:
    ended = nbcluster(*RENDER, tmp_path / "out", "--dry-run", "--diff")
    assert ended.code == 0 and ended.out.startswith("--- ")
    assert all(line[:1] in ("-", "+", " ", "@", "\\") for line in ended.out.splitlines())
    # the list of files is still said
    assert ".env" in ended.err.splitlines()
    assert nbcluster(*RENDER, tmp_path / "out", "--dry-run").out.splitlines()[0] == ".env"


def test_the_document_has_the_diff(tmp_path: Path) -> None:
    plain = nbcluster(*RENDER, tmp_path / "out", "--dry-run", "--diff").out
    assert nbcluster(*RENDER, tmp_path / "out", "--dry-run", "--diff", "--json").json()["diff"] == plain
    assert "diff" not in nbcluster(*RENDER, tmp_path / "out", "--dry-run", "--json").json()
