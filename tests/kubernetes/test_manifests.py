"""Manifests that the API server takes as they are, and that mean what was chosen."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest

from nbcluster.cluster import Cluster
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.verify import VerificationError, verify
from tests.kubernetes.manifests import files_of, manifests, objects, pods
from tests.unit.test_artifacts_env import resolved_for

SPLIT = [
    {"name": "a", "worker_mode": "!"},
    {"name": "b", "worker_mode": "*"},
    {"name": "c", "worker_mode": "!"},
    {"name": "d", "worker_mode": "!,workflow:process"},
    {"name": "e", "worker_mode": "async-task:process"},
    {"name": "f", "worker_mode": "async-task,process"},
]
EVERYTHING: dict[str, object] = {
    "nodes": SPLIT,
    "tls.ca_file": "/etc/ssl/private ca.pem",
    "database.tls": True,
    "app.public_path": "/crm/",
    "app.port": 13100,
    "balancer.certificate": "/etc/ssl/a.pem",
    "balancer.certificate_key": "/etc/ssl/a.key",
    "balancer.listen": 443,
    "balancer.redirect": True,
    "balancer.sticky": True,
    "kubernetes.storage_class": "nfs-client",
}
VARIANTS: dict[str, dict[str, object]] = {
    "plain": {},
    "everything": EVERYTHING,
    "traefik": {**EVERYTHING, "kubernetes.ingress_class": "traefik"},
    "traefik without TLS": {"kubernetes.ingress_class": "traefik-internal"},
    "offline": {"license.delivery": "offline"},
    "no ingress": {"balancer.kind": "none"},
}


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS.keys())
def test_the_api_server_takes_every_object(changes: dict[str, object]) -> None:
    found = [part for parts in manifests(changes).values() for part in parts]
    assert {"ConfigMap", "Secret", "PersistentVolumeClaim", "Deployment", "Service", "Pod"} <= {part["kind"] for part in found}
    for part in found:
        if part["apiVersion"] != "traefik.io/v1alpha1":
            kubernetes_validate.validate(part, "1.31", strict=True)
        assert part["metadata"]["namespace"] == "nocobase"


def container(part: Any) -> Any:
    spec = part["spec"]
    return spec.get("template", {"spec": spec})["spec"]["containers"][0]


def test_pods_are_counted_per_worker_mode_and_each_mode_is_a_deployment() -> None:
    found = manifests({"nodes": SPLIT})["kubernetes/deployments.yaml"]
    assert [(part["metadata"]["name"].removeprefix("nocobase-official-"), part["spec"]["replicas"]) for part in found] == [
        ("web", 2),
        ("worker", 1),
        ("web-workflow-process", 1),
        ("worker-async-task-pr", 1),
        ("worker-async-task-pr-2", 1),
    ]
    assert [container(part)["env"][0]["value"] for part in found] == [
        "!",
        "*",
        "!,workflow:process",
        "async-task:process",
        "async-task,process",
    ]
    (alone,) = manifests()["kubernetes/deployments.yaml"]
    assert alone["spec"]["replicas"] == 3 and "env" not in container(alone)


def test_no_version_runs_beside_another_and_no_normal_pod_installs() -> None:
    for part in manifests({"nodes": SPLIT})["kubernetes/deployments.yaml"]:
        assert part["spec"]["strategy"] == {"type": "Recreate"}
        assert "--quickstart" not in str(container(part)["args"])
        assert part["spec"]["selector"]["matchLabels"].items() <= part["spec"]["template"]["metadata"]["labels"].items()


def test_probes_ask_the_health_address_without_a_query_and_let_an_hour_pass() -> None:
    (part,) = manifests({"app.public_path": "/crm/", "app.port": 13100})["kubernetes/deployments.yaml"]
    found = container(part)
    assert found["ports"][0]["containerPort"] == 13100
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert found[name]["httpGet"] == {"path": "/crm/api/__health_check", "port": "http"}
    assert found["startupProbe"]["periodSeconds"] * found["startupProbe"]["failureThreshold"] >= 3600


def test_one_bare_pod_installs_outside_the_folder_that_is_applied_as_a_whole() -> None:
    found = manifests(EVERYTHING)
    (boot,) = found["kubernetes/first-boot/pod.yaml"]
    assert boot["kind"] == "Pod" and boot["spec"]["restartPolicy"] == "Never"
    assert container(boot)["args"][-1].endswith("yarn start --quickstart")
    assert {item["name"]: item["value"] for item in container(boot)["env"]} == {
        "LOCK_ADAPTER_DEFAULT": "local",
        "WORKER_MODE": "",
        "SKIP_SAME_VERSION_UPGRADE": "",
        "DISABLE_PKG_DOWNLOAD": "",
    }
    assert not {"livenessProbe", "startupProbe"} & set(container(boot))
    starting = [path for path, parts in found.items() for part in parts if "--quickstart" in str(part)]
    assert starting == ["kubernetes/first-boot/pod.yaml"]
    offline = manifests({"license.delivery": "offline"})["kubernetes/first-boot/pod.yaml"][0]
    assert "DISABLE_PKG_DOWNLOAD" not in {item["name"] for item in container(offline)["env"]}


def test_only_pods_that_serve_requests_are_behind_the_service() -> None:
    found = manifests({"nodes": SPLIT})
    selector = found["kubernetes/service.yaml"][0]["spec"]["selector"]
    behind = [
        container(part)["env"][0]["value"]
        for part in found["kubernetes/deployments.yaml"]
        if selector.items() <= part["spec"]["template"]["metadata"]["labels"].items()
    ]
    assert behind == ["!", "!,workflow:process"]
    for path in ("kubernetes/first-boot/pod.yaml", "kubernetes/first-boot/shell.yaml"):
        assert not selector.items() <= found[path][0]["metadata"]["labels"].items()


def test_all_pods_share_one_volume_and_a_private_authority() -> None:
    found = manifests(EVERYTHING)
    (claim,) = found["kubernetes/storage.yaml"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"] and claim["spec"]["storageClassName"] == "nfs-client"
    assert "storageClassName" not in manifests()["kubernetes/storage.yaml"][0]["spec"]
    boot = found["kubernetes/first-boot/pod.yaml"][0]["spec"]
    for spec in (boot, *(part["spec"]["template"]["spec"] for part in found["kubernetes/deployments.yaml"])):
        mounts = {mount["name"]: mount["mountPath"] for mount in spec["containers"][0]["volumeMounts"]}
        assert mounts == {"storage": "/app/nocobase/storage", "authority": "/etc/nocobase-authority"}
        assert spec["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    data = found["kubernetes/configmap.yaml"][0]["data"]
    assert data["NODE_EXTRA_CA_CERTS"] == data["DB_DIALECT_OPTIONS_SSL_CA"] == "/etc/nocobase-authority/ca.pem"


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("kubernetes/configmap.yaml", '"10.0.0.6"', '"10.0.0.7"'),
        ("kubernetes/secret.yaml", 'DB_PASSWORD: "', 'DB_PASSWORD: "x'),
        ("helm/values.yaml", 'DB_PASSWORD: "', 'DB_PASSWORD: "x'),
        ("kubernetes/deployments.yaml", "replicas: 3", "replicas: 2"),
        ("kubernetes/deployments.yaml", "exec yarn start", "exec yarn start --quickstart"),
        ("kubernetes/deployments.yaml", "nocobase:2.2.15", "nocobase:latest"),
        ("kubernetes/first-boot/pod.yaml", ' --quickstart"', '"'),
        ("kubernetes/service.yaml", 'namespace: "nocobase"', 'namespace: "other"'),
        ("kubernetes/ingress.yaml", 'host: "nocobase.example.com"', 'host: "else.example.com"'),
        ("kubernetes/ingress.yaml", "error timeout http_503", "error timeout non_idempotent"),
        ("kubernetes/storage.yaml", "# every pod", "# CLUSTER_MODE"),
    ],
)
def test_a_file_that_means_something_else_is_found(path: str, old: str, new: str) -> None:
    answers = pods()
    files = files_of(answers)
    assert old in files[path].text
    files[path] = OutputFile(path, files[path].text.replace(old, new).encode(), files[path].secret)
    with pytest.raises(VerificationError):
        verify(tuple(files.values()), Cluster.of(answers), resolved_for(answers))


def test_a_secret_that_everybody_may_read_is_found() -> None:
    answers = pods()
    files = files_of(answers)
    for path in ("kubernetes/secret.yaml", "helm/values.yaml"):
        open_ = {**files, path: OutputFile(path, files[path].data)}
        with pytest.raises(VerificationError):
            verify(tuple(open_.values()), Cluster.of(answers), resolved_for(answers))


def test_names_stay_names_whatever_the_cluster_is_called() -> None:
    for name in ("prod-", "nocobase", "0", "a" * 40):
        found = files_of(pods({"name": name}))
        for path, file in found.items():
            if path.startswith("kubernetes/"):
                for part in objects(file.text):
                    kubernetes_validate.validate(part, "1.31", strict=True)
                    shown = part["metadata"]["name"]
                    assert len(shown) <= 63 and shown[0].isalpha() and shown[-1] != "-" and "--" not in shown
