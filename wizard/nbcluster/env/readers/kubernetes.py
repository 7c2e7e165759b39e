"""The ``stringData`` of a Kubernetes Secret: one double-quoted scalar per variable, read alike as YAML 1.2 and as JSON."""

from __future__ import annotations

import json

from nbcluster.env.readers.model import UnreadableError, whole


def quote(value: str) -> str:
    """Return a value as a double-quoted scalar; what YAML does not print is escaped (YAML 1.2.2 §5.1, §5.7)."""
    return '"' + "".join(_sign(char) for char in value) + '"'


def _sign(char: str) -> str:
    code = ord(char)
    if char in '"\\':
        return f"\\{char}"
    if char == "\n":
        return "\\n"
    if (
        code < 0x20
        or 0x7F <= code < 0xA0
        or code in (0x2028, 0x2029, 0xFEFF)
        or 0xD800 <= code < 0xE000
        or 0xFFFE <= code <= 0xFFFF
    ):
        return f"\\u{code:04x}"
    return char


def read_stringdata(text: str) -> dict[str, str]:
    """Return the entries ``NAME: "value"``, one a line; raises ``UnreadableError`` for any other line."""
    values: dict[str, str] = {}
    for line in whole(text).split("\n"):
        name, colon, scalar = line.strip(" ").partition(": ")
        if not name or name.startswith("#"):
            continue
        try:
            value = json.loads(scalar) if colon else None
        except ValueError:
            value = None
        if not isinstance(value, str):
            raise UnreadableError("no quoted scalar")
        values[name] = whole(value)
    return values
