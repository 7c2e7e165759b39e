"""Database queries that an operator runs by hand (nocobase.md §18), and dumps."""

from __future__ import annotations

import re

from nbcluster.cluster import Cluster, Database
from nbcluster.files.runbook.blocks import joined, refuse, word
from nbcluster.text import _


def table(database: Database, name: str) -> str:
    """Return a table's name as it stands in the database: schema, prefix, underscored."""
    if database.underscored:
        name = _underscored(name)
    quoted = _quote(database, database.table_prefix + name)
    schema = database.schema
    return f"{_quote(database, schema)}.{quoted}" if schema and database.speaks_postgres else quoted


def column(database: Database, name: str) -> str:
    """Return a column's name as it stands in the database."""
    return _quote(database, _underscored(name) if database.underscored else name)


def _underscored(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _quote(database: Database, name: str) -> str:
    mark = '"' if database.speaks_postgres else "`"
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def version_query(cluster: Cluster) -> str:
    """Return the query for the version that the tables belong to."""
    return f"SELECT value FROM {table(cluster.database, 'applicationVersion')}"


def roles_query(cluster: Cluster) -> str:
    """Return the query for the number of roles; none means that the installation was not completed."""
    return f"SELECT count(*) FROM {table(cluster.database, 'roles')}"


def broken_query(cluster: Cluster) -> str:
    """Return the query for the number of plugins whose installation was not completed."""
    return f"SELECT count(*) FROM {table(cluster.database, 'applicationPlugins')} WHERE enabled AND installed IS NOT TRUE"


def adapters_query(cluster: Cluster, state: str = "enabled AND installed") -> str:
    """Return the query for package, version and state of each adapter that the topology needs."""
    package = column(cluster.database, "packageName")
    names = ", ".join(f"'{name}'" for name in cluster.license.needed) or "''"
    return f"SELECT {package}, version, {state} FROM {table(cluster.database, 'applicationPlugins')} WHERE {package} IN ({names}) ORDER BY 1"


def _place(database: Database) -> tuple[str, str, str, str]:
    name = _connection(database.name) if database.speaks_postgres else database.name
    return word(database.host), str(database.port), word(database.user), word(name)


def _connection(name: str) -> str:
    """Return a database's name for -d, which takes some names for a whole connection string (libpq, dbname)."""
    if "=" not in name and not re.match(r"postgres(?:ql)?://", name):
        return name
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"dbname='{escaped}'"


def _client(cluster: Cluster, option: str = "") -> str:
    host, port, user, name = _place(cluster.database)
    if cluster.database.speaks_postgres:
        program = "ksql" if cluster.database.dialect == "kingbase" else "psql"
        return f"{_postgres_tls(cluster)}{program} -X -At -v ON_ERROR_STOP=1{option} -h {host} -p {port} -U {user} -d {name}"
    program = "mariadb" if cluster.database.dialect == "mariadb" else "mysql"
    return f"{program} -N -B -h {host} -P {port} -u {user} -p{_mysql_tls(cluster)} -- {name}"


def dump(cluster: Cluster, reason: str, *, of_nocobase: bool = False) -> tuple[str, ...]:
    """Return lines that write a dump of the database beside these files, readable by its owner alone.

    ``of_nocobase`` refuses the dump of a database without NocoBase's tables: it would not be a backup.
    """
    host, port, user, name = _place(cluster.database)
    file = f"{word('nocobase-' + cluster.name + '-' + reason)}-$(date +%Y%m%d-%H%M%S).sql"
    if cluster.database.speaks_postgres:
        program = "sys_dump" if cluster.database.dialect == "kingbase" else "pg_dump"
        line = f"{_postgres_tls(cluster)}{program} --clean --if-exists -h {host} -p {port} -U {user} -d {name}"
    else:
        program = "mariadb-dump" if cluster.database.dialect == "mariadb" else "mysqldump"
        line = f"{program} --single-transaction -h {host} -P {port} -u {user} -p{_mysql_tls(cluster)} -- {name}"
    failed = refuse(_("The backup failed, and is removed."), _GONE)
    look = (holds_tables(cluster.database),) if of_nocobase else ()
    return (joined("umask 077", f"file={file}", f'{line} > "$file.part" || {failed}', *look, 'mv "$file.part" "$file"'),)


def holds_tables(database: Database) -> str:
    """Return the line that refuses the dump in ``$file.part`` where no table of NocoBase stands in it (nocobase.md §18)."""
    said = _(
        "No table of NocoBase is in this database: it is not the one that the single node works on, or it has not moved yet. Do not go on; nothing is backed up."
    )
    name = _underscored("applicationVersion") if database.underscored else "applicationVersion"
    # some servers keep the names of tables in small letters
    return f'grep -qiF {word(name)} "$file.part" || {refuse(said, _GONE)}'


def move_out(cluster: Cluster) -> tuple[str, ...]:
    """Return lines for the machine of the single node: only its application stops, and the database of its stack is dumped.

    ``OLD_NAME`` and ``OLD_DATABASE`` are the two services of compose. The client inside the container of the database is of its version.
    """
    user, name = word(cluster.database.user), word(cluster.database.name)
    if cluster.database.speaks_postgres:
        program = "sys_dump" if cluster.database.dialect == "kingbase" else "pg_dump"
        inside = f"{program} --clean --if-exists --no-owner -U {user} -d {word(_connection(cluster.database.name))}"
    else:
        program = "mariadb-dump" if cluster.database.dialect == "mariadb" else "mysqldump"
        client = 'MYSQL_PWD="${MYSQL_PASSWORD:-${MARIADB_PASSWORD-}}"'
        inside = f"{client} {program} --single-transaction -u {user} -- {name}"
    failed = refuse(_("The backup failed, and is removed."), _GONE)
    return (
        joined("umask 077", f"file={word('nocobase-' + cluster.name + '-before-move')}-$(date +%Y%m%d-%H%M%S).sql"),
        'docker compose stop "$OLD_NAME"',
        joined(
            f'docker compose exec -T "$OLD_DATABASE" sh -c {word(inside)} > "$file.part" || {failed}',
            holds_tables(cluster.database),
            'mv "$file.part" "$file"',
            'ls -l "$file"',
        ),
    )


_GONE = 'rm -f "$file.part"'


def restore(cluster: Cluster) -> tuple[str, ...]:
    """Return lines that bring back the dump that ``DUMP`` names: all of it or, where the database can, nothing."""
    no_file = refuse(_("{name} is not a file with a dump.").format(name="DUMP"))
    whole = " --single-transaction" if cluster.database.speaks_postgres else ""
    return (f'[ -s "$DUMP" ] || {no_file}', f'{_client(cluster, whole)} < "$DUMP"')


def _postgres_tls(cluster: Cluster) -> str:
    if not cluster.database.tls:
        return ""
    authority = cluster.deployment.authority
    return f"PGSSLMODE=verify-full PGSSLROOTCERT={word(authority)} " if authority else "PGSSLMODE=require "


def _mysql_tls(cluster: Cluster) -> str:
    if not cluster.database.tls:
        return ""
    authority = cluster.deployment.authority
    verified = " --ssl --ssl-verify-server-cert" if cluster.database.dialect == "mariadb" else " --ssl-mode=VERIFY_IDENTITY"
    if not authority:
        return " --ssl" if cluster.database.dialect == "mariadb" else " --ssl-mode=REQUIRED"
    return f"{verified} --ssl-ca={word(authority)}"
