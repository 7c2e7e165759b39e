"""``sessions`` and the headless use of a session: listed, shown, exported and deleted; its secrets come from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.env import read_dotenv
from nbcluster.sessions.session import Session
from nbcluster.sessions.store import SessionStore
from tests.cli.program import Ended, nbcluster, tree
from tests.unit.scenarios import official
from tests.unit.test_session_store import break_neighbours

PASSWORD = "s3cret-of-the-database"
SECRETS = {
    "NBCLUSTER_DATABASE_PASSWORD": PASSWORD,
    "NBCLUSTER_APP_KEY": "0123456789abcdef" * 4,
    "NBCLUSTER_APP_AES_KEY": "fedcba9876543210" * 4,
    "NBCLUSTER_ADMIN_PASSWORD": "first-password-of-ops",
}


@pytest.fixture
def saved(isolated_environment: Path) -> SessionStore:
    """A store with the official example in it, where the program looks for it."""
    store = SessionStore()
    with store.lock("prod"):
        store.save(Session(name="prod", answers=official({"name": "prod"}), step="keys"))
    return store


def sessions(*arguments: str) -> Ended:
    return nbcluster("sessions", *arguments)


def test_nothing_saved_is_said_and_no_error(isolated_environment: Path) -> None:
    ended = sessions("list")
    assert (ended.code, ended.out) == (0, "") and ended.err


def test_the_list_names_the_session_and_where_it_stands(saved: SessionStore) -> None:
    ended = sessions()
    assert ended.code == 0
    assert ended.out.split()[0] == "prod" and "keys" in ended.out.split()


def test_one_in_use_is_listed_with_its_owner_and_not_deleted(saved: SessionStore) -> None:
    with saved.lock("prod"):
        assert len(sessions("list").out.split()) > 5
        assert sessions("delete", "prod").code == 6
    assert [info.name for info in saved.list()] == ["prod"]


def test_show_and_export_hold_no_secret(saved: SessionStore) -> None:
    shown, exported = sessions("show", "prod"), sessions("export", "prod")
    assert (shown.code, exported.code) == (0, 0)
    assert "10.0.0.6" in shown.out and 'host = "10.0.0.6"' in exported.out
    assert not any(secret in shown.out + exported.out for secret in SECRETS.values())
    assert "NBCLUSTER_DATABASE_PASSWORD" in exported.out


def test_delete_takes_it_away(saved: SessionStore) -> None:
    assert sessions("delete", "prod").code == 0
    assert not saved.list()


@pytest.mark.parametrize("action", ["show", "export", "delete"])
def test_a_name_that_is_none_is_wrong_usage(action: str, saved: SessionStore) -> None:
    for arguments in ((action,), (action, "other")):
        ended = sessions(*arguments)
        assert ended.code == 2 and ended.err


def test_rendering_a_session_names_the_secrets_that_are_missing(saved: SessionStore, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = nbcluster("render", "--session", "prod", "--out", out)
    assert ended.code == 2 and "NBCLUSTER_DATABASE_PASSWORD" in ended.err
    assert not out.exists()


def test_rendering_a_session_takes_its_secrets_from_the_environment(saved: SessionStore, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = nbcluster("render", "--session", "prod", "--out", out, environment=SECRETS)
    assert ended.code == 0, ended.err
    assert f"DB_PASSWORD={PASSWORD}\n" in (out / ".env").read_text("utf-8")
    assert saved.load("prod").exported_to == str(out)
    before = tree(out)
    assert nbcluster("render", "--session", "prod", "--out", out, environment=SECRETS).code == 0
    assert tree(out) == before


def test_secrets_may_stand_in_a_file_that_only_the_owner_reads(saved: SessionStore, tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text("".join(f'{name} = "{value}"\n' for name, value in SECRETS.items()), "utf-8")
    file.chmod(0o644)
    assert nbcluster("render", "--session", "prod", "--out", tmp_path / "a", "--secrets", file).code == 2
    file.chmod(0o600)
    ended = nbcluster("render", "--session", "prod", "--out", tmp_path / "b", "--secrets", file)
    assert ended.code == 0, ended.err


def test_a_second_cluster_on_the_same_servers_is_refused(saved: SessionStore, tmp_path: Path) -> None:
    with saved.lock("staging"):
        saved.save(Session(name="staging", answers=official({"name": "staging"}), step="export"))
    ended = nbcluster("render", "--session", "staging", "--out", tmp_path / "out", "--json", environment=SECRETS)
    assert ended.code == 2 and not (tmp_path / "out").exists()
    assert {problem["path"] for problem in ended.json()["problems"]} >= {"redis.cache", "database.name"}


def test_another_folder_gets_the_keys_of_the_first_one_or_none(isolated_environment: Path, tmp_path: Path) -> None:
    store = SessionStore()
    generated = official({"name": "prod", "app.key": "generate", "app.aes_key": "generate", "admin.password": "generate"})
    with store.lock("prod"):
        store.save(Session(name="prod", answers=generated, step="export"))

    def render(folder: str, *options: str) -> Ended:
        arguments: tuple[str | Path, ...] = ("render", "--session", "prod", "--out", tmp_path / folder, *options)
        return nbcluster(*arguments, environment={"NBCLUSTER_DATABASE_PASSWORD": PASSWORD})

    def key(folder: str) -> str:
        return read_dotenv((tmp_path / folder / ".env").read_text("utf-8"))["APP_KEY"]

    assert render("a").code == 0 and render("b").code == 0
    assert key("a") == key("b")
    (tmp_path / "b" / ".env").unlink()
    refused = render("c")
    assert refused.code == 2 and str(tmp_path / "b") in refused.err and not (tmp_path / "c").exists()
    assert render("c", "--new-keys").code == 0
    assert key("c") != key("a")


def test_broken_neighbours_are_listed_and_the_good_one_works(saved: SessionStore) -> None:
    broken = break_neighbours(saved.root)
    listed = sessions("list")
    assert listed.code == 0 and "prod" in listed.out and all(f"{name} " in listed.out for name in broken)
    assert sessions("export", "prod").code == 0
    ended = nbcluster("check", "--session", "prod", "--only", "rules", environment=SECRETS)
    assert ended.code == 0, ended.err
    for name in broken:
        ended = nbcluster("check", "--session", name, "--only", "rules", environment=SECRETS, seconds=20)
        assert ended.code == 2 and name in ended.err and "Traceback" not in ended.err


def test_a_session_in_use_is_read_with_a_word_and_not_written(saved: SessionStore, tmp_path: Path) -> None:
    render = ("render", "--session", "prod", "--out", tmp_path / "out")
    with saved.lock("prod"):
        owner = saved.owner("prod")
        for reading in (("check", "--session", "prod", "--only", "rules"), (*render, "--dry-run")):
            ended = nbcluster(*reading, environment=SECRETS)
            assert ended.code == 0 and owner in ended.err
        refused = nbcluster(*render, environment=SECRETS)
        assert refused.code == 6 and owner in refused.err
        assert not (tmp_path / "out").exists()
    free = nbcluster(*render, environment=SECRETS)
    assert free.code == 0 and owner not in free.err and saved.load("prod").exported_to == str(tmp_path / "out")
