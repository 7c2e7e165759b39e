"""The catalogue against the probes: each code stands in both, once, and the published page is fresh."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import nbcluster.probe
from nbcluster.catalogue import (
    CHECKS,
    OUTCOMES,
    STATUS_WORDS,
    check_of,
    connection,
    database,
    exposure,
    http,
    outcomes_of,
    program,
    redis,
    status_of,
)
from nbcluster.checks.conversation import known_ids
from nbcluster.checks.pages import document
from nbcluster.checks.words import explain, words
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.facts import CAUSES, ROLES
from tests.checks.conftest import database_at, node_at, rabbitmq_at, redis_at, storage_at

REPOSITORY = Path(__file__).resolve().parents[2]
FROM_THE_ENGINE = {"probe.skipped", "probe.cancelled", "probe.late", "probe.slow", "probe.died", "probe.needs", "probe.deadline"}
CODE = re.compile(rf"(?:{'|'.join({code.partition('.')[0] for code in OUTCOMES})})[.][a-z_]+(?:[.][a-z_]+)?")


def emitted() -> set[str]:
    """Return what is or looks like a code in the source of the probes; a check's id is none."""
    found = {f"http.health.{cause}" for cause, _pattern in CAUSES}
    for path in (*Path(nbcluster.probe.__path__[0]).rglob("*.py"), Path(exposure.__file__)):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found.add(node.value)
    return found


def test_every_code_of_the_probes_is_in_the_catalogue() -> None:
    assert emitted() - set(OUTCOMES) == set()


def test_every_code_of_the_catalogue_is_in_the_probes() -> None:
    assert set(OUTCOMES) - emitted() - FROM_THE_ENGINE == set()


def test_a_code_stands_once_and_under_its_own_check() -> None:
    shared = (program, connection, redis, http, database)
    codes = [code for module in shared for code in module.OUTCOMES] + [code for check in CHECKS for code in check.outcomes]
    assert sorted(codes) == sorted(OUTCOMES)
    assert [code for check in CHECKS for code in check.outcomes if not code.startswith(f"{check.stem}.")] == []


def test_what_nobody_knows_was_not_judged() -> None:
    assert status_of("redis.login.perfect") == "error"
    assert {code: status_of(code) for code in OUTCOMES} == {code: outcome.status for code, outcome in OUTCOMES.items()}
    assert {outcome.status for outcome in OUTCOMES.values()} == set(STATUS_WORDS)


def test_what_fails_says_what_to_do() -> None:
    assert [code for code, o in OUTCOMES.items() if o.status in ("warn", "fail", "error") and not o.hint] == []


def test_placeholders_are_names() -> None:
    for code, outcome in OUTCOMES.items():
        for text in (outcome.summary, outcome.detail, outcome.hint):
            assert all(name is None or name.isidentifier() for _text, name, _spec, _conv in string.Formatter().parse(text)), code


def test_a_missing_value_does_not_break_a_sentence() -> None:
    for code in OUTCOMES:
        assert words(code, redis_at(1), {})[0]
    assert words("no.such.code\x1b", redis_at(1), {})[0].isprintable()


def test_every_check_has_a_page() -> None:
    targets = [redis_at(1, role, tls=True) for role in ROLES]
    targets += [rabbitmq_at(1, tls=True), database_at(1, tls=True), database_at(1, "mysql"), node_at(1), storage_at("/x")]
    for check_id in known_ids(targets):
        check = check_of(check_id)
        assert check is not None, check_id
        assert outcomes_of(check), check_id
        assert check_id in explain(check_id)


def test_every_page_explains_itself_by_pattern_and_in_the_list() -> None:
    listing = explain("")
    for check in CHECKS:
        assert check.pattern in listing
        assert check.title in explain(check.pattern)


def test_every_own_verdict_is_on_a_page() -> None:
    shown = {code for check in CHECKS for code in outcomes_of(check)}
    assert {code for code in OUTCOMES if not code.startswith("probe.")} - shown == set()


@pytest.mark.parametrize("check_id", ["redis.cache.blom", "redis.tea.bloom", "rules.licence", "x" * 500, "\x1b"])
def test_an_unknown_id_is_invalid(check_id: str) -> None:
    with pytest.raises(NbclusterError) as fault:
        explain(check_id)
    assert fault.value.code is ExitCode.INVALID
    assert fault.value.message.isprintable()


def test_the_published_page_is_fresh() -> None:
    assert (REPOSITORY / "docs/checks.md").read_text() == document(), "run: python -m nbcluster.checks.pages"
