"""An existing installation in the database before set-up: complete or interrupted, older or newer, with or without adapters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nbcluster.answers.targets import Target
from nbcluster.checks.results import CheckResult
from nbcluster.checks.run import run_checks
from tests.checks.conftest import by_id, database_of
from tests.checks.test_running import asked, sql, tables
from tests.services.sql import SqlServer

__all__ = ["sql"]


def before(server: SqlServer, **params: str) -> Target:
    target = asked(server)
    return replace(target, params={**target.params, "running": None, "installation": "existing", **params})


def state(target: Target) -> CheckResult:
    return by_id(run_checks([target]))["database.state"]


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ("select 1", "ok", "ok"),
        ("update {q}applicationVersion{q} set value = '2.1.9'", "older", "ok"),
        ("update {q}applicationVersion{q} set value = '2.10.0'", "newer", "warn"),
        ("delete from roles", "half", "fail"),
        ("update {q}applicationPlugins{q} set installed = false", "half", "fail"),
        ("delete from {q}applicationVersion{q}", "half", "fail"),
    ],
)
def test_what_the_tables_tell_before_the_set_up(sql: SqlServer, change: str, code: str, status: str) -> None:
    with tables(sql) as run:
        run(change.format(q='"' if sql.dialect == "postgres" else "`"))
        found = state(before(sql))
    assert (found.code, found.status) == (f"database.state.{code}", status)


def test_adapters_that_are_not_enabled_yet_are_named_and_no_fault(sql: SqlServer) -> None:
    with tables(sql) as run:
        mark = '"' if sql.dialect == "postgres" else "`"
        run(f"update {mark}applicationPlugins{mark} set enabled = false where {mark}packageName{mark} like '%lock%'")  # noqa: S608 - names of our own
        found = state(before(sql))
    assert (found.code, found.params["on"], found.params["off"]) == (
        "database.state.ok",
        1,
        "@nocobase/plugin-lock-adapter-redis",
    )


def test_an_empty_database_has_no_state(sql: SqlServer) -> None:
    assert state(before(sql, installation="new")).code == "database.state.none"


def test_tables_of_other_names_than_answered_are_not_judged(sql: SqlServer) -> None:
    with tables(sql):
        found = state(before(sql, roles_query="SELECT count(*) FROM nb_roles"))
    assert (found.code, found.status) == ("database.state.unknown", "skip")


def test_without_questions_there_is_no_such_check(sql: SqlServer) -> None:
    assert "database.state" not in by_id(run_checks([database_of(sql)]))
