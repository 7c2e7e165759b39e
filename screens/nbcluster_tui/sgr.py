"""Styles on their way to the terminal (ECMA-48, SGR): only what changes is sent.

Rich sets all of a style in front of each piece of text and takes it back behind it. Between two pieces with one background and one colour
that are 24 bytes for nothing; over a slow line half of a page is such sequences.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_MOVES = re.compile(r"(?:\x1b\[[0-9;]*H|\x1b\[\?[0-9;]*[hl]|[\r\n])*\Z")
"""Text that draws nothing, so that the style does not matter to it."""
_RESET = "\x1b[0m"
_FLAGS = frozenset("12345789")

Style = tuple[str, str, frozenset[str]]
"""Colour, background, and what is on beside them, each as its parameters."""
_PLAIN: Style = ("", "", frozenset())


def compact(data: str) -> str:
    """Return what draws the same with fewer styles in between; it begins and ends with the default style, as ``data`` has to."""
    parts: list[str] = []
    now = wanted = _PLAIN
    begin = 0
    for found in _SGR.finditer(data):
        now = _put(parts, data[begin : found.start()], now, wanted)
        begin = found.end()
        style = _with(wanted, found[1])
        if style is None:
            # a parameter that is not known here: nothing is left out from this place on
            return "".join((*parts, _change(now, wanted), data[found.start() :]))
        wanted = style
    now = _put(parts, data[begin:], now, wanted)
    return "".join((*parts, _change(now, wanted)))


def _put(parts: list[str], text: str, now: Style, wanted: Style) -> Style:
    """Add a text in a style; returns the style that the terminal has then."""
    if not text:
        return now
    if now != wanted and not _MOVES.match(text):
        parts.append(_change(now, wanted))
        now = wanted
    parts.append(text)
    return now


@lru_cache(maxsize=4096)
def _with(style: Style, parameters: str) -> Style | None:
    """Return a style after a sequence; None where it has a parameter that is not known."""
    colour, background, flags = style
    words = iter(parameters.split(";"))
    for word in words:
        if word in ("", "0"):
            colour, background, flags = _PLAIN
        elif word in _FLAGS:
            flags = flags | {word}
        elif word in ("38", "48"):
            kind = next(words, "")
            count = {"5": 1, "2": 3}.get(kind)
            rest = [next(words, "") for _number in range(count or 0)]
            if not rest or "" in rest:
                return None
            whole = ";".join((word, kind, *rest))
            colour, background = (whole, background) if word == "38" else (colour, whole)
        elif len(word) == 2 and word[0] in "39" and word[1] in "01234567":
            colour = word
        elif (len(word) == 2 and word[0] == "4" and word[1] in "01234567") or (
            len(word) == 3 and word[:2] == "10" and word[2] < "8"
        ):
            background = word
        elif word == "39":
            colour = ""
        elif word == "49":
            background = ""
        else:
            return None
    return colour, background, flags


@lru_cache(maxsize=4096)
def _change(now: Style, wanted: Style) -> str:
    """Return what makes one style of another: the least that does."""
    if now == wanted:
        return ""
    if wanted == _PLAIN:
        return _RESET
    is_added = now[2] <= wanted[2] and all(new or not old for old, new in zip(now[:2], wanted[:2], strict=True))
    kept = now if is_added else _PLAIN
    words = [*([] if is_added else ["0"]), *sorted(wanted[2] - kept[2])]
    words += [new for old, new in zip(kept[:2], wanted[:2], strict=True) if new != old]
    return f"\x1b[{';'.join(words)}m"
