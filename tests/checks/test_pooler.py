"""A pooler in front of PostgreSQL: recognised with its mode, and its limits not taken for those of the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from nbcluster.catalogue import CHECKS
from nbcluster.checks.run import run_checks
from nbcluster.probe.database.pooler import CONFIG, DATABASES, POOLS, judge
from tests.checks.conftest import by_id, database_of
from tests.services.process import Server, accepts, as_user, free_ports, own, remove, short_folder, tool
from tests.services.sql import SqlServer

StartPooler = Callable[..., int]


@pytest.fixture
def start_pooler() -> Iterator[StartPooler]:
    """A function that starts pgbouncer before a server, with a ``pool_mode``, until the test ends; returns its port."""
    with ExitStack() as stack:

        def start(sql: SqlServer, mode: str, settings: str = "", entry: str = "") -> int:
            folder, port = short_folder("pool", "postgres"), free_ports()
            (folder / "users").write_text(f'"{sql.username}" "{sql.password}"\n')
            (folder / "ini").write_text(
                f"[databases]\n{sql.database} = host={sql.host} port={sql.port} dbname={sql.database} {entry}\n"
                f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\n"
                f"auth_file = {folder / 'users'}\npool_mode = {mode}\nmax_client_conn = 20\ndefault_pool_size = 3\n{settings}"
            )
            for name in ("users", "ini"):
                own(folder / name, "postgres")
            server = Server.start([*as_user("postgres"), tool("pgbouncer"), str(folder / "ini")], folder / "log", cwd=folder)
            stack.callback(remove, folder)
            stack.callback(server.stop, 5)
            server.wait_for(lambda: accepts("127.0.0.1", port), 10)
            return port

        yield start


@pytest.mark.parametrize(("mode", "code", "status"), [("transaction", "transaction", "warn"), ("session", "session", "ok")])
def test_a_pooler_is_recognised(postgres: SqlServer, start_pooler: StartPooler, mode: str, code: str, status: str) -> None:
    found = by_id(run_checks([database_of(postgres, port=start_pooler(postgres, mode))], timeout=10))
    assert (found["database.pooler"].code, found["database.pooler"].status) == (f"database.pooler.{code}", status)
    limits = found["database.connections"]
    assert (limits.code, limits.status) == ("database.connections.pooler", "skip")
    assert found["database.rights"].status == "ok"


@pytest.mark.parametrize("role", ["admin_users", "stats_users"])
@pytest.mark.parametrize(
    ("mode", "settings", "entry", "code", "available", "by"),
    [
        ("session", "", "", "pool_few", 3, "default_pool_size"),
        ("session", "reserve_pool_size = 2\n", "", "pool_few", 5, "default_pool_size"),
        ("session", "", "pool_size=15", "pool", 15, "default_pool_size"),
        ("session", "max_db_connections = 2\n", "", "pool_few", 2, "max_db_connections"),
        ("session", "", "pool_size=50", "pool", 20, "max_client_conn"),
        ("transaction", "", "", "pool", 20, "max_client_conn"),
        ("transaction", "", "pool_mode=session", "pool_few", 3, "default_pool_size"),
    ],
)
def test_the_limits_are_those_of_the_pooler(
    postgres: SqlServer,
    start_pooler: StartPooler,
    role: str,
    mode: str,
    settings: str,
    entry: str,
    code: str,
    available: int,
    by: str,
) -> None:
    port = start_pooler(postgres, mode, f"{role} = {postgres.username}\n{settings}", entry)
    found = by_id(run_checks([database_of(postgres, port=port, connections=10)], timeout=10))["database.connections"]
    assert found.code == f"database.connections.{code}"
    assert (found.params["available"], found.params["by"], found.params["needed"]) == (available, by, 10)
    assert found.status == ("warn" if available < 10 else "ok")


def test_the_command_for_limits_that_were_not_asked_stands_alone(postgres: SqlServer, start_pooler: StartPooler) -> None:
    port = start_pooler(postgres, "session")
    hint = by_id(run_checks([database_of(postgres, port=port)], timeout=10))["database.connections"].hint
    assert hint.splitlines()[-1].startswith(f"psql -h {postgres.host} -p {port} ") and hint.count("\n") == 1


@pytest.mark.parametrize("name", ["postgres", "mariadb"])
@pytest.mark.parametrize("tls", [False, True])
def test_a_server_of_its_own_is_no_pooler(name: str, tls: bool, request: pytest.FixtureRequest) -> None:
    server: SqlServer = request.getfixturevalue(name)
    found = by_id(run_checks([database_of(server, tls=tls, ca_file=str(server.ca_file))], timeout=10))
    assert found["database.pooler"].code == "database.pooler.none"
    assert found["database.connections"].code != "database.connections.pooler"


def test_a_pooler_without_a_second_connection_is_not_judged() -> None:
    assert judge(77, 12, None, 20).code == "database.pooler.unknown"


def test_what_the_console_is_asked_is_published() -> None:
    sent = {line for check in CHECKS if check.pattern == "database.connections" for line in check.sends}
    assert {f"pgbouncer: {question}" for question in (CONFIG, DATABASES, POOLS)} <= sent
