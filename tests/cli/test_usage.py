"""Usage: exit codes, streams, languages, and never a wait for input where there is no terminal."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from tests.cli.program import nbcluster
from tests.unit.scenarios import ANSWERS


def test_version_and_help() -> None:
    assert nbcluster("--version").out.startswith("nbcluster ")
    ended = nbcluster("--help")
    assert ended.code == 0 and all(name in ended.out for name in ("setup", "check", "render", "sessions", "schema", "demo"))


@pytest.mark.parametrize("arguments", [(), ("setup",), ("demo",), ("setup", "--front", "tui"), ("setup", "--front", "plain")])
def test_without_a_terminal_it_names_the_headless_commands(arguments: tuple[str, ...]) -> None:
    ended = nbcluster(*arguments, seconds=20)
    assert ended.code == 2
    assert "render" in ended.err and "check" in ended.err
    assert "\x1b" not in ended.out + ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("check",),
        ("render", "--answers", "x"),
        ("check", "--answers", "nowhere.toml"),
        ("check", "--session", "UPPER"),
        ("--lang", "xx"),
        ("check", "--answers", "x", "--skip", "redis"),
        ("check", "--answers", "x", "--timeout", "soon"),
        ("sessions", "show"),
        ("sessions", "show", "none"),
    ],
)
def test_wrong_usage_is_exit_2_with_a_sentence(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ended = nbcluster(*arguments, folder=tmp_path)
    assert (ended.code == 2 and ended.err.startswith("nbcluster:")) or (ended.err and ended.code == 2)
    assert "Traceback" not in ended.err and ended.out == ""


def test_the_language_goes_before_or_after_the_command_or_comes_from_the_locale() -> None:
    before, after = nbcluster("--lang", "zh_CN", "sessions", "show"), nbcluster("sessions", "show", "--lang=zh_CN")
    locale = nbcluster("sessions", "show", environment={"LANG": "zh_CN.UTF-8"})
    english = nbcluster("sessions", "show", "--lang", "en", environment={"LANG": "zh_CN.UTF-8"})
    assert before.err == after.err == locale.err != english.err


@pytest.mark.parametrize("command", [(), ("render",), ("sessions",), ("explain",)])
def test_help_is_in_one_language(command: tuple[str, ...]) -> None:
    ended = nbcluster(*command, "--help", environment={"LANG": "zh_CN.UTF-8"})
    assert ended.code == 0 and "--help" in ended.out
    words = ("usage:", "positional arguments", "options:", "show this help message", "Setup wizard")
    assert not [word for word in words if word in ended.out]


def test_problems_as_json() -> None:
    ended = nbcluster("check", "--answers", "nowhere.toml", "--json")
    assert ended.code == 2
    (problem,) = ended.json()["problems"]
    assert set(problem) == {"path", "severity", "message", "hint"} and problem["path"] == "nowhere.toml"


def test_the_schema_takes_the_scenarios() -> None:
    import tomllib

    schema = nbcluster("schema").json()
    for path in ANSWERS.glob("*.toml"):
        jsonschema.validate(tomllib.loads(path.read_text("utf-8")), schema)


def test_import_prints_answers_with_references_for_secrets(tmp_path: Path) -> None:
    import tomllib

    ended = nbcluster("import", ANSWERS / "existing.env")
    assert ended.code == 0, ended.err
    answers = tomllib.loads(ended.out)
    assert answers["app"]["installation"] == "existing" and answers["app"]["timezone"] == "Asia/Shanghai"
    assert answers["app"]["key"] == "from-storage" and answers["database"]["password"] == {"env": "NBCLUSTER_DATABASE_PASSWORD"}
    assert "old-database-password" not in ended.out + ended.err


def test_explain_lists_and_explains() -> None:
    assert "redis.<role>.bloom" in nbcluster("explain").out
    assert "BF.RESERVE" in nbcluster("explain", "redis.cache.bloom").out
    assert nbcluster("explain", "redis.cache.nonsense").code == 2
    # what several roles share, as the board and the report name it
    assert "BF.RESERVE" in nbcluster("explain", "redis.cache+lock+worker_id.bloom").out


@pytest.mark.parametrize(
    "words",
    [("render", "--answers", "a.toml", "--out", ""), ("render", "--answers", "", "--out", "o"), ("lint", ""), ("import", "")],
)
def test_an_empty_path_is_not_the_current_folder(words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert nbcluster(*words).code == 2 and not list(tmp_path.iterdir())
