"""A wizard on an answers file never replaces a saved session with other answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nbcluster.answers.secret import Secret
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.sessions.store import SessionStore
from nbcluster.wizard import Wizard, from_answers, from_session
from tests.unit.scenarios import official_text

PASSWORD = "s3cret-of-the-database"
CHANGES = {"name": "prod", "database.password": {"env": "P"}, "app.key": "generate", "app.aes_key": "generate"}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SessionStore:
    monkeypatch.setenv("P", PASSWORD)
    store = SessionStore(tmp_path / "sessions")
    from_answers(answers(tmp_path / "a"), store).close()
    return store


def answers(folder: Path, changes: dict[str, object] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "answers.toml"
    path.write_text(official_text({**CHANGES, **(changes or {})}), "utf-8")
    return path


def test_other_answers_get_a_free_name_and_the_saved_session_stays(tmp_path: Path, store: SessionStore) -> None:
    saved = (store.root / "prod.json").read_bytes()
    for free in ("prod-2", "prod-3"):
        run = from_answers(answers(tmp_path / free, {"database.host": f"{free}.example.com"}), store)
        assert (run.name, run.session.name) == (free, free) and "prod" in run.notice and free in run.notice
        run.close()
    assert (store.root / "prod.json").read_bytes() == saved
    assert {info.name for info in store.list()} == {"prod", "prod-2", "prod-3"}


def test_another_secret_is_another_answer(tmp_path: Path, store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("P", "another")
    assert from_answers(answers(tmp_path / "b"), store).name == "prod-2"


def test_the_session_that_is_left_alone_does_not_claim_the_database(tmp_path: Path, store: SessionStore) -> None:
    run = from_answers(answers(tmp_path / "b", {"app.timezone": "Europe/Berlin"}), store)
    assert run.name == "prod-2" and not {p.rule for p in run.all_problems()} & {"database-claimed", "redis-claimed"}


def test_the_same_answers_open_the_session(tmp_path: Path, store: SessionStore) -> None:
    run = from_answers(answers(tmp_path / "b"), store)
    assert (run.name, run.notice) == ("prod", "")


def test_written_answers_open_the_session_that_wrote_them(tmp_path: Path, store: SessionStore) -> None:
    run = from_answers(answers(tmp_path / "b"), store)
    run.change("export.directory", str(tmp_path / "out"))
    run.export()
    run.close()
    assert from_answers(tmp_path / "out/answers.toml", store).name == "prod"


def test_a_session_that_cannot_be_read_is_left_alone(tmp_path: Path, store: SessionStore) -> None:
    (store.root / "prod.json").write_text("{")
    assert from_answers(answers(tmp_path / "b"), store).name == "prod-2"
    assert (store.root / "prod.json").read_text() == "{"


def test_a_long_name_is_cut_to_be_numbered(tmp_path: Path, store: SessionStore) -> None:
    name = "p" * 40
    for host, wanted in (("a.example.com", name), ("b.example.com", f"{name[:38]}-2")):
        run = from_answers(answers(tmp_path / host, {"name": name, "database.host": host}), store)
        assert run.name == wanted
        run.close()


def exported(run: Wizard, folder: Path) -> Path:
    """Write the files of a run into a folder, and close it."""
    run.change("export.directory", str(folder))
    run.export()
    run.close()
    return folder


def with_another_node(folder: Path) -> Path:
    """Return the answers file of a written folder after a node was added by hand."""
    file = folder / "answers.toml"
    file.write_text(file.read_text("utf-8") + '\n[[nodes]]\nname = "node4"\nhost = "172.31.0.4"\n', "utf-8")
    return file


def edits(run: Wizard) -> list[tuple[str, str]]:
    return [(problem.path, problem.rule) for problem in run.outlook().edited if problem.rule == "written-since"]


def test_the_answers_of_a_written_folder_go_on_with_that_folder(tmp_path: Path, store: SessionStore) -> None:
    out = exported(from_answers(answers(tmp_path / "b"), store), tmp_path / "out")
    store.delete("prod")
    run = from_answers(with_another_node(out), store)
    assert (run.name, run.directory, run.notice) == ("prod", out, "")
    outcome = run.export()
    run.close()
    assert outcome.directory == out and "CHANGE.md" in outcome.next_steps[0] and "node4" in (out / "CHANGE.md").read_text()


def test_a_cluster_that_was_written_is_never_renamed_for_a_session(tmp_path: Path, store: SessionStore) -> None:
    out = exported(from_answers(answers(tmp_path / "b"), store), tmp_path / "out")
    saved = (store.root / "prod.json").read_bytes()
    with pytest.raises(NbclusterError) as refused:
        from_answers(with_another_node(out), store)
    assert refused.value.code is ExitCode.INVALID
    assert "setup --session prod" in refused.value.message and "sessions delete prod" in refused.value.message
    assert (store.root / "prod.json").read_bytes() == saved
    assert {info.name: info.locked_by for info in store.list()} == {"prod": ""}


def test_nor_for_a_session_that_cannot_be_read(tmp_path: Path, store: SessionStore) -> None:
    out = exported(from_answers(answers(tmp_path / "b"), store), tmp_path / "out")
    (store.root / "prod.json").write_text("{")
    with pytest.raises(NbclusterError) as refused:
        from_answers(out / "answers.toml", store)
    assert refused.value.code is ExitCode.INVALID and "setup --session" not in refused.value.message
    assert (store.root / "prod.json").read_text() == "{"


@pytest.mark.parametrize("remembers", [True, False], ids=["session knows the folder", "session of an earlier version"])
def test_a_folder_that_another_run_wrote_since_is_told(remembers: bool, tmp_path: Path, store: SessionStore) -> None:
    out = exported(from_answers(answers(tmp_path / "b"), store), tmp_path / "out")
    if not remembers:
        store.save(replace(store.load("prod"), exported_state=""))
    run = from_session("prod", store)
    assert not edits(of_all_secrets(run))
    run.close()
    exported(from_answers(with_another_node(out), SessionStore(tmp_path / "others")), out)
    run = of_all_secrets(from_session("prod", store))
    assert edits(run) == [("export.directory", "written-since")]
    run.export()
    run.change("app.timezone", "Europe/Berlin")
    assert not edits(run)
    run.close()


def test_a_session_that_was_changed_alone_says_nothing_of_others(tmp_path: Path, store: SessionStore) -> None:
    exported(from_answers(answers(tmp_path / "b"), store), tmp_path / "out")
    run = of_all_secrets(from_session("prod", store))
    run.change("app.timezone", "Europe/Berlin")
    assert run.outlook().changes and not edits(run)


def of_all_secrets(run: Wizard) -> Wizard:
    """Return a run with the secrets that a session does not store."""
    for path in run.missing():
        known = {"database.password": PASSWORD, "admin.password": "correct-horse-battery"}
        run.set_secret(path, Secret(known[path]))
    return run
