"""Styles on their way to the terminal: fewer bytes, and a terminal shows exactly the same."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as some

from nbcluster_tui.sgr import compact

SIZE = (40, 6)


def shown(*texts: str) -> list[list[tuple[object, ...]]]:
    """Return what a terminal shows after some writes, cell by cell, without what a blank does not show."""
    screen = pyte.Screen(*SIZE)
    stream = pyte.Stream(screen)
    for text in texts:
        stream.feed(text)
    return [[tuple(screen.buffer[row][column]) for column in range(SIZE[0])] for row in range(SIZE[1])]


flags = some.lists(some.sampled_from(["1", "3", "4", "7", "9"]), max_size=2, unique=True)
colours = some.sampled_from(["", "31", "97", "38;5;253", "38;2;1;22;133"])
backgrounds = some.sampled_from(["", "44", "103", "48;5;233", "48;2;9;8;7"])
words = some.text(some.sampled_from("ab 连─"), min_size=1, max_size=5)
pieces = some.builds(
    lambda on, colour, background, word: f"\x1b[{';'.join([*on, *filter(None, (colour, background))]) or '0'}m{word}\x1b[0m",
    flags,
    colours,
    backgrounds,
    words,
)
moves = some.builds(lambda row, column: f"\x1b[{row};{column}H", some.integers(1, SIZE[1]), some.integers(1, SIZE[0] - 12))
writes = some.lists(some.one_of(pieces, moves, words, some.just("\r\n")), max_size=12).map("".join)


@given(some.lists(writes, min_size=1, max_size=4))
def test_a_terminal_shows_the_same(texts: list[str]) -> None:
    assert shown(*map(compact, texts)) == shown(*texts)


def test_one_background_is_sent_once() -> None:
    piece = "\x1b[38;5;253;48;5;233mone\x1b[0m\x1b[1;38;5;75;48;5;233mtwo\x1b[0m\x1b[2;1H\x1b[1;38;5;75;48;5;233mthree\x1b[0m"
    assert compact(piece) == "\x1b[38;5;253;48;5;233mone\x1b[1;38;5;75mtwo\x1b[2;1Hthree\x1b[0m"


@pytest.mark.parametrize("text", ["", "plain", "\x1b[?2026h\x1b[?25l", "\x1b]52;c;YQ==\a", "\x1b[2J\x1b[H"])
def test_what_has_no_style_is_left_as_it_is(text: str) -> None:
    assert compact(text) == text


def test_from_an_unknown_parameter_on_all_is_sent() -> None:
    text = "\x1b[31ma\x1b[0m\x1b[31;58;5;9mb\x1b[0m\x1b[31mc\x1b[0m"
    assert compact(text) == "\x1b[31ma\x1b[0m\x1b[31;58;5;9mb\x1b[0m\x1b[31mc\x1b[0m"
