"""Writes an answers file: it contains no secret, only references to environment variables.

An answer that the others make irrelevant (the server name of a cloud's balancer) is written all the same: read back, the file gives what
was answered. Only one that holds a secret is left out, as its reference would have to be set for nothing; ``unwritten`` names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from nbcluster.answers.answers import Answers, Reference, Source
from nbcluster.answers.fields import Field, FieldKind, Table, Value
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import HIDDEN, Url
from nbcluster.errors import Problem, warning
from nbcluster.text import _
from nbcluster.text.clean import escaped_toml

if TYPE_CHECKING:
    import tomlkit
    from tomlkit.items import AoT, InlineTable, Item
    from tomlkit.items import Table as TomlTable

SCHEMA = 1
_ORDER = (
    "",
    "app",
    "admin",
    "license",
    "redis",
    "queue",
    "database",
    "tls",
    "storage",
    "nodes",
    "balancer",
    "kubernetes",
    "checks",
    "output",
)


def secret_variable(path: str) -> str:
    """Return the environment variable that a secret is read from: ``redis.cache.password`` is NBCLUSTER_REDIS_CACHE_PASSWORD."""
    return "NBCLUSTER_" + path.replace(".", "_").replace("-", "_").upper()


def written_fields(answers: Answers) -> tuple[Field, ...]:
    """Return the fields that the file answers, those of tables left out."""
    return tuple(
        field
        for path, field in answers.fields.items()
        if field.in_file and (field.applies(answers) or (_is_given(answers, path) and not _is_closed(answers[path])))
    )


def unwritten(answers: Answers) -> tuple[Problem, ...]:
    """Return a warning for every answer that was given and that the file leaves out, or holds without what may be a password."""
    found: list[Problem] = []
    for path, field in answers.fields.items():
        value = answers[path]
        if not field.in_file:
            continue
        if not field.applies(answers):
            if _is_given(answers, path) and _is_closed(value):
                message = _("is not written to answers.toml: it holds a secret, and the other answers make it unnecessary.")
                found.append(warning(path, "unwritten", message, _("Leave it out, or keep your own copy of it.")))
        elif isinstance(value, Url) and HIDDEN in value.address:
            message = _("is written to answers.toml without the part that may be a password.")
            found.append(warning(path, "unwritten", message, _("Write the address with user and password.")))
    return tuple(found)


def _is_given(answers: Answers, path: str) -> bool:
    return path in answers and answers.source(path) is not Source.DERIVED


def _is_closed(value: Value) -> bool:
    """Tell whether a value holds a secret, or what may be one."""
    if isinstance(value, Url):
        return value.password is not None or HIDDEN in value.address
    return isinstance(value, Secret)


def dump(answers: Answers) -> str:
    """Return the answers as TOML; defaults are written out, secrets are references."""
    # loaded where something is written: reading commands have no use for it
    import tomlkit

    document = tomlkit.document()
    document.add("schema", tomlkit.item(SCHEMA))
    fields = written_fields(answers)
    tables = answers.tables
    known = {path.split(".")[0] for path in (*(f.path for f in fields if "." in f.path), *tables)}
    for section in (*(s for s in _ORDER if s in known or s == ""), *sorted(known - set(_ORDER))):
        _add_section(document, section, fields, tables, answers)
    return escaped_toml(tomlkit.dumps(document))


def _add_section(
    document: tomlkit.TOMLDocument, section: str, fields: tuple[Field, ...], tables: Mapping[str, Table], answers: Answers
) -> None:
    import tomlkit
    from tomlkit.items import Table as TomlTable

    mine = [f for f in fields if f.path.rpartition(".")[0] == section]
    holder: tomlkit.TOMLDocument | TomlTable = document if section == "" else tomlkit.table()
    for field in mine:
        value = answers[field.path]
        if field.guess and answers.source(field.path) is Source.DEFAULT:
            continue
        if value is not None and value != "":
            holder.add(field.column, _item(field, field.path, value, answers.reference(field.path)))
        elif _is_emptied(field, answers):
            holder.add(field.column, tomlkit.item(""))
    if section:
        for path, table in tables.items():
            rows = _rows(table, answers)
            if rows is None or path.split(".")[0] != section:
                continue
            if path == section:
                document.add(section, rows)
                return
            holder.add(path.partition(".")[2], rows)
    if section and len(holder) and isinstance(holder, TomlTable):
        document.add(section, holder)


def _is_emptied(field: Field, answers: Answers) -> bool:
    """Tell whether an answer is empty on purpose: left out, base_env or the default would answer it."""
    if field.path not in answers or field.kind not in (FieldKind.TEXT, FieldKind.PATH):
        return False
    return bool(answers.text("app.base_env") or field.default_for(answers))


def _rows(table: Table, answers: Answers) -> AoT | None:
    import tomlkit

    rows = answers.rows(table.path)
    if not rows:
        return None
    out = tomlkit.aot()
    for row in rows:
        item = tomlkit.table()
        for column in table.columns:
            value = row.get(column.path)
            if value is not None and value != "":
                item.add(column.path, _item(column, column.path, value))
        out.append(item)
    return out


def _item(field: Field, path: str, value: Value, reference: Reference | None = None) -> Item:
    import tomlkit

    if isinstance(value, Secret):
        return _reference(path, reference)
    if isinstance(value, Url):
        if value.password is None:
            return tomlkit.item(value.address)
        if reference is not None and reference.whole:
            return _reference(path, reference)
        pair = tomlkit.inline_table()
        pair.add("url", tomlkit.item(value.address))
        pair.add("password", _reference(f"{path}.password", reference))
        return pair
    if field.kind is FieldKind.MULTI and isinstance(value, tuple):
        return tomlkit.item(list(_texts(value)))
    return tomlkit.item(value)


def _texts(values: Iterable[object]) -> list[str]:
    return [v for v in values if isinstance(v, str)]


def _reference(path: str, given: Reference | None) -> InlineTable:
    import tomlkit

    reference = tomlkit.inline_table()
    kind, target = (given.kind, given.target) if given is not None else ("env", secret_variable(path))
    reference.add(kind, tomlkit.item(target))
    return reference
