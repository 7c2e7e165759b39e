"""The one gate for text from outside: nothing that a terminal would act on passes it."""

from __future__ import annotations

import unicodedata

LIMIT = 2000
"""Longest text kept, in characters, unless a caller says otherwise."""

_DIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str | bytes, limit: int = LIMIT, *, lines: bool = False) -> str:
    """Return text with control, format and surrogate characters made visible, at most ``limit`` characters long.

    Bytes are read as UTF-8; bytes that are not become visible escapes. ``lines`` keeps line feeds.
    """
    if isinstance(text, bytes):
        text = text[: limit * 4].decode("utf-8", "backslashreplace")
    cut = len(text) > limit
    out = [_visible(char, lines) for char in text[:limit]]
    return "".join(out) + ("…" if cut else "")


def _visible(char: str, lines: bool) -> str:
    if char == "\n":
        return "\n" if lines else "␊"
    if char == "\t":
        return " "
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code < 0x7F:
        return char
    if char in _DIRECTIONAL or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"<U+{code:04X}>"
    return char
