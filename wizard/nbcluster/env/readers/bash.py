"""``set -a; . FILE`` in bash, as far as a file only assigns (bash(1), QUOTING and SIMPLE COMMANDS)."""

from __future__ import annotations

import re

from nbcluster.env.readers.model import UnreadableError, whole

_ASSIGNMENT = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=")
_EXPANDS = re.compile(r"\$[A-Za-z0-9_{(\[?!#$@*'\"-]")
_PLAIN = re.compile(r"[^'\"\\$`;&|<>()~: \t\n]+")
_INNER = re.compile(r'[^"\\$`]+')


def read_bash(text: str) -> dict[str, str]:
    """Return the variables; raises ``UnreadableError`` for whatever bash would expand, run or refuse."""
    text = whole(text)
    values: dict[str, str] = {}
    at = 0
    while at < len(text):
        if text[at] in " \t\n":
            at += 1
        elif text[at] == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        else:
            match = _ASSIGNMENT.match(text, at)
            if match is None:
                raise UnreadableError("a command")
            values[match.group(1)], at = _word(text, match.end())
    return values


def _word(text: str, at: int) -> tuple[str, int]:
    out: list[str] = []
    tilde = True  # at the start of a value and behind a colon
    while at < len(text):
        plain = _PLAIN.match(text, at)
        if plain:
            out.append(plain.group())
            at, tilde = plain.end(), False
            continue
        char = text[at]
        at += 1
        if char in " \t\n":
            return "".join(out), _only_blank(text, at - 1)
        if char == "'":
            end = text.find("'", at)
            if end < 0:
                raise UnreadableError("an open quote")
            out.append(text[at:end])
            at = end + 1
        elif char == '"':
            part, at = _double(text, at)
            out.append(part)
        elif char == "\\":
            out.append(text[at : at + 1].replace("\n", ""))
            at += 1
        elif char in "`;&|<>()" or (char == "~" and tilde) or _EXPANDS.match(text, at - 1):
            raise UnreadableError(f"{char} is acted upon")
        else:
            out.append(char)
        tilde = char == ":"
    return "".join(out), at


def _only_blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t":
        at += 1
    if at < len(text) and text[at] not in "#\n":
        raise UnreadableError("a command behind the assignment")
    return at


def _double(text: str, at: int) -> tuple[str, int]:
    out: list[str] = []
    while at < len(text) and text[at] != '"':
        inner = _INNER.match(text, at)
        if inner:
            out.append(inner.group())
            at = inner.end()
            continue
        char = text[at]
        at += 1
        if char == "\\" and at < len(text):
            following = text[at]
            at += 1
            out.append(following if following in '$`"\\' else "" if following == "\n" else char + following)
        elif char == "`" or (_EXPANDS.match(text, at - 1) and text[at : at + 1] not in ("'", '"')):
            raise UnreadableError(f"{char} is acted upon")
        else:
            out.append(char)
    if at >= len(text):
        raise UnreadableError("an open quote")
    return "".join(out), at + 1
