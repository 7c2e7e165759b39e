"""Width of text on a terminal, padding and folding; wide characters count as two columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_PIECES = re.compile(r"\s+|[^\s]+")


def width_of(text: str) -> int:
    """Return how many columns a terminal needs for a text; control characters take one each, as what ``clean`` makes of them does."""
    if text.isascii():
        return len(text)
    # its tables take 0.1 s to load, and ASCII does not need them
    from wcwidth import width

    return width(text, control_codes="ignore")


def pad(text: str, width: int) -> str:
    """Return a text filled with blanks to a width in columns."""
    return text + " " * max(0, width - width_of(text))


def table_cell(text: str) -> str:
    """Return a text of this program as a cell of a Markdown table, in one line; for text from outside there is ``files.markup``."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def sentences(*parts: str) -> str:
    """Return sentences one behind the other, empty ones left out; behind a Chinese full stop there is no blank.

    What somebody else said at the end of one may lack its full stop, which it gets.
    """
    text = ""
    for part in filter(None, parts):
        if text and text[-1].isalnum():
            text += "。" if width_of(part[0]) > 1 else "."
        text += f" {part}" if text and not text.endswith(("。", "；", "：", "！", "？")) else part
    return text


def wrap(text: str, width: int, indent: str = "") -> str:
    """Return a text folded to a width in columns; wide characters may be split anywhere, words are not."""
    room = max(10, width - width_of(indent))
    return "\n".join((indent + text[begin:end]).rstrip() for begin, end in cuts(text, room, words=False))


def cuts(text: str, width: int, *, words: bool = True) -> list[tuple[int, int]]:
    """Return where each line of a text begins and ends, folded to a width in columns; line feeds end a line.

    With ``words`` a word that is wider than a line is cut where the line ends.
    """
    found: list[tuple[int, int]] = []
    start = 0
    for paragraph in text.split("\n"):
        begin = end = at = start
        used = 0
        for piece in _pieces(paragraph):
            rest, size = piece, width_of(piece)
            if used and used + size > width:
                found.append((begin, end))
                begin, used = at, 0
                if piece.isspace():
                    at += len(piece)
                    begin = end = at
                    continue
            while words and size > width:
                room = _prefix(rest, width)
                found.append((at, at + room))
                rest, at = rest[room:], at + room
                begin, size, used = at, width_of(rest), 0
            at += len(rest)
            used += size
            end = at if not rest.isspace() else end
        found.append((begin, max(begin, end)))
        start += len(paragraph) + 1
    return found


def _prefix(text: str, width: int) -> int:
    used = 0
    for number, char in enumerate(text):
        used += width_of(char)
        if used > width:
            return max(1, number)
    return len(text)


def _pieces(text: str) -> list[str]:
    """Split a text into words, blanks and single wide characters; closing punctuation stays with what it follows."""
    pieces: list[str] = []
    for word in _PIECES.findall(text):
        part = ""
        for char in word:
            if part and _may_part(part[-1], char):
                pieces.append(part)
                part = ""
            part += char
        pieces.append(part)
    return pieces


def _may_part(before: str, char: str) -> bool:
    """Tell whether a line may end between two characters of a word: around wide ones, never in front of punctuation."""
    if unicodedata.category(before) in ("Ps", "Pi"):
        return False
    if width_of(char) == 2:
        return unicodedata.category(char) not in ("Po", "Pe", "Pf")
    return width_of(before) == 2 and not unicodedata.category(char).startswith("P")


def table(rows: Sequence[Sequence[str]], indent: str = "  ") -> str:
    """Return rows of cells in columns; the last column is not filled."""
    if not rows:
        return ""
    widths = [max(width_of(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        (indent + "  ".join(pad(cell, width) for cell, width in zip(row, widths, strict=True))).rstrip() for row in rows
    )
