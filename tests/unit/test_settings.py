"""Settings of the program are kept, and a damaged file never prevents a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.sessions.settings import load_settings, save_setting, settings_file


def test_a_choice_is_kept_beside_the_others(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.toml"
    assert load_settings(path) == {}
    assert save_setting("theme", "nbcluster-light", path) and save_setting("language", "zh_CN", path)
    assert load_settings(path) == {"theme": "nbcluster-light", "language": "zh_CN"}


@pytest.mark.parametrize("damage", [b"\xff\xfe", b"theme = ", b"theme = 1\n[x]\n", b"[" * 5000])
def test_a_damaged_file_is_one_without_settings(damage: bytes, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(damage)
    assert load_settings(path) == {}
    assert save_setting("theme", "nbcluster-dark", path)
    assert load_settings(path) == {"theme": "nbcluster-dark"}


def test_a_word_that_would_break_the_file_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    save_setting("theme", 'a"\nb = "c', path)
    assert load_settings(path) == {}


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not save_setting("theme", "x", tmp_path / "file" / "settings.toml")


def test_the_place_follows_the_environment() -> None:
    assert settings_file({"XDG_CONFIG_HOME": "/x", "HOME": "/h"}) == Path("/x/nbcluster/settings.toml")
    assert settings_file({"XDG_CONFIG_HOME": "rel", "HOME": "/h"}) == Path("/h/.config/nbcluster/settings.toml")
