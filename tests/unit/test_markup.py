"""SUMMARY.md: a value of an answer is shown literally, without markup in effect."""

from __future__ import annotations

from collections import Counter

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from nbcluster.cluster import Cluster
from nbcluster.errors import Problem
from nbcluster.files.markup import cell, code, prose
from nbcluster.files.runbook import runbook
from nbcluster.files.summary import summary
from tests.unit.scenarios import official

HOSTILE = (
    "![x](http://example.com/x.png)",
    "[a](javascript:alert(1))",
    "[a]: http://example.com",
    "<script>alert(1)</script>",
    "<http://example.com>",
    "http://example.com/a",
    "www.example.com",
    "ops@example.com",
    "a`b`c",
    "``a",
    "`",
    "a|b|c",
    "\\",
    "\\|",
    "**a**",
    "__a__",
    "~~a~~",
    "# a",
    "- a",
    "1. a",
    "&#33;",
    "a\n\n# b",
)
LIVE = {
    "link_open",
    "image",
    "html_inline",
    "html_block",
    "heading_open",
    "s_open",
    "strong_open",
    "em_open",
    "td_open",
    "tr_open",
}


def tokens(text: str) -> list[Token]:
    parsed = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    return [inner for token in parsed for inner in (token, *(token.children or ()))]


def live(text: str) -> Counter[str]:
    return Counter(token.type for token in tokens(text) if token.type in LIVE)


def shown(text: str) -> str:
    return "".join(token.content for token in tokens(text) if token.type in ("text", "code_inline", "text_special"))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_value_is_not_live_and_can_be_read(text: str) -> None:
    plain = " ".join(text.split())
    table = f"| | |\n|---|---|\n| a | {cell(text)} |\n"
    assert live(table) == {"tr_open": 2, "td_open": 2} and shown(table) == f"a{plain}"
    assert not live(f"- {prose(text)}\n") and plain.replace("`", "") in shown(f"- {prose(text)}\n").replace("`", "")
    assert shown(code(plain)) == plain


def test_an_address_in_a_sentence_makes_no_link() -> None:
    assert "://" not in prose("see http://example.com") and "www." not in prose("see www.example.com")
    assert prose("run `kubectl get [a]` now") == "run `kubectl get [a]` now"


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\n" not in text])
def test_the_documents_of_a_hostile_set_have_the_parts_of_any_other(text: str) -> None:
    changes = {"license.confirmed_by": text, "database.name": text, "database.user": text, "storage.path": f"/srv/{text}"}
    warnings = [Problem("database.name", f"{text} is odd.", f"Change {text}.")]
    calm = summary(Cluster.of(official({**changes, **dict.fromkeys(changes, "/srv/a")})), [Problem("database.name", "a", "b")])
    assert live(summary(Cluster.of(official(changes)), warnings)) == live(calm)
    assert live(runbook(Cluster.of(official(changes)))) == live(runbook(Cluster.of(official({"storage.path": "/srv/a"}))))
