"""Multi-core is one question for all nodes: its effect on their rows, and which rows need the table."""

from __future__ import annotations

import pytest

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.fields import Row
from nbcluster.answers.flow import infer, settle
from nbcluster.cluster import Cluster
from nbcluster.sessions.session import Session
from nbcluster.steps import multicore, step_of
from nbcluster.steps.database import connections
from nbcluster.wizard import Wizard
from tests.unit.scenarios import official


def _with(*rows: dict[str, object], kubernetes: bool = False) -> Answers:
    named = tuple(Row({"name": f"node{i}", "host": f"10.0.0.{i}", **row}) for i, row in enumerate(rows, 1))  # type: ignore[dict-item]
    answers = official().with_("nodes", named, Source.FILE)
    return answers.with_("app.deployment", "kubernetes") if kubernetes else answers


def _wizard(answers: Answers) -> Wizard:
    return Wizard(Session(name="official", answers=infer(answers)))


@pytest.mark.parametrize(
    ("rows", "way"),
    [
        (({}, {}), "one"),
        (({"cluster_mode": ""}, {}), "one"),
        (({"cluster_mode": "max", "cores": 4}, {"cluster_mode": "max", "cores": 4}), "cores"),
        (({"cluster_mode": "max"}, {"cluster_mode": "max"}), "cores"),
        (({"cluster_mode": "max", "cores": 4}, {"cluster_mode": "max", "cores": 8}), "each"),
        (({"cluster_mode": "4"}, {"cluster_mode": "4"}), "number"),
        (({"cluster_mode": "4"}, {}), "each"),
        (({"cluster_mode": "-1", "cores": 4},), "each"),
        (({"cluster_mode": "0", "cores": 4},), "each"),
        (({}, {"worker_mode": "*"}), "each"),
    ],
)
def test_a_file_opens_with_the_question_or_the_table_and_changes_nothing(rows: tuple[dict[str, object], ...], way: str) -> None:
    answers = _with(*rows)
    wizard = _wizard(answers)
    assert wizard.answers["multicore.processes"] == way
    assert bool(wizard.tables(wizard.step("multicore"))) is (way == "each")
    assert wizard.answers.rows("nodes") == answers.rows("nodes")


def test_one_answer_reaches_every_node_and_those_that_follow() -> None:
    wizard = _wizard(_with({}, {}))
    wizard.change("multicore.processes", "cores")
    wizard.change("multicore.cores", 8)
    assert [(r["cluster_mode"], r["cores"]) for r in wizard.answers.rows("nodes")] == [("max", 8)] * 2
    wizard.change("nodes", (*wizard.answers.rows("nodes"), Row({"name": "node3", "host": "10.0.0.3"})))
    assert [r["cluster_mode"] for r in wizard.answers.rows("nodes")] == ["max"] * 3
    wizard.change("multicore.processes", "number")
    wizard.change("multicore.number", 3)
    assert [r["cluster_mode"] for r in wizard.answers.rows("nodes")] == ["3"] * 3
    wizard.change("multicore.processes", "one")
    assert [r.get("cluster_mode") for r in wizard.answers.rows("nodes")] == [None] * 3


def test_what_an_answer_for_all_takes_back_is_named() -> None:
    wizard = _wizard(_with({}, {"worker_mode": "*"}))
    wizard.change("multicore.processes", "number")
    assert "node2" in wizard.notice and not wizard.answers.rows("nodes")[1].get("worker_mode")
    wizard.change("multicore.number", 3)
    assert wizard.notice == ""


def test_cores_that_are_not_known_are_asked_once() -> None:
    wizard = _wizard(_with({}, {}))
    wizard.change("multicore.processes", "cores")
    assert [p.path for p in wizard.problems(wizard.step("multicore"))] == ["multicore.cores"]
    assert not any(sign.isdecimal() for note in wizard.step("multicore").notes(wizard.answers) for sign in note)
    wizard.change("multicore.cores", 4)
    assert not wizard.problems(wizard.step("multicore"))


def test_too_many_processes_are_said_at_the_question() -> None:
    wizard = _wizard(_with({}, {}))
    wizard.change("multicore.processes", "number")
    wizard.change("multicore.number", 20)
    problems = wizard.problems(wizard.step("multicore"))
    assert [(p.path, p.rule) for p in problems] == [("multicore.processes", "worker-ids")]
    assert step_of(problems[0].path, wizard.steps) is wizard.step("multicore")


def test_pods_are_counted_and_have_no_mode() -> None:
    wizard = _wizard(_with({}, {}, kubernetes=True))
    field = wizard.answers.fields["multicore.processes"]
    assert [choice.value for choice in field.choices_for(wizard.answers)] == ["one", "each"]
    with_mode = _wizard(_with({"cluster_mode": "2"}, {"cluster_mode": "2"}, kubernetes=True))
    assert with_mode.answers["multicore.processes"] == "each" and with_mode.tables(with_mode.step("multicore"))


def test_an_answer_for_hosts_is_none_for_pods() -> None:
    answers = settle(_with({}, {}).with_("multicore.processes", "number"))
    pods = settle(answers.with_("app.deployment", "kubernetes"))
    assert "multicore.processes" not in pods and pods["multicore.processes"] == "each"


def test_every_place_counts_the_same_connections() -> None:
    answers = official(
        {"nodes": [{"name": f"n{i}", "host": f"10.0.0.{i}", "cluster_mode": "3"} for i in (1, 2)], "database.pool_max": 7}
    )
    assert connections(answers) == Cluster.of(answers).connections == 42
    assert any("42" in note for note in multicore.notes(answers))
