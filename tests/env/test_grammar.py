"""The linear grammar is equivalent to dotenv's own expression for every text, and takes linear time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nbcluster.env import assignments, read_dotenv
from nbcluster.lint import in_text
from nbcluster.lint.file import File
from tests.services.dotenv import NodeDotenv

SPACE = r"[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
TRIMMED = "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
BREAK = r"[\n\r\u2028\u2029]"
START, END = rf"(?:(?<={BREAK})|(?<![\s\S]))", rf"(?={BREAK}|\Z)"
LINE = re.compile(
    rf"{START}{SPACE}*(?:export{SPACE}+)?([A-Za-z0-9_.-]+)(?:{SPACE}*={SPACE}*?|:{SPACE}+?)"
    rf"({SPACE}*'(?:\\'|[^'])*'|{SPACE}*\"(?:\\\"|[^\"])*\"|{SPACE}*`(?:\\`|[^`])*`|[^#\r\n]+)?"
    rf"{SPACE}*(?:\#[^\n\r\u2028\u2029]*)?{END}"
)
"""The expression of dotenv 16.4.5 with JavaScript's classes spelled out: the specification, whose time is not bounded."""

PIECES = (
    "A",
    "B=",
    "=",
    "'",
    '"',
    "`",
    "\\",
    "\n",
    "\n\n",
    " ",
    "#",
    "export ",
    "export",
    ":",
    ": ",
    "x",
    "\u2028",
    "\r\n",
    "\r",
)
TEXTS = st.lists(st.sampled_from((*PIECES, "\t", "\\n", "$", "\ufeff", "\u0085", "a.b-c=", "é")), max_size=40).map("".join)
COUNT = 60_000


def specified(text: str) -> list[tuple[str, str, int]]:
    text, found = re.sub(r"\r\n?", "\n", text), []
    for match in LINE.finditer(text):
        value = (match[2] or "").strip(TRIMMED)
        plain = re.sub(rf"{START}(['\"`])([\s\S]*)\1{END}", r"\2", value)
        if value[:1] == '"':
            plain = plain.replace("\\n", "\n").replace("\\r", "\r")
        found.append((match[1], plain, text.count("\n", 0, match.start(1)) + 1))
    return found


