"""systemd's ``EnvironmentFile=`` (``parse_env_file_internal`` in src/basic/env-file.c; systemd.exec(5))."""

from __future__ import annotations

import re

from nbcluster.env.readers.model import UnreadableError, whole

_WHITE = " \t\n\r"
_LINE_END = "\n\r"
_ESCAPED = '"\\`$'
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def read_systemd(text: str) -> dict[str, str]:
    """Return the variables of the file.

    Raises ``UnreadableError`` for a value with control characters other than tab and line feed: systemd before 248 drops those.
    """
    values: dict[str, str] = {}
    text = whole(text)
    at = 0
    while at < len(text):
        char = text[at]
        if char in "#;":
            at = _comment(text, at)
        elif char in _WHITE:
            at += 1
        else:
            end = next((i for i in range(at, len(text)) if text[i] in "=\n\r"), len(text))
            if end == len(text) or text[end] != "=":
                at = end
                continue
            value, after = _value(text, end + 1)
            if _CONTROL.search(value):
                raise UnreadableError("a control character")
            values[text[at:end].rstrip(_WHITE)] = value
            at = after
    return values


def _comment(text: str, at: int) -> int:
    while at < len(text) and text[at] not in _LINE_END:
        at += 2 if text[at] == "\\" else 1
    return at


def _value(text: str, at: int) -> tuple[str, int]:
    out: list[str] = []
    kept = 0  # characters that trailing blanks do not reach
    begun = False  # blanks before a value, and quotes, count only until a bare character came
    while at < len(text) and text[at] not in _LINE_END:
        char = text[at]
        at += 1
        if char == "\\":
            begun = True
            if at < len(text) and text[at] not in _LINE_END:
                out.append(text[at])
            kept = len(out)
            at += 1
        elif not begun and char == "'":
            end = text.find("'", at)
            end = len(text) if end < 0 else end
            out.append(text[at:end])
            at = end + 1
            kept = len(out)
        elif not begun and char == '"':
            part, at = _double(text, at)
            out.append(part)
            kept = len(out)
        elif char not in _WHITE:
            begun = True
            out.append(char)
            kept = len(out)
        elif begun:
            out.append(char)
    return "".join(out[:kept]), at


def _double(text: str, at: int) -> tuple[str, int]:
    out: list[str] = []
    while at < len(text) and text[at] != '"':
        char = text[at]
        at += 1
        if char == "\\" and at < len(text):
            following = text[at]
            at += 1
            out.append(following if following in _ESCAPED else "" if following == "\n" else char + following)
        else:
            out.append(char)
    return "".join(out), at + 1
