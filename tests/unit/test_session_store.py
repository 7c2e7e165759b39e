"""Sessions: no secret in the file, one writer, old or later version after a kill, claims, damage."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nbcluster.answers.answers import Source
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.sessions.session import Session
from nbcluster.sessions.store import SessionStore, _runs, _user
from nbcluster.text.clean import clean
from nbcluster.wizard import Wizard, fresh_session
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
    controller = Wizard(fresh_session("one"), store)
    store.acquire("one")
    assert controller.change_text(controller.answers.fields["redis.address"], "redis://d:hunter2@10.0.0.5:6379/0") == ""
    controller.close()
    again = Wizard(store.load("one"), store)
    assert again.missing() == ("redis.address.password",)
    assert again.set_secret("redis.address.password", Secret("hunter2")) is True
    url = again.answers.url("redis.worker_id")
    assert again.missing() == () and url is not None and url.reveal() == "redis://d:hunter2@10.0.0.5:6379/4"


def test_a_second_writer_is_told_who_has_it(store: SessionStore) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom nbcluster.sessions.store import SessionStore\n"
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
    fresh = Wizard(fresh_session("prod"), None, claims=claims)
    fresh.change_text(fresh.answers.fields["redis.address"], "redis://10.0.0.5:6379")
    url = fresh.answers.url("redis.cache")
    assert url is not None and url.database == 5


def test_an_unwritable_folder_is_exit_7_and_kept_in_the_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = SessionStore(tmp_path / "file" / "sessions")
    with pytest.raises(NbclusterError) as caught:
        saved(store)
    assert caught.value.code is ExitCode.UNWRITABLE
    controller = Wizard(fresh_session("x"), store)
    controller.change("app.port", 13001)
    assert controller.message and controller.answers["app.port"] == 13001


def test_a_renamed_session_leaves_nothing_behind(store: SessionStore) -> None:
    store.acquire("nocobase")
    controller = Wizard(fresh_session("nocobase"), store)
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


def break_neighbours(root: Path) -> dict[str, bytes | None]:
    """Put entries into a folder of sessions that cannot be read; returns them by name."""
    damaged: dict[str, bytes | None] = {
        "deep": b"[" * 200_000,
        "large": b" " * (5 << 20),
        "number": b'{"schema": ' + b"9" * 5000 + b"}",
        "latin": b"\xff",
        "list": b"[1]",
    }
    for name, data in damaged.items():
        (root / f"{name}.json").write_bytes(data or b"")
    (root / "dangling.json").symlink_to("nowhere")
    (root / "loop.json").symlink_to("loop.json")
    (root / "folder.json").mkdir()
    os.mkfifo(root / "pipe.json")
    (root / "device.json").symlink_to("/dev/zero")
    return damaged | dict.fromkeys(("dangling", "loop", "folder", "pipe", "device"))


def test_entries_that_cannot_be_read_are_listed_with_the_reason_and_stop_nothing(store: SessionStore) -> None:
    saved(store)
    broken = break_neighbours(store.root)
    found = {info.name: info.fault for info in store.list()}
    assert set(found) == {"prod", *broken} and found["prod"] == "" and all(found[name] for name in broken)
    assert store.load("prod").step == "nodes" and set(store.claims().values()) == {"prod"}
    for name, data in broken.items():
        with pytest.raises(NbclusterError) as caught:
            store.load(name)
        assert caught.value.code is ExitCode.INVALID and name in caught.value.message
        if data is not None:
            assert (store.root / f"{name}.json").read_bytes() == data


def test_an_entry_that_cannot_be_read_can_be_deleted(store: SessionStore) -> None:
    saved(store)
    for name in break_neighbours(store.root):
        if name == "folder":
            with pytest.raises(NbclusterError) as caught:
                store.delete(name)
            assert caught.value.code is ExitCode.UNWRITABLE
        else:
            store.delete(name)
    assert [info.name for info in store.list()] == ["folder", "prod"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("app.port", "13000"),
        ("app.port", True),
        ("app.port", 10**400),
        ("app.port", 1.5),
        ("database.tls", "yes"),
        ("redis.cache", "redis://h"),
        ("redis.cache", {"url": "redis://h"}),
        ("database.host", ["a"]),
        ("database.host", {"a": 1}),
        ("database.password", "in clear"),
        ("app.key", "a-literal-of-64-signs"),
        ("license.confirmed", [{"a": 1}]),
        ("license.confirmed", [1]),
        ("nodes", [{"host": [1]}]),
        ("nodes", [1, {}]),
    ],
)
def test_an_answer_of_another_kind_is_named_with_its_key(store: SessionStore, path: str, value: object) -> None:
    saved(store)
    file = store.root / "prod.json"
    document = json.loads(file.read_text())
    document["answers"][path] = {"value": value, "source": "typed"}
    file.write_text(json.dumps(document))
    with pytest.raises(NbclusterError) as caught:
        store.load("prod")
    assert caught.value.code is ExitCode.INVALID and path in caught.value.message


@pytest.mark.parametrize("change", [{"step": "renamed"}, {"visited": ["renamed"]}, {"exported_to": "~no-such-user/x"}])
def test_what_another_version_calls_otherwise_is_no_damage(store: SessionStore, change: dict[str, object]) -> None:
    saved(store)
    file = store.root / "prod.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    assert store.load("prod").answers["database.host"] == "10.0.0.6"


def test_a_copied_file_is_the_session_that_it_is_called(store: SessionStore) -> None:
    saved(store)
    (store.root / "staging.json").write_bytes((store.root / "prod.json").read_bytes())
    session = store.load("staging")
    assert (session.name, session.answers["name"]) == ("staging", "staging")


def test_an_answer_that_cannot_be_a_path_leaves_the_session_open(store: SessionStore) -> None:
    for text in ("~no-such-user/x", "a\0b", "n" * 300, "/dev/zero"):
        session = saved(store)
        answers = session.answers.with_("app.base_env", text).with_("export.directory", text)
        store.save(Session("prod", answers, "start"))
        controller = Wizard(store.load("prod"), store)
        assert controller.answers["app.base_env"] == text
        with pytest.raises(NbclusterError):
            controller.prepare()
        if text != "/dev/zero":
            with pytest.raises(NbclusterError):
                _ = controller.directory


def test_what_killed_saves_left_is_removed_once_their_process_is_gone(store: SessionStore) -> None:
    saved(store)
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    old, young, ours, other = (
        store.root / name for name in (f".prod.{gone.pid}.tmp", f".new.{gone.pid}.tmp", f".prod.{os.getpid()}.tmp", ".note.tmp")
    )
    for path in (old, young, ours, other):
        path.write_text("half")
    folder = store.root / f".folder.{gone.pid}.tmp"
    folder.mkdir()
    for path in (old, ours, other, folder):
        os.utime(path, (0, 0))
    with store.lock("prod"):
        assert young.exists() and ours.exists() and other.exists() and folder.exists()
    folder.rmdir()
    with store.lock("prod"):
        assert not old.exists()


def test_a_saved_session_is_on_the_disk_with_its_name(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(store)
    synced: list[bool] = []
    fsync = os.fsync

    def noting(handle: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(handle).st_mode))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noting)
    saved(store)
    assert synced == [False, True]


@pytest.mark.parametrize("kind", ["pipe", "folder", "dangling"])
def test_the_note_of_the_owner_never_stops_a_session(store: SessionStore, kind: str) -> None:
    saved(store)
    note = store.root / "prod.owner"
    if kind == "pipe":
        os.mkfifo(note)
    elif kind == "folder":
        note.mkdir()
    else:
        note.symlink_to("/nowhere/at/all")
    assert store.list()[0].locked_by == ""
    with store.lock("prod"):
        assert store.list()[0].locked_by


def test_a_folder_that_cannot_be_read_is_no_folder_without_sessions(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(store)

    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(NbclusterError) as caught:
        store.list()
    assert caught.value.code is ExitCode.INVALID and str(store.root) in caught.value.message


def test_an_account_without_name_and_home_is_told_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: SessionStore
) -> None:
    def no_entry(_number: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", no_entry)
    with store.lock("prod"):
        assert str(os.getuid()) in store.owner("prod")
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_STATE_HOME")
    with pytest.raises(NbclusterError) as caught:
        SessionStore()
    assert caught.value.code is ExitCode.UNWRITABLE and "XDG_STATE_HOME" in caught.value.message
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert SessionStore().root == tmp_path / "nbcluster" / "sessions"


@pytest.mark.parametrize("act", ["delete", "load"])
def test_a_session_that_is_not_there_is_named(store: SessionStore, act: str) -> None:
    with pytest.raises(NbclusterError) as caught:
        getattr(store, act)("staging")
    assert caught.value.code is ExitCode.INVALID and "staging" in caught.value.message


def test_what_cannot_be_removed_or_read_is_told_with_path_and_reason(store: SessionStore) -> None:
    saved(store)
    (store.root / "prod.json").unlink()
    path = store.root / "prod.json"
    path.mkdir()
    for act, code in ((store.delete, ExitCode.UNWRITABLE), (store.load, ExitCode.INVALID)):
        with pytest.raises(NbclusterError) as caught:
            act("prod")
        assert caught.value.code is code and str(path) in caught.value.message and "None" not in caught.value.message


def test_a_session_is_not_renamed_over_another(store: SessionStore) -> None:
    saved(store, "staging")
    saved(store)
    store.acquire("prod")
    with pytest.raises(NbclusterError) as caught:
        store.rename("staging")
    assert caught.value.code is ExitCode.INVALID and "staging" in caught.value.message
    assert store.owner("prod") and not store.owner("staging")


def test_a_session_that_was_never_saved_is_renamed(store: SessionStore) -> None:
    store.acquire("nocobase")
    store.rename("prod")
    assert store.owner("prod") and not store.owner("nocobase")


def test_a_session_that_is_not_held_is_not_removed_by_another_name(store: SessionStore) -> None:
    saved(store)
    store.rename("staging")
    assert store.load("prod").step == "nodes" and store.owner("staging")
    store.acquire("prod")
    store.release()
    store.rename("test")
    assert store.load("prod").step == "nodes" and store.owner("test")


def test_a_store_holds_one_session_at_a_time_and_takes_it_once(store: SessionStore) -> None:
    other = SessionStore(store.root)
    for name in ("prod", "prod", "staging", "staging"):
        store.acquire(name)
        with pytest.raises(NbclusterError) as caught:
            other.acquire(name)
        assert caught.value.code is ExitCode.LOCKED and name in caught.value.message
    other.acquire("prod")
    with store.lock("staging"):
        assert str(os.getpid()) in other.owner("staging")
    assert str(os.getpid()) in other.owner("staging") and str(os.getpid()) in store.owner("staging")
    store.release()
    assert not other.owner("staging") and not list(store.root.glob("staging.owner"))
    store.acquire("staging")
    assert other.owner("staging")


def test_claims_go_past_the_session_itself_and_past_damaged_ones(store: SessionStore) -> None:
    for name in ("b", "d"):
        saved(store, name)
    answers = official({"database.host": "DB.Example", "name": "e"})
    store.save(Session("e", answers, "start"))
    for name in ("a", "c"):
        (store.root / f"{name}.json").write_text("{")
    claims = store.claims("b")
    assert set(claims.values()) == {"d", "e"} and claims[("db.example", 5432, "nocobase")] == "e"


def test_a_folder_of_the_state_that_is_not_absolute_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Earlier versions of platformdirs return a home that is relative, or not known, as it stands."""
    monkeypatch.setattr("nbcluster.sessions.store.user_state_path", lambda *_names, **_named: Path("~/.local/state"))
    with pytest.raises(NbclusterError) as caught:
        SessionStore()
    assert caught.value.code is ExitCode.UNWRITABLE and "XDG_STATE_HOME" in caught.value.message


