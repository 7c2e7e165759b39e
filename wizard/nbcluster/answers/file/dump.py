"""Writes an answers file: it contains no secret, only references to environment variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from nbcluster.answers.answers import Answers, Reference, Source
from nbcluster.answers.fields import Field, FieldKind, Table, Value
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import Url
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


def dump(answers: Answers) -> str:
    """Return the answers as TOML; defaults are written out, secrets are references."""
    # loaded where something is written: reading commands have no use for it
    import tomlkit

    document = tomlkit.document()
    document.add("schema", tomlkit.item(SCHEMA))
    fields = [f for f in answers.fields.values() if f.in_file and f.applies(answers)]
    tables = answers.tables
    known = {path.split(".")[0] for path in (*(f.path for f in fields if "." in f.path), *tables)}
    for section in (*(s for s in _ORDER if s in known or s == ""), *sorted(known - set(_ORDER))):
        _add_section(document, section, fields, tables, answers)
    return escaped_toml(tomlkit.dumps(document))


def _add_section(
    document: tomlkit.TOMLDocument, section: str, fields: list[Field], tables: Mapping[str, Table], answers: Answers
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
        elif field.path in answers and field.kind in (FieldKind.TEXT, FieldKind.PATH) and answers.text("app.base_env"):
            # left out, it would be answered by base_env
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
