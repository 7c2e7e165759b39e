"""MySQL and MariaDB: login, version, names, connections; nothing but SELECT and SHOW after the client's own SET NAMES."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pymysql
from pymysql.constants import CR, ER

from nbcluster.facts import OLDEST_DATABASES
from nbcluster.probe.database import grants, pooler
from nbcluster.probe.database.installation import ABSENT, stages
from nbcluster.probe.database.probe import DatabaseProbe, judge_connections, judge_encoding, judge_zone
from nbcluster.probe.faults import chain
from nbcluster.probe.findings import DeadlineReached, Finding, Stop, text, verdict
from nbcluster.probe.link import TlsSocket, judge_certificate, trust_of

_SECURE_TRANSPORT = 3159
_PROXY = re.compile("proxysql|maxscale|vitess", re.IGNORECASE)
_ACCOUNT = re.compile(r"for user '(.*?)'@'(.*?)' to database")

_UNKNOWN_TO_MYSQL2 = (b"dialog", b"mysql_old_password")


class _Session(pymysql.Connection):
    """A connection that does not send the password to what may only claim to be the server.

    What NocoBase's client does where this one stops: mysql2 answers ``mysql_clear_password`` without a question and does not know
    ``dialog`` (its lib/commands/auth_switch.js); it takes whatever key it is sent for that of the server
    (lib/auth_plugins/caching_sha2_password.js).
    """

    private = False
    _key: bytes | None = None

    @property
    def server_public_key(self) -> bytes | None:
        """The key that the password is encrypted with; raises ``Stop`` where anybody could have sent it."""
        if not self.private:
            raise Stop(verdict("database.login.method"))
        return self._key

    @server_public_key.setter
    def server_public_key(self, key: bytes | None) -> None:
        self._key = key

    def _process_auth(self, plugin_name: bytes, *rest: object) -> object:
        if not self.private and not self._secure:  # type: ignore[attr-defined]  # its types lack what is private
            if plugin_name == b"mysql_clear_password":
                raise Stop(verdict("database.login.clear"))
            if plugin_name in _UNKNOWN_TO_MYSQL2:
                raise Stop(verdict("database.login.unknown", method=plugin_name.decode()))
        return super()._process_auth(plugin_name, *rest)  # type: ignore[misc]  # its types lack what is private


class MysqlProbe(DatabaseProbe):
    """The stages of a MySQL or MariaDB endpoint."""

    language = "seen.mysql"
    session: pymysql.Connection | None = None
    _failure: BaseException | None = None
    _tried = False
    _pooled = False
    refusal = pymysql.err.MySQLError
    tables_query = (
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema = database()"
        " AND (table_name LIKE '%applicationversion' OR table_name LIKE '%application\\_version') ORDER BY 2 LIMIT 20"
    )

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return the methods by stage."""
        own = (self.reach, self.tls, self.login, self.version, self.rights, self.names, self.encoding, self.timezone)
        rest = (self.exposure, self.pooler, self.connections, self.installation, self.state)
        return {method.__name__: method for method in (*own, *rest)} | stages(self.ask, self.text)

    def _connect(self) -> None:
        if self._tried:
            return
        assert self.link is not None
        self._tried = True
        trust = None
        if self.flag("tls"):
            # mysql2 checks the authority, not the name, unless told otherwise.
            trust = trust_of(self.text("ca_file"), check_name=False)
        seconds = self.clock.left()
        session = _Session(
            host=self.host,
            port=self.port,
            user=self.text("user"),
            password=self.text("password"),
            database=self.text("name") or None,
            charset="utf8mb4",
            connect_timeout=max(1, int(seconds)),
            read_timeout=seconds,
            write_timeout=seconds,
            ssl=trust,
            ssl_disabled=trust is None,
            autocommit=None,
            local_infile=False,
            program_name="nbcluster",
            defer_connect=True,
        )
        session.private = self.private
        try:
            session.connect(self.link)
            self.session = session
        except (DeadlineReached, MemoryError):
            raise
        except Exception as fault:  # noqa: BLE001 - the stages for TLS and login judge what it means for them
            self._failure = fault

    def tls(self) -> Finding:
        """Log in over TLS and judge what became of the TLS part."""
        self._connect()
        if self._failure is not None:
            number = _number_of(self._failure)
            said = str(self._failure)
            if number == CR.CR_SSL_CONNECTION_ERROR or "doesn't support SSL" in said or "SSL is required" in said:
                return verdict("database.tls.off")
            if any(isinstance(link, OSError) for link in chain(self._failure)):
                raise self._failure
        socket = getattr(self.session, "_sock", None)
        return judge_certificate(socket) if isinstance(socket, TlsSocket) else verdict("tls.ok", protocol="TLS", until="?")

    def login(self) -> Finding:
        """Log in to the database."""
        self._connect()
        values = {"user": self.text("user"), "name": self.text("name")}
        if self._failure is None:
            return verdict("database.login.ok", **values)
        number, message = _number_of(self._failure), text(_message(self._failure), 250)
        if number == ER.ACCESS_DENIED_ERROR:
            return verdict("database.login.refused", **values)
        if number == ER.DBACCESS_DENIED_ERROR:
            return verdict("database.login.denied", **values, reason=message, command=self._grant(message))
        if (number == _SECURE_TRANSPORT or "insecure transport" in message) and not self.flag("tls"):
            return verdict("database.login.encryption", **values, reason=message)
        if number in (ER.HOST_NOT_PRIVILEGED, ER.HOST_IS_BLOCKED, _SECURE_TRANSPORT):
            return verdict("database.login.host", **values, reason=message)
        if number == ER.BAD_DB_ERROR:
            command = f"CREATE DATABASE {self.quoted(values['name'])} CHARACTER SET utf8mb4"
            return verdict("database.login.missing", **values, command=command)
        if number in (ER.CON_COUNT_ERROR, ER.TOO_MANY_USER_CONNECTIONS):
            return verdict("database.login.full", reason=message)
        if isinstance(self._failure, RuntimeError) and "cryptography" in message:
            return verdict("database.login.method", **values)
        raise self._failure

    def pooler(self) -> Finding:
        """Tell whether a proxy stands before the server: it names itself, or a thread other than the announced one serves."""
        assert self.session is not None
        rows = self.ask("SELECT CONNECTION_ID()")
        served = rows[0][0] if rows and rows[0] else None
        if not isinstance(served, int):
            return verdict("database.pooler.unasked")
        session: Any = self.session  # its types lack these two
        named = _PROXY.search(str(session.get_server_info())) is not None
        announced = 0 if named else int(session.thread_id())
        self._pooled = announced != served
        return pooler.judge(announced, served, None, self.number("connections"))

    def _grant(self, message: str) -> str:
        """Return the statement that admits the account, which a refusal names (MySQL, ``ER_DBACCESS_DENIED_ERROR``)."""
        named = _ACCOUNT.search(message)
        account = grants.account(f"{named[1]}@{named[2]}" if named else f"{self.text('user')}@%")
        return f"GRANT ALL ON {self.quoted(self.text('name'))}.* TO {account}"

    def judge(self, stage: str, fault: BaseException) -> Finding:
        """Return the verdict on an exception that ended a stage."""
        if isinstance(fault, pymysql.err.OperationalError) and _number_of(fault) == CR.CR_SERVER_LOST:
            fault = ConnectionError()
        elif self.session is not None and isinstance(fault, pymysql.err.MySQLError):
            message = text(_message(fault), 250)
            if _number_of(fault) == ER.NO_SUCH_TABLE and stage in ABSENT:
                return verdict(ABSENT[stage], reason=message)
            return verdict("database.query", reason=message)
        return super().judge(stage, fault)

    def ask(self, query: str, *values: str) -> tuple[tuple[object, ...], ...]:
        """Run one SELECT or SHOW and return its rows."""
        assert self.session is not None
        with self.session.cursor() as cursor:
            cursor.execute(query, values or None)
            return tuple(cursor.fetchall())

    def _variable(self, name: str, words: str = "VARIABLES") -> str:
        rows = self.ask(f"SHOW {words} LIKE %s", name)
        return text(rows[0][1], 80) if rows else ""

    def version(self) -> Finding:
        """Compare the version with what NocoBase starts with (nocobase.md §2.4)."""
        rows = self.ask("SELECT version()")
        shown = text(rows[0][0] if rows else "", 80).removeprefix("5.5.5-")
        product = "MariaDB" if "mariadb" in shown.lower() else "MySQL"
        numbers = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", shown)
        if not numbers:
            return verdict("database.version.unknown", version=shown)
        found = tuple(int(part or 0) for part in numbers.groups())
        if found < OLDEST_DATABASES[product]:
            return verdict(
                "database.version.old", product=product, version=shown, least=".".join(str(n) for n in OLDEST_DATABASES[product])
            )
        if product.lower() != self.text("dialect"):
            return verdict("database.version.dialect", product=product, version=shown, dialect=self.text("dialect"))
        return verdict("database.version.ok", product=product, version=shown)

    def rights(self) -> Finding:
        """Tell whether the user may make and change tables here, and whether the server may be written to."""
        if self._variable("read_only") == "ON":
            return verdict("database.rights.replica")
        granted = [str(row[0]) for row in self.ask("SHOW GRANTS")]
        name, lacking = self.text("name"), grants.missing(granted, self.text("name"))
        if not lacking:
            return verdict("database.rights.granted", name=name)
        values = {"user": self.text("user"), "name": name, "missing": ", ".join(lacking)}
        if found := grants.roles(granted):
            return verdict("database.rights.role", **values, roles=text(", ".join(found), 120))
        rows = self.ask("SELECT CURRENT_USER()")
        return verdict("database.rights.lacking", **values, account=text(grants.account(str(rows[0][0])), 120))

    def timezone(self) -> Finding:
        """Compare the offset of the server's clock with that of TZ."""
        rows = self.ask("SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW())")
        minutes = rows[0][0] if rows else None
        shown = self._variable("time_zone")
        return judge_zone(minutes if isinstance(minutes, int) else None, shown, self.text("timezone"))

    def names(self) -> Finding:
        """Tell how the server treats upper case in table names."""
        setting = self._variable("lower_case_table_names")
        if setting == "1" and not self.flag("underscored"):
            return verdict("database.names.lower") if "underscored" in self.params else verdict("database.names.perhaps")
        return verdict("database.names.ok", setting=setting or "?")

    def encoding(self) -> Finding:
        """Tell whether every character can be stored; utf8 alone means three bytes a character here."""
        found = self._variable("character_set_database")
        return judge_encoding(found, found == "utf8mb4", "utf8mb4", self._variable("collation_database"))

    def connections(self) -> Finding:
        """Compare the connections that the cluster may open with those that the server has."""
        if self._pooled:
            return verdict("database.connections.pooler", needed=self.number("connections"))
        limit, used = self._variable("max_connections"), self._variable("Threads_connected", "STATUS")
        if not limit.isdecimal():
            raise Stop(verdict("database.query", reason="max_connections"))
        available, by = int(limit), "max_connections"
        own = self._variable("max_user_connections")
        if own.isdecimal() and 0 < int(own) < available:
            available, by = int(own), "max_user_connections"
        return judge_connections(self.number("connections"), available, int(used) if used.isdecimal() else 0, by)

    def quoted(self, name: str) -> str:
        """Return a name as it is written in a statement."""
        return "`" + name.replace("`", "``") + "`"

    def close(self) -> None:
        if self.session is not None:
            self.session.close()
        super().close()


def _number_of(fault: BaseException) -> int:
    return fault.args[0] if fault.args and isinstance(fault.args[0], int) else 0


def _message(fault: BaseException) -> str:
    return str(fault.args[1]) if len(fault.args) > 1 else str(fault)
