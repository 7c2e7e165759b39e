"""The typed view of answers: what follows from them, and that it can be made from any part of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import pytest

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Row
from nbcluster.answers.file import load_text
from nbcluster.answers.flow import infer
from nbcluster.answers.url import parse_url
from nbcluster.cluster import Cluster, KeyChoice
from nbcluster.env import Reader
from nbcluster.facts import IMAGE_STORAGE, LOCK_PLUGIN, PUBSUB_PLUGIN, QUEUE_PLUGIN, RABBITMQ_PLUGIN
from nbcluster.steps import fields_by_path, new_answers
from nbcluster.steps.nodes import FOLDER
from tests.unit.scenarios import ANSWERS, NO_ENVIRONMENT, official

TLS = {"balancer.certificate": "/etc/ssl/nb.pem", "balancer.certificate_key": "/etc/ssl/nb.key"}


def cluster(changes: Mapping[str, object] | None = None, without: tuple[str, ...] = ()) -> Cluster:
    return Cluster.of(official(changes, without))


def of_file(name: str) -> Cluster:
    text = (ANSWERS / f"{name}.toml").read_text("utf-8")
    return Cluster.of(infer(load_text(text, name, ANSWERS, NO_ENVIRONMENT).answers))


def node(**cells: object) -> dict[str, object]:
    return {"name": "n1", "host": "10.1.0.1", **cells}


def test_the_official_example_is_three_nodes_one_redis_and_a_balancer() -> None:
    found = cluster()
    assert [(each.name, each.address, each.processes) for each in found.nodes] == [
        ("node1", "172.31.0.1:13000", 1),
        ("node2", "172.31.0.2:13000", 1),
        ("node3", "172.31.0.3:13000", 1),
    ]
    assert [(s.host, s.port, [(r.name, r.url.database) for r in s.roles]) for s in found.redis.servers] == [
        ("10.0.0.5", 6379, [("cache", 0), ("pubsub", 1), ("lock", 2), ("queue", 3), ("worker_id", 4)])
    ]
    assert found.balancer.upstreams == found.nodes and found.balancer.name == "nocobase_official"
    assert found.broker is None and not found.existing
    assert (found.deployment.folder, found.deployment.owner) == (FOLDER, "nocobase")


def test_it_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        cluster().name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("deployment", "docker", "pods", "owner"),
    [("host", False, False, "nocobase"), ("docker", True, False, "root"), ("kubernetes", False, True, "root")],
)
def test_a_deployment_decides_who_runs_nocobase_and_where_the_share_is(
    deployment: str, docker: bool, pods: bool, owner: str
) -> None:
    found = cluster({"app.deployment": deployment})
    assert (found.deployment.in_docker, found.deployment.on_kubernetes, found.deployment.owner) == (docker, pods, owner)
    assert found.deployment.in_containers is (docker or pods)
    assert found.share.root == (IMAGE_STORAGE if pods else "/srv/nocobase/storage")


def test_a_path_of_the_share_keeps_its_slash_and_its_root_has_none() -> None:
    found = cluster({"storage.path": "/data/nb/", "storage.server": "10.0.0.7"})
    assert (found.share.path, found.share.root, found.share.source) == ("/data/nb/", "/data/nb", "")
    assert cluster({"storage.server": "10.0.0.7", "storage.export": "/e"}).share.source == "10.0.0.7:/e"


def test_an_image_is_the_named_one_or_the_official_one_of_the_version() -> None:
    assert cluster({"app.version": "2.2.10"}).deployment.image == "nocobase/nocobase:2.2.10"
    assert cluster({"app.image": "registry/nb:x"}).deployment.image == "registry/nb:x"


def test_a_node_has_its_own_port_or_that_of_all_in_every_address() -> None:
    found = cluster({"app.port": 8080, "app.public_path": "/nb/", "nodes": [node(), node(name="n2", port=9000)]})
    assert [each.address for each in found.nodes] == ["10.1.0.1:8080", "10.1.0.1:9000"]
    assert found.nodes[1].health_url == "http://10.1.0.1:9000/nb/api/__health_check"
    assert found.deployment.own_health_url == "http://127.0.0.1:8080/nb/api/__health_check"


@pytest.mark.parametrize(
    ("cells", "processes"),
    [
        ({}, 1),
        ({"cluster_mode": "3"}, 3),
        ({"cluster_mode": "max", "cores": 8}, 8),
        ({"cluster_mode": "-1", "cores": 8}, 7),
        ({"cluster_mode": "max"}, None),
    ],
)
def test_processes_follow_from_mode_and_cores(cells: dict[str, object], processes: int | None) -> None:
    found = cluster({"nodes": [node(**cells)], "database.pool_max": 10})
    assert found.nodes[0].processes == processes
    assert (found.processes, found.connections) == (processes or 0, 10 * (processes or 0))


def test_a_node_that_differs_from_the_others_has_an_env_file_of_its_own() -> None:
    rows = [node(), node(name="n2", port=9000), node(name="n3", worker_mode="!", cluster_mode="2")]
    found = cluster({"nodes": rows}).nodes
    assert [each.env_file for each in found] == [".env", "nodes/n2.env", "nodes/n3.env"]
    assert dict(found[2].variables) == {"CLUSTER_MODE": "2", "WORKER_MODE": "!"}
    # in front of a container stands the node's port, in it that of all
    assert cluster({"nodes": rows, "app.deployment": "docker"}).nodes[1].env_file == ".env"


def test_npm_docker_or_kubernetes_reads_the_variables() -> None:
    deployments = ("host", "docker", "kubernetes")
    found = [cluster({"app.deployment": deployment}).deployment.reader for deployment in deployments]
    assert found == [Reader.DOTENV, Reader.DOCKER, Reader.KUBERNETES]


def test_a_line_without_a_host_counts_only_where_hosts_are_not_asked() -> None:
    answers = official({"nodes": [node(), node(name="n2")]})
    rows = (*answers.rows("nodes")[:1], Row({"name": "n2"}))
    for deployment, count in (("host", 1), ("kubernetes", 2)):
        found = Cluster.of(answers.with_("app.deployment", deployment).with_("nodes", rows))
        assert (found.processes, len(found.nodes)) == (count, 2)


def test_the_first_node_is_one_that_serves_requests_and_workers_get_no_users() -> None:
    modes = [node(worker_mode="*"), node(name="n2", worker_mode="!"), node(name="n3")]
    found = cluster({"nodes": modes})
    assert found.first_node.name == "n2"
    assert [each.name for each in found.balancer.upstreams] == ["n2", "n3"]
    assert cluster({"nodes": modes[:1]}).first_node.name == "n1"


@pytest.mark.parametrize(
    ("ssh", "target", "port"),
    [
        (None, "10.1.0.1", None),
        ("ops@n.example.com:2222", "ops@n.example.com", 2222),
        ("ops@[fe80::1]:22", "ops@fe80::1", 22),
    ],
)
def test_ssh_reaches_a_node_where_it_was_answered_or_at_its_host(ssh: str | None, target: str, port: int | None) -> None:
    found = cluster({"nodes": [node(**({"ssh": ssh} if ssh else {}))]}).nodes[0].ssh
    assert (found.target, found.port) == (target, port)


def test_two_redis_are_two_servers_and_a_broker_takes_the_queue_from_them() -> None:
    found = cluster({"redis.cache": "redis://Other:6380/7", "queue.adapter": "rabbitmq", "queue.url": "amqp://u:secret@mq/vh"})
    assert [(server.host, server.port, len(server.roles)) for server in found.redis.servers] == [
        ("other", 6380, 1),
        ("10.0.0.5", 6379, 3),
    ]
    assert found.broker is not None and found.broker.url is not None and found.broker.url.vhost == "vh"
    assert RABBITMQ_PLUGIN in found.license.needed and QUEUE_PLUGIN not in found.license.needed
    assert "secret" not in repr(found)


def test_plugins_without_a_tick_are_told_by_both_names() -> None:
    found = cluster({"license.confirmed": ["lock-adapter-redis", PUBSUB_PLUGIN], "license.delivery": "offline"}).license
    assert LOCK_PLUGIN in found.needed and found.offline
    assert found.unconfirmed_names == ("queue-adapter-redis", "workerid-allocator-redis")
    assert [package.rpartition("plugin-")[2] for package in found.unconfirmed] == list(found.unconfirmed_names)


@pytest.mark.parametrize("dialect", ["postgres", "kingbase", "mysql", "mariadb"])
def test_a_dialect_brings_its_port_and_its_language(dialect: str) -> None:
    found = cluster({"database.dialect": dialect}).database
    assert found.port == {"postgres": 5432, "kingbase": 54321}.get(dialect, 3306)
    assert found.speaks_postgres is (dialect in ("postgres", "kingbase"))


@pytest.mark.parametrize(
    ("changes", "has_file", "name"),
    [
        ({"balancer.kind": "haproxy"}, True, "HAProxy"),
        ({"balancer.kind": "cloud"}, False, ""),
        ({"balancer.kind": "none"}, False, ""),
        ({"balancer.kind": "cloud", "app.deployment": "kubernetes"}, True, "Ingress"),
        ({"balancer.kind": "none", "app.deployment": "kubernetes"}, False, ""),
    ],
)
def test_what_gets_a_file_has_a_name(changes: dict[str, object], has_file: bool, name: str) -> None:
    found = cluster(changes)
    assert (found.balancer.has_file, found.balancer.proper_name) == (has_file, name)
    assert found.kubernetes.has_ingress is (has_file and found.deployment.on_kubernetes)


def test_a_balancer_ends_tls_only_with_certificate_and_key_and_a_file_to_write_them_into() -> None:
    found = cluster({**TLS, "balancer.redirect": True}, ("balancer.listen",)).balancer
    assert (found.tls, found.scheme, found.listen, found.usual_port, found.redirect) == (True, "https", 443, True, True)
    assert found.key_link == "/etc/ssl/nb.pem.key"
    for changes in ({**TLS, "balancer.kind": "cloud"}, {"balancer.certificate": "/etc/ssl/nb.pem"}, {"balancer.redirect": True}):
        found = cluster(changes).balancer
        assert (found.tls, found.certificate, found.redirect, found.key_link) == (False, "", False, "")


def test_keys_are_told_by_what_was_answered_and_never_themselves() -> None:
    given, kept = cluster(), of_file("existing")
    assert (given.keys.signing, given.keys.encrypting) == (KeyChoice.LITERAL, KeyChoice.LITERAL)
    assert "0123456789abcdef" not in repr(given)
    assert kept.existing and (kept.keys.signing, kept.keys.encrypting) == (KeyChoice.FROM_STORAGE, KeyChoice.FROM_STORAGE)
    assert cluster({"app.key": "generate"}).keys.signing is KeyChoice.GENERATE
    assert cluster({"app.key": "keep"}).keys.signing is KeyChoice.KEEP


def test_it_is_made_from_nothing_at_all() -> None:
    found = Cluster.of(new_answers())
    assert (found.nodes, found.redis.servers, found.broker, found.processes) == ((), (), None, 0)
    assert (found.database.host, found.balancer.server_name, found.deployment.port) == ("", "", 13000)
    with pytest.raises(LookupError):
        _ = found.first_node


@pytest.mark.parametrize("deployment", ["host", "docker", "kubernetes"])
@pytest.mark.parametrize("path", [*fields_by_path(), "nodes"])
def test_it_is_made_without_any_one_answer(path: str, deployment: str) -> None:
    full = official({"app.deployment": deployment, "queue.adapter": "rabbitmq"}).with_("queue.url", parse_url("amqp://mq"))
    for answers in (full.without(path), full.with_(path, None)):
        _everything(Cluster.of(answers))


@pytest.mark.parametrize(
    "changes",
    [
        {"app.deployment": "vm"},
        {"app.key": "", "app.aes_key": "KEEP"},
        {"balancer.kind": "x", **TLS},
        {"balancer.kind": "x", "app.deployment": "kubernetes"},
        {"queue.adapter": "x", "output.language": "x", "license.delivery": "x", "database.dialect": "x"},
        {"nodes": [node(cluster_mode="?", worker_mode="a b", ssh="@:")]},
    ],
)
def test_it_is_made_from_answers_that_a_rule_refuses(changes: dict[str, object]) -> None:
    _everything(cluster(changes))


@pytest.mark.parametrize(
    "rows", [(Row({}),), (Row({"name": None, "host": None, "ssh": None, "cluster_mode": "x", "cores": None}),)]
)
def test_a_line_that_is_being_typed_has_no_word_none_in_it(rows: tuple[Row, ...]) -> None:
    found = Cluster.of(official().with_("nodes", rows))
    assert (found.nodes[0].name, found.nodes[0].host, found.nodes[0].ssh.target) == ("", "", "")
    assert "None" not in found.nodes[0].address + found.nodes[0].health_url


def _everything(value: Any) -> None:
    """Ask for all that there is, also for what is worked out only then."""
    if isinstance(value, tuple):
        for each in value:
            _everything(each)
    if not is_dataclass(value) or isinstance(value, type):
        return
    for each in fields(value):
        if not isinstance(getattr(value, each.name), Answers):
            _everything(getattr(value, each.name))
    for name, member in vars(type(value)).items():
        if isinstance(member, property):
            with suppress(LookupError):  # the first of no nodes
                getattr(value, name)
