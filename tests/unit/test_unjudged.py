"""What was not judged when files were written is in report.json and on the wizard's last page; the set itself is the same."""

from __future__ import annotations

import json
from pathlib import Path

from nbcluster.catalogue import check_of
from nbcluster.checks.board import Board
from nbcluster.checks.conversation import known_ids
from nbcluster.checks.results import CheckResult, Status
from nbcluster.report import warning_lines
from nbcluster.sessions.session import Session
from nbcluster.wizard import Wizard
from tests.unit.scenarios import official


def written(folder: Path, *, checked: bool) -> Wizard:
    run = Wizard(Session(name="official", answers=official(), step="export"), None)
    run.change("export.directory", str(folder))
    if checked:
        target = run.targets()[0]
        result = CheckResult(f"{target.id}.reach", target.shown, "bastion", Status.OK, "there", "", "", 1)
        run.record(target, run.board.fingerprint(target), (result,))
    return run


def test_targets_without_a_result_are_named_in_the_report_and_on_the_last_page(tmp_path: Path) -> None:
    run = written(tmp_path / "out", checked=True)
    outcome = run.export()
    document = json.loads((tmp_path / "out/report.json").read_text())
    found = {result["id"]: result["status"] for result in document["results"]}
    waiting = set(known_ids(run.targets()[1:]))
    assert waiting and all(found[check_id] == "skip" for check_id in waiting)
    assert not [check_id for check_id in found if not check_id.startswith("rules.") and check_of(check_id) is None]
    assert found[f"{run.targets()[0].id}.reach"] == "ok"
    assert outcome.unjudged and not outcome.warnings
    assert set(outcome.unjudged) <= {line.strip() for line in warning_lines(outcome)}


def test_the_set_is_the_same_whatever_was_checked(tmp_path: Path) -> None:
    for name, checked in (("a", True), ("b", False)):
        # the folder itself stands in the answers
        written(tmp_path / "out", checked=checked).export()
        (tmp_path / "out").rename(tmp_path / name)
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir() if p.is_file()} for name in ("a", "b"))
    differing = {name for name in {**first, **second} if first.get(name) != second.get(name)}
    assert differing <= {"report.json", ".nbcluster-baseline.json"}
    assert first["SUMMARY.md"] == second["SUMMARY.md"] and b"report.json" in first["SUMMARY.md"]


def test_what_is_told_is_of_the_moment_of_writing(tmp_path: Path) -> None:
    run = written(tmp_path / "out", checked=True)
    outcome = run.export()
    before = run.told(outcome)
    run.change("database.host", "elsewhere.example.com")
    run.board = Board()
    assert run.told(outcome) == before


def test_a_name_that_was_found_takes_the_place_of_a_guess_with_a_word() -> None:
    run = Wizard(Session(name="official", answers=official({"queue.adapter": "rabbitmq", "queue.url": "amqp://u@mq/v"})), None)
    target = run.targets()[0]
    found = CheckResult(
        "storage.variable", "", "bastion", Status.WARN, "", "", "", 1, "storage.variable.other", {"found": "MQ_ADDRESS"}
    )
    before = run.answers.text("queue.url_variable")
    run.record(target, "", (found,))
    assert run.answers["queue.url_variable"] == "MQ_ADDRESS" and "MQ_ADDRESS" in run.notice and before in run.notice
