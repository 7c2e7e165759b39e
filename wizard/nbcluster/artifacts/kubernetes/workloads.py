"""Deployments, the pod of the first boot, the pod with a shell, the volume and the Service (nocobase.md §6, §7.1, §7.2, §8)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from nbcluster.answers import Answers
from nbcluster.artifacts.docker import command_of, first_boot_overrides, image
from nbcluster.artifacts.kubernetes.environment import AUTHORITY
from nbcluster.artifacts.kubernetes.ingress import service_annotations
from nbcluster.artifacts.kubernetes.model import (
    CLUSTER_LABEL,
    REQUESTS_LABEL,
    Group,
    base_name,
    document,
    file_of,
    groups,
    indented,
    object_name,
)
from nbcluster.envfile.readers import quote
from nbcluster.facts import HEALTH_PATH, IMAGE_STORAGE

_PERIOD, _STARTUP_TRIES = 10, 360
"""An hour for a start that installs or upgrades: a pod that is killed on the way leaves half an installation (nocobase.md §7.2)."""


def volume_claim(answers: Answers) -> str:
    """Return the claim of the volume that all pods share."""
    storage_class = answers.text("kubernetes.storage_class")
    named = (f"  storageClassName: {quote(storage_class)}",) if storage_class else ()
    return file_of(
        document(
            "v1",
            "PersistentVolumeClaim",
            answers,
            "storage",
            "spec:",
            "  # every pod mounts it, on whatever machine it runs",
            "  accessModes:",
            '    - "ReadWriteMany"',
            *named,
            "  resources:",
            "    requests:",
            f"      storage: {quote(answers.text('kubernetes.storage_size'))}",
        )
    )


def deployments(answers: Answers) -> str:
    """Return one Deployment for every WORKER_MODE."""
    return file_of(
        *(_deployment(answers, group) for group in groups(answers)),
        head="# These neither install nor upgrade: that belongs to one pod, the one of first-boot/.",
    )


def _deployment(answers: Answers, group: Group) -> list[str]:
    part = group.name.removeprefix(f"{base_name(answers)}-")
    labels = {
        CLUSTER_LABEL: base_name(answers),
        "nocobase-pods": part,
        REQUESTS_LABEL: "yes" if group.serves_requests else "no",
    }
    variables = {"WORKER_MODE": group.worker_mode} if group.worker_mode else {}
    return document(
        "apps/v1",
        "Deployment",
        answers,
        part,
        "spec:",
        f"  replicas: {group.replicas}",
        "  # versions must not mix: no rolling update",
        "  strategy:",
        '    type: "Recreate"',
        "  selector:",
        "    matchLabels:",
        *(f"      {name}: {quote(labels[name])}" for name in (CLUSTER_LABEL, "nocobase-pods")),
        "  template:",
        "    metadata:",
        "      labels:",
        *(f"        {name}: {quote(value)}" for name, value in labels.items()),
        "    spec:",
        *indented(["# of equal pods, each on a machine of its own as far as that goes", *_spread(labels)], 6),
        *indented(_pod(answers, command_of(installs=False), variables), 6),
    )


def _spread(labels: Mapping[str, str]) -> list[str]:
    return [
        "topologySpreadConstraints:",
        "  - maxSkew: 1",
        '    topologyKey: "kubernetes.io/hostname"',
        '    whenUnsatisfiable: "ScheduleAnyway"',
        "    labelSelector:",
        "      matchLabels:",
        *(f"        {name}: {quote(labels[name])}" for name in (CLUSTER_LABEL, "nocobase-pods")),
    ]


def _pod(
    answers: Answers,
    command: list[str],
    variables: Mapping[str, str],
    *,
    probes: tuple[str, ...] = ("startup", "readiness", "liveness"),
) -> list[str]:
    """Return a pod's specification: the container with its environment, probes and volumes."""
    authority = bool(answers.text("tls.ca_file"))
    out = [
        "enableServiceLinks: false",
        "automountServiceAccountToken: false",
        "terminationGracePeriodSeconds: 60",
        "# reaps what ends in the container, as init does in docker",
        "shareProcessNamespace: true",
        "containers:",
        '  - name: "nocobase"',
        f"    image: {quote(image(answers))}",
        f"    args: {json.dumps(command)}",
        "    ports:",
        '      - name: "http"',
        f"        containerPort: {answers.number('app.port')}",
        "    envFrom:",
        "      - configMapRef:",
        f"          name: {quote(object_name(answers, 'config'))}",
        "      - secretRef:",
        f"          name: {quote(object_name(answers, 'secret'))}",
    ]
    if variables:
        out.append("    env:")
        for name, value in variables.items():
            out += [f"      - name: {quote(name)}", f"        value: {quote(value)}"]
    for probe in probes:
        out += indented(_probe(answers, probe), 4)
    out += ["    volumeMounts:", '      - name: "storage"', f"        mountPath: {quote(IMAGE_STORAGE)}"]
    if authority:
        out += [
            '      - name: "authority"',
            f"        mountPath: {quote(AUTHORITY.rpartition('/')[0])}",
            "        readOnly: true",
        ]
    out += [
        "volumes:",
        '  - name: "storage"',
        "    persistentVolumeClaim:",
        f"      claimName: {quote(object_name(answers, 'storage'))}",
    ]
    if authority:
        out += ['  - name: "authority"', "    configMap:", f"      name: {quote(object_name(answers, 'authority'))}"]
    return out


