"""Typed text: complete entries and drafts, in fields and in table cells."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nbcluster.answers.entry import cell_draft, cell_entry, field_draft, field_entry, with_answer
from nbcluster.answers.fields import FieldError, Row
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import parse_url
from nbcluster.steps import new_answers, tables_by_path
from nbcluster.wizard import Wizard, fresh_session

NODES = tables_by_path()["nodes"]
COLUMNS = {column.path: column for column in NODES.columns}
BEFORE = parse_url("redis://app:word@10.0.0.5:6379/0")


def test_an_entry_that_is_empty_goes_back_to_the_default() -> None:
    answers = with_answer(new_answers(), "app.port", 13001)
    field = answers.fields["app.port"]
    assert field_entry(field, "", answers, None).answers["app.port"] == new_answers()["app.port"]
    assert field_draft(field, "", answers, None)["app.port"] == new_answers()["app.port"]


@pytest.mark.parametrize("take", [field_entry, field_draft])
def test_what_has_not_the_form_of_an_answer_is_refused(take: Callable[..., object]) -> None:
    answers = new_answers()
    with pytest.raises(FieldError):
        take(answers.fields["app.port"], "many", answers, None)


def test_an_entry_is_taken_apart_and_a_draft_is_not() -> None:
    answers = new_answers()
    field = answers.fields["database.host"]
    entry = field_entry(field, "db.example.com:6432", answers, None)
    assert (entry.answers["database.host"], entry.answers["database.port"]) == ("db.example.com", 6432) and entry.notice
    with pytest.raises(FieldError):
        field_draft(field, "db.example.com:6432", answers, None)


def test_a_draft_of_an_address_keeps_the_password_that_was_there_and_an_entry_takes_the_typed_one() -> None:
    answers = new_answers()
    field, text = answers.fields["redis.address"], "redis://app:other@10.0.0.9:6379/0"
    draft, entry = field_draft(field, text, answers, BEFORE), field_entry(field, text, answers, BEFORE)
    passwords = [url.password for url in (draft.url(field.path), entry.answers.url(field.path)) if url is not None]
    assert passwords == [Secret("word"), Secret("other")]


def test_a_path_of_an_unknown_user_is_refused_with_what_to_do() -> None:
    answers = new_answers()
    with pytest.raises(FieldError) as caught:
        field_entry(answers.fields["app.base_env"], "~nobody-of-this-name/.env", answers, None)
    assert "nobody-of-this-name" in str(caught.value)


def test_a_cell_changes_its_row_alone() -> None:
    answers = with_answer(
        new_answers(), "nodes", (Row({"name": "a", "host": "10.0.0.1"}), Row({"name": "b", "host": "10.0.0.2"}))
    )
    taken = cell_entry(NODES, 1, COLUMNS["port"], "13001", answers).answers
    assert [dict(row) for row in taken.rows("nodes")] == [
        {"name": "a", "host": "10.0.0.1"},
        {"name": "b", "host": "10.0.0.2", "port": 13001},
    ]
    emptied = cell_entry(NODES, 1, COLUMNS["host"], "", taken).answers
    assert dict(emptied.rows("nodes")[1]) == {"name": "b", "port": 13001}


def test_a_cell_is_taken_apart_and_its_draft_is_not() -> None:
    answers = with_answer(new_answers(), "nodes", (Row({"name": "a"}),))
    entry = cell_entry(NODES, 0, COLUMNS["host"], "10.0.0.1:13001", answers)
    assert dict(entry.answers.rows("nodes")[0]) == {"name": "a", "host": "10.0.0.1", "port": 13001} and entry.notice
    with pytest.raises(FieldError):
        cell_draft(NODES, 0, COLUMNS["host"], "10.0.0.1:13001", answers)
    assert dict(cell_draft(NODES, 0, COLUMNS["host"], "10.0.0.1", answers).rows("nodes")[0]) == {"name": "a", "host": "10.0.0.1"}


def test_the_wizard_changes_nothing_by_a_cell_that_is_refused() -> None:
    wizard = Wizard(fresh_session())
    wizard.add_row(NODES)
    before = wizard.answers
    assert wizard.change_cell(NODES, 0, COLUMNS["port"], "many") and wizard.notice == ""
    wizard.keep_cell(NODES, 0, COLUMNS["port"], "many")
    assert wizard.answers == before


def test_an_address_that_was_removed_gives_no_password_to_the_next_one() -> None:
    wizard = Wizard(fresh_session())
    field = wizard.answers.fields["redis.address"]
    assert wizard.change_text(field, "redis://app:word@10.0.0.5:6379/0") == ""
    assert wizard.keep_typed(field, "redis://app@10.0.0.5:63")
    assert wizard.change_text(field, "") == ""
    assert wizard.change_text(field, "redis://10.0.0.9:6379/0") == ""
    url = wizard.answers.url(field.path)
    assert url is not None and url.password is None


def test_an_entry_after_a_draft_completes_what_stood_there_before_both() -> None:
    wizard = Wizard(fresh_session())
    field = wizard.answers.fields["redis.address"]
    assert wizard.change_text(field, "redis://app:word@10.0.0.5:6379/0") == ""
    assert wizard.keep_typed(field, "redis://10.0.0.9:6379")
    assert wizard.keep_typed(field, "redis://10.0.0.99:6379/0")
    assert wizard.change_text(field, "redis://***@10.0.0.9:6379/0") == ""
    url = wizard.answers.url(field.path)
    assert url is not None and (url.username, url.password, url.host) == ("app", Secret("word"), "10.0.0.9")
