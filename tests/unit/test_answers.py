"""Answers: looking up an undeclared key path raises, and no code looks one up."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import nbcluster
import nbcluster_tui
from nbcluster.answers.answers import Answers, missing_secret
from nbcluster.answers.fields import Row
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.answers.url import parse_url
from nbcluster.steps import fields_by_path, new_answers, tables_by_path

LOOKUPS = ("text", "number", "flag", "url", "secret", "words", "rows")


@pytest.mark.parametrize("name", LOOKUPS)
@pytest.mark.parametrize("path", ["balancer.servername", "app.prt", "nodes[0].host", "redis.cache.password"])
def test_a_key_path_that_nothing_declares_raises(name: str, path: str) -> None:
    with pytest.raises(KeyError, match=path.replace("[", r"\[")):
        getattr(new_answers(), name)(path)


def test_so_does_a_look_up_by_index() -> None:
    with pytest.raises(KeyError):
        new_answers()["balancer.servername"]


def test_it_goes_on_doing_so_after_changes() -> None:
    answers = new_answers().with_("name", "prod").without("name")
    with pytest.raises(KeyError):
        answers.text("balancer.servername")


def test_a_column_that_the_table_does_not_have_raises() -> None:
    (row,) = new_answers().with_("nodes", (Row({"name": "a"}),)).rows("nodes")
    assert (row.get("name"), row.get("host"), row.get("host", "-")) == ("a", None, "-")
    for found in (row, row.with_(host="h")):
        with pytest.raises(KeyError):
            found.get("hots")


@pytest.mark.parametrize("path", [*fields_by_path(), *tables_by_path()])
def test_what_is_declared_has_a_value_or_none(path: str) -> None:
    answers = new_answers()
    assert answers[path] is None or path in answers.fields
    assert isinstance(answers.text(path), str) and isinstance(answers.rows(path), tuple)


def test_a_list_without_rows_is_empty() -> None:
    assert new_answers().rows("nodes") == () == new_answers().rows("checks.skip")
    assert new_answers().with_("nodes", (Row({"name": "a"}),)).rows("nodes") == (Row({"name": "a"}),)


def test_a_secret_that_is_not_held_is_found_at_its_key_path() -> None:
    lost = MissingSecret("salt", "digest")
    address = parse_url("redis://u@h:6379/0").with_password(lost)
    answers = new_answers().with_("redis.cache", address).with_("database.password", lost)
    assert missing_secret(answers, "redis.cache.password") is lost is missing_secret(answers, "database.password")
    answers = answers.with_("database.password", Secret("held"))
    assert missing_secret(answers, "database.password") is None is missing_secret(answers, "queue.url.password")


def looked_up(path: Path) -> set[str]:
    """Return the key paths that a module writes out where it asks answers for one."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOOKUPS and node.args:
            holder, key = node.func.value, node.args[0]
        elif isinstance(node, ast.Subscript):
            holder, key = node.value, node.slice
        else:
            continue
        name = holder.attr if isinstance(holder, ast.Attribute) else holder.id if isinstance(holder, ast.Name) else ""
        if name == "answers" and isinstance(key, ast.Constant) and isinstance(key.value, str):
            found.add(key.value)
    return found


def test_every_key_path_in_the_code_is_declared() -> None:
    roots = [Path(str(package.__file__)).parent for package in (nbcluster, nbcluster_tui)]
    asked = {path: keys for root in roots for path in root.rglob("*.py") if (keys := looked_up(path))}
    declared = {*fields_by_path(), *tables_by_path()}
    assert sum(len(keys) for keys in asked.values()) > 100
    assert {path.name: keys - declared for path, keys in asked.items() if keys - declared} == {}


def test_answers_without_lists_have_none() -> None:
    with pytest.raises(KeyError):
        Answers((), fields_by_path(), {}).rows("nodes")