def _probe(answers: Answers, name: str) -> list[str]:
    tries = {"startup": _STARTUP_TRIES, "readiness": 2, "liveness": 6}[name]
    return [
        f"{name}Probe:",
        "  httpGet:",
        # a query would break it (nocobase.md §7.2)
        f"    path: {quote(answers.text('app.public_path') + HEALTH_PATH)}",
        '    port: "http"',
        f"  periodSeconds: {_PERIOD}",
        "  timeoutSeconds: 5",
        f"  failureThreshold: {tries}",
    ]


def first_boot_pod(answers: Answers) -> str:
    """Return the one pod that installs or upgrades; as a bare pod it exists once at most, and nothing starts it again."""
    # one process is what there is without the host's switch for more
    overrides = {name: value for name, value in first_boot_overrides(answers).items() if name != "CLUSTER_MODE"}
    return file_of(
        document(
            "v1",
            "Pod",
            answers,
            "first-boot",
            "spec:",
            '  restartPolicy: "Never"',
            *indented(_pod(answers, command_of(installs=True), overrides, probes=("readiness",)), 2),
        ),
        head="# Installs or upgrades, alone: every Deployment stands at 0 while this pod is there. Delete it afterwards.",
    )


def shell_pod(answers: Answers) -> str:
    """Return the pod in which commands of the runbook run: environment and volume of a node, no NocoBase process."""
    sleep = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 5; done"]
    return file_of(
        document(
            "v1",
            "Pod",
            answers,
            "shell",
            "spec:",
            '  restartPolicy: "Never"',
            *indented(_pod(answers, sleep, {}, probes=()), 2),
        ),
        head="# For commands on the shared volume; NocoBase does not run in it. Delete it afterwards.",
    )


def service(answers: Answers) -> str:
    """Return the Service; only pods that serve requests are behind it, although the others answer HTTP, too (nocobase.md §1 #9)."""
    return file_of(
        document(
            "v1",
            "Service",
            answers,
            "web",
            "spec:",
            "  selector:",
            f"    {CLUSTER_LABEL}: {quote(base_name(answers))}",
            f'    {REQUESTS_LABEL}: "yes"',
            "  ports:",
            '    - name: "http"',
            f"      port: {answers.number('app.port')}",
            '      targetPort: "http"',
            annotations=service_annotations(answers),
        )
    )
