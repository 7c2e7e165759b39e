"""The catalogue against the probes: every code has words, every word has a code, and the published page is fresh."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import nbcluster.probe
from nbcluster.checks.catalogue import OUTCOMES, PAGES, explain, outcomes_of, page_of, words
from nbcluster.checks.conversation import known_ids
from nbcluster.checks.pages import document
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.facts import CAUSES, ROLES
from tests.checks.conftest import database_at, node_at, rabbitmq_at, redis_at, storage_at

REPOSITORY = Path(__file__).resolve().parents[2]
VERDICTS = {"ok", "warn", "fail", "error", "skip"}
FROM_THE_ENGINE = {"probe.skipped", "probe.cancelled", "probe.late", "probe.slow", "probe.died", "probe.needs", "probe.deadline"}
GIVEN = {"id", "host", "port", "user", "role", "db", "name", "vhost", "dialect", "schema", "path"}


def verdicts() -> dict[str, set[str]]:
    """Return the codes in the source of the probes, with the statuses that they are given (none where a variable decides)."""
    # composed from the name of the cause
    found: dict[str, set[str]] = {f"http.health.{cause}": {"fail"} for cause, _pattern in CAUSES}
    for path in Path(nbcluster.probe.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in VERDICTS and node.args:
                for code in texts(node.args[0]):
                    found.setdefault(code, set()).add(node.func.id)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in OUTCOMES:
                found.setdefault(node.value, set())
    return found


def texts(node: ast.expr) -> list[str]:
    values = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [value for value in values if "." in value and not value.endswith(".")]


def test_every_code_of_the_probes_has_words_with_its_status() -> None:
    for code, statuses in verdicts().items():
        assert code in OUTCOMES
        assert statuses <= {OUTCOMES[code].status}, code


def test_every_word_has_a_code_in_the_probes() -> None:
    assert set(OUTCOMES) - set(verdicts()) - FROM_THE_ENGINE == set()


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
        page = page_of(check_id)
        assert page is not None, check_id
        assert outcomes_of(page), check_id
        assert check_id in explain(check_id)


def test_every_page_explains_itself_by_pattern_and_in_the_list() -> None:
    listing = explain("")
    for page in PAGES:
        assert page.pattern in listing
        assert page.title in explain(page.pattern)


def test_every_own_verdict_is_on_a_page() -> None:
    shown = {code for page in PAGES for code in outcomes_of(page)}
    assert {code for code in OUTCOMES if not code.startswith("probe.")} - shown == set()


@pytest.mark.parametrize("check_id", ["redis.cache.blom", "redis.tea.bloom", "rules.license", "x" * 500, "\x1b"])
def test_an_unknown_id_is_invalid(check_id: str) -> None:
    with pytest.raises(NbclusterError) as fault:
        explain(check_id)
    assert fault.value.code is ExitCode.INVALID
    assert fault.value.message.isprintable()


def test_the_published_page_is_fresh() -> None:
    assert (REPOSITORY / "docs/checks.md").read_text() == document(), "run: python -m nbcluster.checks.pages"
