"""The bodies of PostgreSQL's messages (manual, "Message Formats")."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from nbcluster.demo.sql import Cell, Result

_OIDS: dict[type, tuple[int, int]] = {bool: (16, 1), int: (20, 8), str: (25, -1)}
"""Type number and size by Python type: bool, int8, text."""


def cstring(value: str) -> bytes:
    """Return a text with the zero byte that ends it."""
    return value.encode() + b"\0"


def row_description(result: Result) -> bytes:
    """Return the columns; their types are those of the first values."""
    fields = b""
    for place, name in enumerate(result.columns):
        kinds = [type(row[place]) for row in result.rows if row[place] is not None]
        oid, size = _OIDS[kinds[0] if kinds else result.kinds[place] if result.kinds else str]
        fields += cstring(name) + struct.pack(">ihihih", 0, 0, oid, size, -1, 0)
    return struct.pack(">h", len(result.columns)) + fields


def data_row(row: Sequence[Cell]) -> bytes:
    """Return a row in text form."""
    return struct.pack(">h", len(row)) + b"".join(_cell(cell) for cell in row)


def _cell(cell: Cell) -> bytes:
    if cell is None:
        return struct.pack(">i", -1)
    data = (("t" if cell else "f") if isinstance(cell, bool) else str(cell)).encode()
    return struct.pack(">i", len(data)) + data


def binding(body: bytes) -> tuple[str, str, list[str | None]]:
    """Read a Bind message: names of portal and statement, and the values in text form."""
    portal, statement, rest = body.split(b"\0", 2)
    formats = struct.unpack_from(">h", rest)[0]
    at = 2 + 2 * formats
    count = struct.unpack_from(">h", rest, at)[0]
    at += 2
    values: list[str | None] = []
    for _ in range(count):
        length = struct.unpack_from(">i", rest, at)[0]
        at += 4
        values.append(None if length < 0 else rest[at : at + length].decode("utf-8", "replace"))
        at += max(0, length)
    return portal.decode(), statement.decode(), values
