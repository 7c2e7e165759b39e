"""The simulated PostgreSQL answers and refuses what a real one answers and refuses."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

import pg8000.dbapi
import pg8000.native
import pytest

from nbcluster.demo.postgres import PostgresServer
from nbcluster.demo.scram import ScramError, ScramServer
from nbcluster.demo.sql import SqlSettings
from tests.demo.conftest import Run, running
from tests.services.sql import SqlServer

ANSWERED_ALIKE = [
    "select current_database(), current_user, session_user, current_schema()",
    "select current_setting('max_connections')::int as most, pg_is_in_recovery()",
    "show max_connections",
    "SHOW transaction_read_only;",
    "select 1, 'it''s', true, false, null",
    "select has_schema_privilege(current_user, 'public', 'USAGE'), has_database_privilege(current_database(), 'CREATE') as may",
    "select to_regclass('roles'), to_regclass('\"applicationVersion\"')",
    "select table_name from information_schema.tables where table_schema = 'public'",
    "select 1 from pg_namespace where nspname = 'public'",
    "select table_schema, table_name from information_schema.tables where table_name like '%none' order by 1, 2",
    "/* why */ select -- how\n 1",
]
REFUSED_ALIKE = {
    "select current_setting('no.such')": "42704",
    "select no_such_function()": "42883",
    'select value from "applicationVersion"': "42P01",
    "nonsense": "42601",
}


@pytest.fixture(scope="module", params=["simulated", "real"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a server where ``wiz`` (password ``secret``) owns the empty database ``demo``."""
    if request.param == "real":
        real: SqlServer = request.getfixturevalue("postgres")
        yield real.port
        return
    with running(PostgresServer(SqlSettings(users={"wiz": "secret"}, databases=frozenset({"demo"})))) as simulated:
        yield simulated


@pytest.fixture(scope="module")
def simulated_port() -> Iterator[int]:
    with running(PostgresServer(SqlSettings(users={"wiz": "secret"}, databases=frozenset({"demo"})))) as simulated:
        yield simulated


def connect(port: int, user: str = "wiz", password: str = "secret", database: str = "demo", **options: Any) -> Any:  # noqa: S107 - of a test server
    return pg8000.native.Connection(user, "127.0.0.1", database, port, password, timeout=5, **options)


def answer(port: int, statement: str, **values: object) -> tuple[list[str], object]:
    with connect(port) as connection:
        rows = connection.run(statement, **values)
        return [column["name"] for column in connection.columns], rows


@pytest.mark.parametrize("statement", ANSWERED_ALIKE)
def test_statements_are_answered_alike(simulated_port: int, postgres: SqlServer, statement: str) -> None:
    assert answer(simulated_port, statement) == answer(postgres.port, statement)


def test_values_are_bound_alike(simulated_port: int, postgres: SqlServer) -> None:
    statement = "select has_schema_privilege(:user, 'public', 'USAGE') as may, cast_free from (select 1 as cast_free) t"
    schemas = "select 1 from pg_namespace where nspname = :name"
    for name in ("public", "none-such"):
        assert answer(simulated_port, schemas, name=name) == answer(postgres.port, schemas, name=name)
    plain = "select has_schema_privilege(:user, 'public', 'USAGE') as may"
    assert answer(simulated_port, plain, user="wiz") == answer(postgres.port, plain, user="wiz")
    with connect(simulated_port) as connection, pytest.raises(pg8000.native.DatabaseError):
        connection.run(statement, user="wiz")


@pytest.mark.parametrize(("statement", "state"), REFUSED_ALIKE.items())
def test_statements_are_refused_alike(port: int, statement: str, state: str) -> None:
    with connect(port) as connection:
        with pytest.raises(pg8000.native.DatabaseError) as caught:
            connection.run(statement)
        assert caught.value.args[0]["C"] == state
        assert connection.run("select 1") == [[1]]


@pytest.mark.parametrize("statement", ["create table t (a int)", "insert into t values (1)", "drop table t"])
def test_what_writes_is_refused_in_a_read_only_transaction(port: int, statement: str) -> None:
    with connect(port) as connection:
        connection.run("start transaction read only")
        with pytest.raises(pg8000.native.DatabaseError) as caught:
            connection.run(statement)
        assert caught.value.args[0]["C"] in ("25006", "42P01")
        with pytest.raises(pg8000.native.DatabaseError) as caught:
            connection.run("select 1")
        assert caught.value.args[0]["C"] == "25P02"
        connection.run("rollback")
        assert connection.run("select 1") == [[1]]


@pytest.mark.parametrize(
    ("user", "password", "database", "state"),
    [("wiz", "wrong", "demo", "28P01"), ("nobody", "secret", "demo", "28P01"), ("wiz", "secret", "none-such", "3D000")],
)
def test_who_may_not_enter_is_told_why(port: int, user: str, password: str, database: str, state: str) -> None:
    with pytest.raises(pg8000.native.DatabaseError) as caught:
        connect(port, user, password, database)
    assert (caught.value.args[0]["S"], caught.value.args[0]["C"]) == ("FATAL", state)


def test_the_usual_driver_reads_rows(port: int) -> None:
    with pg8000.dbapi.connect("wiz", "127.0.0.1", "demo", port, "secret", timeout=5) as connection:
        cursor = connection.cursor()
        cursor.execute("select current_setting(%s), 2", ("max_connections",))
        assert list(cursor.fetchall()) == [["100", 2]]


def test_there_is_no_tls(run_simulated: Run) -> None:
    port = run_simulated(PostgresServer(SqlSettings(users={"wiz": "secret"}, databases=frozenset({"demo"}))))
    with pytest.raises(pg8000.native.InterfaceError, match="refuses SSL"):
        connect(port, ssl_context=ssl.create_default_context())


def test_version_connections_and_rights_are_parameters(run_simulated: Run) -> None:
    settings = SqlSettings("9.6.24", {"wiz": "secret"}, frozenset({"demo"}), 20, 18, in_recovery=True, may_create=False)
    server = PostgresServer(settings)
    statement = "select current_setting('server_version'), pg_is_in_recovery(), has_schema_privilege('public', 'CREATE')"
    port = run_simulated(server)
    assert answer(port, statement)[1] == [["9.6.24", True, False]]
    assert answer(port, "select count(*) from pg_stat_activity")[1] == [[18]]
    assert statement in server.received


def test_a_challenge_is_answered_in_its_own_order() -> None:
    login = ScramServer("secret", bytes)
    challenge = login.first("n,,n=,r=abc")
    assert challenge == f"r=abc{'A' * 24},s={'A' * 22}==,i=4096"
    with pytest.raises(ScramError):
        login.final(f"c=biws,r=abc{'A' * 24},p={'A' * 43}=")
    with pytest.raises(ScramError):
        login.final("c=biws,r=other,p=")
    with pytest.raises(ScramError):
        login.first("y,,n=,r=abc")
