"""Merging: everything but the written variables stays byte for byte, and a second merge changes nothing."""

from __future__ import annotations

import random

import pytest

from nbcluster.env import Block, MergeError, Reader, UnrepresentableError, compose, merge, read, read_dotenv
from nbcluster.files.variables import broken_addresses
from tests.env.generator import values

BEFORE = (
    "# kept comment\n\nFOO=bar # why\nexport DB_PASSWORD='old'\nCACHE_DEFAULT_STORE=memory\n"
    "LOCK_ADAPTER_REDIS_URL=redis:/redis-0.redis/2\nNOCOBASE_PKG_PASSWORD=old\nFOO=again\nDB_PASSWORD=older\n   indented = yes\nno assignment\n"
)
BLOCKS = (
    Block("Middleware", (("CACHE_DEFAULT_STORE", "redis", ""), ("LOCK_ADAPTER_REDIS_URL", "redis://h:6379/2", ""))),
    Block("Database", (("DB_PASSWORD", "pa$s#w'ord", ""),)),
    Block("More", (("ADDED", "1", "with a comment"),)),
)
REMOVE = {"NOCOBASE_PKG_PASSWORD": "deprecated", "ABSENT": "never there"}


def test_owned_lines_change_in_place_and_all_others_stay() -> None:
    after = merge(BEFORE, BLOCKS, REMOVE).splitlines()
    before = BEFORE.splitlines()
    assert after[:3] == before[:3]
    assert after[3] == 'export DB_PASSWORD="pa$s#w\'ord"'
    assert after[4:6] == ["CACHE_DEFAULT_STORE=redis", "LOCK_ADAPTER_REDIS_URL=redis://h:6379/2"]
    assert after[6:8] == ["# nbcluster: deprecated", "# NOCOBASE_PKG_PASSWORD=old"]
    assert after[8] == "FOO=again" and after[9] == 'DB_PASSWORD="pa$s#w\'ord"'
    assert after[10:12] == ["   indented = yes", "no assignment"]
    assert after[12:] == ["", "# More", "# with a comment", "ADDED=1"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_second_merge_changes_nothing_and_line_ends_stay(line_end: str) -> None:
    once = merge(BEFORE.replace("\n", line_end), BLOCKS, REMOVE)
    assert merge(once, BLOCKS, REMOVE) == once
    assert once.count("\n") == once.count(line_end)


def test_a_file_for_docker_is_merged_without_quotes() -> None:
    before = '# c\nFOO="kept quotes"\nDB_PASSWORD=old # not a comment\nNOCOBASE_PKG_PASSWORD=x\nEMPTY=\n'
    after = merge(before, BLOCKS, REMOVE, Reader.DOCKER)
    assert read(Reader.DOCKER, after) == {
        "FOO": '"kept quotes"',
        "DB_PASSWORD": "pa$s#w'ord",
        "EMPTY": "",
        "CACHE_DEFAULT_STORE": "redis",
        "LOCK_ADAPTER_REDIS_URL": "redis://h:6379/2",
        "ADDED": "1",
    }
    assert after.startswith(
        '# c\nFOO="kept quotes"\nDB_PASSWORD=pa$s#w\'ord\n# nbcluster: deprecated\n# NOCOBASE_PKG_PASSWORD=x\n'
    )
    assert merge(after, BLOCKS, REMOVE, Reader.DOCKER) == after


def test_a_file_that_docker_refuses_is_not_merged() -> None:
    with pytest.raises(MergeError):
        merge("two words=1\n", BLOCKS, {}, Reader.DOCKER)


@pytest.mark.parametrize("reader", [Reader.DOTENV, Reader.DOCKER])
def test_random_values_replace_random_values(reader: Reader) -> None:
    source = random.Random(31)  # noqa: S311 - reproducible
    chosen = values(600, 37)
    merged = 0
    for _round in range(150):
        old, wanted = source.sample(chosen, 2)
        try:
            before = compose([Block("head", (("A", old, ""), ("OWN", old, ""), ("Z", "z", "")))], reader)
            after = merge(before, [Block("head", (("OWN", wanted, ""), ("FRESH", wanted, "")))], {"Z": "gone"}, reader)
        except UnrepresentableError:
            continue
        merged += 1
        assert read(reader, after) == {"A": old, "OWN": wanted, "FRESH": wanted}
        assert merge(after, [Block("head", (("OWN", wanted, ""), ("FRESH", wanted, "")))], {"Z": "gone"}, reader) == after
    assert merged > 60


def test_a_byte_order_mark_goes_and_what_it_hid_is_found() -> None:
    after = merge("\ufeffADDED=0\n", BLOCKS, {})
    assert after.startswith("ADDED=1\n") and read_dotenv(after)["ADDED"] == "1"


def one(name: str, value: str) -> tuple[Block, ...]:
    """Return one variable as blocks without a title."""
    return (Block("", ((name, value, ""),)),)


def test_a_block_without_a_title_has_no_comment_line() -> None:
    assert compose(one("A", "1")) == "A=1\n"


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_without_text_becomes_the_blocks_alone(text: str) -> None:
    assert merge(text, one("A", "1"), {}) == "A=1\n"


@pytest.mark.parametrize("last", ["# two blanks  ", "# MAX", "B=1 \t"])
@pytest.mark.parametrize("ends", ["", "\n", "\n\n\n"])
def test_the_last_line_stays_and_one_blank_line_follows_it(last: str, ends: str) -> None:
    assert merge(last + ends, one("A", "1"), {}) == f"{last}\n\nA=1\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A:\n", "A=1\n"),
        ("A:", "A=1\n"),
        ("A:\n\n# next\n", "A=1\n\n# next\n"),
        ("A: # why\n", "A=1 # why\n"),
        ("A= # why\n", "A=1 # why\n"),
        ("A:\nold\n# next\n", "A=1\n# next\n"),
        ("A='old'\u2028# why\n", "A=1\u2028# why\n"),
    ],
)
def test_what_follows_a_replaced_value_stays(before: str, after: str) -> None:
    assert merge(before, one("A", "1"), {}) == after


