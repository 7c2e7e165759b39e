"""Nodes in containers, under a booted systemd with a real Docker, from the files that nbcluster writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nbcluster.env import Reader, read
from tests.machines.booted import wait_for
from tests.machines.dockerd import docker_host
from tests.machines.installed import program
from tests.machines.network import Network
from tests.machines.node import FOLDER, NEVER, UNIT, NodeHost, Servers, node_host, written

DOCKER: dict[str, object] = {"app.deployment": "docker"}
HOSTILE: dict[str, object] = {
    "database.password": "p'a\"s$s#w${HOME}o\\rd `id` $(id) é  x",
    "admin.password": "#lead $$ =trail'\" \\",
    "redis.cache": "redis://user:p%40%2F%3A%24%7BHOME%7D@10.77.0.1:6379/0",
}


@pytest.fixture(scope="module")
def layer(switch: Network) -> Iterator[Path]:
    """The disk of a machine with Docker and the image."""
    with docker_host(switch) as made:
        yield made


@contextmanager
def container_host(switch: Network, layer: Path, changes: dict[str, object] | None = None) -> Iterator[NodeHost]:
    """Make the first node's machine, and the way back from its containers to the servers."""
    with node_host(switch, {**DOCKER, **(changes or {})}, layers=(layer,)) as made:
        switch.run(program("ip"), "route", "replace", "172.16.0.0/12", "via", made.machine.address)
        made.machine.boot()
        yield made


@pytest.fixture
def host(switch: Network, servers: Servers, layer: Path) -> Iterator[NodeHost]:
    """The first node, not started."""
    with container_host(switch, layer) as made:
        yield made


@pytest.fixture
def node(host: NodeHost) -> NodeHost:
    """The first node, started as the runbook does and healthy."""
    host.start()
    return host


def compose(node: NodeHost, words: str) -> str:
    return node.machine.out(f"cd {FOLDER}/docker && docker compose {words}")


def running(node: NodeHost) -> list[str]:
    """Return the containers that run, by id."""
    return node.machine.out("docker ps --quiet").split()


def test_the_units_and_the_compose_file_are_taken_without_a_word(host: NodeHost) -> None:
    assert host.machine.out("systemd-analyze verify --man=no /etc/systemd/system/nocobase* 2>&1") == ""
    assert compose(host, "config --quiet 2>&1") == ""
    assert compose(host, "config --services") == "node"
    assert set(compose(host, "--profile first-boot config --services").split()) == {"first-boot", "node"}


def test_a_folder_that_is_missing_is_refused_and_not_made(host: NodeHost) -> None:
    host.machine.run(f"umount {host.share} && rmdir {host.share}")
    refused = host.machine.run(f"cd {FOLDER}/docker && docker compose up --detach node", check=False)
    assert refused.returncode != 0 and "bind source path does not exist" in refused.stderr
    assert host.machine.run(f"test -e {host.share}", check=False).returncode and running(host) == []


def test_a_container_has_every_variable_byte_for_byte(switch: Network, servers: Servers, layer: Path) -> None:
    _cluster, files = written({**DOCKER, **HOSTILE})
    expected = read(Reader.DOCKER, files[".env"].decode())
    assert expected["DB_PASSWORD"] == HOSTILE["database.password"]
    assert expected["INIT_ROOT_PASSWORD"] == HOSTILE["admin.password"]
    with container_host(switch, layer, HOSTILE) as node:
        node.start()
        said = json.loads(node.machine.run(f"curl -s http://{node.machine.address}:13000/environment").stdout)
        assert {name: said.get(name) for name in expected} == expected


def test_a_node_is_published_on_its_own_address_alone_and_docker_knows_its_health(node: NodeHost, switch: Network) -> None:
    asked = switch.run("curl", "-s", node.node.health_url)
    assert asked.stdout == "ok"
    listening = node.machine.out("ss -Hltn 'sport = :13000'").split("\n")
    assert [line.split()[3] for line in listening] == [f"{node.machine.address}:13000"]
    assert node.machine.run("curl -s http://127.0.0.1:13000/", check=False).returncode == 7
    health = "docker inspect --format '{{.State.Health.Status}}' " + running(node)[0]
    wait_for("docker finds the container healthy", lambda: node.machine.out(health) == "healthy", 60, node.machine.said)


def test_a_share_that_is_late_at_boot_keeps_the_container_from_its_start(node: NodeHost) -> None:
    first = node.times_started()
    node.machine.power_cut()
    node.serve_share(up=False)
    node.machine.boot()
    node.wait_tried()
    assert running(node) == [] and node.machine.out(f"ls -A {node.share}") == "" and node.times_started() == first
    node.serve_share(up=True)
    node.wait_healthy()
    assert node.times_started() == first + 1 and node.machine.out(f"ls -A {node.share}") == "started"


def test_docker_restarted_without_the_share_starts_no_container_on_the_empty_folder(node: NodeHost) -> None:
    first = node.times_started()
    node.machine.run("systemctl stop docker docker.socket 2>&1")
    wait_for("the share is free", lambda: node.machine.run(f"umount {node.share}", check=False).returncode == 0, 60)
    node.serve_share(up=False)
    node.machine.run("systemctl start docker")
    node.wait_tried()
    assert running(node) == [] and node.machine.out(f"ls -A {node.share}") == "" and node.times_started() == first
    node.serve_share(up=True)
    node.wait_healthy()
    assert node.times_started() == first + 1


def test_docker_restarted_and_a_container_that_is_killed_end_in_a_node_that_runs(node: NodeHost) -> None:
    node.machine.run(f"docker kill {running(node)[0]}")
    wait_for("systemd starts the node again", lambda: node.machine.shows(UNIT, "NRestarts")["NRestarts"] == "1", 60)
    node.wait_healthy()
    before = node.times_started()
    node.machine.run("systemctl restart docker", seconds=120)
    wait_for("the node is started again", lambda: node.times_started() > before, 60, node.machine.said)
    node.wait_healthy()
    node.machine.run(f"systemctl stop {UNIT}", seconds=120)
    assert running(node) == [] and node.health() == ""


def test_redis_away_for_long_ends_in_one_restart_of_the_container(node: NodeHost, servers: Servers) -> None:
    """The health service asks from inside of the container, as the node itself would."""
    node.set_timer(NEVER)
    first = node.invocation()
    servers.stop()
    node.wait_ill()
    for _ in range(3):
        node.look()
    assert node.invocation() == first and node.restarts_by_health() == []
    servers.start()
    assert "ECONNREFUSED" in node.health()
    node.look()
    node.look()
    node.wait_healthy()
    assert node.invocation() != first and len(node.restarts_by_health()) == 1
