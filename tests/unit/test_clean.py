"""Cleaned text holds nothing that a terminal would act on; everything else keeps its place and length."""

from __future__ import annotations

import json
import sys
import tomllib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbcluster.text.clean import (
    LIMIT,
    acts_on_terminal,
    clean,
    code_point,
    escaped_json,
    escaped_toml,
    made_visible,
    refused,
)

HOSTILE = ("\x1b]52;c;QQ==\x07", "\x9b31m", "\u202e", "\u2066", "\ud800", "\x7f", "\u2028", "\u2029", "\u0085", "\ufeff")
CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        (" plain ~ text ", " plain ~ text "),
        ("umläut 中文 é 👍", "umläut 中文 é 👍"),
        ("a\tb", "a b"),
        ("a\nb", "a␊b"),
        ("a\rb", "a␍b"),
        ("\x00\x1b\x1f", "␀␛␟"),
        ("\x20\x7e\x7f\x80\xa0", " ~␡<U+0080>\xa0"),
        ("\x9b31m", "<U+009B>31m"),
        ("\u0085", "<U+0085>"),
        ("\u202e\u2066\u200b\u00ad", "<U+202E><U+2066><U+200B><U+00AD>"),
        ("\u2028\u2029", "<U+2028><U+2029>"),
        ("\ud800\udfff", "<U+D800><U+DFFF>"),
        ("\ue000\u0378\U000e0001", "<U+E000><U+0378><U+E0001>"),
    ],
)
def test_what_a_terminal_would_act_on_becomes_a_sign(text: str, shown: str) -> None:
    assert clean(text) == made_visible(text) == shown


def test_line_feeds_stay_only_where_they_are_wanted() -> None:
    assert clean("a\nb", lines=True) == made_visible("a\nb", lines=True) == "a\nb"
    assert clean("a\r\nb", lines=True) == "a␍\nb"
    assert made_visible("ab\n") == "ab␊"


def test_every_character_of_unicode_is_judged_by_its_category() -> None:
    wrong = []
    for code in range(0x80, sys.maxunicode + 1):
        char = chr(code)
        acts = unicodedata.category(char) in CATEGORIES
        if (clean(char) != char) is not acts or acts_on_terminal(char) is not acts:
            wrong.append(code)
    assert not wrong
    assert acts_on_terminal("\x1b") and acts_on_terminal("\t") and not acts_on_terminal("\n") and not acts_on_terminal("a")


@pytest.mark.parametrize(("length", "cut"), [(LIMIT - 1, False), (LIMIT, False), (LIMIT + 1, True)])
def test_a_long_text_is_cut_and_says_so(length: int, cut: bool) -> None:
    assert LIMIT == 2000
    assert clean("x" * length) == "x" * min(length, LIMIT) + ("…" if cut else "")


def test_the_limit_counts_characters_of_the_text() -> None:
    assert clean("abc", 3) == "abc" and clean("abcd", 3) == "abc…" and clean("abc", 0) == "…" and clean("", 0) == ""
    assert clean("\x1b\x1b\x1b", 2) == "␛␛…"


def test_bytes_are_read_as_text_and_what_is_none_is_shown() -> None:
    assert clean("中文".encode()) == "中文"
    assert clean(b"a\xff\x1b") == "a\\xff␛"
    assert clean("中".encode() * 5, 4) == "中中中中…" and clean("中".encode() * 4, 4) == "中中中中"
    assert clean("👍".encode() * 3, 3) == "👍👍👍"
    assert clean("👍".encode() * 4, 3) == "👍👍👍…" and clean(b"x", 0) == "…" and clean(b"", 0) == ""
    assert clean("👍".encode() * 3 + "中中".encode(), 3) == "👍👍👍…"
    assert clean(b"x" * 100, 10) == "x" * 10 + "…"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escapes_in_json_and_toml_mean_the_same(text: str) -> None:
    document = {"name": text, "list": [text]}
    as_json = escaped_json(json.dumps(document, ensure_ascii=False, indent=1))
    assert json.loads(as_json) == document
    assert not any(acts_on_terminal(char) for char in as_json)
    as_toml = escaped_toml('name = "' + "".join(f"\\u{ord(c):04X}" if c < " " or c in '"\\' else c for c in text) + '"\n')
    assert tomllib.loads(as_toml) == {"name": text}
    assert not any(acts_on_terminal(char) for char in as_toml)


def test_escapes_are_those_of_the_format() -> None:
    assert escaped_json('"\u202e\U000e0001\x7fé\n"') == '"\\u202E\\uDB40\\uDC01\\u007Fé\n"'
    assert escaped_toml('"\u202e\U000e0001\x7fé\n"') == '"\\U0000202E\\U000E0001\\U0000007Fé\n"'
    assert json.loads(escaped_json('"\ud800"')) == "\ud800"
    assert escaped_toml('"\ud800"') == '"\\uFFFD"'
    assert escaped_json("a\nb") == escaped_toml("a\nb") == "a\nb"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_answer_may_hold_it(text: str) -> None:
    assert refused(f"plain {text} text") == next(c for c in text if unicodedata.category(c) in CATEGORIES)


def test_what_an_answer_may_hold() -> None:
    assert refused("umläut 中文 👍 \xa0 #$\"'") == refused("") == ""
    assert refused("a\tb\nc") == "\t"
    assert refused("\ue000") == "", "private characters are seen"
    assert code_point("\x1b") == "U+001B" and code_point("\U000e0001") == "U+E0001"
