"""Blocks of the runbook, executed with stand-ins for a machine's programs, and against real databases."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nbcluster.answers.answers import Answers
from nbcluster.files.export import write
from nbcluster.files.fileset import prepare
from nbcluster.steps.license import needed
from tests.services.process import tool
from tests.services.sql import SqlServer
from tests.unit.runbooks import EXISTING, filled, named, program, run
from tests.unit.scenarios import official

NODES = [{"name": "n", "host": "10.0.0.1"}, {"name": "m", "host": "10.0.0.2", "port": 13100}]


def machine(folder: Path) -> Path:
    """Make the nodes folders below one, and ssh a way into them; whoever runs the tests is root there."""
    program(folder, "ssh", f'while [ "$1" != -- ]; do shift; done; mkdir -p "{folder}/$2" && cd "{folder}/$2" && exec sh -c "$3"')
    program(folder, "sudo", 'exec "$@"')
    program(folder, "runuser", 'echo "runuser $2" >> "$HOME/runuser"; shift 3; exec "$@"')
    program(folder, "systemctl", 'echo "$PWD $*" >> "$HOME/systemctl"; case "$*" in is-active*) exit 3 ;; esac')
    program(folder, "ss", "exit 0")
    program(folder, "curl", "printf ok")
    program(folder, "sleep", "exit 0")
    program(folder, "mountpoint", "exit 0")
    program(
        folder,
        "install",
        """case "$*" in
