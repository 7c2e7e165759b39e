"""Cleans text from outside: removes everything that a terminal would act on."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

LIMIT = 2000
"""Longest text kept, in characters, unless a caller says otherwise."""

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's control, format, surrogate, private and unassigned characters, and its line and paragraph separators."""

_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""What no answer may hold: what is not seen, turns the direction of text round, or ends a line."""


def clean(text: str | bytes, limit: int = LIMIT, *, lines: bool = False) -> str:
    """Return text with control, format and surrogate characters made visible, at most ``limit`` characters long.

    Bytes are read as UTF-8; bytes that are not become visible escapes. ``lines`` keeps line feeds.
    """
    if isinstance(text, bytes):
        # a character has at most four bytes; one more than is kept tells that something is left out
        text = text[: (limit + 1) * 4].decode("utf-8", "backslashreplace")
    return made_visible(text[:limit], lines=lines) + ("…" if len(text) > limit else "")


def made_visible(text: str, *, lines: bool = False) -> str:
    """Return a text of any length with every character that a terminal would act on made visible; ``lines`` keeps line feeds."""
    return ("\n" if lines else "␊").join(_by_line(text, _visible))


def _by_line(text: str, shown: Callable[[str], str]) -> list[str]:
    """Return the lines of a text; only in those that hold a sign of the kind that may act on a terminal every character is judged."""
    return [line if line.isprintable() else "".join(map(shown, line)) for line in text.split("\n")]


def _visible(char: str) -> str:
    if char == "\t":
        return " "
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"<{code_point(char)}>" if unicodedata.category(char) in _HIDDEN_CATEGORIES else char


def escaped_json(text: str) -> str:
    """Return JSON with the same meaning in which no character is one that a terminal would act on.

    Such characters stand inside strings, where an escape means the same; line feeds between the strings stay.
    """
    return "\n".join(_by_line(text, lambda char: _utf16_escape(char) if acts_on_terminal(char) else char))


def escaped_toml(text: str) -> str:
    """Return TOML, its strings in double quotes, as ``escaped_json`` does; a lone surrogate, which TOML cannot name, is U+FFFD."""
    return "\n".join(_by_line(text, lambda char: _toml_escape(char) if acts_on_terminal(char) else char))


def acts_on_terminal(char: str) -> bool:
    """Tell whether a character is one that a terminal would act on, hide, or show nothing for; a line feed is not."""
    return char != "\n" and unicodedata.category(char) in _HIDDEN_CATEGORIES


def _utf16_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex().upper()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def _toml_escape(char: str) -> str:
    return "\\uFFFD" if unicodedata.category(char) == "Cs" else f"\\U{ord(char):08X}"


def refused(text: str) -> str:
    """Return the first character that no answer may hold (categories Cc, Cf, Cs, Zl, Zp), or an empty text."""
    return next((char for char in text if unicodedata.category(char) in _REFUSED_CATEGORIES), "")


def code_point(char: str) -> str:
    """Return the name of a character as ``U+XXXX``."""
    return f"U+{ord(char):04X}"
