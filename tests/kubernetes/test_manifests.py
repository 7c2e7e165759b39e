"""Manifests that the API server takes as they are, and that mean what was chosen."""

from __future__ import annotations

import http.server
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import kubernetes_validate
import pytest

from nbcluster.cluster import Cluster
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.verify import VerificationError, verify
from tests.kubernetes.manifests import files_of, manifests, objects, pods
from tests.services.process import free_ports, tool
from tests.unit.test_env_files import resolved_for

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
POD: dict[str, object] = {"app.port": 13100, "app.public_path": "/crm/"}
VARIANTS: dict[str, dict[str, object]] = {
    "plain": {},
    "everything": EVERYTHING,
    "traefik": {**EVERYTHING, "kubernetes.ingress_class": "traefik"},
    "traefik without TLS": {"kubernetes.ingress_class": "traefik-internal"},
    "gateway": {**EVERYTHING, "kubernetes.gateway": "infra/public", "kubernetes.ingress_class": ""},
    "gateway of the same namespace": {"kubernetes.gateway": "public", "kubernetes.ingress_class": ""},
    "offline": {"license.delivery": "offline"},
    "no ingress": {"balancer.kind": "none"},
}


@dataclass
class Health:
    """What a pod's health address says."""

    port: int
    body: str = ""


@pytest.fixture
def health() -> Iterator[Health]:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = made.body.encode() if self.path == "/crm/api/__health_check" else b"ECONNREFUSED elsewhere"
            self.send_response(503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    made = Health(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS.keys())
def test_the_api_server_takes_every_object(changes: dict[str, object]) -> None:
    found = [part for parts in manifests(changes).values() for part in parts]
    assert {"ConfigMap", "Secret", "PersistentVolumeClaim", "Deployment", "Service", "Pod"} <= {part["kind"] for part in found}
    for part in found:
        if not part["apiVersion"].startswith(("traefik.io/", "gateway.networking.k8s.io/")):
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


def test_a_pod_is_ready_by_its_health_and_begins_by_its_port() -> None:
    (part,) = manifests({"app.public_path": "/crm/", "app.port": 13100})["kubernetes/deployments.yaml"]
    found = container(part)
    assert found["ports"][0]["containerPort"] == 13100
    assert found["readinessProbe"]["httpGet"] == {"path": "/crm/api/__health_check", "port": "http"}
    assert found["startupProbe"]["tcpSocket"] == {"port": "http"}
    assert not {"httpGet", "tcpSocket"} & found["livenessProbe"].keys()
    assert (found["livenessProbe"]["periodSeconds"], found["livenessProbe"]["failureThreshold"]) == (10, 6)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"error":{"code":"ECONNREFUSED"}}', 1),
        ('{"error":{"message":"getaddrinfo ENOTFOUND redis"}}', 1),
        ('{"error":{"code":"APP_COMMANDING"}}', 0),
        ("ok", 0),
        (None, 0),
    ],
)
def test_a_pod_is_ended_only_for_a_cause_that_a_restart_cures(body: str | None, code: int, health: Health) -> None:
    health.body = body or ""
    port = health.port if body is not None else free_ports()
    (part,) = manifests({"app.public_path": "/crm/", "app.port": port})["kubernetes/deployments.yaml"]
    program, *words = container(part)["livenessProbe"]["exec"]["command"]
    assert subprocess.run([tool(program), *words], capture_output=True, timeout=60, check=False).returncode == code


def test_pods_ask_for_what_they_need_and_gain_no_rights() -> None:
    found = manifests(EVERYTHING)
    boot = found["kubernetes/first-boot/pod.yaml"][0]["spec"]
    for spec in (boot, *(part["spec"]["template"]["spec"] for part in found["kubernetes/deployments.yaml"])):
        assert spec["securityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}
        assert spec["containers"][0]["securityContext"] == {"allowPrivilegeEscalation": False}
        assert spec["containers"][0]["resources"]["requests"].keys() == {"cpu", "memory"}


def test_a_drain_takes_one_pod_of_a_kind_at_a_time() -> None:
    found = manifests({"nodes": SPLIT})
    budgets = {part["metadata"]["name"]: part["spec"] for part in found["kubernetes/disruption-budgets.yaml"]}
    for part in found["kubernetes/deployments.yaml"]:
        budget = budgets.pop(part["metadata"]["name"])
        assert budget["maxUnavailable"] == 1 and "minAvailable" not in budget
        assert budget["selector"] == part["spec"]["selector"]
    assert budgets == {}


def test_the_values_for_the_chart_agree_with_the_manifests() -> None:
    (part,) = manifests(POD)["kubernetes/deployments.yaml"]
    (values,) = objects(files_of(pods(POD))["helm/values.yaml"].text)
    spec = part["spec"]["template"]["spec"]
    mine = container(part)
    assert values["replicaCount"] == part["spec"]["replicas"]
    assert f"{values['image']['repository']}:{values['image']['tag']}" == mine["image"]
    assert values["podSecurityContext"] == spec["securityContext"] and values["securityContext"] == mine["securityContext"]
    assert values["resources"] == mine["resources"] and values["service"]["port"] == mine["ports"][0]["containerPort"]
    # what the chart's own values would add is taken away
    assert values["livenessProbe"].pop("httpGet") is None and values["livenessProbe"] == mine["livenessProbe"]
    assert values["readinessProbe"].pop("httpGet") == {**mine["readinessProbe"].pop("httpGet"), "port": 13100}
    assert values["readinessProbe"] == mine["readinessProbe"]
    assert values["podLabels"].items() <= part["spec"]["template"]["metadata"]["labels"].items()


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
