"""Blocks of the runbook, run: on a small machine of stand-ins, and against real databases."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from nbcluster.answers.answers import Answers
from nbcluster.files.systemd import PLACES
from nbcluster.steps.license import needed
from tests.services.process import tool
from tests.services.sql import SqlServer
from tests.unit.runbooks import EXISTING, filled, named, program, run
from tests.unit.scenarios import official


def test_a_copy_block_brings_the_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    home, files = tmp_path / "home", tmp_path
    home.mkdir()
    (files / ".env").write_text("A=1\n")
    (files / "systemd").mkdir()
    for path in PLACES:
        (files / path).write_text("[Unit]\n")
    program(tmp_path, "scp", f'shift; cp -p "$1" "{home}/${{2#*:}}"')
    program(tmp_path, "ssh", f'shift 3; cd "{home}" && exec sh -c "$1"')
    program(tmp_path, "sudo", 'exec "$@"')
    program(tmp_path, "systemctl", "exit 0")
    program(
        tmp_path,
        "install",
        f'''case "$*" in
*-d*) mkdir -p "{home}/target/run" ;;
*) mkdir -p "{home}/target"; while [ $# -gt 2 ]; do shift; done; cp "$1" "{home}/target/${{2##*/}}" ;;
esac''',
    )
    script = named(official({"nodes": [{"name": "n", "host": "10.0.0.1"}]}), "copy")["n"]
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (home / "target/.env").read_text() == "A=1\n"
    assert (home / "target/.env.e2e").read_text() == "" and (home / "target/run").is_dir()
    assert [path.name for path in home.iterdir()] == ["target"]
    assert {place.rpartition("/")[2] for place in PLACES.values()} < {path.name for path in (home / "target").iterdir()}


def test_a_start_block_refuses_a_port_in_use(tmp_path: Path) -> None:
    program(tmp_path, "systemctl", f'echo "$@" >> "{tmp_path}/started"')
    program(tmp_path, "curl", "printf ok")
    program(tmp_path, "sleep", "exit 0")
    script = named(official(), "start")["node2"]
    program(tmp_path, "ss", "echo LISTEN")
    assert run(script, tmp_path).returncode != 0 and not (tmp_path / "started").exists()
    program(tmp_path, "ss", "exit 0")
    done = run(script, tmp_path)
    assert (done.returncode, done.stdout) == (0, "healthy\n") and "nocobase" in (tmp_path / "started").read_text()
    program(tmp_path, "curl", 'printf "{\\"error\\":\\"Invalid pathname\\"}"')
    done = run(script, tmp_path)
    assert done.returncode != 0 and "Invalid pathname" in done.stdout


def test_the_key_gates_tell_the_right_file_from_a_wrong_one(tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    (storage / "apps/main").mkdir(parents=True)
    answers = official({**EXISTING, "storage.path": str(storage)}, without=("admin",))
    aes, jwt, digits = (named(answers, name)["node1"] for name in ("convert-aes", "convert-jwt", "convert-aes-hex"))
    assert run(aes, tmp_path).returncode != 0 and run(jwt, tmp_path).returncode != 0
    (storage / "apps/main/jwt_secret.dat").write_bytes(bytes(32))
    assert run(jwt, tmp_path).returncode == 0
    (storage / "apps/main/aes_key.dat").write_bytes(bytes(31))
    assert run(aes, tmp_path).returncode != 0
    (storage / "apps/main/aes_key.dat").unlink()
    (storage / "environment-variables/main").mkdir(parents=True)
    (storage / "environment-variables/main/aes_key.dat").write_bytes(bytes(range(32)))
    assert run(aes, tmp_path).returncode == 0
    assert run(digits, tmp_path).stdout == bytes(range(32)).hex() + "\n"


def test_the_copy_of_the_storage_leaves_out_what_belongs_to_one_machine(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for name in (
        ".pm2/x",
        "db/x",
        "logs/x",
        "tmp/x",
        "uploads/db/x",
        "plugins/logs/x",
        "apps/main/aes_key.dat",
        ".license/license-key",
    ):
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        (old / name).write_text("x")
    (old / "gateway.sock").write_text("")
    program(tmp_path, "chown", "exit 0")
    script = named(official({**EXISTING, "storage.path": str(new)}, without=("admin",)), "convert")["node1"]
    assert run(script, tmp_path).returncode != 0
    assert run(filled(script, OLD_STORAGE=str(old)), tmp_path).returncode == 0
    found = {str(path.relative_to(new)) for path in new.rglob("*") if path.is_file()}
    assert found == {"uploads/db/x", "plugins/logs/x", "apps/main/aes_key.dat", ".license/license-key"}


def test_packages_of_plugins_are_unpacked_where_nocobase_looks(tmp_path: Path) -> None:
    packages, storage = tmp_path / "packages", tmp_path / "storage"
    answers = official({"license.delivery": "offline", "storage.path": str(storage)})
    names = [package.rpartition("/")[2] for package in needed(answers)]
    packages.mkdir()
    for name in names:
        source = tmp_path / name / "package"
        source.mkdir(parents=True)
        (source / "package.json").write_text('{\n  "version": "2.2.15"\n}\n')
        subprocess.run(
            [tool("tar"), "-czf", packages / f"nocobase-{name}-2.2.15.tgz", "-C", source.parent, "package"], check=True
        )
    program(tmp_path, "chown", "exit 0")
    done = run(filled(named(answers, "plugins")["node1"], PACKAGES=str(packages)), tmp_path)
    assert done.returncode == 0 and done.stdout.count("2.2.15") == len(names)
    assert all((storage / "plugins/@nocobase" / name / "package.json").is_file() for name in names)


def database(server: SqlServer, **changes: object) -> Answers:
    return official(
        {
            **EXISTING,
            "database.dialect": server.dialect,
            "database.host": server.host,
            "database.port": server.port,
            "database.name": server.database,
            "database.user": server.username,
            **{path.replace("__", "."): value for path, value in changes.items()},
        },
        without=("admin",),
    )


ADAPTER = "@nocobase/plugin-lock-adapter-redis"
EXPECTED = [["version", "2.2.15"], ["roles", "3"], ["broken off", "1"], [ADAPTER, "2.2.15", "enabled"], ["encrypted values", "2"]]


def test_the_gate_asks_postgres_under_schema_prefix_and_underscores(postgres: SqlServer, tmp_path: Path) -> None:
    named_like_it = 'noco."nb_application_plugins" (name text, "package_name" text, version text, enabled bool, installed bool)'
    statements = f"""
        DROP SCHEMA IF EXISTS noco CASCADE; CREATE SCHEMA noco;
        CREATE TABLE noco.nb_application_version (value text); INSERT INTO noco.nb_application_version VALUES ('2.2.15');
        CREATE TABLE noco.nb_roles (name text); INSERT INTO noco.nb_roles VALUES ('a'), ('b'), ('c');
        CREATE TABLE {named_like_it};
        INSERT INTO noco.nb_application_plugins VALUES ('l', '{ADAPTER}', '2.2.15', true, true), ('x', 'x', '1', true, NULL);
        CREATE TABLE noco.nb_environment_variables (type text);
        INSERT INTO noco.nb_environment_variables VALUES ('secret'), ('secret'), ('default');
    """  # noqa: S608 - the test's own names
    words = [
        "-q",
        "-h",
        postgres.host,
        "-p",
        str(postgres.port),
        "-U",
        postgres.username,
        "-d",
        postgres.database,
        "-c",
        statements,
    ]
    password = {"PGPASSWORD": postgres.password, "PATH": os.environ["PATH"]}
    subprocess.run([tool("psql"), *words], env=password, check=True, capture_output=True, timeout=30)
    changes = {"database__schema": "noco", "database__table_prefix": "nb_", "database__underscored": True}
    for tls in ({}, {"database__tls": True, "tls__ca_file": str(postgres.ca_file)}):
        script = named(database(postgres, **changes, **tls), "gate-database")["bastion"]
        done = run(script, tmp_path, PGPASSWORD=postgres.password)
        assert done.returncode == 0, done.stderr
        assert [line.split("|") for line in done.stdout.splitlines()] == EXPECTED


def test_the_gate_asks_mariadb(mariadb: SqlServer, tmp_path: Path) -> None:
    statements = f"""
        DROP TABLE IF EXISTS applicationVersion, roles, applicationPlugins, environmentVariables;
        CREATE TABLE applicationVersion (value text); INSERT INTO applicationVersion VALUES ('2.2.15');
        CREATE TABLE roles (name text); INSERT INTO roles VALUES ('a'), ('b'), ('c');
        CREATE TABLE applicationPlugins (name text, packageName text, version text, enabled bool, installed bool);
        INSERT INTO applicationPlugins VALUES ('l', '{ADAPTER}', '2.2.15', true, true), ('x', 'x', '1', true, NULL);
        CREATE TABLE environmentVariables (type text);
        INSERT INTO environmentVariables VALUES ('secret'), ('secret'), ('default');
    """  # noqa: S608 - the test's own names
    words = ["-h", mariadb.host, "-P", str(mariadb.port), "-u", mariadb.username, f"-p{mariadb.password}", mariadb.database]
    subprocess.run([tool("mariadb"), *words, "-e", statements], check=True, capture_output=True, timeout=30)
    for tls in ({}, {"database__tls": True, "tls__ca_file": str(mariadb.ca_file)}):
        script = named(database(mariadb, **tls), "gate-database")["bastion"]
        assert " -p " in script
        done = run(script.replace(" -p ", f" -p{mariadb.password} "), tmp_path)
        assert done.returncode == 0, done.stderr
        assert [line.split("\t") for line in done.stdout.splitlines()] == EXPECTED


def test_a_dump_is_its_owners_alone(postgres: SqlServer, tmp_path: Path) -> None:
    done = run(named(database(postgres), "backup")["bastion"], tmp_path, PGPASSWORD=postgres.password)
    assert done.returncode == 0, done.stderr
    (dump,) = tmp_path.glob("nocobase-official-before-upgrade-*.sql")
    assert dump.stat().st_mode & 0o077 == 0 and "PostgreSQL database dump" in dump.read_text()
