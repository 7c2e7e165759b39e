"""The demo's answers make a valid cluster; its one failing check names what to type instead."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbcluster.answers.answers import Answers
from nbcluster.answers.file import load_text
from nbcluster.answers.flow import infer, problems_for_file, targets
from nbcluster.answers.url import parse_url
from nbcluster.checks.results import CheckResult
from nbcluster.checks.run import run_checks
from nbcluster.demo.scenario import PASSWORD, Demo, answers_toml, start_demo
from nbcluster.errors import ExitCode, NbclusterError, Severity
from nbcluster.sessions.session import Session
from nbcluster.steps.model import Context
from nbcluster.wizard import Wizard


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with start_demo() as tour:
        yield tour


def answers() -> Answers:
    return infer(load_text(answers_toml(), "demo", Path()).answers)


def begun() -> Wizard:
    return Wizard(Session(name="demo", answers=answers(), step="start"), None, simulated=True)


def findings(controller: Wizard) -> dict[str, CheckResult]:
    report = run_checks(controller.targets(), timeout=10, program=controller.probe)
    return {result.id: result for result in report.results}


def not_ok(found: dict[str, CheckResult]) -> dict[str, str]:
    return {i: r.status.value for i, r in found.items() if r.status.value != "ok" and r.code != "probe.needs"}


def test_the_example_breaks_no_rule() -> None:
    problems = problems_for_file(answers(), Context())
    assert [problem for problem in problems if problem.severity is Severity.ERROR] == []
    # The name of RabbitMQ's variable is published nowhere, and the tour does not pretend to know it.
    assert {problem.path for problem in problems} == {"queue.url_variable"}


def test_the_example_has_every_kind_of_target() -> None:
    assert {target.id for target in targets(answers())} == {
        *("redis.cache", "redis.pubsub", "redis.lock", "redis.worker_id", "rabbitmq", "database", "storage", "balancer"),
        *("node.node1", "node.node2", "node.node3"),
    }


EXPECTED = {"redis.cache.bloom": "warn", "storage.path": "skip", "balancer.name": "skip", "balancer.exposure": "warn"}
"""What this machine of an example cluster that is not there yet sees: the tour's two warnings, and what cannot be tested from here."""


def test_one_check_fails_and_is_mended_by_typing_the_host_that_it_names() -> None:
    controller = begun()
    found = findings(controller)
    assert not_ok(found) == {**EXPECTED, "redis.cache.primary": "fail"}
    primary = str(found["redis.cache.primary"].params["primary"])
    assert primary in found["redis.cache.primary"].detail
    url = controller.answers.url("redis.cache_address")
    assert url is not None
    typed = parse_url(url.reveal().replace("replica.demo:6379", primary))
    controller.change("redis.cache_address", typed)
    again = findings(controller)
    assert not_ok(again) == EXPECTED
    assert set(again) == set(found) and len(again) == 90
    assert {again[f"redis.cache.{stage}"].code for stage in ("commands", "exchange")} == {
        "redis.commands.ok",
        "redis.exchange.shared",
    }


def test_the_password_shows_how_an_address_writes_it(demo: Demo) -> None:
    document = tomllib.loads(demo.answers_toml)
    assert document["database"]["password"] == PASSWORD
    assert PASSWORD not in document["redis"]["cache"]


def test_an_empty_tour_leaves_nothing(demo: Demo) -> None:
    assert demo.out_dir.is_dir()
    demo.close()
    assert not demo.folder.exists()


def test_an_export_outlives_the_tour(demo: Demo) -> None:
    (demo.out_dir / ".env").write_text("APP_ENV=production\n")
    demo.close()
    assert [path.name for path in demo.folder.iterdir()] == ["export"]


def test_a_tour_without_a_place_for_its_files_is_exit_7(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    with pytest.raises(NbclusterError) as raised:
        start_demo()
    assert raised.value.code is ExitCode.UNWRITABLE


def test_the_tour_ends_with_a_finished_export(demo: Demo) -> None:
    controller = begun()
    controller.change("export.directory", str(demo.out_dir))
    written = controller.export().result.written
    controller.close()
    assert {".env", "nginx/nocobase.conf", "RUNBOOK.md"} <= set(written)
    assert "APP_ENV=" in (demo.out_dir / ".env").read_text()