@pytest.mark.parametrize(("fault", "told"), [(OSError(5, "Input/output error"), "Input/output error"), (OSError(), "OSError")])
def test_the_reason_of_the_system_is_told_or_else_its_kind(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch, fault: OSError, told: str
) -> None:
    def refused(*_arguments: object) -> None:
        raise fault

    monkeypatch.setattr(os, "fsync", refused)
    with pytest.raises(NbclusterError) as caught:
        saved(store)
    assert caught.value.code is ExitCode.UNWRITABLE and told in caught.value.message and str(store.root) in caught.value.message
    assert list(store.root.iterdir()) == []


def test_what_a_process_of_another_user_writes_is_left_alone(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(store)
    foreign, beyond = store.root / f".prod.{os.getpid()}.tmp", store.root / ".prod.9999999999.tmp"
    for path in (foreign, beyond):
        path.write_text("half")
        os.utime(path, (0, 0))

    kill = os.kill

    def not_permitted(process: int, number: int) -> None:
        if process == os.getpid():
            raise PermissionError(1, "Operation not permitted")
        kill(process, number)

    monkeypatch.setattr(os, "kill", not_permitted)
    with store.lock("prod"):
        assert foreign.exists() and beyond.exists()


def test_a_list_tells_when_where_and_by_whom(store: SessionStore) -> None:
    saved(store)
    (store.root / "damaged.json").write_text("{")
    for name in ("prod", "damaged"):
        os.utime(store.root / f"{name}.json", (86400, 86400))
    (store.root / "Notes.json").write_text("{}")
    (store.root / "prod.txt").write_text("{}")
    with store.lock("damaged"):
        damaged, prod = store.list()
    assert (prod.name, prod.step, prod.exported_to, prod.locked_by, prod.fault) == ("prod", "nodes", "/srv/out", "", "")
    assert damaged.name == "damaged" and str(os.getpid()) in damaged.locked_by and "damaged" in damaged.fault
    assert damaged.step and damaged.exported_to == ""
    assert prod.saved_at == damaged.saved_at == datetime(1970, 1, 2, tzinfo=UTC)


def test_a_session_whose_place_cannot_be_asked_is_listed(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(store)

    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with store.lock("prod"), monkeypatch.context() as patch:
        patch.setattr(Path, "lstat", refused)
        (info,) = store.list()
    assert (info.name, info.saved_at, info.exported_to) == ("prod", None, "") and info.step
    assert "Permission denied" in info.fault and str(os.getpid()) in info.locked_by


def test_a_session_is_not_taken_in_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NbclusterError) as caught:
        SessionStore(tmp_path / "file" / "sessions").acquire("prod")
    assert caught.value.code is ExitCode.UNWRITABLE and str(tmp_path / "file") in caught.value.message


def test_the_note_of_the_owner_is_private_and_takes_any_name(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ä\udcff")
    store.acquire("prod")
    note = store.root / "prod.owner"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600 and note.read_bytes().startswith("ä?@".encode())


def test_a_folder_that_others_may_read_is_closed(store: SessionStore) -> None:
    store.root.mkdir(parents=True, mode=0o755)
    saved(store)
    assert stat.S_IMODE(store.root.stat().st_mode) == 0o700
    assert json.loads((store.root / "prod.json").read_bytes())["name"] == "prod"


def test_a_list_shows_no_more_of_a_word_than_a_line_takes(store: SessionStore) -> None:
    store.save(Session("prod", official({"name": "prod"}), "s" * 200, exported_to="/" + "x" * 900))
    (info,) = store.list()
    assert info.step == clean("s" * 200, 80) and info.exported_to == clean("/" + "x" * 900, 400)


def test_a_pipe_is_no_session_and_is_not_read(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(store)
    os.mkfifo(store.root / "pipe.json")
    monkeypatch.setattr("nbcluster.system.inputfile._read", None)
    with pytest.raises(NbclusterError) as caught:
        store.load("pipe")
    assert str(store.root / "pipe.json") in caught.value.message


def test_a_link_that_leads_nowhere_is_told_apart_from_no_session(store: SessionStore) -> None:
    saved(store)
    (store.root / "link.json").symlink_to(store.root / "gone")
    told = {}
    for name in ("link", "none"):
        with pytest.raises(NbclusterError) as caught:
            store.load(name)
        told[name] = str(store.root) in caught.value.message
    assert told == {"link": True, "none": False}


def test_a_lock_that_nobody_holds_has_no_owner(store: SessionStore) -> None:
    saved(store)
    with store.lock("prod"):
        assert store.owner("prod") != ""
    (store.root / "prod.lock").touch()
    assert store.owner("prod") == ""


def test_a_session_taken_in_one_thread_is_given_back_in_another(store: SessionStore) -> None:
    saved(store)
    taken, given_back = threading.Event(), threading.Event()

    def take() -> None:
        store.acquire("prod")
        taken.set()
        given_back.wait(10)

    thread = threading.Thread(target=take)
    thread.start()
    assert taken.wait(10)
    store.release()
    try:
        with SessionStore(store.root).lock("prod"):
            pass
    finally:
        given_back.set()
        thread.join()


def test_a_session_is_text_that_a_person_can_read(store: SessionStore) -> None:
    store.save(replace(saved(store), exported_to="/srv/数据"))
    text = (store.root / "prod.json").read_text("utf-8")
    assert "/srv/数据" in text and text.count("\n ") > 10


def test_a_session_that_goes_away_meanwhile_hides_the_claims_of_no_other(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        saved(store, name)
    whole = store.load

    def load(name: str) -> Session:
        if name == "a" and gone:
            raise NbclusterError(ExitCode.INVALID, "gone")
        return whole(name)

    gone = False
    listed = store.list()
    gone = True
    monkeypatch.setattr(store, "load", load)
    monkeypatch.setattr(store, "list", lambda: listed)
    assert set(store.claims().values()) == {"b"}


def test_a_young_partial_file_may_belong_to_another_machine(store: SessionStore) -> None:
    saved(store)
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    young = store.root / f".prod.{ended.pid}.tmp"
    young.touch()
    with store.lock("prod"):
        assert young.exists()


def test_the_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    store = SessionStore(tmp_path / "state" / "nbcluster" / "sessions")
    saved(store)
    assert store.load("prod").step == "nodes"


def test_a_folder_that_cannot_be_brought_to_the_disk_loses_no_session(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def refused(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(22, "Invalid argument")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", refused)
    saved(store)
    assert store.load("prod").step == "nodes"


def test_a_refused_name_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(NbclusterError) as caught:
        SessionStore(tmp_path).load("redis://u:Cnry-Typed@10.0.0.5:6379/0")
    assert caught.value.code is ExitCode.INVALID and "Cnry" not in caught.value.message


def test_an_account_without_a_name_is_shown_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert _user() == str(os.getuid())


def test_a_process_counts_as_running_unless_it_is_known_to_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _runs(os.getpid()) and _runs(10**30)

    def asked(fault: type[OSError]) -> Callable[[int, int], None]:
        def kill(_process: int, _signal: int) -> None:
            raise fault

        return kill

    monkeypatch.setattr("os.kill", asked(PermissionError))
    assert _runs(1)
    monkeypatch.setattr("os.kill", asked(ProcessLookupError))
    assert not _runs(1)
