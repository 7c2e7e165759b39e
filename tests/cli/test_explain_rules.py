"""``explain`` has a page for every rule whose id ``check`` reports."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from nbcluster import steps
from nbcluster.checks.rulepages import PAGES, page_of, text_of
from nbcluster.checks.rules import rule_results
from nbcluster.errors import Severity
from nbcluster.steps import STEPS, new_answers
from nbcluster.steps.model import Context
from tests.cli.program import nbcluster


def said_in_steps() -> set[tuple[str, Severity]]:
    """Return rule and severity of every problem that the source of the steps makes."""
    found = set()
    for path in Path(steps.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("error", "warning"):
                rule = call.args[1]
                if isinstance(rule, ast.Constant):
                    found.add((str(rule.value), Severity(call.func.id)))
    return found


def test_every_rule_has_a_page_with_its_severities() -> None:
    pages = {(page.rule, severity) for page in PAGES for severity in page.severities}
    assert said_in_steps() and said_in_steps() <= pages
    # the name of a group of rules is an id, too, while all of them hold
    assert {rule.name for step in STEPS for rule in step.rules} <= {page.rule for page in PAGES}


def test_what_check_reports_is_explained() -> None:
    for result in rule_results(new_answers(), Context()):
        page = page_of(result.id)
        assert page is not None and page.title in text_of(page), result.id


def test_paths_are_those_of_answers() -> None:
    answers = new_answers()
    known = {*answers.fields, *answers.tables}
    paths = {path for page in PAGES for path in page.paths}
    assert not [path for path in paths if not any(each == path or each.startswith(f"{path}.") for each in known)]


@pytest.mark.parametrize("rule", ["rules.license", "rules.required", "rules.database-claimed"])
def test_a_rule_is_explained(rule: str) -> None:
    ended = nbcluster("explain", rule)
    assert ended.code == 0 and ended.out.startswith(rule)


def test_the_rules_are_listed_and_an_unknown_one_is_refused() -> None:
    listed = nbcluster("explain", "rules").out
    assert all(page.id in listed for page in PAGES)
    assert "explain rules" in nbcluster("explain").out
    ended = nbcluster("explain", "rules.licence")
    assert ended.code == 2 and "rules.license" in ended.err


def test_a_fault_is_explained_by_its_bare_name_too() -> None:
    bare = nbcluster("explain", "cut-at-hash")
    assert bare.code == 0 and bare.out == nbcluster("explain", "lint.cut-at-hash").out
