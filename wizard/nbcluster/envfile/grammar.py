"""The grammar of npm dotenv 16.4.5 (nocobase.md §3): one expression finds assignments, whatever else stands in the file is passed over.

Differences to Python's readers that matter: an unquoted value ends at the first ``#`` anywhere, quotes count only around the whole value,
a backslash escapes nothing, ``$`` expands nothing, and only ``\\n`` and ``\\r`` inside double quotes become line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# JavaScript's \s and trim() also take U+FEFF and not U+001C..U+001F, U+0085: spelled out, because Python's \s differs.
_SPACE = r"[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
_TRIMMED = "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
_START, _END = r"(?:(?<=[\n\r\u2028\u2029])|(?<![\s\S]))", r"(?=[\n\r\u2028\u2029]|\Z)"
_LINE = re.compile(
    rf"{_START}{_SPACE}*(?:export{_SPACE}+)?([A-Za-z0-9_.-]+)({_SPACE}*={_SPACE}*?|:{_SPACE}+?)"
    rf"({_SPACE}*'(?:\\'|[^'])*'|{_SPACE}*\"(?:\\\"|[^\"])*\"|{_SPACE}*`(?:\\`|[^`])*`|[^#\r\n]+)?"
    rf"{_SPACE}*(?:\#[^\n\r\u2028\u2029]*)?{_END}"
)
_QUOTED = re.compile(rf"{_START}(['\"`])([\s\S]*)\1{_END}")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment as it stands in a text; ``start`` and ``end`` are the offsets of name to end of value, ``line`` counts from 1."""

    name: str
    value: str
    start: int
    end: int
    line: int
    exported: bool


def assignments(text: str) -> Iterator[Assignment]:
    """Yield every assignment that npm dotenv finds, in order; of duplicates the last one holds."""
    text = re.sub(r"\r\n?", "\n", text)
    for match in _LINE.finditer(text):
        raw = match.group(3) or ""
        head = text[match.start() : match.start(1)]
        exported = "export" in head
        yield Assignment(
            name=match.group(1),
            value=_value(raw),
            start=match.start() + head.index("export") if exported else match.start(1),
            end=match.end(2) + len(raw.rstrip(_TRIMMED)),
            line=text.count("\n", 0, match.start(1)) + 1,
            exported=exported,
        )


def read_dotenv(text: str) -> dict[str, str]:
    """Return the variables of an env file as npm dotenv 16.4.5 reads them."""
    return {found.name: found.value for found in assignments(text)}


def _value(raw: str) -> str:
    value = raw.strip(_TRIMMED)
    quote = value[:1]
    value = _QUOTED.sub(r"\2", value)
    if quote == '"':
        value = value.replace("\\n", "\n").replace("\\r", "\r")
    return value
