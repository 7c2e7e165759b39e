"""The Redis serialisation protocol, versions 2 and 3, as a server reads and writes it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_BULK = 1 << 20
MAX_WORDS = 10_000


class RespError(Exception):
    """An error reply; its text begins with the code that clients look at (``ERR``, ``NOAUTH``)."""


class ProtocolError(Exception):
    """The client does not speak this protocol; the connection ends."""


@dataclass(frozen=True)
class NilArray:
    """The absence of an array: what ``BRPOP`` answers when nothing came."""


@dataclass(frozen=True)
class Push:
    """A message that no command asked for (publish/subscribe)."""

    items: Sequence[Reply]


@dataclass(frozen=True)
class ByStream:
    """Entries by stream: a map in RESP3, pairs in RESP2."""

    entries: Mapping[bytes, Reply]


Reply = str | bytes | int | None | Sequence["Reply"] | Mapping[str, "Reply"] | NilArray | Push | ByStream | RespError
"""``str`` is a simple string, ``bytes`` a bulk string."""


async def read_command(reader: asyncio.StreamReader) -> list[bytes]:
    """Read one command, an array of bulk strings or an inline line; raises ``ProtocolError``, and ``EOFError`` at the end."""
    line = await _line(reader)
    if not line.startswith(b"*"):
        return line.split()
    words = []
    for _ in range(_number(line, MAX_WORDS)):
        head = await _line(reader)
        if not head.startswith(b"$"):
            raise ProtocolError("Protocol error: expected '$'")
        length = _number(head, MAX_BULK)
        try:
            words.append((await reader.readexactly(length + 2))[:-2])
        except asyncio.IncompleteReadError:
            raise EOFError from None
    return words


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        line = await reader.readline()
    except ValueError:
        raise ProtocolError("Protocol error: too big inline request") from None
    if not line.endswith(b"\n"):
        raise EOFError
    return line.rstrip(b"\r\n")


def _number(line: bytes, limit: int) -> int:
    digits = line[1:]
    if not digits.isdigit() or int(digits) > limit:
        raise ProtocolError("Protocol error: invalid length")
    return int(digits)


def encode(reply: Reply, protocol: int) -> bytes:
    """Return a reply as the bytes of RESP version 2 or 3."""
    if isinstance(reply, RespError):
        return b"-%s\r\n" % str(reply).encode()
    if isinstance(reply, str):
        return b"+%s\r\n" % reply.encode()
    if isinstance(reply, bytes):
        return b"$%d\r\n%s\r\n" % (len(reply), reply)
    if isinstance(reply, int):
        return b":%d\r\n" % reply
    if reply is None:
        return b"_\r\n" if protocol == 3 else b"$-1\r\n"
    if isinstance(reply, NilArray):
        return b"_\r\n" if protocol == 3 else b"*-1\r\n"
    return _encode_many(reply, protocol)


def _encode_many(reply: Sequence[Reply] | Mapping[str, Reply] | Push | ByStream, protocol: int) -> bytes:
    if isinstance(reply, Push):
        return _head(b">" if protocol == 3 else b"*", len(reply.items)) + _all(reply.items, protocol)
    if isinstance(reply, ByStream):
        if protocol == 3:
            return _head(b"%", len(reply.entries)) + _all([x for pair in reply.entries.items() for x in pair], protocol)
        return encode([list(pair) for pair in reply.entries.items()], protocol)
    if isinstance(reply, Mapping):
        flat: list[Reply] = [x for key, value in reply.items() for x in (key.encode(), value)]
        return _head(b"%" if protocol == 3 else b"*", len(reply) if protocol == 3 else len(flat)) + _all(flat, protocol)
    return _head(b"*", len(reply)) + _all(reply, protocol)


def _head(sign: bytes, count: int) -> bytes:
    return b"%s%d\r\n" % (sign, count)


def _all(items: Sequence[Reply], protocol: int) -> bytes:
    return b"".join(encode(item, protocol) for item in items)
