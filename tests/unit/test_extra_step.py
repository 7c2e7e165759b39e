"""A step is one declaration and one line in ``STEPS``: here it reaches the answers file, the schema, rules, checks, the .env and the summary."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Field, FieldKind
from nbcluster.answers.file import dump, json_schema, load_text
from nbcluster.answers.flow import infer, problems_of, targets
from nbcluster.answers.importer.disk import import_path
from nbcluster.answers.targets import Target, TargetKind
from nbcluster.checks.results import Status
from nbcluster.checks.rules import rule_results
from nbcluster.env import read_dotenv
from nbcluster.errors import Problem, warning
from nbcluster.files.answersfile import imported_answers
from nbcluster.files.fileset import prepare
from nbcluster.files.summary import choices
from nbcluster.steps import STEPS, Step
from nbcluster.steps.model import Context, Rule
from tests.unit.scenarios import official_text


def _local(answers: Answers, _context: Context) -> Iterable[Problem]:
    if "." not in answers.text("mail.host"):
        yield warning("mail.host", "mail-local", "has no domain.")


def _targets(answers: Answers) -> Iterable[Target]:
    yield Target("mail", TargetKind.HTTP, answers.text("mail.host"), {"host": answers.text("mail.host"), "port": 25})


MAIL = Step(
    id="mail",
    title="Mail",
    fields=(
        Field(
            "mail.host",
            FieldKind.TEXT,
            "Relay",
            variable="MAIL_RELAY_HOST",
            required=True,
            pattern=r"[a-z.]+",
            pattern_hint="a name",
        ),
        Field("mail.password", FieldKind.SECRET, "Password", variable="MAIL_RELAY_PASSWORD"),
    ),
    rules=(Rule("mail-local", _local),),
    targets=_targets,
)
WITH_MAIL = (*STEPS[:-2], MAIL, *STEPS[-2:])


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    text = official_text({"mail.host": "relay.example.com", "mail.password": "pa#ss"})
    return infer(load_text(text, "t", tmp_path, {}, WITH_MAIL).answers)


def test_it_is_in_the_schema() -> None:
    assert set(json_schema(WITH_MAIL)["properties"]["mail"]["properties"]) == {"host", "password"}
    assert "mail" not in json_schema()["properties"]


def test_it_is_in_the_answers_file_without_its_secret(answers: Answers) -> None:
    written = dump(answers)
    assert 'host = "relay.example.com"' in written and "NBCLUSTER_MAIL_PASSWORD" in written and "pa#ss" not in written


def test_its_problems_are_found(answers: Answers) -> None:
    assert [p.path for p in problems_of(MAIL, answers.with_("mail.host", "NO!"))] == ["mail.host"]
    assert [p.rule for p in problems_of(MAIL, answers.without("mail.host"))] == ["required"]


def test_its_rule_is_a_result_of_check_whether_it_holds_or_not(answers: Answers) -> None:
    def status(answers: Answers) -> list[Status]:
        return [result.status for result in rule_results(answers, Context()) if result.id == "rules.mail-local"]

    assert status(answers) == [Status.OK]
    assert status(answers.with_("mail.host", "relay")) == [Status.WARN]


def test_it_is_connected_to_alone_and_with_all_others(answers: Answers) -> None:
    assert [target.id for target in targets(answers, MAIL)] == ["mail"]
    found = [target.id for target in targets(answers)]
    assert "mail" in found and "database" in found


def test_an_imported_file_answers_it(tmp_path: Path) -> None:
    file = tmp_path / "old.env"
    file.write_text("APP_PORT=13000\nMAIL_RELAY_HOST=relay.example.com\n")
    assert dict(import_path(file, "app.base_env", WITH_MAIL).changes)["mail.host"] == "relay.example.com"
    assert "MAIL_RELAY_HOST" in import_path(file, "app.base_env").kept


def test_an_answers_file_takes_it_from_the_file_that_it_imports(tmp_path: Path) -> None:
    (tmp_path / "old.env").write_text("MAIL_RELAY_HOST=relay.example.com\n")
    text = official_text({"app.base_env": "old.env", "app.installation": "existing"})
    assert load_text(text, "t", tmp_path, {}, WITH_MAIL, imported_answers).answers["mail.host"] == "relay.example.com"


def test_it_is_in_the_env_file_and_the_summary(answers: Answers, tmp_path: Path) -> None:
    files = {file.path: file.text for file in prepare(answers, tmp_path).files}
    variables = read_dotenv(files[".env"])
    assert (variables["MAIL_RELAY_HOST"], variables["MAIL_RELAY_PASSWORD"]) == ("relay.example.com", "pa#ss")
    assert "relay.example.com" in files["SUMMARY.md"] and "pa#ss" not in files["SUMMARY.md"]
    assert ("Mail", [("Relay", "relay.example.com"), ("Password", "********")]) in [
        (t, list(rows)) for t, rows in choices(answers)
    ]
