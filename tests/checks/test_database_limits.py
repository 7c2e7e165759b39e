"""Limits and ownership that an administrator sets on a real PostgreSQL or MariaDB."""

from __future__ import annotations

from collections.abc import Iterator

import pg8000.native
import pytest
from pymysql.cursors import Cursor

from nbcluster.answers.secret import Secret
from nbcluster.checks.run import run_checks
from nbcluster.probe.database.grants import NEEDED, account, missing, roles
from nbcluster.probe.database.postgres import PostgresProbe
from nbcluster.probe.database.probe import judge_zone
from tests.checks.conftest import administrator_of, by_id, code_of, database_of
from tests.services.sql import SqlServer


@pytest.fixture
def administrator(postgres: SqlServer) -> Iterator[pg8000.native.Connection]:
    login = (postgres.administrator, postgres.host, postgres.database, postgres.port, postgres.password)
    with pg8000.native.Connection(*login) as connection:
        yield connection


@pytest.mark.parametrize("kind", ["role", "database"])
def test_a_limit_in_postgres(postgres: SqlServer, administrator: pg8000.native.Connection, kind: str) -> None:
    name = postgres.username if kind == "role" else postgres.database
    try:
        for limit, expected in ((64, "few"), (65, "tight")):
            administrator.run(f'alter {kind} "{name}" connection limit {limit}')
            found = by_id(run_checks([database_of(postgres)]))["database.connections"]
            assert found.code == f"database.connections.{expected}"
            assert kind.upper() in str(found.params["by"])
    finally:
        administrator.run(f'alter {kind} "{name}" connection limit -1')


def test_a_superuser_has_no_limit_but_the_servers(postgres: SqlServer, administrator: pg8000.native.Connection) -> None:
    administrator.run(f'alter database "{postgres.database}" connection limit 3')
    try:
        found = by_id(run_checks([database_of(postgres, user=postgres.administrator)]))["database.connections"]
    finally:
        administrator.run(f'alter database "{postgres.database}" connection limit -1')
    assert (found.status, found.params["by"]) == ("ok", "max_connections")


