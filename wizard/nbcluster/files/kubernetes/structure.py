"""What each manifest and the values for the chart must say, as data, for whoever reads the files back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nbcluster.cluster import Cluster
from nbcluster.facts import IMAGE_STORAGE
from nbcluster.files.docker import command_of, first_boot_overrides
from nbcluster.files.kubernetes.environment import AUTHORITY, Environment
from nbcluster.files.kubernetes.helm import LEFT_OVER, parts_of_image
from nbcluster.files.kubernetes.model import (
    CLUSTER_LABEL,
    FIRST_BOOT,
    REQUESTS,
    REQUESTS_LABEL,
    SHELL,
    Workload,
    base_name,
    first_workload,
    object_name,
    paths,
    workloads,
)
from nbcluster.files.liveness import liveness_command

Tree = dict[str, Any]

_SLEEP = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 5; done"]


def manifests(cluster: Cluster, wanted: Environment) -> dict[str, list[Tree]]:
    """Return the documents of every file by its path."""
    pod = {name: value for name, value in first_boot_overrides(cluster).items() if name != "CLUSTER_MODE"}
    boot = _pod(cluster, command_of(installs=True), pod, ["readiness"])
    config = {**_object(cluster, "v1", "ConfigMap", "config"), "data": dict(wanted.open)}
    secret = {**_object(cluster, "v1", "Secret", "secret"), "type": "Opaque", "stringData": dict(wanted.secret)}
    out = {
        "kubernetes/configmap.yaml": [config],
        "kubernetes/secret.yaml": [secret],
        "kubernetes/storage.yaml": [_claim(cluster)],
        "kubernetes/deployments.yaml": [_deployment(cluster, workload) for workload in workloads(cluster)],
        "kubernetes/service.yaml": [_service(cluster)],
        FIRST_BOOT: [_bare(cluster, "first-boot", boot)],
        SHELL: [_bare(cluster, "shell", _pod(cluster, _SLEEP, {}, [], {"cpu": "50m", "memory": "64Mi"}))],
        "kubernetes/disruption-budgets.yaml": [_budget(cluster, workload) for workload in workloads(cluster)],
        "helm/values.yaml": [_values(cluster, wanted)],
    }
    if cluster.kubernetes.has_gateway:
        out["kubernetes/httproute.yaml"] = [_route(cluster)]
    elif cluster.kubernetes.has_ingress:
        out["kubernetes/ingress.yaml"] = (
            _traefik(cluster) if cluster.kubernetes.is_traefik else [_ingress(cluster, "web", _nginx(cluster))]
        )
    return out


def _object(cluster: Cluster, api: str, kind: str, part: str, annotations: Mapping[str, str] | None = None) -> Tree:
    metadata: Tree = {
        "name": object_name(cluster, part),
        "namespace": cluster.kubernetes.namespace,
        "labels": {CLUSTER_LABEL: base_name(cluster)},
    }
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"apiVersion": api, "kind": kind, "metadata": metadata}


def _claim(cluster: Cluster) -> Tree:
    spec: Tree = {
        "accessModes": ["ReadWriteMany"],
        "resources": {"requests": {"storage": cluster.kubernetes.storage_size}},
    }
    if cluster.kubernetes.storage_class:
        spec["storageClassName"] = cluster.kubernetes.storage_class
    return {**_object(cluster, "v1", "PersistentVolumeClaim", "storage"), "spec": spec}


def _labels(cluster: Cluster, workload: Workload) -> dict[str, str]:
    return {CLUSTER_LABEL: base_name(cluster), "nocobase-pods": _part(cluster, workload)}


def _part(cluster: Cluster, workload: Workload) -> str:
    return workload.name.removeprefix(f"{base_name(cluster)}-")


def _budget(cluster: Cluster, workload: Workload) -> Tree:
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": _labels(cluster, workload)}}
    return {**_object(cluster, "policy/v1", "PodDisruptionBudget", _part(cluster, workload)), "spec": spec}


def _deployment(cluster: Cluster, workload: Workload) -> Tree:
    part, mine = _part(cluster, workload), _labels(cluster, workload)
    mode = {"WORKER_MODE": workload.worker_mode} if workload.worker_mode else {}
    pod = {
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": mine},
            }
        ],
        **_pod(cluster, command_of(installs=False), mode, ["startup", "readiness", "liveness"]),
    }
    spec = {
        "replicas": workload.replicas,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": mine},
        "template": {
            "metadata": {"labels": {**mine, REQUESTS_LABEL: "yes" if workload.serves_requests else "no"}},
            "spec": pod,
        },
    }
    return {**_object(cluster, "apps/v1", "Deployment", part), "spec": spec}


def _probes(cluster: Cluster, port: str | int) -> dict[str, Tree]:
    times = {"periodSeconds": 10, "timeoutSeconds": 5}
    return {
        "startup": {"tcpSocket": {"port": port}, **times, "failureThreshold": 60},
        "readiness": {"httpGet": {"path": cluster.deployment.health_path, "port": port}, **times, "failureThreshold": 2},
        "liveness": {
            "exec": {"command": liveness_command(cluster)},
            "periodSeconds": 10,
            "timeoutSeconds": 10,
            "failureThreshold": 6,
        },
    }


def _pod(
    cluster: Cluster,
    command: list[str],
    variables: Mapping[str, str],
    probes: Iterable[str],
    requests: Mapping[str, str] = REQUESTS,
) -> Tree:
    authority = bool(cluster.deployment.authority)
    mounts: list[Tree] = [{"name": "storage", "mountPath": IMAGE_STORAGE}]
    volumes: list[Tree] = [{"name": "storage", "persistentVolumeClaim": {"claimName": object_name(cluster, "storage")}}]
    if authority:
        mounts.append({"name": "authority", "mountPath": AUTHORITY.rpartition("/")[0], "readOnly": True})
        volumes.append({"name": "authority", "configMap": {"name": object_name(cluster, "authority")}})
    container: Tree = {
        "name": "nocobase",
        "image": cluster.deployment.image,
        "args": command,
        "securityContext": {"allowPrivilegeEscalation": False},
        "resources": {"requests": dict(requests)},
        "ports": [{"name": "http", "containerPort": cluster.deployment.port}],
        "envFrom": [
            {"configMapRef": {"name": object_name(cluster, "config")}},
            {"secretRef": {"name": object_name(cluster, "secret")}},
        ],
        "volumeMounts": mounts,
    }
    if variables:
        container["env"] = [{"name": name, "value": value} for name, value in variables.items()]
    for name in probes:
        container[f"{name}Probe"] = _probes(cluster, "http")[name]
    return {
        "enableServiceLinks": False,
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 60,
        "shareProcessNamespace": True,
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": volumes,
    }


def _bare(cluster: Cluster, part: str, pod: Tree) -> Tree:
    return {**_object(cluster, "v1", "Pod", part), "spec": {"restartPolicy": "Never", **pod}}


def _service(cluster: Cluster) -> Tree:
    prefix = "traefik.ingress.kubernetes.io/service.sticky.cookie"
    sticky = cluster.kubernetes.is_traefik and cluster.balancer.sticky
    spec = {
        "selector": {CLUSTER_LABEL: base_name(cluster), REQUESTS_LABEL: "yes"},
        "ports": [{"name": "http", "port": cluster.deployment.port, "targetPort": "http"}],
    }
    cookie = {prefix: "true", f"{prefix}.name": "nocobase-node"} if sticky else {}
    return {**_object(cluster, "v1", "Service", "web", cookie), "spec": spec}


def _ingress(cluster: Cluster, part: str, annotations: Mapping[str, str], *, plain: bool = False) -> Tree:
    host = cluster.balancer.server_name
    service = {"service": {"name": object_name(cluster, "web"), "port": {"name": "http"}}}
    spec: Tree = {
        "ingressClassName": cluster.kubernetes.ingress_class,
        "rules": [
            {
                "host": host,
                "http": {"paths": [{"path": path, "pathType": "Prefix", "backend": service} for path in paths(cluster)]},
            }
        ],
    }
    if cluster.balancer.tls and not plain:
        spec["tls"] = [{"hosts": [host], "secretName": object_name(cluster, "tls")}]
    return {**_object(cluster, "networking.k8s.io/v1", "Ingress", part, annotations), "spec": spec}


def _public(cluster: Cluster) -> dict[str, str]:
    """Return the headers that say what users type."""
    model = cluster.balancer
    return {"X-Forwarded-Proto": model.public_scheme, "X-Forwarded-Host": model.public_host} if model.public_host else {}


def _route(cluster: Cluster) -> Tree:
    space, name = cluster.kubernetes.gateway_namespace, cluster.kubernetes.gateway
    parent = {"name": name, **({"namespace": space} if space else {})}
    change = {"set": [{"name": each, "value": value} for each, value in _public(cluster).items()]}
    filters: Tree = {"filters": [{"type": "RequestHeaderModifier", "requestHeaderModifier": change}]} if change["set"] else {}
    service: Tree = {**filters, "backendRefs": [{"name": object_name(cluster, "web"), "port": cluster.deployment.port}]}
    socket = [{"path": {"type": "Exact", "value": f"{cluster.deployment.public_path}ws"}}]
    rest = [{"path": {"type": "PathPrefix", "value": path}} for path in paths(cluster)]
    spec = {
        "parentRefs": [parent],
        "hostnames": [cluster.balancer.server_name],
        "rules": [
            {"matches": socket, "timeouts": {"request": "0s"}, **service},
            {"matches": rest, "timeouts": {"request": "600s"}, **service},
        ],
    }
    return {**_object(cluster, "gateway.networking.k8s.io/v1", "HTTPRoute", "web"), "spec": spec}


def _nginx(cluster: Cluster) -> dict[str, str]:
    wanted = {
        "proxy-body-size": "0",
        "proxy-connect-timeout": "10",
        "proxy-send-timeout": "600",
        "proxy-read-timeout": "600",
        "proxy-buffering": "off",
        "proxy-next-upstream": "error timeout http_503",
        "proxy-next-upstream-tries": "3",
    }
    if cluster.balancer.sticky:
        wanted |= {
            "affinity": "cookie",
            "affinity-mode": "balanced",
            "session-cookie-name": "nocobase-node",
            "session-cookie-path": "/",
        }
    if cluster.balancer.tls:
        redirect = "true" if cluster.balancer.redirect else "false"
        wanted |= {"ssl-redirect": redirect, "force-ssl-redirect": redirect}
    return {f"nginx.ingress.kubernetes.io/{name}": value for name, value in wanted.items()}


def _traefik(cluster: Cluster) -> list[Tree]:
    prefix, headers = "traefik.ingress.kubernetes.io/router", _public(cluster)
    own: dict[str, str] = {}
    more: list[Tree] = []
    if headers:
        own = {f"{prefix}.middlewares": f"{cluster.kubernetes.namespace}-{object_name(cluster, 'public')}@kubernetescrd"}
        spec = {"spec": {"headers": {"customRequestHeaders": headers}}}
        more = [{**_object(cluster, "traefik.io/v1alpha1", "Middleware", "public"), **spec}]
    plain = {f"{prefix}.entrypoints": "web", **own}
    if not cluster.balancer.tls:
        return [_ingress(cluster, "web", plain), *more]
    out = [_ingress(cluster, "web", {f"{prefix}.entrypoints": "websecure", f"{prefix}.tls": "true", **own}), *more]
    if cluster.balancer.redirect:
        plain[f"{prefix}.middlewares"] = f"{cluster.kubernetes.namespace}-{object_name(cluster, 'https')}@kubernetescrd"
        redirect = {"spec": {"redirectScheme": {"scheme": "https", "permanent": True}}}
        out.append({**_object(cluster, "traefik.io/v1alpha1", "Middleware", "https"), **redirect})
    return [*out, _ingress(cluster, "plain", plain, plain=True)]


def _values(cluster: Cluster, wanted: Environment) -> Tree:
    workload, port = first_workload(cluster), cluster.deployment.port
    repository, tag = parts_of_image(cluster.deployment.image)
    variables = {**wanted.all, **({"WORKER_MODE": workload.worker_mode} if workload.worker_mode else {})}
    probes = _probes(cluster, port)
    return {
        "fullnameOverride": base_name(cluster),
        "replicaCount": workload.replicas,
        "image": {"repository": repository, "tag": tag},
        "podLabels": {CLUSTER_LABEL: base_name(cluster), REQUESTS_LABEL: "yes" if workload.serves_requests else "no"},
        "service": {"port": port, "targetPort": port},
        "ingress": {"enabled": False},
        "persistent": {
            "size": cluster.kubernetes.storage_size,
            "storageClassName": cluster.kubernetes.storage_class,
        },
        "podSecurityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "securityContext": {"allowPrivilegeEscalation": False},
        "resources": {"requests": dict(REQUESTS)},
        "livenessProbe": {"httpGet": None, **probes["liveness"]},
        "readinessProbe": probes["readiness"],
        "configMap": {"data": {**{name: None for name in LEFT_OVER if name not in variables}, **variables}},
    }
