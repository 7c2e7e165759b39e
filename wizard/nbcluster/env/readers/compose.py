"""Compose's ``env_file`` in its default format (compose-go ``dotenv/parser.go`` and ``template``; Docker's page on env-file syntax)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from nbcluster.env.readers.model import GO_SPACE, UnreadableError, whole

_SPACE = "\t\v\f\r \u0085\u00a0"
_STATEMENT = re.compile(rf"(?:export[{_SPACE}]+)?([A-Za-z0-9_.\-\[\]]+)[{_SPACE}]*([=:])[{_SPACE}]*")
_ESCAPE = re.compile(r'\\(?:[abcfnrtv$"\\]|0\d{0,3})')
_PLAIN = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", '"': '"', "\\": "\\"}
_DOLLAR = re.compile(r"\$(\$?)")

Expand = Callable[[str, Mapping[str, str]], str]
"""Puts the variables into a value; it is given those that stand above it."""


def read_compose(text: str, expand: Expand | None = None) -> dict[str, str]:
    """Return the variables; raises ``UnreadableError`` where the file is refused.

    Without ``expand`` it is refused, too, where a value depends on another variable.
    """
    put = expand or _expand
    text = whole(text).replace("\r\n", "\n").removeprefix("\ufeff")
    values: dict[str, str] = {}
    at = 0
    while True:
        while at < len(text) and text[at] in GO_SPACE:
            at += 1
        if at == len(text):
            return values
        if text[at] == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        match = _STATEMENT.match(text, at)
        if match is None:
            raise UnreadableError("no assignment")
        value, at = _value(text, match.end(), lambda value: put(value, values))
        values[match.group(1)] = value


def _value(text: str, at: int, expand: Callable[[str], str]) -> tuple[str, int]:
    quote = text[at : at + 1]
    if quote not in ("'", '"'):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        return expand(text[at:end].partition(" #")[0].rstrip(GO_SPACE)), end
    out: list[str] = []
    escaped = False
    for index in range(at + 1, len(text)):
        char = text[index]
        if char == quote and not escaped:
            value = "".join(out)
            return (expand(_unescape(value)) if quote == '"' else value), index + 1
        if char == quote:
            escaped = False
        elif escaped:
            escaped = False
            out.append("\\")
        elif char == "\\":
            escaped = True
            continue
        out.append(char)
    raise UnreadableError("an open quote")


def _unescape(value: str) -> str:
    def plain(match: re.Match[str]) -> str:
        sequence = match.group()[1:]
        if sequence == "$":
            return "$$"
        if sequence[0] == "0":
            digits = sequence[1:]
            return chr(int(digits, 8)) if re.fullmatch(r"[0-3][0-7]{2}", digits) else match.group()
        return _PLAIN.get(sequence, match.group())

    return _ESCAPE.sub(plain, value)


def _expand(value: str, _above: Mapping[str, str]) -> str:
    def dollar(match: re.Match[str]) -> str:
        if not match.group(1):
            raise UnreadableError("$ expands a variable")
        return "$"

    return _DOLLAR.sub(dollar, value)