@pytest.mark.parametrize("line_end", ["\r", "\r\n"])
def test_a_line_end_is_none_of_a_value_to_dotenv_alone(line_end: str) -> None:
    after = "# c\nA=1\nB=2\n".replace("\n", "\r\n" if line_end == "\r\n" else "\n")
    assert merge("# c\nA=0\nB=2\n".replace("\n", line_end), one("A", "1"), {}) == after


def test_a_carriage_return_within_a_line_is_kept_for_docker() -> None:
    assert merge("B=x\ry\nA=0\n", one("A", "1"), {}, Reader.DOCKER) == "B=x\ry\nA=1\n"


def test_a_first_letter_is_not_taken_for_a_mark() -> None:
    assert merge("\ufeffXX=1\n", one("A", "1"), {}) == "XX=1\n\nA=1\n"


def test_what_a_new_value_would_take_in_is_not_dropped() -> None:
    with pytest.raises(MergeError):
        merge("A='old'\u2028a note\n", one("A", "1"), {})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('# head\nOLD="one\n two"\n# tail\n', '# head\n# nbcluster: gone\n# OLD="one\n#  two"\n# tail\n'),
        ("\n  OLD=1 # why\n", "\n# nbcluster: gone\n#   OLD=1 # why\n"),
        ("\nOLD=1\n", "\n# nbcluster: gone\n# OLD=1\n"),
        ("OLD:\n", "# nbcluster: gone\n# OLD:\n"),
        ("OLD:\n\n# next\n", "# nbcluster: gone\n# OLD:\n\n# next\n"),
    ],
)
def test_every_line_of_a_removed_variable_becomes_a_comment(before: str, after: str) -> None:
    assert merge(before, (), {"OLD": "gone"}) == after


def test_addresses_with_one_slash_that_nobody_owns_are_commented_out() -> None:
    before = {"CUSTOM_URL": "redis:/h:6379/1", "TLS_URL": "rediss:/h", "REDIS_URL": "redis:/h", "GOOD": "redis://h", "X": "redis"}
    assert set(broken_addresses(before, {"REDIS_URL"})) == {"CUSTOM_URL", "TLS_URL"}