@settings(max_examples=3000, deadline=None)
@given(TEXTS)
@example("A='\\'x\nB='y'")
@example("A=\u2028'x\u2028'y'\u2028z'")
@example("export\n A : 1\nexport=2")
def test_the_grammar_is_dotenvs_own(text: str) -> None:
    assert [(found.name, found.value, found.line) for found in assignments(text)] == specified(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=1", [("A", "1", "A=1", 1, False)]),
        ("# c\n\n  A = x y \t# c\n", [("A", "x y", "A = x y", 3, False)]),
        ("export  A='1'\nexport=2\n", [("A", "1", "export  A='1'", 1, True), ("export", "2", "export=2", 2, False)]),
        ("export\nA=1", [("A", "1", "export\nA=1", 2, True)]),
        ("\r\nA=1\r\n\rB=2", [("A", "1", "A=1", 2, False), ("B", "2", "B=2", 4, False)]),
        ('A="1\n2" # c\nB=3', [("A", "1\n2", 'A="1\n2"', 1, False), ("B", "3", "B=3", 3, False)]),
        ('A="1\\n2\\r"', [("A", "1\n2\r", 'A="1\\n2\\r"', 1, False)]),
        ("A='1\\n2\\r'", [("A", "1\\n2\\r", "A='1\\n2\\r'", 1, False)]),
        ("A=1\\n2\\r", [("A", "1\\n2\\r", "A=1\\n2\\r", 1, False)]),
        ("A:\nx\nB=2", [("A", "x", "A:\nx", 1, False), ("B", "2", "B=2", 3, False)]),
        ("A:\n", [("A", "", "A:", 1, False)]),
        ("A: # c\nB= # c\nC=", [("A", "", "A:", 1, False), ("B", "", "B=", 2, False), ("C", "", "C=", 3, False)]),
        ("A=1\nA=2", [("A", "1", "A=1", 1, False), ("A", "2", "A=2", 2, False)]),
        ("A=\u00a01\ufeff\u3000", [("A", "1", "A=\u00a01", 1, False)]),
        ("A='", [("A", "'", "A='", 1, False)]),
        ("A=''", [("A", "", "A=''", 1, False)]),
        ("A='1\"", [("A", "'1\"", "A='1\"", 1, False)]),
        ("A='1'2", [("A", "'1'2", "A='1'2", 1, False)]),
        ("A=\"1\\n'", [("A", "\"1\n'", "A=\"1\\n'", 1, False)]),
        ("A=x\u2028'y'", [("A", "x\u2028y", "A=x\u2028'y'", 1, False)]),
        ("A=x\u2029'y'\u2029z", [("A", "x\u2029y\u2029z", "A=x\u2029'y'\u2029z", 1, False)]),
        ("A=x\u2028'y'\u2028\"z\"", [("A", "x\u2028y\u2028z", "A=x\u2028'y'\u2028\"z\"", 1, False)]),
        ('A=x\u2028\'y\u2028"z\'\u2028"w"', [("A", 'x\u2028y\u2028"z\u2028w', 'A=x\u2028\'y\u2028"z\'\u2028"w"', 1, False)]),
        ("A=x\u2028'\u2028y", [("A", "x\u2028'\u2028y", "A=x\u2028'\u2028y", 1, False)]),
        ("A=x\u2028'y", [("A", "x\u2028'y", "A=x\u2028'y", 1, False)]),
        ("A='x\u2028y", [("A", "'x\u2028y", "A='x\u2028y", 1, False)]),
        ("A='x'z\u2028y'\u2028w", [("A", "x'z\u2028y\u2028w", "A='x'z\u2028y'\u2028w", 1, False)]),
        ("A=x\u2028''\u2028y", [("A", "x\u2028\u2028y", "A=x\u2028''\u2028y", 1, False)]),
    ],
)
def test_each_assignment_is_found_where_it_stands(text: str, found: list[tuple[str, str, str, int, bool]]) -> None:
    seen = text.replace("\r\n", "\n").replace("\r", "\n")
    assert [(a.name, a.value, seen[a.start : a.end], a.line, a.exported) for a in assignments(text)] == found
    assert [(name, value, line) for name, value, _place, line, _exported in found] == specified(text)
    assert read_dotenv(text) == {name: value for name, value, *_place in found}


def test_dotenv_itself_reads_the_same(node_dotenv: NodeDotenv, tmp_path: Path) -> None:
    texts = [
        "A='\\'x\nB='y'",
        "A=\n\n'x'\nB: 'y' # z",
        "export A=1\nexport=2\nexport\nB=3",
        'A="a\\nb"c\nB="\\"',
        "A='x\nB='y\nC='z",
    ]
    for text in texts:
        assert node_dotenv.parse(text, tmp_path) == read_dotenv(text)


@pytest.mark.parametrize(
    "text",
    [
        "\n" * COUNT + "-",
        "A=\n" * COUNT,
        "A='\n" * COUNT,
        "A='\\'\n" * COUNT,
        "A='x\nB\n" * COUNT,
        "A=" + "\u2028'x" * COUNT,
        "A" + " \n" * COUNT,
        "export\n" * COUNT,
        "A=1\n" * COUNT + "A='" + "\\' x" * COUNT,
    ],
    ids=range(9),
)
def test_no_text_takes_longer_than_its_length(text: str) -> None:
    # quadratic work on these takes minutes, which ends the run
    assert sum(1 for _found in assignments(text)) <= 2 * COUNT
    assert sum(1 for _finding in in_text(File(".env", text), env=True)) <= 4 * COUNT
