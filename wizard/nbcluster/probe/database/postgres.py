"""PostgreSQL and KingbaseES: login, version, rights, connections; nothing but SELECT and SHOW."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

import pg8000.native

from nbcluster.facts import OLDEST_DATABASES
from nbcluster.probe.database import pooler
from nbcluster.probe.database.installation import ABSENT, stages
from nbcluster.probe.database.probe import DatabaseProbe, judge_connections, judge_encoding, judge_zone
from nbcluster.probe.findings import Finding, Stop, text, verdict
from nbcluster.probe.link import Link, connect, encrypt, judge_certificate

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_NO_TABLE = "42P01"
"""undefined_table (PostgreSQL, Appendix A)."""

_CLEAR_PASSWORD = struct.pack("!i", 3)
"""What follows ``R`` in AuthenticationCleartextPassword (PostgreSQL, Frontend/Backend Protocol, Message Formats)."""


class _Session(pg8000.native.Connection):  # type: ignore[misc]  # pg8000 publishes no types
    """A connection that never sends a password in clear text."""

    def __init__(self, user: str, *, private: bool, **settings: object) -> None:
        self._private = private
        super().__init__(user, **settings)

    process = 0
    """The process that was announced for this connection."""

    def handle_BACKEND_KEY_DATA(self, data: bytes, context: object) -> None:  # noqa: N802 - pg8000's own name
        """Keep what a server tells of the process that serves."""
        (self.process,) = struct.unpack_from("!i", data)
        super().handle_BACKEND_KEY_DATA(data, context)

    def handle_AUTHENTICATION_REQUEST(self, data: bytes, context: object) -> None:  # noqa: N802 - pg8000's own name
        """Answer what the server wants to know of the user; raises ``Stop`` where that is the password itself."""
        if data[:4] == _CLEAR_PASSWORD and not self._private:
            raise Stop(verdict("database.login.clear"))
        super().handle_AUTHENTICATION_REQUEST(data, context)


class PostgresProbe(DatabaseProbe):
    """The stages of a PostgreSQL endpoint."""

    session: _Session | None = None
    _other: _Session | None = None
    _console: _Session | None = None
    _pooled = False
    has_schemas = True
    refusal = pg8000.native.DatabaseError
    tables_query = (
        "SELECT table_schema, table_name FROM information_schema.tables"
        " WHERE table_name LIKE '%applicationVersion' OR table_name LIKE '%application\\_version' ORDER BY 1, 2 LIMIT 20"
    )

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        own = (
            self.reach,
            self.tls,
            self.login,
            self.exposure,
            self.pooler,
            self.version,
            self.rights,
            self.encoding,
            self.timezone,
        )
        return {method.__name__: method for method in (*own, self.connections, self.installation, self.state)} | stages(
            self.ask, self.text
        )

    def tls(self) -> Finding:
        """Ask for TLS in the protocol's own way, then start it."""
        assert self.link is not None
        trust = self.trust()
        self.link.sendall(_SSL_REQUEST)
        answer = self.link.recv(1)
        if answer == b"N":
            return verdict("database.tls.off")
        if not answer:
            raise ConnectionError
        if answer != b"S":
            raise ValueError
        self.link = secured = encrypt(self.link, self.host, trust)
        return judge_certificate(secured)

    def login(self) -> Finding:
        """Log in to the database."""
        assert self.link is not None
        user, name = self.text("user"), self.text("name")
        try:
            self.session = self._log_in(self.link, name)
        except pg8000.native.DatabaseError as fault:
            return self._refused(fault)
        return verdict("database.login.ok", user=user, name=name)

    def _log_in(self, link: Link, name: str) -> _Session:
        return _Session(
            self.text("user"),
            private=self.private,
            host=self.host,
            database=name or None,
            port=self.port,
            password=self.text("password"),
            timeout=self.clock.left(),
            application_name="nbcluster",
            ssl_context=False,
            sock=link,
        )

    def pooler(self) -> Finding:
        """Tell whether a pooler is in front of the server (nocobase.md §19 #8)."""
        assert self.session is not None
        served, announced = _number(self._one("SELECT pg_backend_pid()")), self.session.process
        if served is None or not announced:
            return verdict("database.pooler.unasked")
        second = None if announced == served else self._second()
        self._pooled = announced != served
        return pooler.judge(announced, served, second, self.number("connections"))

    def _second(self) -> int | None:
        """Return the process that serves a connection beside the first; None where there is none."""
        try:
            self._other = self._beside(self.text("name"))
            rows = self._other.run("SELECT pg_backend_pid()")
        except (OSError, pg8000.native.DatabaseError, pg8000.native.InterfaceError):
            return None
        return _number(rows[0][0]) if rows else None

    def _beside(self, name: str) -> _Session:
        """Log in to a database over a connection of its own. Raises ``OSError`` and what pg8000 raises."""
        link: Link = connect(self.host, self.port, self.clock)
        if self.flag("tls"):
            link.sendall(_SSL_REQUEST)
            if link.recv(1) != b"S":
                link.close()
                raise ConnectionError
            link = encrypt(link, self.host, self.trust())
        return self._log_in(link, name)

    def _pool_limits(self) -> Finding:
        """Ask pgbouncer's own console for its limits, where it admits this user."""
        try:
            self._console = console = self._beside(pooler.CONSOLE)
            config, databases, pools = (_rows(console, question) for question in (pooler.CONFIG, pooler.DATABASES, pooler.POOLS))
        except (OSError, pg8000.native.DatabaseError, pg8000.native.InterfaceError):
            return verdict("database.connections.pooler", needed=self.number("connections"))
        return pooler.judge_limits(self.text("name"), self.number("connections"), config, databases, pools)

    def _refused(self, fault: pg8000.native.DatabaseError) -> Finding:
        state, message = _details(fault)
        values = {"user": self.text("user"), "name": self.text("name")}
        if state == "28P01":
            return verdict("database.login.refused", **values)
        if "no encryption" in message and not self.flag("tls"):
            return verdict("database.login.encryption", **values, reason=message)
        if "pg_hba" in message or "no encryption" in message:
            return verdict("database.login.host", **values, reason=message)
        if state in ("28000", "42501"):
            command = f"GRANT ALL ON DATABASE {self.quoted(values['name'])} TO {self.quoted(values['user'])}"
            return verdict("database.login.denied", **values, reason=message, command=command)
        if state == "3D000":
            name, owner = self.quoted(values["name"]), self.quoted(values["user"])
            command = f"CREATE DATABASE {name} OWNER {owner} ENCODING 'UTF8' TEMPLATE template0"
            return verdict("database.login.missing", **values, command=command)
        if state == "53300":
            return verdict("database.login.full", reason=message)
        if state in ("57P03", "57P02", "57P01"):
            return verdict("database.login.starting", reason=message)
        return verdict("database.login.other", reason=message)

    def judge(self, stage: str, fault: BaseException) -> Finding:
        """Return the verdict on an exception that ended a stage."""
        if isinstance(fault, pg8000.native.DatabaseError):
            state, message = _details(fault)
            if state == _NO_TABLE and stage in ABSENT:
                return verdict(ABSENT[stage], reason=message)
            return verdict("database.query", reason=message)
        if isinstance(fault, pg8000.native.InterfaceError) and "network error" in str(fault) and fault.__cause__ is None:
            fault = ConnectionError()
        return super().judge(stage, fault)

    def ask(self, query: str, **values: str) -> list[list[object]]:
        """Run one SELECT or SHOW and return its rows."""
        assert self.session is not None
        rows: list[list[object]] = self.session.run(query, **values) or []
        return rows

    def _may_ask(self, query: str, **values: str) -> list[list[object]]:
        """Run a query on tables that servers like PostgreSQL may lack; returns no rows then."""
        try:
            return self.ask(query, **values)
        except pg8000.native.DatabaseError:
            return []

    def _one(self, query: str, **values: str) -> object:
        rows = self.ask(query, **values)
        return rows[0][0] if rows and rows[0] else None

    def version(self) -> Finding:
        """Compare the version with what NocoBase starts with (nocobase.md §2.4)."""
        if self.text("dialect") == "kingbase":
            return verdict("database.version.kingbase", version=text(self._one("SELECT version()"), 80))
        version = text(self._one("SHOW server_version"), 60)
        number = re.match(r"(\d+)", version)
        if not number:
            return verdict("database.version.unknown", version=version)
        (least,) = OLDEST_DATABASES["PostgreSQL"]
        if int(number[1]) < least:
            return verdict("database.version.old", product="PostgreSQL", version=version, least=str(least))
        return verdict("database.version.ok", product="PostgreSQL", version=version)

    def rights(self) -> Finding:
        """Tell whether the user may create tables on this server."""
        if self._one("SELECT pg_is_in_recovery()"):
            return verdict("database.rights.replica")
        if self._one("SHOW default_transaction_read_only") == "on":
            return verdict("database.rights.read_only", user=self.text("user"), name=self.text("name"))
        schema, user = self.text("schema") or "public", self.text("user")
        if not self.ask("SELECT 1 FROM pg_namespace WHERE nspname = :schema", schema=schema):
            if self._one("SELECT has_database_privilege(current_database(), 'CREATE')"):
                return verdict("database.rights.schema_to_come", schema=schema)
            return verdict("database.rights.no_schema", schema=schema, user=user, name=self.text("name"))
        if not self._one("SELECT has_schema_privilege(:schema, 'CREATE')", schema=schema):
            return verdict("database.rights.denied", schema=schema, user=user)
        query = (
            "SELECT tableowner, count(*) FROM pg_tables WHERE schemaname = :schema"
            " AND NOT pg_has_role(tableowner, 'USAGE') GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
        )
        if foreign := self._may_ask(query, schema=schema):
            owner, count = text(foreign[0][0], 63), text(foreign[0][1], 12)
            return verdict("database.rights.foreign", schema=schema, user=user, owner=owner, count=count)
        return verdict("database.rights.ok", schema=schema)

    def timezone(self) -> Finding:
        """Compare the offset of the server's clock with that of TZ."""
        seconds = self._one("SELECT date_part('timezone', now())::int")
        shown = text(self._one("SHOW TimeZone"), 60)
        return judge_zone(seconds // 60 if isinstance(seconds, int) else None, shown, self.text("timezone"))

    def encoding(self) -> Finding:
        """Tell whether every character can be stored."""
        found = text(self._one("SHOW server_encoding"), 40)
        collated = self._may_ask("SELECT datcollate FROM pg_database WHERE datname = current_database()")
        collation = text(collated[0][0], 60) if collated else "?"
        return judge_encoding(found, found.upper() in ("UTF8", "UNICODE"), "UTF8", collation)

    def connections(self) -> Finding:
        """Compare the connections that the cluster may open with those that the server has."""
        if self._pooled:
            return self._pool_limits()
        limit = _number(self._one("SHOW max_connections"))
        if limit is None:
            raise Stop(verdict("database.query", reason="max_connections"))
        reserved = _number(self._one("SHOW superuser_reserved_connections")) or 0
        used = _number(self._one("SELECT count(*) FROM pg_stat_activity")) or 0
        available, by = limit - reserved, "max_connections"
        query = (
            "SELECT rolconnlimit, datconnlimit FROM pg_roles, pg_database"
            " WHERE rolname = current_user AND NOT rolsuper AND datname = current_database()"
        )
        # no row: a superuser is exempt from both
        limits = (self._may_ask(query) or [[-1, -1]])[0]
        for own, kind in zip(limits, ("ROLE", "DATABASE"), strict=True):
            if isinstance(own, int) and 0 <= own < available:
                available, by = own, f"ALTER {kind} ... CONNECTION LIMIT"
        return judge_connections(self.number("connections"), available, used, by)

    def quoted(self, name: str) -> str:
        """Return a name as it is written in a statement."""
        return '"' + name.replace('"', '""') + '"'

    def close(self) -> None:
        for session in (self._console, self._other, self.session):
            if session is not None:
                session.close()
        super().close()


def _details(fault: BaseException) -> tuple[str, str]:
    fields = fault.args[0] if fault.args and isinstance(fault.args[0], dict) else {}
    return str(fields.get("C", "")), text(fields.get("M", str(fault)), 250)


def _rows(session: _Session, question: str) -> list[dict[str, str]]:
    rows = session.run(question) or []
    names = [str(column["name"]) for column in session.columns or ()]
    return [{name: "" if value is None else text(value, 80) for name, value in zip(names, row, strict=True)} for row in rows]


def _number(value: object) -> int | None:
    digits = str(value)
    return int(digits) if digits.isdecimal() else None
