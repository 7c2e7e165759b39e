"""NocoBase's messages, recognised in pasted text: literal, in a log line, mistyped; and the page that lists them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nbcluster.catalogue import CHECKS, OUTCOMES
from nbcluster.catalogue.messages import MESSAGES, document, found_in
from nbcluster.facts import CAUSES
from nbcluster.lint.faults import FAULTS
from tests.cli.program import nbcluster

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.text)
def test_each_is_found_within_a_line_of_a_log(message: object) -> None:
    assert message in MESSAGES
    text = getattr(message, "text", "").replace("*", "some thing")
    assert message in found_in(text)
    assert message in found_in(f"2026-01-01 [error] app=main {text}\n    at Gateway.run (index.js:1)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("connect ECONNREFUSED 10.0.0.5:6379", "connect ECONNREFUSED *"),
        ("Lock adaptor 'redis' not registred", 'Lock adapter "*" not registered'),
        ("key must be 32 byte for AES256 encryption", "Key must be 32 bytes for AES-256 encryption"),
        ("invalid signin origin", "Invalid sign-in origin"),
    ],
)
def test_what_is_not_quite_the_same(text: str, expected: str) -> None:
    assert [message.text for message in found_in(text)] == [expected]


@pytest.mark.parametrize("text", ["", "   ", "hello world", "\x1b[2J", "x" * 50_000, "the cat sat on the mat " * 500])
def test_what_is_none_of_them(text: str) -> None:
    assert found_in(text) == []


def test_every_cause_of_the_health_path_is_listed() -> None:
    for _name, pattern in CAUSES:
        assert any(re.search(pattern, message.text.replace("*", "x")) for message in MESSAGES), pattern


def test_every_id_has_a_page() -> None:
    known = {check.pattern for check in CHECKS} | {fault.id for fault in FAULTS}
    known |= {code.rpartition(".")[0] for code in OUTCOMES}
    assert {one for message in MESSAGES for one in message.ids} - known == set()


def test_the_command_explains_a_message_and_still_an_id() -> None:
    ended = nbcluster("explain", "ERROR: store type [Redis] is unavailable or not registered")
    assert ended.code == 0 and "CACHE_DEFAULT_STORE=redis" in ended.out and "lint.cache-store" in ended.out
    assert nbcluster("explain", "database.login").out.startswith("database.login")
    assert nbcluster("explain", "database.logn").code == 2
    unknown = nbcluster("explain", "nobody ever said this")
    assert unknown.code == 2 and "nobody" not in unknown.err


def test_the_published_page_is_fresh() -> None:
    assert (REPOSITORY / "docs/messages.md").read_text("utf-8") == document(), "run: python -m nbcluster.catalogue.messages"
