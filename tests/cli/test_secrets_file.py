"""``--secrets FILE``: an env file of the bastion, read with python-dotenv, for answers files and sessions alike."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from nbcluster.answers.file import read_secrets
from nbcluster.env import read_dotenv
from nbcluster.sessions.session import Session
from nbcluster.sessions.store import SessionStore
from nbcluster.system import programs
from tests.cli.program import Ended, nbcluster
from tests.unit.scenarios import official, official_text

DATABASE, CACHE, ADMIN = "canary db's #1 \\ pass", "canary/cache@#", "canary-of-the-admin"
REFERENCES = {
    "database.password": {"env": "DB_PASSWORD"},
    "redis.cache": {"url": "redis://app@10.0.0.5:6379/0", "password": {"env": "NBCLUSTER_REDIS_CACHE_PASSWORD"}},
    "admin.password": {"env": "ADMIN_PASSWORD"},
}
LINES = f"""\
# secrets of the bastion
export DB_PASSWORD='canary db\\'s #1 \\\\ pass'

NBCLUSTER_REDIS_CACHE_PASSWORD="{CACHE}"   # as typed
ADMIN_PASSWORD={ADMIN}
"""


def silent(ended: Ended) -> Ended:
    """Check that no canary is in what a run said."""
    assert not [each for each in (DATABASE, CACHE, ADMIN, "canary") if each in ended.out + ended.err]
    return ended


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "prod.toml"
    path.write_text(official_text(REFERENCES), "utf-8")
    return path


def secrets_file(folder: Path, text: str = LINES, name: str = "prod.secrets", mode: int = 0o600) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def test_the_answers_file_gets_what_it_refers_to(answers: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    other = {"DB_PASSWORD": "of-the-environment"}
    ended = silent(
        nbcluster("render", "--answers", answers, "--out", out, "--secrets", secrets_file(tmp_path), environment=other)
    )
    assert ended.code == 0, ended.err
    written = read_dotenv((out / ".env").read_text("utf-8"))
    assert written["DB_PASSWORD"] == DATABASE and written["INIT_ROOT_PASSWORD"] == ADMIN
    assert written["CACHE_REDIS_URL"] == "redis://app:canary%2Fcache%40%23@10.0.0.5:6379/0"
    kept = tomllib.loads((out / "answers.toml").read_text("utf-8"))
    assert kept["database"]["password"] == {"env": "DB_PASSWORD"} and kept["admin"]["password"] == {"env": "ADMIN_PASSWORD"}


def test_check_and_verify_take_it_too(answers: Path, tmp_path: Path) -> None:
    file = secrets_file(tmp_path)
    assert silent(nbcluster("check", "--answers", answers, "--only", "rules", "--secrets", file)).code == 0
    ended = silent(nbcluster("verify", "--answers", answers, "--only", "nothing", "--secrets", file))
    assert ended.code == 2 and "DB_PASSWORD" not in ended.err


def test_without_it_every_missing_name_is_said_at_once(answers: Path) -> None:
    ended = nbcluster("check", "--answers", answers, "--json")
    assert ended.code == 2
    found = {problem["path"]: problem["message"] for problem in ended.json()["problems"]}
    assert found.keys() == {"database.password", "redis.cache.password", "admin.password"}
    assert "DB_PASSWORD" in found["database.password"] and "NBCLUSTER_REDIS_CACHE_PASSWORD" in found["redis.cache.password"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("A=1\n\n\nB\n", [4]),
        ("DB_PASSWORD='canary\nA=1\n", [1]),
        ("A=1\r\nB=2\r\n\r\nnot a line\r\nA: 1\r\n", [4, 5]),
        ("A='canary' canary\n", [1]),
        ("A=1\n# note\nA=canary\n", [3]),
    ],
)
def test_a_line_that_means_nothing_or_comes_twice_is_named(answers: Path, tmp_path: Path, text: str, lines: list[int]) -> None:
    file = secrets_file(tmp_path, text)
    ended = silent(nbcluster("check", "--answers", answers, "--secrets", file, "--json"))
    assert ended.code == 2
    assert [problem["path"] for problem in ended.json()["problems"]] == [f"{file}:{line}" for line in lines]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_may_use_is_refused(answers: Path, tmp_path: Path, mode: int) -> None:
    file = secrets_file(tmp_path, mode=mode)
    ended = silent(nbcluster("check", "--answers", answers, "--secrets", file, "--json"))
    (problem,) = ended.json()["problems"]
    assert ended.code == 2 and problem["path"] == str(file) and "chmod 600" in problem["hint"]


def test_a_name_that_nothing_refers_to_is_named_with_the_nearest(answers: Path, tmp_path: Path) -> None:
    file = secrets_file(tmp_path, LINES.replace("ADMIN_PASSWORD", "ADMIN_PASWORD"))
    ended = silent(nbcluster("check", "--answers", answers, "--secrets", file))
    assert ended.code == 2
    assert [line for line in ended.err.splitlines() if "ADMIN_PASWORD" in line and "ADMIN_PASSWORD" in line]
    more = secrets_file(tmp_path, LINES + "OTHER=canary\n")
    ended = silent(nbcluster("render", "--answers", answers, "--out", tmp_path / "o", "--secrets", more, "--dry-run", "--json"))
    assert ended.code == 0 and [p for p in ended.json()["problems"] if p["path"] == str(more) and "OTHER" in p["message"]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("old.toml", f'NBCLUSTER_REDIS_CACHE_PASSWORD = "{CACHE}"\nDB_PASSWORD = "canary-a"\nADMIN_PASSWORD = "canary-b-long"\n'),
        ("old", f'DB_PASSWORD = "canary-a"\nADMIN_PASSWORD = "canary-b-long"\n[redis.cache]\npassword = "{CACHE}"\n'),
        ("old", f'DB_PASSWORD = "canary-a"\nADMIN_PASSWORD = "canary-b-long"\nredis.cache.password = "{CACHE}"\n'),
    ],
)
def test_toml_is_still_read_and_said_to_be_deprecated(answers: Path, tmp_path: Path, name: str, text: str) -> None:
    file = secrets_file(tmp_path, text, name)
    ended = silent(nbcluster("check", "--answers", answers, "--only", "rules", "--secrets", file))
    assert ended.code == 0, ended.err
    assert str(file) in ended.err and "TOML" in ended.err
    assert "TOML" not in nbcluster("check", "--answers", answers, "--only", "rules", "--secrets", secrets_file(tmp_path)).err


def test_a_session_takes_it_and_what_it_was_exported_to(isolated_environment: Path, tmp_path: Path) -> None:
    store, out = SessionStore(), tmp_path / "out"
    with store.lock("prod"):
        store.save(Session(name="prod", answers=official({"name": "prod"}), step="export"))
    lines = (
        f"NBCLUSTER_DATABASE_PASSWORD=canary-db\nNBCLUSTER_ADMIN_PASSWORD={ADMIN}\n"
        f"NBCLUSTER_APP_KEY={'ab' * 32}\nNBCLUSTER_APP_AES_KEY={'cd' * 32}\n"
    )
    file = secrets_file(tmp_path, lines)
    assert silent(nbcluster("render", "--session", "prod", "--out", out, "--secrets", file)).code == 0
    assert read_dotenv((out / ".env").read_text("utf-8"))["DB_PASSWORD"] == "canary-db"
    again = silent(nbcluster("render", "--session", "prod", "--out", out, "--json"))
    assert again.code == 0 and not again.json()["written"], again.err
    assert silent(nbcluster("check", "--session", "prod", "--only", "rules")).code == 0


def test_a_value_that_a_comment_cuts_short_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    lines = "A=canary #pass\nB='canary #pass'\nC=canary#pass\nD=\"canary\" # note\nE= # canary\n"
    found = read_secrets(secrets_file(tmp_path, lines), said.append)
    assert found == {"A": "canary", "B": "canary #pass", "C": "canary#pass", "D": "canary", "E": ""}
    assert [line for line in said if "prod.secrets:1" in line] and [line for line in said if "prod.secrets:5" in line]
    assert len(said) == 2 and "canary" not in "".join(said)


def test_no_program_and_no_environment_gets_what_stands_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_withheld", set())
    monkeypatch.setenv("DB_PASSWORD", "of-the-environment")
    before = dict(os.environ)
    assert read_secrets(secrets_file(tmp_path)) == {
        "DB_PASSWORD": DATABASE,
        "NBCLUSTER_REDIS_CACHE_PASSWORD": CACHE,
        "ADMIN_PASSWORD": ADMIN,
    }
    assert dict(os.environ) == before
    assert not {"DB_PASSWORD", "ADMIN_PASSWORD"} & programs.environment().keys()
