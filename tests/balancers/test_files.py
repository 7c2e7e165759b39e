"""The configuration files: accepted by their programs, with exactly the nodes that serve, read back, and part of the written set."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.cluster import Cluster
from nbcluster.files.balancers.files import FILES
from nbcluster.files.balancers.readback import differences
from nbcluster.files.runbook import runbook
from tests.balancers.conftest import Front
from tests.balancers.nodes import Node
from tests.cli.program import nbcluster, tree
from tests.services.process import free_ports
from tests.unit.scenarios import official, official_text

MODES = ("", "!", "*", "workflow:process", "!,workflow:process")
ROWS = [{"name": f"n{i}", "host": f"10.0.0.{i}", "worker_mode": mode} for i, mode in enumerate(MODES)]
TLS = {
    "balancer.certificate": "/etc/ssl/my cert#1.pem",
    "balancer.certificate_key": "/etc/ssl/my key.pem",
    "balancer.redirect": True,
    "balancer.listen": 443,
}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"balancer__sticky": True, "balancer__behind_proxy": True},
        {"app__public_path": "/a/b/", "name": "a-b-9"},
    ],
    ids=str,
)
def test_the_program_accepts_its_file_without_a_word_of_doubt(changes: dict[str, object], front: Front) -> None:
    node = Node("n1")
    try:
        right, said = front.program.judge(front.text([node], free_ports(), **changes))
    finally:
        node.kill()
    assert right, said
    doubts = [line for line in said.splitlines() if "warn" in line.lower()]
    assert [
        line for line in doubts if "automatic HTTPS is completely disabled" not in line and "admin endpoint" not in line
    ] == []


@pytest.mark.parametrize("kind", ["haproxy", "caddy"])
@pytest.mark.parametrize("more", [{}, TLS, {"app.public_path": "/crm/", "balancer.sticky": True, "balancer.behind_proxy": True}])
def test_exactly_the_nodes_that_serve_requests_are_named(kind: str, more: dict[str, object]) -> None:
    cluster = Cluster.of(official({"balancer.kind": kind, "nodes": ROWS, **more}))
    text, model = FILES[kind][1](cluster), cluster.balancer
    assert differences(kind, text, model) == []
    assert [f"10.0.0.{i}:13000" in text for i in range(5)] == [True, True, False, False, True]
    path = more.get("app.public_path", "/")
    assert f" {path}api/__health_check" in text and "__health_check?" not in text


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("haproxy", "10.0.0.1:13000", "10.0.0.2:13000"),
        ("haproxy", "    server n1 10.0.0.1:13000\n", ""),
        ("haproxy", "unless METH_GET", "if FALSE"),
        ("haproxy", "__health_check", "__health_check?x"),
        ("haproxy", "X-Forwarded-For %[src]", "X-Forwarded-For %[dst]"),
        ("haproxy", "bind *:80", "bind *:81"),
        ("haproxy", "backend nocobase_official", "backend other"),
        ("caddy", "10.0.0.1:13000", "10.0.0.2:13000"),
        ("caddy", "http://nocobase.example.com:80", "http://other.example.com:80"),
        ("caddy", "__health_check", "__health_check?x"),
        ("caddy", "lb_policy round_robin", "lb_policy round_robin\n\t\t\tlb_retry_match method POST"),
        ("caddy", "health_status 200", "trusted_proxies 0.0.0.0/0"),
    ],
)
def test_a_file_that_means_something_else_is_found(kind: str, old: str, new: str) -> None:
    cluster = Cluster.of(official({"balancer.kind": kind, "nodes": ROWS}))
    text = FILES[kind][1](cluster)
    assert old in text
    assert differences(kind, text.replace(old, new), cluster.balancer)


@pytest.mark.parametrize("kind", ["haproxy", "caddy"])
def test_the_set_has_the_one_file_and_the_way_to_put_it_in_place(kind: str, tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text(official_text({"balancer.kind": kind}))
    for first in (True, False):
        ended = nbcluster("render", "--answers", tmp_path / "answers.toml", "--out", tmp_path / "out", "--json")
        assert ended.code == 0 and bool(ended.json()["written"]) is first
    files = tree(tmp_path / "out")
    assert FILES[kind][0] in files and not any(path.startswith("nginx/") for path in files)
    book = files["RUNBOOK.md"].decode()
    assert FILES[kind][0] in book and f"systemctl reload {kind}" in book and "nginx" not in book
    assert f"`{FILES[kind][0]}`: " in files["SUMMARY.md"].decode()


def test_the_key_of_haproxy_is_linked_where_it_looks() -> None:
    answers = official({"balancer.kind": "haproxy", **TLS})
    assert "ln -s '/etc/ssl/my key.pem' '/etc/ssl/my cert#1.pem.key'" in runbook(Cluster.of(answers))
    beside = official({"balancer.kind": "haproxy", **TLS, "balancer.certificate_key": "/etc/ssl/my cert#1.pem.key"})
    assert "ln -s" not in runbook(Cluster.of(beside))
