"""Every marked sentence in the program belongs to a statement of ``facts.UNCONFIRMED``, and every statement is marked where it is shown."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import nbcluster
from nbcluster.answers.fields import Field
from nbcluster.catalogue.unconfirmed import document
from nbcluster.facts import BROKER_VARIABLES, UNCONFIRMED
from nbcluster.steps import STEPS, tables_by_path

CODE = Path(nbcluster.__file__).parent
REPOSITORY = CODE.parents[1]
MARK = re.compile(r"unconfirmed|published nowhere|not published|\blikely\b|\binferred\b|\bestimate|\ba guess\b", re.IGNORECASE)
OF_OTHER_THINGS = Counter({"files/runbook/license.py": 1})
"""Plugins of which nobody has said yet that the licence has them."""


def marked(path: Path) -> int:
    """Return how many texts of a module carry a mark; what documents the code does not count."""
    tree = ast.parse(path.read_text("utf-8"))
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documentation]
    return sum(1 for node in texts if isinstance(node.value, str) and MARK.search(node.value))


def test_marked_sentences_and_the_list_agree() -> None:
    listed = Counter(shown.module for each in UNCONFIRMED for shown in each.shown)
    own = {CODE / "facts.py", CODE / "catalogue/unconfirmed.py"}
    found = Counter(
        {
            path.relative_to(CODE).as_posix(): count
            for path in CODE.rglob("*.py")
            if path not in own and "demo" not in path.parts and (count := marked(path))
        }
    )
    assert found - OF_OTHER_THINGS == listed


def test_the_name_of_the_brokers_variable_leads_the_list() -> None:
    assert UNCONFIRMED[0].id == "rabbitmq-variable" and BROKER_VARIABLES[0] in UNCONFIRMED[0].statement


def test_each_statement_stands_once_and_asks() -> None:
    assert len({each.id for each in UNCONFIRMED}) == len(UNCONFIRMED)
    assert all(each.shown and "?" in each.question for each in UNCONFIRMED)


def test_fields_with_a_guess_are_listed() -> None:
    fields: list[Field] = [field for step in STEPS for field in step.fields]
    fields += [column for table in tables_by_path(STEPS).values() for column in table.columns]
    places = [shown.place for each in UNCONFIRMED for shown in each.shown]
    for field in fields:
        if field.guess:
            assert any(f"`{field.path}`" in place and "guess" in place for place in places), field.path


def test_the_page_is_made_from_the_list() -> None:
    written = (REPOSITORY / "docs/unconfirmed.md").read_text("utf-8")
    assert written == document(), "run: python -m nbcluster.catalogue.unconfirmed"