def test_a_server_that_is_only_like_postgres_is_asked_no_more_than_it_answers(
    postgres: SqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KingbaseES and proxies may lack catalogue tables: what cannot be asked is not reported as a fault."""
    target = database_of(postgres)
    probe = PostgresProbe(dict(target.params) | {"password": postgres.password}, 5)
    plainly = probe.ask

    def lacking(query: str, **values: str) -> list[list[object]]:
        return plainly(query.replace("pg_roles", "no_such_table").replace("FROM pg_tables", "FROM no_such_table"), **values)

    try:
        probe.reach()
        probe.login()
        monkeypatch.setattr(probe, "ask", lacking)
        assert probe.rights().code == "database.rights.ok"
        assert probe.connections().params["by"] == "max_connections"
    finally:
        probe.close()


def test_a_limit_in_mariadb(mariadb: SqlServer) -> None:
    with administrator_of(mariadb) as cursor:
        cursor.execute("select user, host from mysql.user where user = %s", (mariadb.username,))
        (account,) = cursor.fetchall()
        try:
            for limit, expected in ((64, "few"), (65, "tight")):
                cursor.execute("alter user %s@%s with max_user_connections %s", (*account, limit))
                found = by_id(run_checks([database_of(mariadb)]))["database.connections"]
                assert (found.code, found.params["by"]) == (f"database.connections.{expected}", "max_user_connections")
        finally:
            cursor.execute("alter user %s@%s with max_user_connections 0", account)


def test_transactions_that_only_read(postgres: SqlServer, administrator: pg8000.native.Connection) -> None:
    try:
        administrator.run(f'alter role "{postgres.username}" set default_transaction_read_only = on')
        found = by_id(run_checks([database_of(postgres)]))["database.rights"]
        assert (found.code, found.status) == ("database.rights.read_only", "fail")
    finally:
        administrator.run(f'alter role "{postgres.username}" reset default_transaction_read_only')
    assert code_of(run_checks([database_of(postgres)]), "database.rights") == "database.rights.ok"


def test_tables_of_another_owner_and_the_remedy(postgres: SqlServer, administrator: pg8000.native.Connection) -> None:
    administrator.run("create role former")
    try:
        administrator.run('create table public."applicationVersion" (value text)')
        administrator.run('alter table public."applicationVersion" owner to former')
        found = by_id(run_checks([database_of(postgres)]))["database.rights"]
        assert (found.code, found.status, found.params["owner"]) == ("database.rights.foreign", "warn", "former")
        administrator.run(f'grant former to "{postgres.username}"')
        assert code_of(run_checks([database_of(postgres)]), "database.rights") == "database.rights.ok"
    finally:
        administrator.run('drop table if exists public."applicationVersion"')
        administrator.run("drop role former")


GRANTS = [
    (["GRANT ALL PRIVILEGES ON *.* TO `a`@`%`"], ()),
    (["GRANT ALL PRIVILEGES ON `no\\_co`.* TO `a`@`%`"], ()),
    (["GRANT USAGE ON *.* TO `a`@`%`", "GRANT ALL PRIVILEGES ON `no%`.* TO `a`@`%`"], ()),
    (["GRANT ALL PRIVILEGES ON `no_co`.* TO `a`@`%`"], ()),
    (["GRANT ALL PRIVILEGES ON `noXco`.* TO `a`@`%`"], NEEDED),
    (["GRANT ALL PRIVILEGES ON `no_co`.`users` TO `a`@`%`"], NEEDED),
    (["GRANT SELECT, INSERT (`a`, `b`), UPDATE, DELETE, CREATE, DROP, INDEX, REFERENCES ON `no_co`.* TO `a`@`%`"], ("ALTER",)),
    (["GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*0' WITH MAX_USER_CONNECTIONS 5"], NEEDED),
    ([], NEEDED),
]


@pytest.mark.parametrize(("grants", "lacking"), GRANTS, ids=str)
def test_grants_are_read_as_mysql_means_them(grants: list[str], lacking: tuple[str, ...]) -> None:
    assert missing(grants, "no_co") == lacking


def test_roles_and_accounts() -> None:
    assert roles(["GRANT `app`@`%` TO `a`@`%`", "GRANT USAGE ON *.* TO `a`@`%`"]) == ("app@%",)
    assert account("o'neill@10.0.0.%") == "'o''neill'@'10.0.0.%'"


@pytest.fixture
def narrow(mariadb: SqlServer) -> Iterator[Cursor]:
    """An account without any right on the database ``demo``, and an administrator's cursor."""
    with administrator_of(mariadb) as cursor:
        cursor.execute("create user 'narrow'@'127.0.0.1' identified by 'pw'")
        try:
            yield cursor
        finally:
            cursor.execute("drop user 'narrow'@'127.0.0.1'")


def test_a_user_who_may_only_read_and_the_remedy(mariadb: SqlServer, narrow: Cursor) -> None:
    """The line of the remedy is run as it stands, and suffices."""
    narrow.execute(f"grant select on `{mariadb.database}`.* to 'narrow'@'127.0.0.1'")
    target = database_of(mariadb, user="narrow", password=Secret("pw"))
    found = by_id(run_checks([target]))["database.rights"]
    assert (found.code, found.status) == ("database.rights.lacking", "fail")
    command = found.hint.splitlines()[-1]
    assert command.startswith("GRANT INSERT, UPDATE, DELETE, CREATE, ALTER")
    narrow.execute(command)
    assert code_of(run_checks([target]), "database.rights") == "database.rights.granted"


def test_rights_that_may_come_through_a_role(mariadb: SqlServer, narrow: Cursor) -> None:
    narrow.execute(f"grant select on `{mariadb.database}`.* to 'narrow'@'127.0.0.1'")
    narrow.execute("create role keeper")
    try:
        narrow.execute("grant keeper to 'narrow'@'127.0.0.1'")
        report = run_checks([database_of(mariadb, user="narrow", password=Secret("pw"))])
    finally:
        narrow.execute("drop role keeper")
    assert code_of(report, "database.rights") == "database.rights.role"


def test_a_server_that_only_reads(mariadb: SqlServer, narrow: Cursor) -> None:
    narrow.execute("set global read_only = on")
    try:
        assert code_of(run_checks([database_of(mariadb)]), "database.rights") == "database.rights.replica"
    finally:
        narrow.execute("set global read_only = off")


@pytest.mark.parametrize(
    ("minutes", "zone", "code"), [(0, "UTC", "ok"), (60, "UTC", "other"), (None, "UTC", "hidden"), (0, "No/Where", "hidden")]
)
def test_time_zones(minutes: int | None, zone: str, code: str) -> None:
    assert judge_zone(minutes, "SYSTEM", zone).code == f"database.timezone.{code}"


@pytest.mark.parametrize("name", ["postgres", "mariadb"])
def test_the_time_zone_of_the_cluster_beside_the_servers(name: str, request: pytest.FixtureRequest) -> None:
    server: SqlServer = request.getfixturevalue(name)
    codes = {
        code_of(run_checks([database_of(server, timezone=zone)]), "database.timezone") for zone in ("Asia/Kolkata", "Asia/Tokyo")
    }
    assert "database.timezone.other" in codes
