"""Folding of report lines, and scrolling a whole page by keys."""

from __future__ import annotations

import pytest

from nbcluster.text.layout import width_of
from nbcluster_tui.lines import fold, verdicts_coloured

LINES = (
    "    Redis 127.0.0.1:6379   0 cache, 1 sync signal, 2 lock, 4 worker id",
    "  1. Copy the file to every node and start the first one of them alone",
    "  warn  redis.cache.bloom  no Bloom filter on this server at all, none",
    "!  数据库数据库数据库数据库数据库数据库数据库数据库数据库数据库",
    "http://" + "a" * 120,
    "",
)


@pytest.mark.parametrize("width", [20, 33, 79])
@pytest.mark.parametrize("line", LINES)
def test_nothing_is_wider_than_the_page_and_nothing_is_lost(line: str, width: int) -> None:
    pieces = fold(line, width)
    assert all(width_of(piece) <= width for piece in pieces)
    assert "".join("".join(piece.split()) for piece in pieces) == "".join(line.split())


@pytest.mark.parametrize(("line", "indent"), [(LINES[1], "     "), (LINES[2], "        "), (LINES[3], "   ")])
def test_a_folded_line_goes_on_below_its_first_word(line: str, indent: str) -> None:
    _first, *others = fold(line, 40)
    assert others
    assert all(piece.startswith(indent) and piece[len(indent)] != " " for piece in others)


def test_only_verdicts_have_a_colour() -> None:
    text = "  reach         ok       FAIL\nnode.ok  10.0.0.1:80  warn     3 ms"
    content = verdicts_coloured(text)
    assert content.plain == text
    assert [text[span.start : span.end] for span in content.spans] == ["ok", "FAIL", "warn"]
