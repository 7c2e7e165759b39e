"""What answers for pods must look like, and what is not asked of them."""

from __future__ import annotations

import pytest

from nbcluster.answers.flow import targets
from nbcluster.answers.targets import TargetKind
from nbcluster.checks.cluster import running_targets
from nbcluster.cluster import Cluster
from tests.kubernetes.manifests import PODS, pods
from tests.unit.scenarios import official, problems

BARE = [{"name": "a"}, {"name": "b", "worker_mode": "*"}]


def test_pods_need_no_hosts() -> None:
    assert not [key for key in problems({**PODS, "nodes": BARE}) if key.startswith("nodes[")]
    assert "nodes[0].host required" in problems({"nodes": BARE})
    same = [{"name": "a", "host": "10.0.0.1"}, {"name": "b", "host": "10.0.0.1"}, {"name": "c", "host": "127.0.0.1"}]
    assert not [key for key in problems({**PODS, "nodes": same}) if key.startswith("nodes[")]
    twice = problems({**PODS, "nodes": [{"name": "a"}, {"name": "a"}]})
    assert "nodes[1].name nodes-duplicate" in twice


def test_processes_of_a_pod_are_refused_with_what_to_do_instead() -> None:
    rows = [{"name": "a", "cluster_mode": "2"}, {"name": "b"}]
    found = problems({**PODS, "nodes": rows})["nodes[0].cluster_mode kubernetes-cluster-mode"]
    assert found.severity == "error" and "pod" in found.hint
    on_hosts = [{**row, "host": f"10.0.0.{index}"} for index, row in enumerate(rows, 1)]
    assert not [key for key in problems({"nodes": on_hosts}) if "kubernetes" in key]


@pytest.mark.parametrize(("count", "severity"), [(23, None), (24, "warning"), (32, "warning"), (33, "error")])
def test_every_pod_takes_a_worker_id(count: int, severity: str | None) -> None:
    found = problems({**PODS, "nodes": [{"name": f"n{index}"} for index in range(count)]}).get("nodes worker-ids")
    assert (None if found is None else found.severity) == severity
    if severity == "error" and found is not None:
        assert "pods" in found.hint and "CLUSTER_MODE" not in found.hint


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("kubernetes.namespace", ("crm", "a-1", "0", "x" * 63), ("Crm", "-a", "a-", "a.b", "x" * 64, "a b", "")),
        ("kubernetes.storage_class", ("nfs-client", "example.com", ""), ("NFS", "a_b", "-a", "a..b", "x" * 254)),
        ("kubernetes.storage_size", ("1Gi", "500Mi", "2T"), ("10", "0Gi", "1.5Gi", "10 Gi", "10gb", "-1Gi", "")),
        ("kubernetes.ingress_class", ("traefik", "traefik-internal"), ("Nginx", "a/b", "")),
        ("balancer.server_name", ("crm.example.com", "crm"), ("10.0.0.1", "CRM.example.com", "[::1]")),
    ],
)
def test_names_and_sizes_have_the_form_that_kubernetes_takes(path: str, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    for value in good:
        assert not [key for key in problems({**PODS, path: value}) if key.startswith(path)], value
    for value in bad:
        found = [problem for key, problem in problems({**PODS, path: value}).items() if key.startswith(path)]
        assert found and found[0].severity == "error", value


def test_how_users_get_in_has_no_default_and_is_said_once() -> None:
    neither = problems({"app.deployment": "kubernetes"})["kubernetes.ingress_class kubernetes-entrance"]
    assert neither.severity == "error"
    assert "kubernetes.gateway" in neither.hint and "kubernetes.ingress_class" in neither.hint and "1.0.0" in neither.hint
    both = problems({**PODS, "kubernetes.gateway": "infra/public"})
    assert both["kubernetes.ingress_class kubernetes-entrance"].severity == "error"
    for changes in ({"kubernetes.gateway": "infra/public"}, {"kubernetes.ingress_class": "traefik"}, {"balancer.kind": "none"}):
        found = problems({"app.deployment": "kubernetes", **changes})
        assert not [key for key in found if key.startswith("kubernetes")]
    assert problems(PODS)["kubernetes.ingress_class kubernetes-retired"].severity == "warning"
    assert not [key for key in problems() if key.startswith("kubernetes")]


@pytest.mark.parametrize(
    ("value", "right"), [("public", True), ("infra/public", True), ("a/b/c", False), ("In/x", False), ("/x", False)]
)
def test_a_gateway_is_named_with_its_namespace(value: str, right: bool) -> None:
    found = problems({"app.deployment": "kubernetes", "kubernetes.gateway": value})
    assert ("kubernetes.gateway " not in "".join(found)) is right


def test_what_a_route_cannot_say_is_not_left_out_in_silence() -> None:
    tls = {"balancer.certificate": "/a.pem", "balancer.certificate_key": "/a.key", "balancer.sticky": True}
    found = problems({"app.deployment": "kubernetes", "kubernetes.gateway": "infra/public", **tls})
    assert {key for key in found if "kubernetes-gateway" in key} == {
        "balancer.certificate kubernetes-gateway",
        "balancer.sticky kubernetes-gateway",
    }


def test_they_are_not_asked_where_there_are_no_pods() -> None:
    assert not [key for key in problems({"kubernetes.namespace": "Not A Name"}) if key.startswith("kubernetes")]
    fields = official().fields
    for name in ("namespace", "storage_class", "storage_size", "ingress_class"):
        assert fields[f"kubernetes.{name}"].applies(pods()) and not fields[f"kubernetes.{name}"].applies(official())
    for path in ("storage.kind", "storage.path", "storage.server", "storage.options"):
        assert not fields[path].applies(pods()) and fields["storage.path"].applies(official())


def test_without_an_ingress_nothing_about_it_is_asked() -> None:
    answers = pods({"balancer.kind": "none"}, without=("balancer.server_name",))
    assert not answers.fields["kubernetes.ingress_class"].applies(answers)
    assert not answers.fields["balancer.server_name"].applies(answers)
    for kind in ("nginx", "haproxy", "caddy", "cloud"):
        other = pods({"balancer.kind": kind})
        assert other.fields["balancer.server_name"].applies(other) and other.fields["kubernetes.ingress_class"].applies(other)


def test_a_port_of_a_pod_is_said_to_have_no_use() -> None:
    found = problems({**PODS, "nodes": [{"name": "a", "port": 13001}, {"name": "b"}]})
    assert found["nodes[0].port kubernetes-port"].severity == "warning"


def test_localhost_is_another_machine_in_every_pod() -> None:
    assert "database.host database-localhost" in problems({**PODS, "database.host": "localhost", "nodes": BARE})


def test_no_machine_and_no_mount_is_probed() -> None:
    assert not {TargetKind.NODE, TargetKind.STORAGE} & {target.kind for target in targets(pods())}
    assert {TargetKind.NODE, TargetKind.STORAGE} <= {target.kind for target in targets(official())}
    assert [target.id for target in running_targets(Cluster.of(pods()), {}) if target.kind is TargetKind.HTTP] == ["balancer"]


def test_the_picture_shows_pods_and_their_volume() -> None:
    from nbcluster.files.topology import picture

    shown = "\n".join(picture(Cluster.of(pods({"nodes": BARE, "kubernetes.storage_size": "50Gi"}))))
    assert "(Ingress)" in shown and "50Gi" in shown and "/srv/nocobase" not in shown and "13000" not in shown
