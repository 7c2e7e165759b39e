"""What each manifest and the values for the chart must say, as data, for whoever reads the files back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nbcluster.answers.answers import Answers
from nbcluster.facts import HEALTH_PATH, IMAGE_STORAGE
from nbcluster.files.docker import command_of, first_boot_overrides, image
from nbcluster.files.kubernetes.environment import AUTHORITY, Environment
from nbcluster.files.kubernetes.helm import LEFT_OVER, parts_of_image
from nbcluster.files.kubernetes.ingress import is_traefik, paths
from nbcluster.files.kubernetes.model import (
    CLUSTER_LABEL,
    FIRST_BOOT,
    REQUESTS_LABEL,
    SHELL,
    Group,
    base_name,
    first_group,
    groups,
    namespace,
    object_name,
)
from nbcluster.steps.balancer import has_ingress, has_tls

Tree = dict[str, Any]

_SLEEP = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 5; done"]


def manifests(answers: Answers, wanted: Environment) -> dict[str, list[Tree]]:
    """Return the documents of every file by its path."""
    pod = {name: value for name, value in first_boot_overrides(answers).items() if name != "CLUSTER_MODE"}
    boot = _pod(answers, command_of(installs=True), pod, ["readiness"])
    config = {**_object(answers, "v1", "ConfigMap", "config"), "data": dict(wanted.open)}
    secret = {**_object(answers, "v1", "Secret", "secret"), "type": "Opaque", "stringData": dict(wanted.secret)}
    out = {
        "kubernetes/configmap.yaml": [config],
        "kubernetes/secret.yaml": [secret],
        "kubernetes/storage.yaml": [_claim(answers)],
        "kubernetes/deployments.yaml": [_deployment(answers, group) for group in groups(answers)],
        "kubernetes/service.yaml": [_service(answers)],
        FIRST_BOOT: [_bare(answers, "first-boot", boot)],
        SHELL: [_bare(answers, "shell", _pod(answers, _SLEEP, {}, []))],
        "helm/values.yaml": [_values(answers, wanted)],
    }
    if has_ingress(answers):
        out["kubernetes/ingress.yaml"] = _traefik(answers) if is_traefik(answers) else [_ingress(answers, "web", _nginx(answers))]
    return out


def _object(answers: Answers, api: str, kind: str, part: str, annotations: Mapping[str, str] | None = None) -> Tree:
    metadata: Tree = {
        "name": object_name(answers, part),
        "namespace": namespace(answers),
        "labels": {CLUSTER_LABEL: base_name(answers)},
    }
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"apiVersion": api, "kind": kind, "metadata": metadata}


def _claim(answers: Answers) -> Tree:
    spec: Tree = {
        "accessModes": ["ReadWriteMany"],
        "resources": {"requests": {"storage": answers.text("kubernetes.storage_size")}},
    }
    if answers.text("kubernetes.storage_class"):
        spec["storageClassName"] = answers.text("kubernetes.storage_class")
    return {**_object(answers, "v1", "PersistentVolumeClaim", "storage"), "spec": spec}


def _deployment(answers: Answers, group: Group) -> Tree:
    part = group.name.removeprefix(f"{base_name(answers)}-")
    mine = {CLUSTER_LABEL: base_name(answers), "nocobase-pods": part}
    mode = {"WORKER_MODE": group.worker_mode} if group.worker_mode else {}
    pod = {
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": mine},
            }
        ],
        **_pod(answers, command_of(installs=False), mode, ["startup", "readiness", "liveness"]),
    }
    spec = {
        "replicas": group.replicas,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": mine},
        "template": {
            "metadata": {"labels": {**mine, REQUESTS_LABEL: "yes" if group.serves_requests else "no"}},
            "spec": pod,
        },
    }
    return {**_object(answers, "apps/v1", "Deployment", part), "spec": spec}


def _health(answers: Answers) -> str:
    return f"{answers.text('app.public_path')}{HEALTH_PATH}"


def _pod(answers: Answers, command: list[str], variables: Mapping[str, str], probes: Iterable[str]) -> Tree:
    tries = {"startup": 360, "readiness": 2, "liveness": 6}
    authority = bool(answers.text("tls.ca_file"))
    mounts: list[Tree] = [{"name": "storage", "mountPath": IMAGE_STORAGE}]
    volumes: list[Tree] = [{"name": "storage", "persistentVolumeClaim": {"claimName": object_name(answers, "storage")}}]
    if authority:
        mounts.append({"name": "authority", "mountPath": AUTHORITY.rpartition("/")[0], "readOnly": True})
        volumes.append({"name": "authority", "configMap": {"name": object_name(answers, "authority")}})
    container: Tree = {
        "name": "nocobase",
        "image": image(answers),
        "args": command,
        "ports": [{"name": "http", "containerPort": answers.number("app.port")}],
        "envFrom": [
            {"configMapRef": {"name": object_name(answers, "config")}},
            {"secretRef": {"name": object_name(answers, "secret")}},
        ],
        "volumeMounts": mounts,
    }
    if variables:
        container["env"] = [{"name": name, "value": value} for name, value in variables.items()]
    for name in probes:
        container[f"{name}Probe"] = {
            "httpGet": {"path": _health(answers), "port": "http"},
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": tries[name],
        }
    return {
        "enableServiceLinks": False,
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 60,
        "shareProcessNamespace": True,
        "containers": [container],
        "volumes": volumes,
    }


def _bare(answers: Answers, part: str, pod: Tree) -> Tree:
    return {**_object(answers, "v1", "Pod", part), "spec": {"restartPolicy": "Never", **pod}}


def _service(answers: Answers) -> Tree:
    prefix = "traefik.ingress.kubernetes.io/service.sticky.cookie"
    sticky = is_traefik(answers) and answers.flag("balancer.sticky")
    spec = {
        "selector": {CLUSTER_LABEL: base_name(answers), REQUESTS_LABEL: "yes"},
        "ports": [{"name": "http", "port": answers.number("app.port"), "targetPort": "http"}],
    }
    cookie = {prefix: "true", f"{prefix}.name": "nocobase-node"} if sticky else {}
    return {**_object(answers, "v1", "Service", "web", cookie), "spec": spec}


def _ingress(answers: Answers, part: str, annotations: Mapping[str, str], *, plain: bool = False) -> Tree:
    host = answers.text("balancer.server_name")
    service = {"service": {"name": object_name(answers, "web"), "port": {"name": "http"}}}
    spec: Tree = {
        "ingressClassName": answers.text("kubernetes.ingress_class"),
        "rules": [
            {
                "host": host,
                "http": {"paths": [{"path": path, "pathType": "Prefix", "backend": service} for path in paths(answers)]},
            }
        ],
    }
    if has_tls(answers) and not plain:
        spec["tls"] = [{"hosts": [host], "secretName": object_name(answers, "tls")}]
    return {**_object(answers, "networking.k8s.io/v1", "Ingress", part, annotations), "spec": spec}


def _nginx(answers: Answers) -> dict[str, str]:
    wanted = {
        "proxy-body-size": "0",
        "proxy-connect-timeout": "10",
        "proxy-send-timeout": "600",
        "proxy-read-timeout": "600",
        "proxy-buffering": "off",
        "proxy-next-upstream": "error timeout http_503",
        "proxy-next-upstream-tries": "3",
    }
    if answers.flag("balancer.sticky"):
        wanted |= {
            "affinity": "cookie",
            "affinity-mode": "balanced",
            "session-cookie-name": "nocobase-node",
            "session-cookie-path": "/",
        }
    if has_tls(answers):
        redirect = "true" if answers.flag("balancer.redirect") else "false"
        wanted |= {"ssl-redirect": redirect, "force-ssl-redirect": redirect}
    return {f"nginx.ingress.kubernetes.io/{name}": value for name, value in wanted.items()}


def _traefik(answers: Answers) -> list[Tree]:
    prefix = "traefik.ingress.kubernetes.io/router"
    plain = {f"{prefix}.entrypoints": "web"}
    if not has_tls(answers):
        return [_ingress(answers, "web", plain)]
    out = [_ingress(answers, "web", {f"{prefix}.entrypoints": "websecure", f"{prefix}.tls": "true"})]
    if answers.flag("balancer.redirect"):
        plain[f"{prefix}.middlewares"] = f"{namespace(answers)}-{object_name(answers, 'https')}@kubernetescrd"
        redirect = {"spec": {"redirectScheme": {"scheme": "https", "permanent": True}}}
        out.append({**_object(answers, "traefik.io/v1alpha1", "Middleware", "https"), **redirect})
    return [*out, _ingress(answers, "plain", plain, plain=True)]


def _values(answers: Answers, wanted: Environment) -> Tree:
    group, port = first_group(answers), answers.number("app.port")
    repository, tag = parts_of_image(image(answers))
    variables = {**wanted.all, **({"WORKER_MODE": group.worker_mode} if group.worker_mode else {})}
    probe = {"httpGet": {"path": _health(answers), "port": port}, "timeoutSeconds": 5}
    return {
        "fullnameOverride": base_name(answers),
        "replicaCount": group.replicas,
        "image": {"repository": repository, "tag": tag},
        "podLabels": {CLUSTER_LABEL: base_name(answers), REQUESTS_LABEL: "yes" if group.serves_requests else "no"},
        "service": {"port": port, "targetPort": port},
        "ingress": {"enabled": False},
        "persistent": {
            "size": answers.text("kubernetes.storage_size"),
            "storageClassName": answers.text("kubernetes.storage_class"),
        },
        "livenessProbe": {**probe, "periodSeconds": 30, "failureThreshold": 120},
        "readinessProbe": {**probe, "periodSeconds": 10, "failureThreshold": 2},
        "configMap": {"data": {**{name: None for name in LEFT_OVER if name not in variables}, **variables}},
    }
