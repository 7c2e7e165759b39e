"""Values that other programs read: lines of fstab, destinations of ssh, words of unit files, compose and shell."""

from __future__ import annotations

import getpass
import json
import shlex
import subprocess
from pathlib import Path

import pytest

from nbcluster.cluster import Cluster
from nbcluster.errors import Severity
from nbcluster.files.ansible.inventory import host_variables
from nbcluster.files.ansible.variables import wanted_variables
from nbcluster.files.docker import compose_file
from nbcluster.files.readback import compose
from nbcluster.files.runbook.prepare import mount_line
from nbcluster.files.runbook.sql import dump
from nbcluster.files.systemd import UNIT
from nbcluster.files.systemd import unit as unit_file
from nbcluster.files.systemd_readback import differences
from tests.services.process import tool
from tests.unit.runbooks import named, program, run
from tests.unit.scenarios import official, problems

ODD = "/srv/a b\\c#d%e$f'g\"h`i{j}é"
SHARE = {"storage.path": ODD, "storage.server": "nas", "storage.export": "/e#x\\y", "storage.options": "hard,x=#1"}


def test_mount_reads_the_line_of_fstab_as_it_was_answered(tmp_path: Path) -> None:
    answers = official(SHARE)
    (tmp_path / "fstab").write_text(mount_line(Cluster.of(answers)) + "\n")
    words: list[str | Path] = ["--json", "--tab-file", tmp_path / "fstab", "--output", "SOURCE,TARGET,FSTYPE,OPTIONS"]
    done = subprocess.run([tool("findmnt"), *words], capture_output=True, check=True, timeout=30)
    (line,) = json.loads(done.stdout)["filesystems"]
    assert line == {"source": "nas:/e#x\\y", "target": ODD, "fstype": "nfs4", "options": "hard,x=#1"}
    assert wanted_variables(Cluster.of(answers))["nocobase_mount_line"] == mount_line(Cluster.of(answers))
    assert len(mount_line(Cluster.of(answers)).split()) == 6


def test_the_line_is_written_once(tmp_path: Path) -> None:
    for name in ("mkdir", "mountpoint", "mount", "chown", "systemctl"):
        program(tmp_path, name, "exit 0")
    program(tmp_path, "id", "echo 0")
    program(tmp_path, "ssh", 'while [ "$1" != -- ]; do shift; done; exec sh -c "$3"')
    program(
        tmp_path, "runuser", f'shift 3; case $1 in cat) exec cat "{tmp_path}/token" ;; tee) exec tee "{tmp_path}/token" ;; esac'
    )
    script = named(official(SHARE), "share")["bastion"].replace("/etc/fstab", str(tmp_path / "fstab"))
    (tmp_path / "fstab").write_text("# kept\n")
    for _ in range(2):
        assert run(script, tmp_path).returncode == 0
    assert (tmp_path / "fstab").read_text() == f"# kept\n{mount_line(Cluster.of(official(SHARE)))}\n"


def test_units_and_compose_files_hold_odd_paths() -> None:
    answers = official({**SHARE, "tls.ca_file": ODD, "app.image": "r.example.com/a/b:$x"})
    found = differences({UNIT: unit_file(Cluster.of(answers))}, Cluster.of(answers))
    assert not [place for place in found if place.startswith(f"{UNIT}: ")]
    assert compose(compose_file(Cluster.of(answers)), Cluster.of(answers)) == []
    assert compose(compose_file(Cluster.of(answers)).replace("$$f", "$f"), Cluster.of(answers))


@pytest.mark.parametrize("image", ["1e3", "2026-01-01", "0x10", "12:30", "true", "~", "a:", "a/b:", "a/b"])
def test_an_image_is_text_to_every_yaml_reader(image: str) -> None:
    answers = official({"app.deployment": "docker", "app.image": image})
    assert compose(compose_file(Cluster.of(answers)), Cluster.of(answers)) == []


def nodes(*destinations: str, hosts: tuple[str, ...] = ("10.0.0.1", "10.0.0.2")) -> dict[str, object]:
    rows = [{"name": f"n{i}", "host": host, "port": 13000 + i} for i, host in enumerate(hosts)]
    return {"nodes": [{**row, "ssh": each} if each else row for row, each in zip(rows, destinations, strict=True)]}


@pytest.mark.parametrize(
    "destination",
    ["-oProxyCommand=id", "-", "ops@-x", "a b", "ops@h;id", "$(id)", "@h", "ops@", "ops@h:", "h:0", "h:99999", "ops@h:x", "a\tb"],
)
def test_what_ssh_would_not_take_for_a_destination_is_refused(destination: str) -> None:
    assert any(key.startswith("nodes[0].ssh ") for key in problems(nodes(destination, "")))


@pytest.mark.parametrize("word", ["nocobase", "root", getpass.getuser()])
def test_an_account_where_a_host_belongs_is_refused_with_what_to_write(word: str) -> None:
    found = problems(nodes(word, ""))["nodes[0].ssh ssh"]
    assert f"{word}@10.0.0.1" in found.hint


def test_a_destination_belongs_to_one_machine() -> None:
    assert "nodes[1].ssh ssh" in problems(nodes("ops@10.0.0.1", "ops@10.0.0.1"))
    assert "nodes[1].ssh ssh" not in problems(nodes("ops@10.0.0.1", "ops@10.0.0.1:2222"))
    assert "nodes[1].ssh ssh" not in problems(nodes("bastion1", "bastion1", hosts=("10.0.0.1", "10.0.0.1")))