*" -d "* | "-d "*) for last; do :; done; mkdir -p "$OLDPWD/../$PWD/target" 2>/dev/null; mkdir -p ../target; : ;;
*) while [ $# -gt 2 ]; do shift; done; mkdir -p ../target; cp "$1" "../target/${2##*/}" ;;
esac""",
    )
    return folder


def files(folder: Path) -> None:
    for path in ("systemd/nocobase.service", "systemd/nocobase-health.service", "systemd/nocobase-health.timer"):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text("[Unit]\n")
    (folder / "systemd/nocobase-health.sh").write_text("#!/bin/sh\n")
    (folder / ".env").write_text("A=1\n")
    (folder / "nodes").mkdir()
    (folder / "nodes/m.env").write_text("A=2\n")


def test_a_copy_block_brings_each_node_its_own_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    files(machine(tmp_path))
    done = run(named(official({"nodes": NODES}), "copy")["m"], tmp_path)
    assert done.returncode == 0, done.stderr
    for host, text in (("10.0.0.1", "A=1\n"), ("10.0.0.2", "A=2\n")):
        assert (tmp_path / host / "target/.env").read_text() == text
        assert (tmp_path / host / "target/nocobase-health.timer").exists()
        assert [path.name for path in (tmp_path / host).iterdir()] == ["target"]


def test_only_the_nodes_that_stand_on_the_first_line_are_meant(tmp_path: Path) -> None:
    files(machine(tmp_path))
    script = named(official({"nodes": NODES}), "copy")["m"]
    assert run(filled(script, NODES="m,10.0.0.2,10.0.0.2:13100,nodes/m.env"), tmp_path).returncode == 0
    assert not (tmp_path / "10.0.0.1").exists() and (tmp_path / "10.0.0.2/target/.env").exists()


def test_a_machine_on_which_the_single_node_runs_gets_no_file(tmp_path: Path) -> None:
    files(machine(tmp_path))
    program(tmp_path, "ss", 'case "$PWD" in */10.0.0.1*) echo LISTEN ;; esac')
    done = run(named(official({**EXISTING, "nodes": NODES}, without=("admin",)), "copy")["m"], tmp_path)
    assert done.returncode == 0 and list((tmp_path / "10.0.0.1").iterdir()) == []
    assert (tmp_path / "10.0.0.2/target/.env").exists()


def test_the_share_is_proven_as_the_account_that_runs_nocobase(tmp_path: Path) -> None:
    storage = machine(tmp_path) / "storage"
    storage.mkdir()
    for name in ("chown", "id", "grep"):
        program(tmp_path, name, "exit 0" if name != "grep" else f'exec {tool("grep")} "$@"')
    script = named(official({"nodes": NODES, "storage.path": str(storage)}), "share")["bastion"]
    done = run(script.replace("/etc/os-release", "/dev/null").replace("grep ^PRETTY_NAME=", "true"), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "runuser").read_text().split() == ["runuser", "nocobase"] * 4 and list(storage.iterdir()) == []
    program(tmp_path, "runuser", 'case "$PWD" in *) [ "$4" != cat ] || exit 1 ;; esac; shift 3; exec "$@"')
    done = run(script.replace("/etc/os-release", "/dev/null").replace("grep ^PRETTY_NAME=", "true"), tmp_path)
    assert done.returncode == 1 and " n m" in done.stdout and list(storage.iterdir()) == []


def test_an_image_is_fetched_only_where_it_is_not_there_yet(tmp_path: Path) -> None:
    """A node may have been given it without a way to the registry."""
    storage = machine(tmp_path) / "storage"
    storage.mkdir()
    program(tmp_path, "chown", "exit 0")
    script = named(official({"nodes": NODES, "storage.path": str(storage), "app.deployment": "docker"}), "share")["bastion"]
    asked = 'echo "$PWD $1" >> "$HOME/docker"; case "$PWD $1" in *10.0.0.2" image"|*10.0.0.1" pull") exit 1 ;; esac'
    program(tmp_path, "docker", asked)
    script = script.replace("cd /;", ":;")
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    pulls = [line for line in (tmp_path / "docker").read_text().splitlines() if line.endswith(" pull")]
    assert pulls == [f"{tmp_path / '10.0.0.2'} pull"]
    program(tmp_path, "docker", 'case "$1" in image | pull) exit 1 ;; esac')
    assert run(script, tmp_path).returncode != 0


def test_a_start_refuses_a_port_in_use_and_ends_at_the_first_sick_node(tmp_path: Path) -> None:
    machine(tmp_path)
    script = named(official({"nodes": NODES}), "start")["m"]
    program(tmp_path, "ss", "echo LISTEN")
    assert run(script, tmp_path).returncode != 0
    assert "enable" not in (tmp_path / "systemctl").read_text()
    program(tmp_path, "ss", "exit 0")
    (tmp_path / "systemctl").unlink()
    done = run(script, tmp_path)
    assert done.returncode == 0 and done.stdout.count("healthy") == 2
    assert (tmp_path / "systemctl").read_text().count("enable --now nocobase") == 2
    program(tmp_path, "curl", 'printf "{\\"error\\":\\"Invalid pathname\\"}"')
    (tmp_path / "systemctl").unlink()
    done = run(script, tmp_path)
    assert done.returncode != 0 and "Invalid pathname" in done.stdout
    assert (tmp_path / "systemctl").read_text().count("enable --now nocobase") == 1


def test_a_start_ends_a_first_boot_that_is_healthy_and_no_other(tmp_path: Path) -> None:
    machine(tmp_path)
    script = named(official({"nodes": NODES}), "start")["m"]
    program(tmp_path, "systemctl", 'echo "$*" >> "$HOME/systemctl"')
    program(tmp_path, "curl", "printf starting")
    assert run(script, tmp_path).returncode != 0
    assert "stop" not in (tmp_path / "systemctl").read_text() and "enable" not in (tmp_path / "systemctl").read_text()
    program(tmp_path, "curl", "printf ok")
    assert run(script, tmp_path).returncode == 0
    assert "stop nocobase-alone\nenable --now nocobase\n" in (tmp_path / "systemctl").read_text()


OLD = {
    "compose": ("docker", "update --restart=no", "compose stop app", "compose start app"),
    "docker": ("docker", "update --restart=no app", "stop app", "start app"),
    "systemd": ("systemctl", "", "disable --now app", "enable --now app"),
    "pm2": ("pm2", "save", "stop app", "start app"),
}


@pytest.mark.parametrize("kind", OLD)
def test_the_single_node_stops_alone_for_good_and_comes_back(kind: str, tmp_path: Path) -> None:
    command, lasting, stops, starts = OLD[kind]
    runs = tmp_path / "runs"
    program(tmp_path, command, f'echo "$*" >> "{tmp_path}/said"; case "$*" in *stop*|*disable*) rm -f "{runs}";; esac')
    program(tmp_path, "ss", f'[ ! -e "{runs}" ] || echo LISTEN')
    script = named(official(EXISTING, without=("admin",)), "convert-stop")["old"]
    stop = filled(script, OLD_KIND=kind, OLD_NAME="app")
    assert run(stop, tmp_path).returncode == 1 and not (tmp_path / "said").exists(), "nothing listens: another port"
    runs.touch()
    assert run(filled(stop, OLD_KIND="nohup"), tmp_path).returncode == 1 and not (tmp_path / "said").exists()
    assert run(filled(stop, OLD_DO="back"), tmp_path).returncode == 1 and not (tmp_path / "said").exists()
    done = run(stop, tmp_path)
    assert done.returncode == 0 and "closed" in done.stdout, done.stderr
    assert stops in (tmp_path / "said").read_text() and lasting in (tmp_path / "said").read_text()
    assert run(filled(stop, OLD_DO="back"), tmp_path).returncode == 0
    assert starts in (tmp_path / "said").read_text()


def test_a_licence_key_is_put_in_its_place_and_no_instance_id_is_said(tmp_path: Path) -> None:
    storage = machine(tmp_path) / "storage"
    (storage / ".license").mkdir(parents=True)
    program(tmp_path, "id", "echo 0")
    program(tmp_path, "install", 'case "$*" in "-d "*) ;; *) while [ $# -gt 2 ]; do shift; done; cp "$1" "$2" ;; esac')
    answers = official({"storage.path": str(storage), "app.folder": str(tmp_path)})
    (tmp_path / "key").write_text("licence")
    script = named(answers, "license-key")["node1"]
    assert run(filled(script, LICENSE_KEY=str(tmp_path / "none")), tmp_path).returncode == 1
    assert run(filled(script, LICENSE_KEY=str(tmp_path / "key")), tmp_path).returncode == 0
    assert (storage / ".license/license-key").read_text() == "licence"
    program(tmp_path, "yarn", "exit 0")
    assert run(named(answers, "license")["node1"], tmp_path).returncode == 1
    program(tmp_path, "yarn", f'echo ID > "{storage}/.license/instance-id"')
    done = run(named(answers, "license")["node1"], tmp_path)
    assert done.returncode == 0 and done.stdout.split() == ["ID"]


def test_an_archive_comes_back_without_newer_plugins(tmp_path: Path) -> None:
    storage = machine(tmp_path) / "storage"
    for name in ("uploads/a", "plugins/@nocobase/plugin-x/package.json", "logs/x"):
        (storage / name).parent.mkdir(parents=True, exist_ok=True)
        (storage / name).write_text(name)
    program(tmp_path, "id", "echo 0")
    answers = official({"storage.path": str(storage)})
    done = run(filled(named(answers, "backup-storage")["node1"], BACKUPS=str(tmp_path / "backups")), tmp_path)
    assert done.returncode == 0, done.stderr
    (archive,) = (tmp_path / "backups").iterdir()
    assert archive.stat().st_mode & 0o077 == 0
    (storage / "uploads/a").unlink()
    (storage / "plugins/@nocobase/newer").mkdir()
    script = named(answers, "restore-storage")["node1"]
    assert run(filled(script, ARCHIVE=str(tmp_path / "none")), tmp_path).returncode == 1 and (storage / "plugins").exists()
    assert run(filled(script, ARCHIVE=str(archive)), tmp_path).returncode == 0
    assert (storage / "uploads/a").exists() and not (storage / "plugins/@nocobase/newer").exists()


def converted(folder: Path, changes: Mapping[str, object] = EXISTING) -> tuple[Path, Path, str]:
    """Return the old storage, the share, and the block that copies the one to the other."""
    old, new = folder / "old", folder / "new"
    (old / "apps/main").mkdir(parents=True)
    new.mkdir()
    program(folder, "chown", "exit 0")
    program(folder, "id", "echo 0")
    script = named(official({**changes, "storage.path": str(new)}, without=("admin",)), "convert")["node1"]
    return old, new, filled(script, OLD_STORAGE=str(old))


def test_the_copy_tells_the_right_key_files_from_wrong_ones(tmp_path: Path) -> None:
    old, _new, script = converted(tmp_path)
    assert run(script, tmp_path).returncode != 0
    (old / "apps/main/jwt_secret.dat").write_bytes(bytes(32))
    assert run(script, tmp_path).returncode != 0
    (old / "apps/main/aes_key.dat").write_bytes(bytes(31))
    assert run(script, tmp_path).returncode != 0
    (old / "apps/main/aes_key.dat").write_bytes(bytes(32))
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_older_place_of_the_aes_key_counts_too(tmp_path: Path) -> None:
    old, _new, script = converted(tmp_path)
    (old / "apps/main/jwt_secret.dat").write_bytes(bytes(32))
    (old / "environment-variables/main").mkdir(parents=True)
    (old / "environment-variables/main/aes_key.dat").write_bytes(bytes(range(32)))
    assert run(script, tmp_path).returncode == 0


PASTED = {"app.installation": "existing", "app.key": "k" * 40, "app.aes_key": "a" * 64}


def test_a_pasted_key_is_compared_with_the_old_file_on_the_share(tmp_path: Path) -> None:
    storage = machine(tmp_path) / "storage"
    (storage / "apps/main").mkdir(parents=True)
    (tmp_path / ".env").write_text(f"APP_AES_SECRET_KEY={'a' * 64}\n")
    script = named(official({**PASTED, "storage.path": str(storage)}, without=("admin",)), "convert-aes")["bastion"]
    assert run(script, tmp_path).returncode == 0
    (storage / "apps/main/aes_key.dat").write_bytes(b"\xaa" * 32)
    assert run(script, tmp_path).returncode == 0
    (storage / "apps/main/aes_key.dat").write_bytes(b"\xab" * 32)
    done = run(script, tmp_path)
    assert done.returncode == 1 and "a" * 64 not in done.stdout
    assert list((tmp_path / "172.31.0.1").iterdir()) == []


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
    program(tmp_path, "id", "echo 0")
    script = named(official({**PASTED, "storage.path": str(new)}, without=("admin",)), "convert")["node1"]
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


def asked(server: SqlServer, folder: Path, script: str, **environment: str) -> int:
    """Run a gate in the folder that answers were written to, the nodes left out: they are nowhere."""
    program(folder, "nbcluster", f'exec {sys.executable} -m nbcluster "$@"')
    script = script.replace("--only node.node1 ", "")
    found = run(script, folder, PATH=f"{folder}/bin:{os.environ['PATH']}", PYTHONPATH=os.pathsep.join(sys.path), **environment)
    assert server.password not in found.stdout + found.stderr
    return found.returncode


def written(server: SqlServer, folder: Path, **changes: object) -> Answers:
    answers = database(server, database__password=server.password, **changes)
    write(prepare(answers, folder), folder, lambda: datetime.now(UTC))
    return answers


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_the_gate_asks_postgres_in_the_written_folder_as_it_stands(tls: bool, postgres: SqlServer, tmp_path: Path) -> None:
    adapters = ", ".join(f"('{n}', '{n}', '2.2.15', true, true)" for n in needed(official(EXISTING, without=("admin",))))
    plugins = 'noco."nb_application_plugins" (name text, "package_name" text, version text, enabled bool, installed bool)'
    words = ["-q", "-h", postgres.host, "-p", str(postgres.port), "-U", postgres.username, "-d", postgres.database, "-c"]

    def sql(statements: str) -> None:
        environment = {"PGPASSWORD": postgres.password, "PATH": os.environ["PATH"]}
        subprocess.run([tool("psql"), *words, statements], env=environment, check=True, capture_output=True, timeout=30)

    sql(
        f"""
        DROP SCHEMA IF EXISTS noco CASCADE; CREATE SCHEMA noco;
        CREATE TABLE noco.nb_application_version (value text); INSERT INTO noco.nb_application_version VALUES ('2.2.15');
        CREATE TABLE noco.nb_roles (name text); INSERT INTO noco.nb_roles VALUES ('a'), ('b'), ('c');
        CREATE TABLE {plugins}; INSERT INTO noco.nb_application_plugins VALUES {adapters};
    """  # noqa: S608 - the test's own names
    )
    changes: dict[str, object] = {"database__schema": "noco", "database__table_prefix": "nb_", "database__underscored": True}
    secure = {"database__tls": True, "tls__ca_file": str(postgres.ca_file)} if tls else {}
    here = [{"name": "node1", "host": "127.0.0.1"}]
    answers = written(postgres, tmp_path, nodes=here, **changes, **secure)
    gate = named(answers, "gate-database")["bastion"]
    assert asked(postgres, tmp_path, gate) == 0
    sql("UPDATE noco.nb_application_plugins SET enabled = false")
    assert asked(postgres, tmp_path, gate) != 0
    sql("DROP SCHEMA noco CASCADE")


def test_a_dump_comes_back_over_what_was_changed_since(postgres: SqlServer, tmp_path: Path) -> None:
    answers = database(postgres)
    words = ["-h", postgres.host, "-p", str(postgres.port), "-U", postgres.username, "-d", postgres.database, "-At", "-c"]

    def sql(statements: str) -> str:
        environment = {"PGPASSWORD": postgres.password, "PATH": os.environ["PATH"]}
        done = subprocess.run(
            [tool("psql"), *words, statements], env=environment, check=True, capture_output=True, timeout=30, text=True
        )
        return done.stdout

    sql("DROP TABLE IF EXISTS kept; CREATE TABLE kept (a int); INSERT INTO kept VALUES (1)")
    assert run(named(answers, "backup")["bastion"], tmp_path, PGPASSWORD=postgres.password).returncode == 0
    (dump,) = tmp_path.glob("nocobase-official-before-upgrade-*.sql")
    sql("UPDATE kept SET a = 2")
    script = named(answers, "restore-database")["bastion"]
    assert run(filled(script, DUMP=str(tmp_path / "none")), tmp_path, PGPASSWORD=postgres.password).returncode == 1
    done = run(filled(script, DUMP=str(dump)), tmp_path, PGPASSWORD=postgres.password)
    assert done.returncode == 0, done.stderr
    assert sql("SELECT a FROM kept") == "1\n"
    sql("DROP TABLE kept")


def test_a_dump_of_mariadb_comes_back_also_with_tls(mariadb: SqlServer, tmp_path: Path) -> None:
    words = ["-h", mariadb.host, "-P", str(mariadb.port), "-u", mariadb.username, f"-p{mariadb.password}", mariadb.database]

    def sql(statements: str) -> str:
        done = subprocess.run(
            [tool("mariadb"), *words, "-N", "-B", "-e", statements], check=True, capture_output=True, timeout=30, text=True
        )
        return done.stdout

    for tls in ({}, {"database__tls": True, "tls__ca_file": str(mariadb.ca_file)}):
        answers, folder = database(mariadb, **tls), tmp_path / f"tls{len(tls)}"
        folder.mkdir()
        sql("DROP TABLE IF EXISTS kept; CREATE TABLE kept (a int); INSERT INTO kept VALUES (1)")
        backup, restore = named(answers, "backup")["bastion"], named(answers, "restore-database")["bastion"]
        assert " -p " in backup and " -p " in restore
        given = f" -p{mariadb.password} "
        done = run(backup.replace(" -p ", given), folder)
        assert done.returncode == 0, done.stderr
        sql("UPDATE kept SET a = 2")
        (dump,) = folder.glob("nocobase-official-before-upgrade-*.sql")
        done = run(filled(restore, DUMP=str(dump)).replace(" -p ", given), folder)
        assert done.returncode == 0 and sql("SELECT a FROM kept") == "1\n", done.stderr
    sql("DROP TABLE kept")


def test_a_dump_is_its_owners_alone(postgres: SqlServer, tmp_path: Path) -> None:
    done = run(named(database(postgres), "backup")["bastion"], tmp_path, PGPASSWORD=postgres.password)
    assert done.returncode == 0, done.stderr
    (dump,) = tmp_path.glob("nocobase-official-before-upgrade-*.sql")
    assert dump.stat().st_mode & 0o077 == 0 and "PostgreSQL database dump" in dump.read_text()


def test_a_balancer_that_refuses_its_file_ends_the_block(tmp_path: Path) -> None:
    for name in ("install", "nginx"):
        program(tmp_path, name, f'echo {name} >> "$HOME/said"')
    program(tmp_path, "systemctl", 'echo "$*" >> "$HOME/said"')
    program(tmp_path, "curl", 'case "$*" in *" -w "*) printf 101 ;; *) printf ok ;; esac')
    script = named(official(), "balancer")["balancer"]
    assert run(script, tmp_path).returncode == 0 and "reload nginx" in (tmp_path / "said").read_text()
    (tmp_path / "said").unlink()
    program(tmp_path, "nginx", "exit 1")
    assert run(script, tmp_path).returncode != 0 and "reload" not in (tmp_path / "said").read_text()
    program(tmp_path, "nginx", "exit 0")
    program(tmp_path, "curl", 'case "$*" in *" -w "*) printf 200 ;; *) printf ok ;; esac')
    assert run(script, tmp_path).returncode != 0, "no WebSocket"


def test_a_balancer_that_listens_a_moment_after_its_reload_is_waited_for(tmp_path: Path) -> None:
    for name in ("install", "nginx", "systemctl", "sleep"):
        program(tmp_path, name, "exit 0")
    late = 'echo once >> "$HOME/asked"; [ "$(wc -l < "$HOME/asked")" -ge {tries} ] || exit 7; printf ok'
    script = named(official(), "balancer")["balancer"]
    program(tmp_path, "curl", f'case "$*" in *" -w "*) printf 101 ;; *) {late.format(tries=3)} ;; esac')
    assert run(script, tmp_path).returncode == 0
    program(tmp_path, "curl", "exit 7")
    assert run(script, tmp_path).returncode != 0


def test_a_single_node_that_cannot_be_kept_from_coming_back_is_told(tmp_path: Path) -> None:
    program(tmp_path, "docker", "exit 1")
    program(tmp_path, "ss", "exit 0")
    script = named(official(EXISTING, without=("admin",)), "convert-stop")["old"]
    assert run(filled(script, OLD_DO="back", OLD_KIND="docker", OLD_NAME="app"), tmp_path).returncode != 0
