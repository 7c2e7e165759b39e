"""Questions to the database that a person asks by hand: what the tables alone tell (nocobase.md §18), and dumps."""

from __future__ import annotations

import re

from nbcluster.answers.answers import Answers
from nbcluster.files.runbook.blocks import refuse, word
from nbcluster.steps.license import needed
from nbcluster.text import _


def table(answers: Answers, name: str) -> str:
    """Return a table's name as it stands in the database: schema, prefix, underscored."""
    if answers.flag("database.underscored"):
        name = _underscored(name)
    quoted = _quote(answers, answers.text("database.table_prefix") + name)
    schema = answers.text("database.schema")
    return f"{_quote(answers, schema)}.{quoted}" if schema and is_postgres(answers) else quoted


def column(answers: Answers, name: str) -> str:
    """Return a column's name as it stands in the database."""
    return _quote(answers, _underscored(name) if answers.flag("database.underscored") else name)


def _underscored(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def is_postgres(answers: Answers) -> bool:
    """Tell whether the dialect speaks PostgreSQL's SQL."""
    return answers["database.dialect"] in ("postgres", "kingbase")


def _quote(answers: Answers, name: str) -> str:
    mark = '"' if is_postgres(answers) else "`"
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def version_query(answers: Answers) -> str:
    """Return the question for the version that the tables belong to."""
    return f"SELECT value FROM {table(answers, 'applicationVersion')}"


def roles_query(answers: Answers) -> str:
    """Return the question how many roles there are; none is the lasting sign of an installation that broke off."""
    return f"SELECT count(*) FROM {table(answers, 'roles')}"


def broken_query(answers: Answers) -> str:
    """Return the question how many plugins broke off."""
    return f"SELECT count(*) FROM {table(answers, 'applicationPlugins')} WHERE enabled AND installed IS NOT TRUE"


def adapters_query(answers: Answers, state: str = "enabled AND installed") -> str:
    """Return the question for package, version and state of each adapter that the topology needs."""
    package = column(answers, "packageName")
    names = ", ".join(f"'{name}'" for name in needed(answers))
    return (
        f"SELECT {package}, version, {state} FROM {table(answers, 'applicationPlugins')} WHERE {package} IN ({names}) ORDER BY 1"
    )


def _named(name: str, query: str) -> str:
    return f"SELECT '{name}', {query.removeprefix('SELECT ')};"


def labelled_version(answers: Answers) -> str:
    """Return the question for the version, with its name in front of the answer."""
    return _named("version", version_query(answers))


def gate_queries(answers: Answers) -> tuple[str, ...]:
    """Return the questions of the gate: version, roles, plugins that broke off, and one line for each adapter."""
    return (
        labelled_version(answers),
        _named("roles", roles_query(answers)),
        _named("broken off", broken_query(answers)),
        adapters_query(answers, "CASE WHEN enabled AND installed THEN 'enabled' ELSE 'NOT ENABLED' END") + ";",
    )


def secrets_query(answers: Answers) -> str:
    """Return the question how many encrypted values hang on the AES key."""
    return f"SELECT 'encrypted values', count(*) FROM {table(answers, 'environmentVariables')} WHERE type = 'secret';"


def ask(answers: Answers, *queries: str) -> tuple[str, ...]:
    """Return lines that ask the database; the client asks for the password itself, on the terminal."""
    return (f"{_client(answers)} <<'SQL'", *queries, "SQL")


def _place(answers: Answers) -> tuple[str, str, str, str]:
    return (
        word(answers.text("database.host")),
        str(answers.number("database.port")),
        word(answers.text("database.user")),
        word(_connection(answers.text("database.name")) if is_postgres(answers) else answers.text("database.name")),
    )


def _connection(name: str) -> str:
    """Return a database's name for -d, which takes some names for a whole connection string (libpq, dbname)."""
    if "=" not in name and not re.match(r"postgres(?:ql)?://", name):
        return name
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"dbname='{escaped}'"


def _client(answers: Answers) -> str:
    host, port, user, name = _place(answers)
    if is_postgres(answers):
        program = "ksql" if answers["database.dialect"] == "kingbase" else "psql"
        return f"{_postgres_tls(answers)}{program} -X -At -v ON_ERROR_STOP=1 -h {host} -p {port} -U {user} -d {name}"
    program = "mariadb" if answers["database.dialect"] == "mariadb" else "mysql"
    return f"{program} -N -B -h {host} -P {port} -u {user} -p{_mysql_tls(answers)} -- {name}"


def dump(answers: Answers, reason: str) -> tuple[str, ...]:
    """Return lines that write a dump of the database beside these files, readable by its owner alone."""
    host, port, user, name = _place(answers)
    file = f"{word('nocobase-' + answers.text('name') + '-' + reason)}-$(date +%Y%m%d-%H%M%S).sql"
    if is_postgres(answers):
        program = "sys_dump" if answers["database.dialect"] == "kingbase" else "pg_dump"
        line = f"{_postgres_tls(answers)}{program} -h {host} -p {port} -U {user} -d {name}"
    else:
        program = "mariadb-dump" if answers["database.dialect"] == "mariadb" else "mysqldump"
        line = f"{program} --single-transaction -h {host} -P {port} -u {user} -p{_mysql_tls(answers)} -- {name}"
    failed = refuse(_("The backup failed, and is removed."), 'rm -f "$file.part"')
    return (
        "umask 077",
        f"file={file}",
        f'{line} > "$file.part" || {failed}',
        'mv "$file.part" "$file"',
    )


def _postgres_tls(answers: Answers) -> str:
    if not answers.flag("database.tls"):
        return ""
    authority = answers.text("tls.ca_file")
    return f"PGSSLMODE=verify-full PGSSLROOTCERT={word(authority)} " if authority else "PGSSLMODE=require "


def _mysql_tls(answers: Answers) -> str:
    if not answers.flag("database.tls"):
        return ""
    authority = answers.text("tls.ca_file")
    verified = " --ssl --ssl-verify-server-cert" if answers["database.dialect"] == "mariadb" else " --ssl-mode=VERIFY_IDENTITY"
    if not authority:
        return " --ssl" if answers["database.dialect"] == "mariadb" else " --ssl-mode=REQUIRED"
    return f"{verified} --ssl-ca={word(authority)}"
