"""The lines that every face shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nbcluster.checks.board import Tally
from nbcluster.checks.results import CheckResult, Report, Status
from nbcluster.errors import ExitCode, InvalidAnswersError, NbclusterError, Problem, Severity
from nbcluster.files.export import ExportResult
from nbcluster.files.write import WriteResult
from nbcluster.report import (
    WORDS,
    fault_lines,
    label_of,
    misgivings,
    problem_line,
    told_lines,
    told_of,
    totals,
    verdict,
    warning_lines,
    worst,
    written_lines,
)
from nbcluster.sessions.session import Session
from nbcluster.text.layout import width_of
from nbcluster.wizard import Wizard
from tests.unit.scenarios import official

ERROR = Problem("redis.lock", "required.", "Fill it in.")
WARNING = Problem("nodes", "is one.", severity=Severity.WARNING)


def result(status: Status) -> CheckResult:
    return CheckResult("redis.lock.reach", "h:1", "bastion", status, "s", "d", "h", 1)


def test_the_sign_tells_what_stops_writing() -> None:
    assert problem_line(ERROR).split()[:2] == ["!!", "redis.lock:"]
    assert problem_line(WARNING).split()[:2] == ["!", "nodes:"]


def test_a_fault_is_its_sentence_and_a_line_a_problem() -> None:
    assert NbclusterError(ExitCode.INVALID, "no\x1b[2J", (ERROR,)).lines() == ["no␛[2J", ERROR.line()]
    assert InvalidAnswersError((ERROR, WARNING)).lines() == [ERROR.line(), WARNING.line()]


def test_every_verdict_has_a_word_of_its_own() -> None:
    assert set(WORDS) == set(Status) and len(set(WORDS.values())) == len(WORDS)


@pytest.mark.parametrize(
    ("statuses", "wanted"),
    [
        ([], Status.SKIP),
        ([Status.OK, Status.SKIP], Status.OK),
        ([Status.OK, Status.WARN, Status.ERROR], Status.ERROR),
        ([Status.ERROR, Status.FAIL], Status.FAIL),
    ],
)
def test_the_gravest_result_is_the_verdict_of_a_target(statuses: list[Status], wanted: Status) -> None:
    assert worst(result(status) for status in statuses) is wanted


@pytest.mark.parametrize(
    ("errors", "checks", "spoken", "doubted"),
    [
        (0, Tally(ok=3, targets=1), 0, 0),
        (2, Tally(ok=3, targets=1), 1, 0),
        (0, Tally(fail=1, error=2, targets=1), 2, 2),
        (1, Tally(fail=1, error=1, waiting=1, targets=2), 4, 3),
    ],
)
def test_each_reason_against_writing_is_one_line(errors: int, checks: Tally, spoken: int, doubted: int) -> None:
    assert len(verdict(errors, checks, "waiting")) == spoken
    assert len(misgivings(checks)) == doubted


def test_what_there_is_none_of_is_not_counted() -> None:
    assert totals(Report(datetime.now(UTC), 1, (result(Status.OK), result(Status.OK), result(Status.FAIL)))) == "2 ok, 1 fail"


def test_what_several_roles_share_is_one_finding_and_what_passed_is_counted_by_check() -> None:
    roles = [
        replace(result(status), id=f"redis.{role}.reach") for role in ("cache", "lock") for status in (Status.OK, Status.WARN)
    ]
    other = replace(result(Status.WARN), summary="another")
    assert totals(Report(datetime.now(UTC), 1, (*roles, other))) == "2 ok, 2 warn"


def test_an_export_tells_of_every_file_and_of_the_archive(tmp_path: Path) -> None:
    (tmp_path / ".env").touch(0o600)
    done = WriteResult((".env",), ("a", "b"), ("gone",), ("edited",), ("backups/x",))
    lost = Problem(str(tmp_path), "was torn.", severity=Severity.WARNING)
    outcome = ExportResult(tmp_path, done, (WARNING, lost), ("mount", "start"), tmp_path / "x.tar.gz", (".env",))
    head, *lines = written_lines(outcome)
    assert str(tmp_path) in head and lines == ["  0600  .env"]
    told = told_of(outcome, official(), Tally(answers=1))
    text = "\n".join(told_lines(told))
    assert all(word in text for word in ("2", "gone", "edited", str(tmp_path / "backups"), str(tmp_path / "x.tar.gz")))
    assert len(told.remarks) == 6 and "SUMMARY.md" in told.warnings[1] and lost.message in text
    # each warning is shown once
    (shown,) = warning_lines(outcome)[1:]
    assert shown.strip() == problem_line(WARNING) and WARNING.message not in text


def test_an_export_without_warnings_or_archive_says_nothing_of_them(tmp_path: Path) -> None:
    outcome = ExportResult(tmp_path, WriteResult((), (), ()), (), ())
    told = told_of(outcome, official(), Tally())
    assert len(written_lines(outcome)) == 1 and warning_lines(outcome) == [] and not told.remarks and not told.warnings


def test_what_is_told_is_folded_below_its_labels_and_a_command_is_whole() -> None:
    done = WriteResult((".env", "ansible/playbook.yaml", *(f"nodes/node{number}.env" for number in range(9))), (), ())
    told = replace(
        told_of(ExportResult(Path("/srv/x"), done, (), ("mount " * 30,)), official(), Tally()), resume="nbcluster " * 12
    )
    lines = told_lines(told, 60)
    long = [line for line in lines if width_of(line) > 60]
    assert len(long) == 2 and told.command in long[0] and told.resume in long[1]
    words = [word for line in lines for word in line.split()]
    assert words == [word for line in told_lines(told) for word in line.split()] and len(lines) > len(told_lines(told))


@pytest.mark.parametrize("unchanged", [False, True])
def test_the_one_command_for_all_steps_is_told_where_its_playbook_is(unchanged: bool) -> None:
    playbook = ("ansible/playbook.yaml",)
    done = WriteResult((), playbook, ()) if unchanged else WriteResult(playbook, (), ())
    told = told_of(ExportResult(Path("/srv/x"), done, (), ("a",)), official(), Tally())
    assert told.command.endswith(playbook[0]) and told.command in "\n".join(told_lines(told))
    assert not told_of(OUTCOME, official(), Tally()).command


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("app.port", "Where it runs: Port"),
        ("redis.address.password", "Redis: Address: password"),
        ("nodes[1].host", "node2: Host"),
        ("nodes[1].cluster_mode", "node2: CLUSTER_MODE"),
        ("nodes[7].host", "Nodes 8: Host"),
        ("nodes", "Nodes"),
        ("/srv/x/.env", "/srv/x/.env"),
    ],
)
def test_a_person_reads_labels_and_no_key_paths(path: str, label: str) -> None:
    assert label_of(official(), path) == label


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Change app.public_path.", 'Change "Public path".'),
        ("(nodes[1].port)", '("node2: Port")'),
        ("see nocobase.example.com and app.port.example", "see nocobase.example.com and app.port.example"),
        ("in old/app.port or user@app.port", "in old/app.port or user@app.port"),
    ],
)
def test_key_paths_inside_a_sentence_become_labels(text: str, said: str) -> None:
    problem = Problem("app.port", "is taken.", text)
    assert problem_line(problem, official()).endswith(f"is taken. {said}")


def test_a_problem_and_a_fault_name_the_answer_by_its_label_for_a_person_only() -> None:
    problem = Problem("app.port", "is taken.", "Stop it.")
    assert problem_line(problem, official()) == "!! Where it runs: Port: is taken. Stop it."
    assert problem.line() == "app.port: is taken. Stop it."
    fault = InvalidAnswersError((problem,), "no")
    assert fault_lines(fault, official()) == ["no", "Where it runs: Port: is taken. Stop it."]
    assert fault.lines()[1].startswith("app.port: ")


OUTCOME = ExportResult(
    Path("/srv/it's"),
    WriteResult((".env", "nginx/nocobase.conf", "nodes/a.env", "nodes/b.env"), ("RUNBOOK.md",), ()),
    (),
    tuple("abcd"),
)


def test_what_was_written_is_told_in_order_and_without_a_secret() -> None:
    told = told_of(OUTCOME, official(), Tally(ok=70, targets=4), "prod")
    lines = told_lines(told)
    text = "\n".join(lines)
    assert all(
        word in text for word in ("5 files", "3 nodes", "ops@example.com", "INIT_ROOT_PASSWORD", "nodes/ (2)", "RUNBOOK.md")
    )
    assert lines[-1].endswith("nbcluster setup --session prod") and lines[-3].endswith("RUNBOOK.md")
    assert [line.split()[0] for line in lines[7:9]] == ["2.", "3."] and told.steps[:3] == ("a", "b", "c")
    assert told.password_command == "grep INIT_ROOT_PASSWORD '/srv/it'\"'\"'s/.env'"
    assert "s3cret" not in text and len(lines) <= 13


def test_an_existing_installation_has_no_first_password() -> None:
    answers = official().with_("app.installation", "existing")
    told = told_of(OUTCOME, answers, Tally(), "")
    assert not told.password_command and not told.resume and "INIT_ROOT" not in "\n".join(told_lines(told))


@pytest.mark.parametrize(
    ("paths", "place"),
    [
        ((".env", "RUNBOOK.md"), ".env"),
        (("kubernetes/secret.yaml", "helm/values.yaml"), "kubernetes/secret.yaml"),
        (("helm/values.yaml", "answers.toml"), "helm/values.yaml"),
        (("answers.toml",), ""),
    ],
)
def test_only_files_that_were_written_are_named(paths: tuple[str, ...], place: str) -> None:
    for result in (WriteResult(paths, (), ()), WriteResult((), paths, ())):
        told = told_of(replace(OUTCOME, result=result), official(), Tally())
        text = "\n".join(told_lines(told))
        named = [path for path in (".env", "kubernetes/secret.yaml", "helm/values.yaml") if path in dict(told.facts)["Sign in"]]
        assert named == ([place] if place else []) and bool(told.password_command) is bool(place)
        assert ("RUNBOOK.md" in text) is ("RUNBOOK.md" in paths) and set("abc") <= set(told.steps)
        assert ("d" in told.steps) is ("RUNBOOK.md" not in paths)


def test_another_makers_plugins_are_not_said_to_be_confirmed() -> None:
    answers = official({"license.adapters": "other", "license.plugins": ("acme-adapters",)})
    ours, theirs = (dict(told_of(OUTCOME, each, Tally()).facts)["Licences"] for each in (official(), answers))
    assert ours != theirs and "confirmed" not in theirs


@pytest.mark.parametrize(
    ("checks", "good"),
    [
        (Tally(ok=70, targets=4), True),
        (Tally(), False),
        (Tally(targets=3, waiting=3), False),
        (Tally(ok=9, targets=3, waiting=1), False),
        (Tally(ok=9, targets=3, fail=1), False),
        (Tally(ok=9, targets=3, error=1), False),
        (Tally(ok=9, targets=3, skip=1), False),
        (Tally(ok=9, targets=3, skipped=1), False),
        (Tally(ok=9, targets=3, warn=1), False),
    ],
)
def test_all_in_order_is_said_only_where_all_was_judged(checks: Tally, good: bool) -> None:
    facts = dict(told_of(OUTCOME, official(), checks).facts)
    assert ("all in order" in facts["Checks"]) is good


def test_open_licences_are_named() -> None:
    facts = dict(told_of(OUTCOME, official().with_("license.confirmed", ("lock-adapter-redis",)), Tally()).facts)
    assert "queue-adapter-redis" in facts["Licences"] and "lock-adapter-redis" not in facts["Licences"]


def test_what_was_written_is_told_as_it_was_after_the_answers_have_changed(tmp_path: Path) -> None:
    wizard = Wizard(Session(name="test", answers=official().with_("export.directory", str(tmp_path / "out")), step="start"))
    for target in wizard.targets():
        found = CheckResult(f"{target.id}.reach", target.shown, "bastion", Status.OK, "s", "", "", 1)
        wizard.record(target, wizard.board.fingerprint(target), (found,))
    outcome = wizard.export()
    told = wizard.told(outcome)
    assert "all in order" in dict(told.facts)["Checks"]
    wizard.change("database.host", "10.9.9.9")
    wizard.change("balancer.server_name", "other.example.com")
    assert wizard.tally().waiting and wizard.told(outcome) == told
