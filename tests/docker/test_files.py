"""Containers: one compose file for every node, env files that docker reads raw, first boot as a separate service."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from nbcluster.cluster import Cluster
from nbcluster.env import RAW_MARK, Reader, read, read_dotenv
from nbcluster.errors import InvalidAnswersError, Severity
from nbcluster.files.docker import compose_file
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.verify import VerificationError, verify
from tests.cli.program import nbcluster, tree
from tests.services.process import missing, services_folder, tool
from tests.unit.runbooks import named
from tests.unit.scenarios import ANSWERS, official, problems
from tests.unit.test_env_files import rendered, resolved_for

NAMES = ("official", "existing", "rabbitmq", "workers")
DOCKER = {"app.deployment": "docker"}


def answers_file(name: str, folder: Path) -> Path:
    text = (ANSWERS / f"{name}.toml").read_text("utf-8")
    (folder / "existing.env").write_bytes((ANSWERS / "existing.env").read_bytes())
    (folder / "answers.toml").write_text(re.sub(r"^version = .*$", r'\g<0>\ndeployment = "docker"', text, flags=re.MULTILINE))
    return folder / "answers.toml"


def services(changes: Mapping[str, object] | None = None) -> Any:
    return YAML(typ="safe", pure=True).load(compose_file(Cluster.of(official({**DOCKER, **(changes or {})}))))["services"]


def schema() -> Any:
    """Return the schema of the compose specification as dclint carries it; a missing one fails the test."""
    path = services_folder() / "node/node_modules/dclint/schemas/compose.schema.json"
    if not path.is_file():
        raise missing("the schema of compose files")
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize(
    "changes", [{}, {"tls.ca_file": "/etc/ssl/own $ca.pem", "license.delivery": "offline"}, {"app.port": 80}], ids=str
)
def test_the_compose_file_keeps_to_the_specification(changes: dict[str, object]) -> None:
    judge = jsonschema.Draft7Validator(schema())
    document = YAML(typ="safe", pure=True).load(compose_file(Cluster.of(official({**DOCKER, **changes}))))
    assert [error.message for error in judge.iter_errors(document)] == []
    document["services"]["node"]["restarts"] = "always"
    assert list(judge.iter_errors(document))


def test_a_private_authority_lies_where_the_container_has_it() -> None:
    """The path of the host means nothing inside: the database's driver is told the one of the mount."""
    files = planned({"database.tls": True, "tls.ca_file": "/etc/ssl/own.pem"})
    inside = read(Reader.DOCKER, files[".env"].text)["DB_DIALECT_OPTIONS_SSL_CA"]
    mounted = services({"tls.ca_file": "/etc/ssl/own.pem"})["node"]["volumes"][1]
    assert mounted["source"] == "/etc/ssl/own.pem" and mounted["target"] == inside


def planned(
    changes: Mapping[str, object] | None = None, base_text: str | None = None, kept_text: str | None = None
) -> dict[str, OutputFile]:
    return rendered(official({**DOCKER, **(changes or {})}), base_text, kept_text)


@pytest.mark.parametrize("name", NAMES)
def test_the_set_is_written_once_reads_as_on_a_host_and_lints_clean(name: str, tmp_path: Path) -> None:
    file, out, host = answers_file(name, tmp_path), tmp_path / "docker", tmp_path / "host"
    first = nbcluster("render", "--answers", file, "--out", out)
    assert first.code == 0, first.err
    assert nbcluster("render", "--answers", file, "--out", out, "--json").json()["written"] == []
    assert nbcluster("render", "--answers", ANSWERS / f"{name}.toml", "--out", host).code == 0
    files, others = tree(out), tree(host)
    assert "docker/compose.yaml" in files
    env_files = [path for path in files if path.endswith(".env")]
    for path in env_files:
        text = files[path].decode()
        assert text.startswith(f"{RAW_MARK} ")
        expected = read_dotenv(others[path].decode())
        gone = {"STORAGE_PATH", "SOCKET_PATH", "PM2_HOME"} | ({"APP_PORT"} if path.startswith("nodes/") else set())
        values = read(Reader.DOCKER, text)
        assert {k: v for k, v in values.items() if k not in gone} == {k: v for k, v in expected.items() if k not in gone}
        assert not {"STORAGE_PATH", "SOCKET_PATH", "PM2_HOME"} & set(values)
        assert (out / path).stat().st_mode & 0o777 == 0o600
    linted = nbcluster("lint", "--json", *(out / path for path in (*env_files, "docker/compose.yaml")))
    assert linted.code == 0 and linted.json()["results"] == [], linted.out


