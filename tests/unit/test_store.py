"""Sessions: no secret in the file, one writer, old or later version after a kill, claims, damage."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nbcluster.answers import Source
from nbcluster.controller import Controller, fresh_session
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.secret import MissingSecret, Secret
from nbcluster.session import Session
from nbcluster.store import SessionStore
from tests.unit.scenarios import official

SECRETS = ("s3cret-of-the-database", "correct-horse-battery", "0123456789abcdef", "hunter2")


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path / "sessions")


def saved(store: SessionStore, name: str = "prod") -> Session:
    answers = official({"redis.cache": "redis://u:hunter2@10.0.0.5:6379/0", "name": name})
    session = Session(name=name, answers=answers, step="nodes", visited=("start", "nodes"), exported_to="/srv/out")
    store.save(session)
    return session


def test_what_is_saved_holds_no_secret_and_is_private(store: SessionStore) -> None:
    saved(store)
    path = store.root / "prod.json"
    assert not [secret for secret in SECRETS if secret in path.read_text("utf-8")]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(store.root.stat().st_mode) == 0o700


def test_it_comes_back_with_its_secrets_missing_and_recognised(store: SessionStore) -> None:
    before = saved(store)
    again = store.load("prod")
    assert (again.step, again.visited, again.exported_to) == (before.step, before.visited, before.exported_to)
    password, url = again.answers.secret("database.password"), again.answers.url("redis.cache")
    assert (
        isinstance(password, MissingSecret)
        and password.matches(Secret("s3cret-of-the-database"))
        and not password.matches(Secret("x"))
    )
    assert url is not None and url.address == "redis://u@10.0.0.5:6379/0" and isinstance(url.password, MissingSecret)
    assert again.answers.rows("nodes") == before.answers.rows("nodes")
    assert again.answers.source("database.host") is Source.SESSION


def test_only_what_a_person_gave_is_asked_for_and_fills_its_twins(store: SessionStore) -> None:
    controller = Controller(fresh_session("one"), store)
    store.acquire("one")
    assert controller.change_text(controller.answers.fields["redis.address"], "redis://d:hunter2@10.0.0.5:6379/0") == ""
    controller.close()
    again = Controller(store.load("one"), store)
    assert again.missing() == ("redis.address.password",)
    assert again.set_secret("redis.address.password", Secret("hunter2")) is True
    url = again.answers.url("redis.worker_id")
    assert again.missing() == () and url is not None and url.reveal() == "redis://d:hunter2@10.0.0.5:6379/4"


def test_a_second_writer_is_told_who_has_it(store: SessionStore) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom nbcluster.store import SessionStore\n"
        "store = SessionStore(Path(sys.argv[1]))\nstore.acquire('prod')\nprint('held', flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(store.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdin is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(NbclusterError) as caught:
            store.acquire("prod")
        assert caught.value.code is ExitCode.LOCKED and str(other.pid) in caught.value.message
        saved(store)
        assert str(other.pid) in store.list()[0].locked_by
        other.send_signal(signal.SIGKILL)
        other.wait()
    store.acquire("prod")
    assert str(os.getpid()) in store.list()[0].locked_by
    store.release()
    assert store.list()[0].locked_by == ""


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"schema": 1}', '{"schema": 1, "answers": {"name": 3}}'])
def test_a_damaged_file_is_named_and_left_alone(store: SessionStore, damage: str) -> None:
    saved(store)
    path = store.root / "prod.json"
    path.write_text(damage)
    with pytest.raises(NbclusterError) as caught:
        store.load("prod")
    assert caught.value.code is ExitCode.INVALID and "prod" in caught.value.message
    assert path.read_text() == damage and [info.name for info in store.list()] == ["prod"]


def test_a_later_version_is_refused_untouched(store: SessionStore) -> None:
    saved(store)
    path = store.root / "prod.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": 99}))
    with pytest.raises(NbclusterError) as caught:
        store.load("prod")
    assert caught.value.code is ExitCode.INVALID


def test_other_sessions_claim_their_databases(store: SessionStore) -> None:
    saved(store, "staging")
    claims = store.claims("prod")
    assert claims[("10.0.0.5", 6379, "4")] == "staging" and claims[("10.0.0.6", 5432, "nocobase")] == "staging"
    assert store.claims("staging") == {}
    fresh = Controller(fresh_session("prod"), None, claims=claims)
    fresh.change_text(fresh.answers.fields["redis.address"], "redis://10.0.0.5:6379")
    url = fresh.answers.url("redis.cache")
    assert url is not None and url.database == 5


def test_an_unwritable_folder_is_exit_7_and_kept_in_the_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = SessionStore(tmp_path / "file" / "sessions")
    with pytest.raises(NbclusterError) as caught:
        saved(store)
    assert caught.value.code is ExitCode.UNWRITABLE
    controller = Controller(fresh_session("x"), store)
    controller.change("app.port", 13001)
    assert controller.message and controller.answers["app.port"] == 13001


def test_a_renamed_session_leaves_nothing_behind(store: SessionStore) -> None:
    store.acquire("nocobase")
    controller = Controller(fresh_session("nocobase"), store)
    controller.save()
    controller.change("name", "prod")
    assert [info.name for info in store.list()] == ["prod"]
    saved(store, "staging")
    controller.change("name", "staging")
    assert controller.message and store.load("staging").step == "nodes"


@pytest.mark.parametrize("name", ["../x", "UPPER", "", "a" * 41, "a/b"])
def test_names_that_are_no_names(store: SessionStore, name: str) -> None:
    with pytest.raises(NbclusterError):
        store.load(name)
