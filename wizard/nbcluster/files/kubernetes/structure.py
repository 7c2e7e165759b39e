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
    REQUESTS,
    REQUESTS_LABEL,
    SHELL,
    Group,
    base_name,
    first_group,
    groups,
    namespace,
    object_name,
)
from nbcluster.files.liveness import liveness_command
from nbcluster.steps.balancer import gateway_of, has_gateway, has_ingress, has_tls, public_address

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
        SHELL: [_bare(answers, "shell", _pod(answers, _SLEEP, {}, [], {"cpu": "50m", "memory": "64Mi"}))],
        "kubernetes/disruption-budgets.yaml": [_budget(answers, group) for group in groups(answers)],
        "helm/values.yaml": [_values(answers, wanted)],
    }
    if has_gateway(answers):
        out["kubernetes/httproute.yaml"] = [_route(answers)]
    elif has_ingress(answers):
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


def _labels(answers: Answers, group: Group) -> dict[str, str]:
    return {CLUSTER_LABEL: base_name(answers), "nocobase-pods": _part(answers, group)}


def _part(answers: Answers, group: Group) -> str:
    return group.name.removeprefix(f"{base_name(answers)}-")


def _budget(answers: Answers, group: Group) -> Tree:
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": _labels(answers, group)}}
    return {**_object(answers, "policy/v1", "PodDisruptionBudget", _part(answers, group)), "spec": spec}


def _deployment(answers: Answers, group: Group) -> Tree:
    part, mine = _part(answers, group), _labels(answers, group)
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


def _probes(answers: Answers, port: str | int) -> dict[str, Tree]:
    times = {"periodSeconds": 10, "timeoutSeconds": 5}
    return {
        "startup": {"tcpSocket": {"port": port}, **times, "failureThreshold": 60},
        "readiness": {"httpGet": {"path": _health(answers), "port": port}, **times, "failureThreshold": 2},
        "liveness": {
            "exec": {"command": liveness_command(answers)},
            "periodSeconds": 10,
            "timeoutSeconds": 10,
            "failureThreshold": 6,
        },
    }


def _pod(
    answers: Answers,
    command: list[str],
    variables: Mapping[str, str],
    probes: Iterable[str],
    requests: Mapping[str, str] = REQUESTS,
) -> Tree:
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
        "securityContext": {"allowPrivilegeEscalation": False},
        "resources": {"requests": dict(requests)},
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
        container[f"{name}Probe"] = _probes(answers, "http")[name]
    return {
        "enableServiceLinks": False,
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 60,
        "shareProcessNamespace": True,
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
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


def _route(answers: Answers) -> Tree:
    space, name = gateway_of(answers)
    parent = {"name": name, **({"namespace": space} if space else {})}
    public = public_address(answers)
    headers = [] if public is None else [("X-Forwarded-Proto", public.scheme), ("X-Forwarded-Host", public.host)]
    change = {"set": [{"name": each, "value": value} for each, value in headers]}
    filters: Tree = {"filters": [{"type": "RequestHeaderModifier", "requestHeaderModifier": change}]} if headers else {}
    service: Tree = {**filters, "backendRefs": [{"name": object_name(answers, "web"), "port": answers.number("app.port")}]}
    socket = [{"path": {"type": "Exact", "value": f"{answers.text('app.public_path')}ws"}}]
    rest = [{"path": {"type": "PathPrefix", "value": path}} for path in paths(answers)]
    spec = {
        "parentRefs": [parent],
        "hostnames": [answers.text("balancer.server_name")],
        "rules": [
            {"matches": socket, "timeouts": {"request": "0s"}, **service},
            {"matches": rest, "timeouts": {"request": "600s"}, **service},
        ],
    }
    return {**_object(answers, "gateway.networking.k8s.io/v1", "HTTPRoute", "web"), "spec": spec}


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
    prefix, public = "traefik.ingress.kubernetes.io/router", public_address(answers)
    own: dict[str, str] = {}
    more: list[Tree] = []
    if public is not None:
        own = {f"{prefix}.middlewares": f"{namespace(answers)}-{object_name(answers, 'public')}@kubernetescrd"}
        headers = {"X-Forwarded-Proto": public.scheme, "X-Forwarded-Host": public.host}
        spec = {"spec": {"headers": {"customRequestHeaders": headers}}}
        more = [{**_object(answers, "traefik.io/v1alpha1", "Middleware", "public"), **spec}]
    plain = {f"{prefix}.entrypoints": "web", **own}
    if not has_tls(answers):
        return [_ingress(answers, "web", plain), *more]
    out = [_ingress(answers, "web", {f"{prefix}.entrypoints": "websecure", f"{prefix}.tls": "true", **own}), *more]
    if answers.flag("balancer.redirect"):
        plain[f"{prefix}.middlewares"] = f"{namespace(answers)}-{object_name(answers, 'https')}@kubernetescrd"
        redirect = {"spec": {"redirectScheme": {"scheme": "https", "permanent": True}}}
        out.append({**_object(answers, "traefik.io/v1alpha1", "Middleware", "https"), **redirect})
    return [*out, _ingress(answers, "plain", plain, plain=True)]


def _values(answers: Answers, wanted: Environment) -> Tree:
    group, port = first_group(answers), answers.number("app.port")
    repository, tag = parts_of_image(image(answers))
    variables = {**wanted.all, **({"WORKER_MODE": group.worker_mode} if group.worker_mode else {})}
    probes = _probes(answers, port)
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
        "podSecurityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "securityContext": {"allowPrivilegeEscalation": False},
        "resources": {"requests": dict(REQUESTS)},
        "livenessProbe": {"httpGet": None, **probes["liveness"]},
        "readinessProbe": probes["readiness"],
        "configMap": {"data": {**{name: None for name in LEFT_OVER if name not in variables}, **variables}},
    }
