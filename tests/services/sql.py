"""Private PostgreSQL and MariaDB servers, with and without TLS on the same port."""

from __future__ import annotations

import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.services.certificates import Certificates
from tests.services.process import Server, accepts, as_user, environment, free_ports, own, remove, short_folder, tool

USERNAME = "wiz"
PASSWORD = "secret"
DATABASE = "demo"
POSTGRES_FOLDERS = tuple(f"/usr/lib/postgresql/{version}/bin" for version in (15, 16, 17, 14))


@dataclass(frozen=True)
class SqlServer:
    """A running database server: ``username`` owns the empty ``database``; ``administrator`` may do everything.

    Accepts TLS with a certificate for 127.0.0.1 signed by ``ca_file``, and connections without.
    """

    dialect: str
    host: str
    port: int
    username: str
    password: str
    database: str
    administrator: str
    ca_file: Path
    server: Server


def _own_copy(folder: Path, certificates: Certificates, owner: str) -> None:
    files = {"server.crt": certificates.certificate, "server.key": certificates.key, "ca.crt": certificates.authority}
    for name, source in files.items():
        target = folder / name
        shutil.copy(source, target)
        target.chmod(0o600)
        own(target, owner)


def _run(words: list[str], folder: Path) -> None:
    done = subprocess.run(words, capture_output=True, env=environment(), cwd=folder, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(f"{words!r} ended with {done.returncode}: {done.stdout!r} {done.stderr!r}")


def start_postgres(certificates: Certificates) -> SqlServer:
    """Start PostgreSQL without durability: user ``wiz``, superuser ``admin``, both with the password ``secret``."""
    import pg8000.native

    initdb, postgres = tool("initdb", *POSTGRES_FOLDERS), tool("postgres", *POSTGRES_FOLDERS)
    folder = short_folder("pg", "postgres")
    _own_copy(folder, certificates, "postgres")
    (folder / "pw").write_text(PASSWORD)
    own(folder / "pw", "postgres")
    user = as_user("postgres")
    data = str(folder / "data")
    words = ["-D", data, "-U", "admin", "-A", "scram-sha-256", f"--pwfile={folder / 'pw'}", "-E", "UTF8"]
    words += ["--no-locale", "--no-sync"]
    _run([*user, initdb, *words], folder)
    port = free_ports()
    settings = ["fsync=off", "full_page_writes=off", "ssl=on"]
    settings += [f"ssl_cert_file={folder / 'server.crt'}", f"ssl_key_file={folder / 'server.key'}"]
    words = [word for setting in settings for word in ("-c", setting)]
    words += ["-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
    server = Server.start([*user, postgres, *words], folder / "log", cwd=folder)

    def ready() -> bool:
        try:
            pg8000.native.Connection("admin", "127.0.0.1", "postgres", port, PASSWORD, timeout=5).close()
        except (pg8000.native.InterfaceError, pg8000.native.DatabaseError):
            return False
        return True

    server.wait_for(ready, 60)
    with pg8000.native.Connection("admin", "127.0.0.1", "postgres", port, PASSWORD, timeout=20) as connection:
        connection.run(f"create role {USERNAME} login password '{PASSWORD}'")
        connection.run(f"create database {DATABASE} owner {USERNAME}")
    return SqlServer("postgres", "127.0.0.1", port, USERNAME, PASSWORD, DATABASE, "admin", certificates.authority, server)


def start_mariadb(certificates: Certificates) -> SqlServer:
    """Start MariaDB: users ``wiz`` and ``admin``, both with the password ``secret``."""
    import pymysql

    install, mariadbd = tool("mariadb-install-db"), tool("mariadbd")
    folder = short_folder("my", "mysql")
    _own_copy(folder, certificates, "mysql")
    data = f"--datadir={folder / 'data'}"
    user = as_user("mysql")
    _run([*user, install, "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db"], folder)
    port = free_ports()
    socket = folder / "s.sock"
    words = [data, "--bind-address=127.0.0.1", f"--port={port}", f"--socket={socket}", f"--pid-file={folder / 'pid'}"]
    words += ["--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0", f"--ssl-cert={folder / 'server.crt'}"]
    words += [f"--ssl-key={folder / 'server.key'}", f"--ssl-ca={folder / 'ca.crt'}"]
    server = Server.start([*user, mariadbd, "--no-defaults", *words], folder / "log", cwd=folder)
    server.wait_for(lambda: socket.exists() and accepts("127.0.0.1", port), 60)
    connection = pymysql.connect(unix_socket=str(socket), user="root", connect_timeout=20)
    with connection, connection.cursor() as cursor:
        cursor.execute(f"create database {DATABASE} character set utf8mb4")
        for name, where in ((USERNAME, f"{DATABASE}.*"), ("admin", "*.*")):
            cursor.execute(f"create user {name}@127.0.0.1 identified by '{PASSWORD}'")
            cursor.execute(f"grant all on {where} to {name}@127.0.0.1 with grant option")
    return SqlServer("mariadb", "127.0.0.1", port, USERNAME, PASSWORD, DATABASE, "admin", certificates.authority, server)


def stop_sql(sql: SqlServer) -> None:
    """Stop the server and remove its folder."""
    sql.server.stop(20, signal.SIGINT if sql.dialect == "postgres" else signal.SIGTERM)
    remove(sql.server.log.parent)
