"""The gate after a boot: what the database alone tells (nocobase.md §18)."""

from __future__ import annotations

import re

from nbcluster.answers import Answers
from nbcluster.artifacts.runbook.blocks import word
from nbcluster.judge.license import needed


def table(answers: Answers, name: str) -> str:
    """Return a table's name as it stands in the database: schema, prefix, underscored."""
    if answers.flag("database.underscored"):
        name = _underscored(name)
    name = answers.text("database.table_prefix") + name
    quoted = _quote(answers, name)
    schema = answers.text("database.schema")
    return f"{_quote(answers, schema)}.{quoted}" if schema and _is_postgres(answers) else quoted


def column(answers: Answers, name: str) -> str:
    """Return a column's name as it stands in the database."""
    return _quote(answers, _underscored(name) if answers.flag("database.underscored") else name)


def _underscored(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _is_postgres(answers: Answers) -> bool:
    return answers["database.dialect"] in ("postgres", "kingbase")


def _quote(answers: Answers, name: str) -> str:
    return f'"{name}"' if _is_postgres(answers) else f"`{name}`"


def queries(answers: Answers) -> list[str]:
    """Return the queries of the gate: version, roles, plugins that broke off, adapters."""
    plugins = table(answers, "applicationPlugins")
    names = ", ".join(f"'{package}'" for package in needed(answers))
    return [
        f"SELECT value FROM {table(answers, 'applicationVersion')}",
        f"SELECT count(*) FROM {table(answers, 'roles')}",
        f"SELECT count(*) FROM {plugins} WHERE enabled AND installed IS NOT TRUE",
        f"SELECT count(*) FROM {plugins} WHERE enabled AND {column(answers, 'packageName')} IN ({names})",
    ]


def client(answers: Answers, query: str) -> str:
    """Return the command line that asks the database one question; the client asks for the password itself."""
    host, port = word(answers.text("database.host")), answers.number("database.port")
    user, name = word(answers.text("database.user")), word(answers.text("database.name"))
    if _is_postgres(answers):
        return f"psql -h {host} -p {port} -U {user} -d {name} -Atc {word(query)}"
    return f"mysql -h {host} -P {port} -u {user} -p -N -e {word(query)} {name}"
