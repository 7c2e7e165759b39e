"""A file in place of a command opens the wizard, which then asks only what the file lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.cli.arguments import build_parser
from nbcluster.errors import NbclusterError, errors
from nbcluster.prompts.asker import Asker
from nbcluster.prompts.dialogue import Dialogue
from nbcluster.report import StepState
from nbcluster.sessions.session import Session
from nbcluster.sessions.store import SessionStore
from nbcluster.wizard import Wizard, from_import
from tests.unit.scenarios import official
from tests.unit.test_prompts_checks import Face

COMPOSE = """services:
  app:
    image: nocobase/nocobase:2.2.15
    environment:
      APP_KEY: a-key-of-forty-characters-for-this-test-01
      TZ: UTC
      DB_DIALECT: postgres
      DB_HOST: 10.0.0.6
      DB_DATABASE: nocobase
      DB_USER: nocobase
      DB_PASSWORD: geheim
"""


@pytest.mark.parametrize(
    ("arguments", "option"),
    [(["compose.yaml"], "import_file"), ([".env", "--front", "plain"], "import_file"), (["./prod/answers.toml"], "answers")],
)
def test_a_file_stands_for_setup(arguments: list[str], option: str) -> None:
    options = build_parser().read(arguments)
    assert options.command == "setup" and options.brief and getattr(options, option) == Path(arguments[0])


def test_a_file_without_a_dot_has_to_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NbclusterError):
        build_parser().read(["settings"])
    (tmp_path / "settings").touch()
    assert build_parser().read(["settings"]).import_file == Path("settings")
    (tmp_path / "check").touch()
    with pytest.raises(NbclusterError):
        build_parser().read(["check"])


@pytest.fixture
def imported(tmp_path: Path) -> Wizard:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    wizard = from_import(tmp_path / "compose.yaml", SessionStore(tmp_path / "sessions"))
    wizard.be_brief()
    return wizard


def test_it_begins_where_the_file_ends(imported: Wizard) -> None:
    assert imported.current == "license"
    assert imported.state(imported.step("database")) is not StepState.TODO and "database" in imported.visited
    assert imported.following("license") == "middleware"
    assert imported.following("storage") == "nodes"


def test_a_complete_file_leads_to_the_test_of_its_connections() -> None:
    wizard = Wizard(Session(name="official", answers=official()))
    wizard.be_brief()
    assert wizard.current == "connections"


def test_a_question_that_the_file_answers_is_not_asked(imported: Wizard) -> None:
    imported.change("database.host", None)
    assert imported.is_answered("database.user") and not imported.is_answered("database.host")
    face = Face("10.0.0.9", None, None)
    Dialogue(imported, Asker(face))._form(imported.step("database"))
    assert (
        imported.answers["database.host"] == "10.0.0.9" and imported.answers["database.user"] == "nocobase" and not face.answers
    )


@pytest.mark.parametrize(("unfold", "asked"), [(None, 0), (True, 5)])
def test_what_is_rarely_needed_is_asked_on_demand(unfold: bool | None, asked: int, tmp_path: Path) -> None:
    wizard = Wizard(Session(name="official", answers=official()))
    # dialect, host, port, TLS, name, user, password; then the one question, and what it unfolds
    face = Face(*(None,) * 7, unfold, *(None,) * asked)
    Dialogue(wizard, Asker(face))._form(wizard.step("database"))
    assert not face.answers


def test_the_share_waits_for_the_person_once() -> None:
    wizard = Wizard(Session(name="official", answers=official().without("storage.server").without("storage.export")))
    storage = wizard.step("storage")
    assert wizard.needs_person(storage) and wizard.state(storage) is StepState.TODO
    assert wizard.next_in_need("connections") == "storage"
    wizard.visit("storage")
    assert not wizard.needs_person(storage)


def test_an_earlier_form_that_a_later_answer_made_incomplete_comes_before_the_review() -> None:
    wizard = Wizard(Session(name="official", answers=official().with_("queue.adapter", "rabbitmq")))
    for step in wizard.steps:
        wizard.visit(step.id)
    assert errors(wizard.problems(wizard.step("license")))
    assert [wizard.next_in_need(step, wraps=True) for step in ("multicore", "review")] == ["license", "license"]
    assert wizard.next_in_need("multicore") == "review"
    complete = Wizard(Session(name="official", answers=official(), visited=tuple(step.id for step in wizard.steps)))
    assert [complete.next_in_need(step, wraps=True) for step in ("multicore", "review")] == ["review", "export"]


@pytest.mark.parametrize("kind", ["efs", "cephfs", "glusterfs"])
def test_every_share_on_a_server_waits(kind: str) -> None:
    answers = official().with_("storage.server", "files.example.com").with_("storage.export", "/exports/nocobase")
    wizard = Wizard(Session(name="official", answers=answers.with_("storage.kind", kind)))
    assert not wizard.needs_person(wizard.step("storage"))
    wizard.change("storage.export", None)
    assert wizard.needs_person(wizard.step("storage"))
    wizard.change("storage.kind", "cloud-disk")
    assert not wizard.needs_person(wizard.step("storage"))


def test_a_step_that_the_import_named_waits_for_the_person_once(tmp_path: Path) -> None:
    text = COMPOSE.replace("10.0.0.6", "postgres") + "  postgres:\n    image: postgres:16\n"
    (tmp_path / "compose.yaml").write_text(text)
    wizard = from_import(tmp_path / "compose.yaml", SessionStore(tmp_path / "sessions"))
    assert not wizard.is_answered("database.host") and wizard.is_answered("database.user")
    database = wizard.step("database")
    wizard.be_brief()
    assert "database" not in wizard.visited and wizard.needs_person(database)
    wizard.visit("database")
    assert not wizard.needs_person(database)
