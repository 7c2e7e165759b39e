"""``import``: every known form gives answers that load, without a secret in them, and no form makes an old installation a fresh key."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.answers import Answers, Source
from nbcluster.answersfile import load_text
from nbcluster.flow import infer, problems_for_file
from nbcluster.importer import Imported, import_file
from nbcluster.rules import Context
from nbcluster.secret import Secret
from nbcluster.steps import new_answers
from tests.cli.program import nbcluster

FILES = Path(__file__).parent / "files"
SECRETS = ("pa$ss#1", "p#w", "p%23w", "0123456789abcdef", "production-key", "p'a", "from-values", "cGEjc3M", "pa#ss", "abababab")


def beside(name: str) -> str | None:
    path = FILES / name
    return path.read_text("utf-8") if path.is_file() else None


def imported_from(name: str) -> Imported:
    return import_file((FILES / name).read_text("utf-8"), str(FILES / name), beside)


def answers_of(imported: Imported) -> Answers:
    answers = new_answers()
    for path, value in imported.changes:
        answers = answers.with_(path, value, Source.IMPORTED)
    return infer(answers)


def notes_of(imported: Imported) -> set[str]:
    return {note.path for note in imported.notes}


@pytest.mark.parametrize("name", ["compose.yaml", "config.json", "manifests.yaml", "values.yaml"])
def test_the_printed_answers_load_and_hold_no_secret(name: str, tmp_path: Path) -> None:
    ended = nbcluster("import", FILES / name)
    assert ended.code == 0, ended.err
    assert not [secret for secret in SECRETS if secret in ended.out + ended.err]
    references = {word.split('"')[1] for word in ended.out.split("env = ")[1:]}
    answers = load_text(ended.out, "printed", tmp_path, dict.fromkeys(references, "x" * 40)).answers
    assert answers["app.installation"] == "existing" and "database.dialect" in answers
    assert "app.base_env" not in answers or answers["app.base_env"] == ""


def test_a_compose_file_gives_its_keys_and_names_what_is_not_carried_over() -> None:
    imported = imported_from("compose.yaml")
    answers = answers_of(imported)
    assert answers["app.key"] == Secret("0123456789abcdef0123456789abcdef0123") and answers["app.aes_key"] == Secret("ab" * 32)
    assert answers["database.password"] == Secret("pa$ss#1") and answers["app.timezone"] == "Europe/Berlin"
    cache = answers.url("redis.cache")
    assert cache is not None and cache.password == Secret("p#w")
    assert "app.base_env" in notes_of(imported)
    assert any("OTHER" in note.message for note in imported.notes)


def test_the_home_of_nb_gives_one_environment_and_asks_for_the_other_key() -> None:
    imported = imported_from("config.json")
    answers = answers_of(imported)
    assert answers["database.dialect"] == "mysql" and answers["database.underscored"] is True and answers["app.port"] == 13080
    assert answers["app.key"] == Secret("production-key-production-key-00000")
    assert {"app.aes_key", "app.installation", "app.base_env"} <= notes_of(imported)


@pytest.mark.parametrize("name", ["manifests.yaml", "config.json"])
def test_a_key_that_is_not_found_is_asked_for(name: str) -> None:
    imported = imported_from(name)
    path = "app.key" if name == "manifests.yaml" else "app.aes_key"
    answers = answers_of(imported)
    assert path in notes_of(imported)
    assert f"{path} keys-kept" in {f"{p.path} {p.rule}" for p in problems_for_file(answers, Context())}


def test_an_env_file_without_app_key_is_a_question_and_never_a_fresh_key(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DB_DIALECT=postgres\nDB_PASSWORD=old\nTZ=UTC\n", "utf-8")
    ended = nbcluster("import", file)
    assert ended.code == 0 and "app.key:" in ended.err
    (tmp_path / "answers.toml").write_text(ended.out, "utf-8")
    rendered = nbcluster(
        "render",
        "--answers",
        tmp_path / "answers.toml",
        "--out",
        tmp_path / "out",
        environment={"NBCLUSTER_DATABASE_PASSWORD": "old"},
    )
    assert rendered.code == 2 and "app.key:" in rendered.err and not (tmp_path / "out" / ".env").exists()


def test_a_file_of_no_known_form_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text("services: [\n", "utf-8")
    ended = nbcluster("import", file)
    assert ended.code == 2 and str(file) in ended.err and ended.out == ""


def test_the_wizard_imports_every_form() -> None:
    from nbcluster.opening import from_nothing, import_into

    controller = from_nothing("imported")
    try:
        imported = import_into(controller, FILES / "compose.yaml")
        assert controller.answers["database.password"] == Secret("pa$ss#1") and imported.notes
    finally:
        controller.close()
