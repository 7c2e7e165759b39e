"""A wizard on an answers file never replaces a saved session with other answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.sessions.store import SessionStore
from nbcluster.wizard import from_answers
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
