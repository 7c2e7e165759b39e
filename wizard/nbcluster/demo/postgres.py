"""A simulated PostgreSQL: protocol 3.0 with SCRAM-SHA-256 logins, simple and extended queries."""

from __future__ import annotations

import asyncio
import contextlib
import re
import struct
from dataclasses import dataclass, field

from nbcluster.demo.postgres_wire import binding, cstring, data_row, row_description
from nbcluster.demo.scram import ScramError, ScramServer
from nbcluster.demo.sql import Result, SqlError, SqlSession, SqlSettings, execute

_SSL, _GSS, _CANCEL, _PROTOCOL = 80877103, 80877104, 80877102, 196608
_MAX_MESSAGE = 1 << 20
_REPORTED = (
    "client_encoding",
    "DateStyle",
    "integer_datetimes",
    "server_encoding",
    "server_version",
    "standard_conforming_strings",
    "TimeZone",
)


class PostgresServer:
    """A simulated PostgreSQL; ``received`` holds every statement it got."""

    def __init__(self, settings: SqlSettings | None = None) -> None:
        self.settings = settings or SqlSettings()
        self.received: list[str] = []
        self._server: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen and return the port."""
        self._server = await asyncio.start_server(self._connected, host, port)
        chosen: int = self._server.sockets[0].getsockname()[1]
        return chosen

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Connection(self, reader, writer).serve()
        except (EOFError, ConnectionError):
            pass  # the client left
        finally:
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            writer.close()


@dataclass
class _Prepared:
    """A prepared statement, and the portal that its last binding made."""

    statement: str
    parameters: int
    values: list[str | None] = field(default_factory=list)


class _Connection:
    """One client's connection."""

    def __init__(self, server: PostgresServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._prepared: dict[str, _Prepared] = {}
        self._portals: dict[str, _Prepared] = {}
        self._session = SqlSession(server.settings, "", "")

    async def serve(self) -> None:
        """Talk until the client leaves or is refused."""
        try:
            if not await self._log_in():
                return
        except SqlError as error:
            self._error(error, "FATAL")
            return
        skipping = False
        while True:
            kind, body = await self._message()
            if kind == b"X":
                return
            if kind == b"S":
                skipping = False
                self._ready()
            elif not skipping:
                try:
                    self._on(kind, body)
                except SqlError as error:
                    self._failed(error)
                    skipping = kind != b"Q"
                if kind == b"Q":
                    self._ready()
            await self._writer.drain()

    async def _log_in(self) -> bool:
        while True:
            length, code = struct.unpack(">ii", await self._exactly(8))
            body = await self._exactly(min(max(length - 8, 0), 10_000))
            if code not in (_SSL, _GSS):
                break
            self._writer.write(b"N")
        if code != _PROTOCOL:
            if code != _CANCEL:
                raise SqlError("08P01", "unsupported frontend protocol")
            return False
        words = [word.decode("utf-8", "replace") for word in body.split(b"\0")]
        given = dict(zip(words[::2], words[1::2], strict=False))
        user = given.get("user", "")
        await self._authenticate(user)
        database = given.get("database") or user
        if database not in self._server.settings.databases:
            raise SqlError("3D000", f'database "{database}" does not exist')
        self._session = SqlSession(self._server.settings, user, database)
        self._send(b"R", struct.pack(">i", 0))
        for name in _REPORTED:
            self._send(b"S", cstring(name) + cstring(self._session.parameter(name)))
        self._send(b"K", struct.pack(">ii", 1, 1))
        self._ready()
        return True

    async def _authenticate(self, user: str) -> None:
        login = ScramServer(self._server.settings.users.get(user))
        self._send(b"R", struct.pack(">i", 10) + cstring("SCRAM-SHA-256") + b"\0")
        try:
            mechanism, _, rest = (await self._password()).partition(b"\0")
            if mechanism != b"SCRAM-SHA-256":
                raise ScramError("another mechanism")
            self._send(b"R", struct.pack(">i", 11) + login.first(rest[4:].decode()).encode())
            final = login.final((await self._password()).decode())
            self._send(b"R", struct.pack(">i", 12) + final.encode())
        except (ScramError, UnicodeDecodeError):
            raise SqlError("28P01", f'password authentication failed for user "{user}"') from None

    async def _password(self) -> bytes:
        await self._writer.drain()
        kind, body = await self._message()
        if kind != b"p":
            raise EOFError
        return body

    def _on(self, kind: bytes, body: bytes) -> None:
        if kind == b"Q":
            self._simple(body.rstrip(b"\0").decode("utf-8", "replace"))
        elif kind == b"P":
            name, statement = (part.decode("utf-8", "replace") for part in body.split(b"\0")[:2])
            places = [int(number) for number in re.findall(r"\$(\d+)", statement)]
            self._prepared[name] = _Prepared(statement, max(places, default=0))
            self._send(b"1")
        elif kind == b"B":
            portal, name, values = binding(body)
            prepared = self._found(self._prepared, name)
            self._portals[portal] = _Prepared(prepared.statement, prepared.parameters, values)
            self._send(b"2")
        elif kind == b"D":
            self._describe(body[:1], body[1:].rstrip(b"\0").decode())
        elif kind == b"E":
            portal = body.partition(b"\0")[0].decode()
            bound = self._found(self._portals, portal)
            self._server.received.append(bound.statement)
            self._rows(execute(self._session, bound.statement, bound.values))
        elif kind == b"C":
            (self._prepared if body[:1] == b"S" else self._portals).pop(body[1:].rstrip(b"\0").decode(), None)
            self._send(b"3")
        elif kind != b"H":
            raise SqlError("08P01", f"invalid frontend message type {kind[0]}")

    def _simple(self, text: str) -> None:
        statements = [statement for statement in text.split(";") if statement.strip()]
        if not statements:
            self._send(b"I")
        for statement in statements:
            self._server.received.append(statement)
            result = execute(self._session, statement)
            if result.columns:
                self._columns(result)
            self._rows(result)

    def _describe(self, kind: bytes, name: str) -> None:
        described = self._found(self._prepared if kind == b"S" else self._portals, name)
        if kind == b"S":
            self._send(b"t", struct.pack(">h", described.parameters) + struct.pack(">i", 25) * described.parameters)
        status = self._session.status
        result = execute(self._session, described.statement, described.values)
        self._session.status = status  # describing BEGIN begins nothing
        if result.columns:
            self._columns(result)
        else:
            self._send(b"n")

    def _found(self, where: dict[str, _Prepared], name: str) -> _Prepared:
        if name not in where:
            raise SqlError("26000", f'prepared statement "{name}" does not exist')
        return where[name]

    def _columns(self, result: Result) -> None:
        self._send(b"T", row_description(result))

    def _rows(self, result: Result) -> None:
        for row in result.rows:
            self._send(b"D", data_row(row))
        self._send(b"C", cstring(result.tag))

    def _failed(self, error: SqlError) -> None:
        if self._session.status == "T":
            self._session.status = "E"
        self._error(error, "ERROR")

    def _error(self, error: SqlError, severity: str) -> None:
        fields = {"S": severity, "V": severity, "C": error.state, "M": str(error)}
        self._send(b"E", b"".join(key.encode() + cstring(value) for key, value in fields.items()) + b"\0")

    def _ready(self) -> None:
        self._send(b"Z", self._session.status.encode())

    def _send(self, kind: bytes, body: bytes = b"") -> None:
        self._writer.write(kind + struct.pack(">i", len(body) + 4) + body)

    async def _message(self) -> tuple[bytes, bytes]:
        kind, length = struct.unpack(">ci", await self._exactly(5))
        if not 4 <= length <= _MAX_MESSAGE:
            raise EOFError
        return kind, await self._exactly(length - 4)

    async def _exactly(self, count: int) -> bytes:
        try:
            return await self._reader.readexactly(count)
        except asyncio.IncompleteReadError:
            raise EOFError from None
