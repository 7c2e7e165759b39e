"""What the simulated PostgreSQL answers: the statements on an empty database that only read, and a refusal of everything that writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Cell = str | int | bool | None


class SqlError(Exception):
    """An error reply with its SQLSTATE (PostgreSQL, appendix A)."""

    def __init__(self, state: str, text: str) -> None:
        super().__init__(text)
        self.state = state


@dataclass(frozen=True)
class SqlSettings:
    """What the server says of itself and whom it admits; ``connections`` are those in use."""

    version: str = "16.4"
    users: Mapping[str, str] = field(default_factory=dict)
    databases: frozenset[str] = frozenset({"postgres"})
    max_connections: int = 100
    connections: int = 6
    in_recovery: bool = False
    may_create: bool = True

    def _number(self) -> int:
        """Return the version as one number: two parts since 10, three before."""
        parts = [int(part) for part in self.version.split(".")]
        return parts[0] * 10000 + (parts[1] * 100 + parts[2] if len(parts) == 3 else sum(parts[1:]))

    def parameters(self) -> dict[str, str]:
        """Return the settings that SHOW and current_setting know."""
        return {
            "client_encoding": "UTF8",
            "datestyle": "ISO, MDY",
            "default_transaction_read_only": "off",
            "integer_datetimes": "on",
            "lc_collate": "en_US.UTF-8",
            "max_connections": str(self.max_connections),
            "reserved_connections": "0",
            "search_path": '"$user", public',
            "server_encoding": "UTF8",
            "server_version": self.version,
            "server_version_num": str(self._number()),
            "ssl": "off",
            "standard_conforming_strings": "on",
            "statement_timeout": "0",
            "superuser_reserved_connections": "3",
            "timezone": "Etc/UTC",
            "transaction_read_only": "on" if self.in_recovery else "off",
        }


@dataclass(frozen=True)
class Result:
    """Columns and rows, and the tag with which the command is said to be done; ``kinds`` are the types of columns without a value."""

    tag: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    kinds: tuple[type, ...] = ()


@dataclass
class SqlSession:
    """One client's session: who it is, where, and what it has set."""

    settings: SqlSettings
    user: str
    database: str
    own: dict[str, str] = field(default_factory=dict)
    status: str = "I"

    def parameter(self, name: str) -> str:
        """Return a setting; an unknown one raises ``SqlError``."""
        known = {**self.settings.parameters(), **self.own}
        if name.lower() not in known:
            raise SqlError("42704", f'unrecognized configuration parameter "{name}"')
        return known[name.lower()]


_WRITES = re.compile(
    r"(?i)(insert|update|delete|create|alter|drop|truncate|grant|revoke|copy|merge|comment|vacuum|lock|do|call)\b"
)
_SCHEMAS = ("public", "pg_catalog", "information_schema")
_FUNCTION = re.compile(r"(?is)(?:pg_catalog\.)?([a-z_]+)\s*\((.*)\)")
_SELECT = re.compile(r"(?is)select\s+(.*)")
_TAGS = {
    "begin": "BEGIN",
    "start": "START TRANSACTION",
    "commit": "COMMIT",
    "end": "COMMIT",
    "rollback": "ROLLBACK",
    "abort": "ROLLBACK",
}


def execute(session: SqlSession, statement: str, values: Sequence[str | None] = ()) -> Result:
    """Answer one statement; what is not in the table or would write raises ``SqlError``."""
    statement = " ".join(re.sub(r"--[^\n]*|/\*.*?\*/", " ", statement, flags=re.DOTALL).split()).rstrip("; ")
    word = statement.partition(" ")[0].lower()
    if word in _TAGS:
        session.status = "T" if word in ("begin", "start") else "I"
        return Result(_TAGS[word])
    if session.status == "E":
        raise SqlError("25P02", "current transaction is aborted, commands ignored until end of transaction block")
    if _WRITES.match(statement):
        raise SqlError("25006", f"cannot execute {word.upper()} in a read-only transaction")
    if word in ("set", "reset"):
        match = re.fullmatch(r"(?i)set (?:session |local )?(\w+) ?(?:=|to) ?'?(.*?)'?", statement)
        if match is not None:
            session.own[match[1].lower()] = match[2]
        return Result(word.upper())
    if word == "show":
        name = statement[5:].strip()
        return Result("SHOW", (name,), ((session.parameter(name),),))
    return _select(session, statement, values)


