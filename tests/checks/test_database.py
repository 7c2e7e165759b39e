"""PostgreSQL and MariaDB: each stage against real servers, which are only read."""

from __future__ import annotations

from collections.abc import Iterator

import pg8000.native
import pymysql
import pytest

from nbcluster.answers.secret import Secret
from nbcluster.checks.run import run_checks
from nbcluster.probe.database.installation import judge_tables
from nbcluster.probe.database.probe import judge_connections, judge_encoding
from tests.checks.conftest import administrator_of, by_id, code_of, database_at, database_of, statuses
from tests.services.process import free_ports
from tests.services.sql import SqlServer


@pytest.fixture(params=["postgres", "mariadb"])
def sql(request: pytest.FixtureRequest) -> SqlServer:
    server: SqlServer = request.getfixturevalue(request.param)
    return server


def test_a_good_database(sql: SqlServer) -> None:
    report = run_checks([database_of(sql)])
    assert set(statuses(report).values()) == {"ok"}
    assert ("database.names" in statuses(report)) == (sql.dialect == "mariadb")
    assert by_id(report)["database.connections"].params["needed"] == 65


def test_tls(sql: SqlServer) -> None:
    found = by_id(run_checks([database_of(sql, tls=True, ca_file=str(sql.ca_file))]))
    assert found["database.tls"].code in ("tls.ok", "tls.ending")
    assert found["database.version"].status == "ok"


def test_tls_without_the_authority(sql: SqlServer) -> None:
    assert code_of(run_checks([database_of(sql, tls=True)]), "database.tls") == "tls.untrusted"


@pytest.mark.parametrize("password", ["wrong", "with\x00zero", "schlüssel"])
def test_a_wrong_password(sql: SqlServer, password: str) -> None:
    report = run_checks([database_of(sql, password=Secret(password))])
    assert code_of(report, "database.login") in ("database.login.refused", "probe.nonsense" if "\x00" in password else "")
    assert password not in repr(report)


def test_a_database_that_is_not_there(sql: SqlServer) -> None:
    report = run_checks([database_of(sql, name="absent")])
    assert code_of(report, "database.login") == (
        "database.login.missing" if sql.dialect == "postgres" else "database.login.denied"
    )
    assert (
        code_of(run_checks([database_of(sql, name="absent", user=sql.administrator)]), "database.login")
        == "database.login.missing"
    )


def test_too_few_connections_are_a_warning(sql: SqlServer) -> None:
    report = run_checks([database_of(sql, connections=5000)])
    assert statuses(report)["database.connections"] == "warn"


def test_a_schema_without_rights(postgres: SqlServer) -> None:
    report = run_checks([database_of(postgres, schema="pg_catalog")])
    assert code_of(report, "database.rights") == "database.rights.denied"
    report = run_checks([database_of(postgres, schema="to_come")])
    assert code_of(report, "database.rights") == "database.rights.schema_to_come"


@pytest.fixture
def installed_postgres(postgres: SqlServer) -> Iterator[SqlServer]:
    login = (postgres.username, postgres.host, postgres.database, postgres.port, postgres.password)
    with pg8000.native.Connection(*login) as connection:
        connection.run('create table "nb_applicationVersion" (value text)')
        connection.run("insert into \"nb_applicationVersion\" values ('2.2.15')")
        yield postgres
        connection.run('drop table "nb_applicationVersion"')


@pytest.mark.parametrize(("expected", "status"), [("new", "warn"), ("existing", "ok"), (None, "ok")])
def test_an_installation_in_postgres(installed_postgres: SqlServer, expected: str | None, status: str) -> None:
    found = by_id(run_checks([database_of(installed_postgres, installation=expected)]))["database.installation"]
    assert (found.status, found.params["version"]) == (status, "2.2.15")


def test_an_installation_in_mariadb(mariadb: SqlServer) -> None:
    with (
        pymysql.connect(
            host=mariadb.host, port=mariadb.port, user=mariadb.username, password=mariadb.password, database=mariadb.database
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("create table applicationVersion (value text)")
        cursor.execute("insert into applicationVersion values ('2.2.15')")
        connection.commit()
        found = by_id(run_checks([database_of(mariadb, installation="new")]))["database.installation"]
        cursor.execute("drop table applicationVersion")
    assert (found.status, found.params["version"]) == ("warn", "2.2.15")


def test_an_existing_installation_that_is_not_there(postgres: SqlServer) -> None:
    report = run_checks([database_of(postgres, installation="existing")])
    assert code_of(report, "database.installation") == "database.installation.nowhere"
    assert statuses(report)["database.installation"] == "fail"


def test_the_dialect_is_compared(mariadb: SqlServer) -> None:
    report = run_checks([database_of(mariadb, dialect="mysql")])
    assert code_of(report, "database.version") == "database.version.dialect"


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "kingbase"])
def test_a_refused_port(dialect: str) -> None:
    assert code_of(run_checks([database_at(free_ports(), dialect)]), "database.reach") == "net.refused"


def test_the_wrong_kind_of_database(postgres: SqlServer, mariadb: SqlServer) -> None:
    report = run_checks([database_of(postgres, dialect="mysql")], timeout=0.8)
    assert statuses(report)["database.login"] in ("error", "fail")
    report = run_checks([database_of(mariadb, dialect="postgres")], timeout=0.8)
    assert statuses(report)["database.login"] in ("error", "fail")


def test_arithmetic_of_connections() -> None:
    assert judge_connections(98, 97, 1).code == "database.connections.few"
    assert judge_connections(97, 97, 1).code == "database.connections.tight"
    assert judge_connections(65, 97, 1).code == "database.connections.ok"
    assert judge_connections(0, 97, 99).code == "database.connections.known"


def test_an_installation_in_another_schema_is_not_this_one() -> None:
    tables = [("other", "applicationVersion")]
    assert judge_tables(tables, "mine", "existing", lambda _schema, _table: "1").code == "database.installation.missing"
    assert judge_tables([], "mine", "existing", lambda _schema, _table: "1").code == "database.installation.nowhere"
    assert judge_tables(tables, "other", "existing", lambda _schema, _table: "1").params["place"] == "other.applicationVersion"


def test_a_character_set_that_lacks_characters(postgres: SqlServer, mariadb: SqlServer) -> None:
    login = (postgres.administrator, postgres.host, "postgres", postgres.port, postgres.password)
    with pg8000.native.Connection(*login) as connection:
        connection.run("create database narrow template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'")
        try:
            found = by_id(run_checks([database_of(postgres, name="narrow")]))["database.encoding"]
        finally:
            connection.run("drop database narrow with (force)")
    assert (found.code, found.params["found"]) == ("database.encoding.other", "SQL_ASCII")
    with administrator_of(mariadb) as cursor:
        cursor.execute("create database narrow character set utf8mb3")
        try:
            report = run_checks([database_of(mariadb, name="narrow", user=mariadb.administrator)])
        finally:
            cursor.execute("drop database narrow")
    assert code_of(report, "database.encoding") == "database.encoding.other"


def test_a_character_set_that_is_not_told() -> None:
    assert judge_encoding("", False, "UTF8").code == "database.encoding.hidden"
