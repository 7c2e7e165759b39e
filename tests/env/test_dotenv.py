"""npm dotenv: our reader against the original, exact values, merges that keep everything else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbcluster.env import Block, MergeError, UnrepresentableError, assign, assignments, compose, merge, read_dotenv
from tests.services.dotenv import NodeDotenv

PIECES = [
    "'",
    '"',
    "`",
    "#",
    "$",
    "\\",
    "\n",
    "\r",
    " ",
    "=",
    "A",
    "b",
    "1",
    ":",
    "\t",
    "\\n",
    "é",
    "中",
    "😀",
    "export ",
    "X=",
    "\u00a0",
    "\ufeff",
    "\u2028",
    "\x1c",
]
values = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=pa#ss", "pa"),
        ("A=pa #ss", "pa"),
        ('A="pa#ss"', "pa#ss"),
        ("A='pa#ss'", "pa#ss"),
        ("A=pa$ss", "pa$ss"),
        ("A=x${HOME}y", "x${HOME}y"),
        ("A=it's", "it's"),
        ("A='it\\'s'", "it\\'s"),
        ('A="say\\"hi"', 'say\\"hi'),
        ("A=a\\b", "a\\b"),
        ('A="a\\nb"', "a\nb"),
        ('A="a\\\\b"', "a\\\\b"),
        ("A=a`b", "a`b"),
        ("A=`a'b\"c`", "a'b\"c"),
        ("A=two words", "two words"),
        ("A= x ", "x"),
        ("A=p;q", "p;q"),
        ('A="two\nlines"', "two\nlines"),
        ("export A=1", "1"),
        ("A: 1", "1"),
        ("A=1\nA=2", "2"),
        ("A=", ""),
    ],
)
def test_each_row_of_the_readers_table(line: str, value: str, node_dotenv: NodeDotenv, tmp_path: Path) -> None:
    assert read_dotenv(line) == {"A": value} == node_dotenv.parse(line, tmp_path)


def test_texts_are_read_as_node_reads_them(node_dotenv: NodeDotenv, tmp_path: Path) -> None:
    source = random.Random(11)  # noqa: S311 - reproducible texts, no secret
    for _round in range(6):
        text = "\n".join(f"K{i}=" + "".join(source.choice(PIECES) for _ in range(source.randint(0, 20))) for i in range(400))
        assert read_dotenv(text) == node_dotenv.parse(text, tmp_path)


def test_values_arrive_in_node_as_they_were_chosen(node_dotenv: NodeDotenv, tmp_path: Path) -> None:
    source = random.Random(12)  # noqa: S311 - reproducible values, no secret
    chosen: dict[str, str] = {}
    refused = 0
    for number in range(2000):
        value = "".join(source.choice(PIECES) for _ in range(source.randint(0, 14)))
        try:
            assign(f"K{number}", value)
        except UnrepresentableError:
            refused += 1
            continue
        chosen[f"K{number}"] = value
    text = compose([Block("all", tuple((name, value, "") for name, value in chosen.items()))])
    assert node_dotenv.parse(text, tmp_path) == chosen
    assert 0 < refused < 400


@given(values)
@settings(max_examples=400, deadline=None)
def test_a_value_is_read_back_or_refused(value: str) -> None:
    try:
        line = assign("NAME", value)
    except UnrepresentableError:
        assert any(sign in value for sign in "'\"`\\") or value != value.strip()
    else:
        assert read_dotenv(line + "\n") == {"NAME": value}


def test_a_value_with_every_quote_and_a_hash_is_refused() -> None:
    with pytest.raises(UnrepresentableError):
        assign("A", "'\"`#")


BEFORE = "# head\nexport A=1 # why\nB='x y'\n\nC:\tz\nD=\nOLD=redis:/h\n# tail\nB=again\n"
BLOCKS = [Block("Ours", (("A", "2", ""), ("C", "pa#ss", ""), ("D", "v", ""), ("N", "n", "reason")))]


def test_a_merge_changes_only_what_it_owns(node_dotenv: NodeDotenv, tmp_path: Path) -> None:
    after = merge(BEFORE, BLOCKS, {"OLD": "one slash"})
    assert after.startswith(
        "# head\nexport A=2 # why\nB='x y'\n\nC='pa#ss'\nD=v\n# nbcluster: one slash\n# OLD=redis:/h\n# tail\nB=again\n"
    )
    assert node_dotenv.parse(after, tmp_path) == {"A": "2", "B": "again", "C": "pa#ss", "D": "v", "N": "n"}
    assert merge(after, BLOCKS, {"OLD": "one slash"}) == after


def test_line_ends_are_kept() -> None:
    after = merge(BEFORE.replace("\n", "\r\n"), BLOCKS, {})
    assert "\n" not in after.replace("\r\n", "")


@given(st.lists(st.sampled_from([*PIECES, "\nA=", "\nZ='q'", "# c\n"]), max_size=20).map("".join), values)
@settings(max_examples=300, deadline=None)
def test_any_file_can_be_merged_and_keeps_its_other_variables(text: str, value: str) -> None:
    try:
        block = Block("t", (("A", value, ""),))
        after = merge(text, [block], {})
    except (UnrepresentableError, MergeError):
        return
    # a name with a colon at the very end becomes an assignment by the line end that follows it
    held = {name: found for name, found in read_dotenv(text.lstrip("\ufeff") + "\n").items() if name != "A"}
    assert {name: found for name, found in read_dotenv(after).items() if name != "A"} == held
    assert merge(after, [block], {}) == after


def test_line_numbers_and_duplicates() -> None:
    assert [(found.name, found.line) for found in assignments(BEFORE)] == [
        ("A", 2),
        ("B", 3),
        ("C", 5),
        ("D", 6),
        ("OLD", 7),
        ("B", 9),
    ]


def test_a_line_that_swallows_the_next_is_named() -> None:
    with pytest.raises(MergeError):
        merge("B='open", [Block("t'", (("A", "", ""),))], {})
