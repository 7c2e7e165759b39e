"""Existing installations: current keys, and what the wizard does not own, are preserved."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.env import read_dotenv
from tests.cli.program import nbcluster, tree
from tests.unit.scenarios import ANSWERS

KEY, AES = "k" * 40, "ab" * 32
DATABASE = "DB_DIALECT=postgres\nDB_HOST=10.2.0.6\nDB_DATABASE=nocobase\nDB_USER=nocobase\nDB_PASSWORD=old-database-password\n"
LIKE_COMPOSE = "TZ=Asia/Shanghai\nAPP_KEY=your-secret-key\n" + DATABASE
WITH_KEYS = f"TZ=Asia/Shanghai\nAPP_KEY={KEY}\nAPP_AES_SECRET_KEY={AES}\n" + DATABASE
WITH_LEFTOVERS = (
    WITH_KEYS + "NOCOBASE_PKG_USERNAME=me\nNOCOBASE_PKG_PASSWORD=pw\nDB_TIMEZONE=+08:00\nHOUSE_VARIABLE='two words' # why\n"
)


def answers(folder: Path, base: str, key: str, aes_key: str) -> Path:
    """Write the answers of a grown installation beside its old file."""
    (folder / "existing.env").write_text(base, "utf-8")
    text = (ANSWERS / "existing.toml").read_text("utf-8")
    text = text.replace('\nkey = "from-storage"', f'\nkey = "{key}"').replace(
        'aes_key = "from-storage"', f'aes_key = "{aes_key}"'
    )
    (folder / "answers.toml").write_text(text, "utf-8")
    return folder / "answers.toml"


def test_a_published_key_without_an_aes_key_gives_way_to_the_files_on_the_share(tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = nbcluster("render", "--answers", answers(tmp_path, LIKE_COMPOSE, "from-storage", "from-storage"), "--out", out)
    assert ended.code == 0, ended.err
    variables = read_dotenv((out / ".env").read_text("utf-8"))
    assert not {"APP_KEY", "APP_AES_SECRET_KEY"} & variables.keys()
    assert variables["TZ"] == "Asia/Shanghai"
    runbook = (out / "RUNBOOK.md").read_text("utf-8")
    assert "aes_key.dat" in runbook and "jwt_secret.dat" in runbook


@pytest.mark.parametrize("key", ["key", "aes_key"])
def test_no_fresh_key_is_made_where_the_old_file_has_none(key: str, tmp_path: Path) -> None:
    chosen = {"key": "from-storage", "aes_key": "from-storage", key: "generate"}
    base = "TZ=Asia/Shanghai\n" + DATABASE
    ended = nbcluster("render", "--answers", answers(tmp_path, base, **chosen), "--out", tmp_path / "out", "--json")
    assert ended.code == 2 and not (tmp_path / "out").exists()
    assert f"app.{key}" in {problem["path"] for problem in ended.json()["problems"]}


@pytest.mark.parametrize("base", [WITH_KEYS, WITH_LEFTOVERS])
def test_keys_of_the_old_file_are_kept(base: str, tmp_path: Path) -> None:
    ended = nbcluster("render", "--answers", answers(tmp_path, base, "generate", "generate"), "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    variables = read_dotenv((tmp_path / "out" / ".env").read_text("utf-8"))
    assert (variables["APP_KEY"], variables["APP_AES_SECRET_KEY"]) == (KEY, AES)
    assert "INIT_ROOT_PASSWORD" not in variables


def test_leftovers_are_commented_with_a_reason_and_the_rest_is_kept(tmp_path: Path) -> None:
    file, out = answers(tmp_path, WITH_LEFTOVERS, "generate", "generate"), tmp_path / "out"
    assert nbcluster("render", "--answers", file, "--out", out).code == 0
    text = (out / ".env").read_text("utf-8")
    assert "HOUSE_VARIABLE='two words' # why\n" in text
    variables = read_dotenv(text)
    assert not {"NOCOBASE_PKG_USERNAME", "NOCOBASE_PKG_PASSWORD"} & variables.keys()
    assert "NOCOBASE_PKG_USERNAME" in text
    before = tree(out)
    assert nbcluster("render", "--answers", file, "--out", out).code == 0
    assert tree(out) == before


def test_a_database_time_zone_that_shifts_dates_is_said(tmp_path: Path) -> None:
    shifting = WITH_LEFTOVERS.replace("DB_TIMEZONE=+08:00", "DB_TIMEZONE=+02:00")
    file = answers(tmp_path, shifting, "generate", "generate")
    ended = nbcluster("render", "--answers", file, "--out", tmp_path / "out", "--json")
    assert "app.timezone" in {problem["path"] for problem in ended.json()["problems"]}