def _select(session: SqlSession, statement: str, values: Sequence[str | None]) -> Result:
    match = _SELECT.fullmatch(statement)
    if match is None:
        raise SqlError("42601", f'syntax error at or near "{statement[:20]}"')
    wanted, _, source = re.sub(r"(?i)\bfrom\b", "\0", match[1], count=1).partition("\0")
    items = [_aliased(item) for item in _split(wanted.strip())]
    columns = tuple(name for _expression, name in items)
    if source:
        found = _rows(session, source.strip(), values)
        columns = tuple(item if item.isidentifier() else name for item, name in items)
        kinds = tuple(int if item.isdigit() else str for item, _name in items)
        return Result(f"SELECT {len(found)}", columns, found, kinds)
    row = tuple(_value(session, expression, values) for expression, _name in items)
    return Result("SELECT 1", columns, (row,))


def _rows(session: SqlSession, source: str, values: Sequence[str | None]) -> tuple[tuple[Cell, ...], ...]:
    table = re.split(r"[\s,;]", source, maxsplit=1)[0].lower().removeprefix("pg_catalog.")
    if table == "pg_stat_activity":
        return ((session.settings.connections,),)
    if table == "pg_database":
        return ((session.parameter("lc_collate"),),)
    if table == "pg_roles":
        return ((-1, -1),)
    if table == "pg_namespace":
        return ((1,),) if any(schema in values or f"'{schema}'" in source for schema in _SCHEMAS) else ()
    if table in ("pg_tables", "information_schema.tables"):
        return ()
    raise SqlError("42P01", "this relation is not simulated")


def _split(text: str) -> list[str]:
    """Split at the commas outside of brackets and quotes."""
    items, depth, quoted, start = [], 0, False, 0
    for place, sign in enumerate(text):
        quoted = quoted != (sign == "'")
        if not quoted:
            depth += (sign in "([") - (sign in ")]")
            if sign == "," and depth == 0:
                items.append(text[start:place].strip())
                start = place + 1
    return [*items, text[start:].strip()] if text.strip() else []


def _aliased(item: str) -> tuple[str, str]:
    match = re.fullmatch(r"(?is)(.*\S)\s+as\s+\"?(\w+)\"?", item)
    if match is not None:
        return match[1], match[2]
    function = _FUNCTION.fullmatch(re.sub(r"::\w+$", "", item))
    named = item.lower() in FUNCTIONS
    return item, function[1].lower() if function else item.lower() if named else "?column?"


def _value(session: SqlSession, expression: str, values: Sequence[str | None]) -> Cell:
    expression, _, cast = (
        expression.strip().partition("::") if "'" not in expression.rpartition("::")[2] else (expression, "", "")
    )
    if cast:
        value = _value(session, expression, values)
        return int(value) if cast.startswith(("int", "bigint")) and value is not None else value
    if expression.startswith("(") and len(_split(expression[1:-1])) == 1:
        return _value(session, expression[1:-1], values)
    if re.fullmatch(r"-?\d+", expression):
        return int(expression)
    if re.fullmatch(r"'(?:[^']|'')*'", expression):
        return expression[1:-1].replace("''", "'")
    if re.fullmatch(r"\$\d+", expression):
        place = int(expression[1:]) - 1
        return values[place] if place < len(values) else None
    words: dict[str, Cell] = {"true": True, "false": False, "null": None}
    if expression.lower() in words:
        return words[expression.lower()]
    match = _FUNCTION.fullmatch(expression)
    name = (match[1] if match else expression).lower()
    function = FUNCTIONS.get(name)
    if function is None:
        raise SqlError("42883", f"function {name}() does not exist on a simulated server")
    return function(session, [_value(session, item, values) for item in _split(match[2])] if match else [])


Function = Callable[[SqlSession, list[Cell]], Cell]
FUNCTIONS: dict[str, Function] = {
    "version": lambda s, a: f"PostgreSQL {s.settings.version} (simulated)",
    "current_database": lambda s, a: s.database,
    "current_catalog": lambda s, a: s.database,
    "current_user": lambda s, a: s.user,
    "session_user": lambda s, a: s.user,
    "user": lambda s, a: s.user,
    "date_part": lambda s, a: 0,
    "now": lambda s, a: "2026-01-01 00:00:00+00",
    "current_schema": lambda s, a: "public",
    "current_setting": lambda s, a: None if a[0] is None else s.parameter(str(a[0])),
    "pg_is_in_recovery": lambda s, a: s.settings.in_recovery,
    "pg_encoding_to_char": lambda s, a: "UTF8",
    "has_database_privilege": lambda s, a: a[-1] not in ("CREATE", "TEMP") or s.settings.may_create,
    "has_schema_privilege": lambda s, a: a[-1] != "CREATE" or s.settings.may_create,
    "to_regclass": lambda s, a: None,
    "to_regnamespace": lambda s, a: str(a[0]) if a[0] in _SCHEMAS else None,
}