@pytest.mark.parametrize(
    ("destination", "target", "variables"),
    [
        ("ops@h.example.com", "ops@h.example.com", {"ansible_host": "h.example.com", "ansible_user": "ops"}),
        ("web1", "web1", {"ansible_host": "web1"}),
        ("web1:2222", "web1", {"ansible_host": "web1", "ansible_port": 2222}),
        ("a@corp.example@h", "a@corp.example@h", {"ansible_host": "h", "ansible_user": "a@corp.example"}),
        ("ops@fd00::1", "ops@fd00::1", {"ansible_host": "fd00::1", "ansible_user": "ops"}),
        (
            "ops@[fd00::1]:22",
            "ops@fd00::1",
            {"ansible_host": "fd00::1", "ansible_user": "ops", "ansible_port": 22},
        ),
    ],
)
def test_ssh_and_ansible_reach_the_same(destination: str, target: str, variables: dict[str, object]) -> None:
    changes = nodes(destination, "")
    assert not [key for key in problems(changes) if ".ssh" in key]
    answers = official(changes)
    cluster = Cluster.of(answers)
    node = cluster.nodes[0]
    assert node.ssh.target == target
    found = host_variables(cluster, node)
    assert {name: value for name, value in found.items() if name.startswith("ansible_")} == variables
    first, *lines = named(answers, "copy")["n0"].splitlines()
    assert f"n0,{target}," in first
    found_lines = [line for line in lines if "ssh " in line]
    assert found_lines and all('-- "$to" ' in line for line in found_lines)


@pytest.mark.parametrize("name", ["a=b", "postgres://h/x", "a'b=\\c", "-x", "plain"])
def test_the_name_of_a_database_is_no_connection_string(name: str) -> None:
    (line,) = dump(Cluster.of(official({"database.name": name})), "x")
    line = line[line.index("pg_dump ") :].partition(" > ")[0]
    words = shlex.split(line)
    given = words[words.index("-d") + 1]
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    assert given == (name if "=" not in name and "://" not in name else f"dbname='{escaped}'")
    assert words[-2:] == ["-d", given]


@pytest.mark.parametrize("path", ["/../", "/a/../", "/./", "/a/./b/"])
def test_a_public_path_without_a_plain_name_is_refused(path: str) -> None:
    assert [key for key in problems({"app.public_path": path}) if key.startswith("app.public_path ")]
    assert not problems({"app.public_path": "/.a/..b/c../"})


def test_folder_and_account_of_the_nodes_are_those_of_the_answers() -> None:
    changes: dict[str, object] = {"app.folder": "/opt/crm", "app.user": "crm"}
    answers = official(changes)
    text = unit_file(Cluster.of(answers))
    assert "\nUser=crm\n" in text and "\nWorkingDirectory=/opt/crm\n" in text
    values = wanted_variables(Cluster.of(answers))
    assert (values["nocobase_application"], values["nocobase_owner"]) == ("/opt/crm", "crm")
    assert "--uid=crm --property=WorkingDirectory=/opt/crm" in str(values["nocobase_first_boot_start"])
    book = "\n".join(script for name in ("copy", "first-boot", "license") for script in named(answers, name).values())
    assert "/opt/crm/.env" in book and "--uid=crm " in book and "/srv/nocobase/app" not in book
    docker = wanted_variables(Cluster.of(official({**changes, "app.deployment": "docker"})))
    assert docker["nocobase_owner"] == "root" and "/opt/crm/docker/compose.yaml" in str(docker["nocobase_fetch"])


@pytest.mark.parametrize("folder", ["srv/app", "/srv/a b", "/srv/a/", "/srv/../a", "/", "/srv/a%b", "/srv/./a"])
def test_a_folder_that_needs_quotes_somewhere_is_refused(folder: str) -> None:
    assert [key for key in problems({"app.folder": folder}) if key.startswith("app.folder ")]


@pytest.mark.parametrize("account", ["Root", "a b", "-a", "a:b", "a;b", "x" * 40])
def test_what_is_no_account_is_refused(account: str) -> None:
    assert [key for key in problems({"app.user": account}) if key.startswith("app.user ")]


def test_the_application_of_each_node_lies_beside_the_share_and_not_on_it() -> None:
    assert "app.folder app-folder" in problems(
        {"app.folder": "/srv/nocobase/storage/app", "storage.path": "/srv/nocobase/storage"}
    )
    assert "app.folder app-folder" not in problems(
        {"app.folder": "/srv/nocobase/storage2", "storage.path": "/srv/nocobase/storage"}
    )


@pytest.mark.parametrize("folder", ["/etc", "/usr", "/root", "/home", "/tmp", "/proc/1", "/dev/shm", "/etc/nocobase", "/var/lib"])  # noqa: S108 - refused paths
def test_the_application_lies_in_no_folder_of_the_system(folder: str) -> None:
    assert "app.folder app-folder" in problems({"app.folder": folder})


@pytest.mark.parametrize(
    "folder", ["/srv/nocobase/app", "/opt/nocobase", "/" + "home/nocobase/app", "/var/lib/nocobase", "/usr/local/nocobase"]
)
def test_a_folder_of_its_own_is_taken(folder: str) -> None:
    assert "app.folder app-folder" not in problems({"app.folder": folder})


def test_an_application_of_root_is_a_warning() -> None:
    assert problems({"app.user": "root"})["app.user app-user"].severity is Severity.WARNING
    assert "app.user app-user" not in problems({"app.user": "nocobase"})
