"""The examples: each renders from its file and its variables alone, and lint finds nothing in what is written."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.cli.program import nbcluster

FOLDER = Path(__file__).resolve().parents[2] / "examples"
EXAMPLES = sorted(FOLDER.glob("*.toml"))
KINDS = {
    "new-cluster": "nginx/nocobase.conf",
    "existing-docker": "docker/compose.yaml",
    "kubernetes": "kubernetes/secret.yaml",
    "rabbitmq": "nginx/nocobase.conf",
    "haproxy-tls": "haproxy/nocobase.cfg",
}
JUDGED = (".env", "nodes/*.env", "docker/compose.yaml", "kubernetes/*.yaml")
# the passwords are awkward on purpose
VALUES = {"REDIS_PASSWORD": "r#dis p@ss", "DB_PASSWORD": "d'b#1", "RABBITMQ_PASSWORD": "q!w@e/r"}


def test_there_is_one_of_each_kind() -> None:
    assert {path.stem for path in EXAMPLES} == set(KINDS)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_holds_no_secret(path: Path) -> None:
    text = path.read_text("utf-8")
    assert set(re.findall(r'env = "(\w+)"', text)) <= set(VALUES)
    assert not re.search(r'password = "|://[^/"@]*:[^/"@]*@', text)
    assert tomllib.loads(text)["schema"] == 1


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_renders_and_lint_finds_nothing(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = nbcluster("render", "--answers", path, "--out", out, environment=VALUES)
    assert ended.code == 0, ended.err
    assert (out / KINDS[path.stem]).is_file() and (out / "RUNBOOK.md").is_file()
    files = [found.relative_to(out) for pattern in JUDGED for found in sorted(out.glob(pattern))]
    ended = nbcluster("lint", *files, "--json", folder=out)
    assert ended.code == 0, ended.out
    assert {result["id"]: result["status"] for result in ended.json()["results"] if result["status"] != "ok"} == {}


def test_the_existing_installation_keeps_what_it_has(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert nbcluster("render", "--answers", FOLDER / "existing-docker.toml", "--out", out, environment=VALUES).code == 0
    old = (FOLDER / "existing-docker.compose.yaml").read_text("utf-8")
    written = (out / ".env").read_text("utf-8")
    for name in ("APP_KEY", "TZ", "WORKFLOW_LOOP_LIMIT", "DB_HOST"):
        (value,) = re.findall(rf"- {name}=(\S+)", old)
        assert re.search(rf"^{name}={re.escape(value)}$", written, re.MULTILINE), name
    (image,) = re.findall(r"image: (\S+)", old)
    assert f"image: {image}" in (out / "docker/compose.yaml").read_text("utf-8")