def test_the_normal_service_installs_nothing_and_first_boot_is_asked_for() -> None:
    found = services()
    assert set(found) == {"node", "first-boot"}
    node, boot = found["node"], found["first-boot"]
    assert "profiles" not in node and boot["profiles"] == ["first-boot"]
    assert "--quickstart" not in node["command"][-1] and boot["command"][-1].endswith("yarn start --quickstart")
    assert (node["restart"], boot["restart"]) == ("no", "no")
    assert boot["environment"] == {
        "LOCK_ADAPTER_DEFAULT": "local",
        "CLUSTER_MODE": "",
        "WORKER_MODE": "",
        "SKIP_SAME_VERSION_UPGRADE": "",
        "DISABLE_PKG_DOWNLOAD": "",
    }
    assert "DISABLE_PKG_DOWNLOAD" not in services({"license.delivery": "offline"})["first-boot"]["environment"]


def test_both_services_have_image_env_file_volume_port_and_health() -> None:
    changes = {
        "app.version": "2.2.20",
        "app.port": 13100,
        "app.public_path": "/crm/",
        "storage.path": "/mnt/my share",
        "tls.ca_file": "/etc/ssl/a$b.pem",
    }
    for service in services(changes).values():
        assert service["image"] == "nocobase/nocobase:2.2.20"
        assert service["env_file"] == [{"path": "../.env", "format": "raw"}]
        assert service["ports"] == ["${NODE_ADDRESS:?}:${NODE_PORT:-13100}:13100"]
        share, authority = service["volumes"]
        assert (share["source"], share["target"]) == ("/mnt/my share", "/app/nocobase/storage")
        assert share["bind"] == {"create_host_path": False}
        assert authority["source"] == "/etc/ssl/a$$b.pem" and authority["read_only"] is True
        assert service["environment"]["NODE_EXTRA_CA_CERTS"] == authority["target"]
        assert "http://127.0.0.1:13100/crm/api/__health_check'" in service["healthcheck"]["test"][-1]
    assert services({"app.image": "registry.example/own/nocobase:2.2.15-full"})["node"]["image"].startswith("registry.example/")


def test_a_port_of_a_node_stands_in_front_of_the_container() -> None:
    rows = [{"name": "a", "host": "10.0.0.1", "port": 13200}, {"name": "b", "host": "10.0.0.2"}]
    files = planned({"nodes": rows})
    assert not any(path.startswith("nodes/") for path in files)
    assert "server 10.0.0.1:13200 " in files["nginx/nocobase.conf"].text
    assert read_dotenv(files["docker/a.address"].text) == {"NODE_ADDRESS": "10.0.0.1", "NODE_PORT": "13200"}
    assert read_dotenv(files["docker/b.address"].text) == {"NODE_ADDRESS": "10.0.0.2", "NODE_PORT": "13000"}
    copies = named(official({**DOCKER, "nodes": rows}), "copy")
    assert "docker/$name.address" in copies["a"] and "/srv/nocobase/app/docker/.env" in copies["a"]


def test_a_node_that_is_named_publishes_on_every_address_and_a_rule_says_so() -> None:
    rows = [{"name": "a", "host": "node-a.example.com"}, {"name": "b", "host": "10.0.0.2"}]
    files = planned({"nodes": rows})
    assert read_dotenv(files["docker/a.address"].text)["NODE_ADDRESS"] == "0.0.0.0"  # noqa: S104 - what the file must say
    found = problems({**DOCKER, "nodes": rows})
    assert found["nodes[0].host docker-address"].severity is Severity.WARNING and "nodes[1].host docker-address" not in found
    assert "nodes[0].host docker-address" not in problems({"nodes": rows})


