"""The grammar of npm dotenv 16.4.5 (nocobase.md §3): one expression finds assignments, everything else in the file is ignored.

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
_BREAK = r"\n\r\u2028\u2029"
_START, _END = rf"(?:(?<=[{_BREAK}])|(?<![\s\S]))", rf"(?=[{_BREAK}]|\Z)"
_QUOTED = "|".join(rf"{q}(?:[^{q}\\]++|\\{q}?)*{q}" for q in ("'", '"', "`"))
# The same language as dotenv's expression, in linear time: what cannot help is never tried again (possessive ``++`` and ``*+``), and a line
# that is no assignment is consumed as ``rest`` instead of being looked at from each of the blank lines above it.
_LINE = re.compile(
    rf"{_START}{_SPACE}*+(?:(?:(?P<export>export){_SPACE}++(?=[A-Za-z0-9_.-]))?(?P<name>[A-Za-z0-9_.-]++)(?P<sign>{_SPACE}*+=|:{_SPACE})"
    rf"(?P<value>{_SPACE}*+(?:{_QUOTED})|[^#\r\n]++)?{_SPACE}*(?:\#[^{_BREAK}]*+)?{_END}|(?P<rest>[^{_BREAK}]*+))"
)
_FIRST = re.compile(rf"{_START}(?=(['\"`]))")
_LAST = {quote: re.compile(rf"{quote}{_END}") for quote in ("'", '"', "`")}


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment as it stands in a text, from ``start`` (its ``export`` or name) to ``end`` (its value, or its sign without one).

    Both are offsets; ``line`` counts from 1.
    """

    name: str
    value: str
    start: int
    end: int
    line: int
    exported: bool


def assignments(text: str) -> Iterator[Assignment]:
    """Yield every assignment that npm dotenv finds, in order; of duplicates the last one holds. Takes linear time for any text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    line, counted = 1, 0
    for match in _LINE.finditer(text):
        name = match["name"]
        if name is None:
            continue
        at = match.start("name")
        line, counted = line + text.count("\n", counted, at), at
        raw, exported = match["value"] or "", match["export"] is not None
        yield Assignment(
            name=name,
            value=_value(raw),
            start=match.start("export") if exported else at,
            end=at + len(f"{name}{match['sign']}{raw}".rstrip(_TRIMMED)),
            line=line,
            exported=exported,
        )


def read_dotenv(text: str) -> dict[str, str]:
    """Return the variables of an env file as npm dotenv 16.4.5 reads them."""
    return {found.name: found.value for found in assignments(text)}


def _value(raw: str) -> str:
    value = raw.strip(_TRIMMED)
    quote = value[:1]
    value = _unquoted(value)
    if quote == '"':
        value = value.replace("\\n", "\n").replace("\\r", "\r")
    return value


def _unquoted(value: str) -> str:
    """Return a value without the quotes around it: from the first quote of a line to the last one of its kind that ends a line."""
    if value[:1] in _LAST and value[-1:] == value[:1] and len(value) > 1:
        return value[1:-1]
    if "\u2028" not in value and "\u2029" not in value:
        return value
    last = {quote: max((found.start() for found in ends.finditer(value)), default=-1) for quote, ends in _LAST.items()}
    out, at = [], 0
    for found in _FIRST.finditer(value):
        begin, end = found.start(), last[found[1]]
        if at <= begin < end:
            out += [value[at:begin], value[begin + 1 : end]]
            at = end + 1
    return "".join((*out, value[at:]))