def test_only_the_unit_starts_the_node_and_never_without_the_share(tmp_path: Path) -> None:
    files = planned({"storage.path": "/srv/no co"})
    unit = files["systemd/nocobase.service"].text
    lines = [line for line in unit.splitlines() if not line.startswith("#")]
    started = [line for line in lines if line.startswith("Exec")]
    assert started[0] == 'ExecStartPre=/usr/bin/mountpoint -q "/srv/no co"' and started[1].endswith(
        "up --no-color --no-log-prefix node"
    )
    assert "Restart=always" in lines and "StartLimitIntervalSec=0" in lines and "Requires" not in "".join(lines)
    # compose reads .env of the current folder for its own variables, and that of the container is not quoted
    assert "WorkingDirectory=/srv/nocobase/app/docker" in lines and "User=" not in "".join(lines)
    for path in ("systemd/nocobase.service", "systemd/nocobase-health.service", "systemd/nocobase-health.timer"):
        (tmp_path / path.rpartition("/")[2]).write_text(files[path].text)
    words = [tool("systemd-analyze"), "verify", "--man=no", *sorted(str(path) for path in tmp_path.glob("nocobase*"))]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert [line for line in done.stderr.splitlines() if line.startswith((str(tmp_path), "nocobase"))] == [], done.stderr


def test_an_imported_file_of_a_host_keeps_values_comments_and_order() -> None:
    base = "# ours\nexport SMTP_WORD='a # b' # inline\njust words\nAPP_PORT=1\nTZ=UTC\n"
    text = planned(base_text=base)[".env"].text
    assert read(Reader.DOCKER, text)["SMTP_WORD"] == "a # b" and read(Reader.DOCKER, text)["APP_PORT"] == "13000"
    assert text.index("# ours") < text.index("SMTP_WORD") < text.index("# just words") < text.index("APP_PORT")
    assert planned(kept_text=text)[".env"].text == text


def test_an_imported_value_of_two_lines_is_refused_by_name() -> None:
    with pytest.raises(InvalidAnswersError) as caught:
        planned(base_text="CERTIFICATE='one\ntwo'\n")
    assert [p.path for p in caught.value.problems] == ["app.base_env"] and "CERTIFICATE" in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (".env", "DB_HOST=10.0.0.6", 'DB_HOST="10.0.0.6"'),
        ("docker/node1.address", "172.31.0.1", "172.31.0.2"),
        ("docker/node1.address", "NODE_PORT=13000\n", ""),
        ("systemd/nocobase.service", "/usr/bin/mountpoint", "/usr/bin/true"),
        ("docker/compose.yaml", "${NODE_ADDRESS:?}:", ""),
        ("docker/compose.yaml", "format: raw", "required: true"),
        ("docker/compose.yaml", "nocobase:2.2.15", "nocobase:latest"),
        ("docker/compose.yaml", "    profiles: [first-boot]\n", ""),
        ("docker/compose.yaml", 'exec yarn start"', 'exec yarn start --quickstart"'),
    ],
)
def test_a_file_that_means_something_else_is_found(path: str, old: str, new: str) -> None:
    answers = official(DOCKER)
    files = planned()
    assert old in files[path].text
    files[path] = OutputFile(path, files[path].text.replace(old, new).encode(), files[path].secret)
    with pytest.raises((VerificationError, KeyError)):
        verify(tuple(files.values()), Cluster.of(answers), resolved_for(answers))


@pytest.mark.parametrize("name", NAMES)
def test_the_runbook_speaks_of_containers_and_its_blocks_are_shell(name: str, tmp_path: Path) -> None:
    assert nbcluster("render", "--answers", answers_file(name, tmp_path), "--out", tmp_path / "out").code == 0
    book = (tmp_path / "out" / "RUNBOOK.md").read_text()
    for word in ("yarn start", "journalctl"):
        assert word not in book, word
    assert "--profile first-boot up -d --force-recreate first-boot" in book and "systemctl enable --now nocobase" in book
    for script in re.findall(r"```sh\n(.*?)```", book, re.DOTALL):
        done = subprocess.run([tool("bash"), "-n"], input=script.encode(), capture_output=True, timeout=20, check=False)
        assert done.returncode == 0, script


def test_localhost_is_another_machine_in_every_container() -> None:
    rows = [{"name": "a", "host": "127.0.0.1"}]
    changes = {"nodes": rows, "database.host": "localhost"}
    assert "database.host database-localhost" in problems({**DOCKER, **changes})
    assert "database.host database-localhost" not in problems(changes)
