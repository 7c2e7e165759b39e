"""helm/values.yaml for the official chart 0.1.0, around what is broken in it (nocobase.md §1 #17, §8)."""

from __future__ import annotations

from nbcluster.answers import Answers
from nbcluster.artifacts.docker import image
from nbcluster.artifacts.kubernetes.environment import Environment
from nbcluster.artifacts.kubernetes.model import CLUSTER_LABEL, REQUESTS_LABEL, base_name, first_group, groups
from nbcluster.artifacts.variables import LEFT_OUT
from nbcluster.envfile.readers import quote
from nbcluster.facts import HEALTH_PATH

_HEAD = """\
# Values for the official chart nocobase 0.1.0, instead of the claim, the ConfigMap, the Secret and the Deployments of kubernetes/.
# Written by nbcluster: run it again rather than edit this file. It holds secrets, because the chart knows no Secret: its ConfigMap
# shows passwords and keys to whoever may read ConfigMaps. The manifests of kubernetes/ are the better way.
# nbcluster: secrets in this ConfigMap are meant
#
# What the chart cannot do, whatever stands here:
# - It installs or upgrades at every start of every pod, without a lock. So the first boot and every upgrade go with one pod:
#   helm upgrade --install ... -f helm/values.yaml --set replicaCount=0, wait until no pod is left, then with
#   --set replicaCount=1 --set-string configMap.data.LOCK_ADAPTER_DEFAULT=local --set-string configMap.data.DISABLE_PKG_DOWNLOAD=
#   --set-string configMap.data.WORKER_MODE= and, once the pod is ready, without all these. Pods do not notice a changed ConfigMap: kubectl rollout restart.
# - It updates pods one by one, which mixes versions: always go through replicaCount=0.
# - It has one Deployment: one WORKER_MODE only."""

_PROBES = (("livenessProbe", 30, 120), ("readinessProbe", 10, 2))


def values(answers: Answers, found: Environment) -> str:
    """Return the values; secrets stand among them, so the file is secret as a whole."""
    group = first_group(answers)
    repository, tag = parts_of_image(image(answers))
    others = [each for each in groups(answers) if each != group]
    lines = [
        _HEAD,
        *(f"#   {each.name} is not in here: where pods differ, use the manifests of kubernetes/ for all." for each in others),
    ]
    if answers.text("tls.ca_file"):
        lines.append(
            "# - Its volumes and volumeMounts do nothing: bake the private authority into the image, at the path named below."
        )
    lines += [
        f"fullnameOverride: {quote(base_name(answers))}",
        f"replicaCount: {group.replicas}",
        "image:",
        f"  repository: {quote(repository)}",
        "  # without a tag the chart takes 1.7",
        f"  tag: {quote(tag)}",
        "# Its own Service works; with these labels kubernetes/service.yaml finds the pods, too.",
        "podLabels:",
        f"  {CLUSTER_LABEL}: {quote(base_name(answers))}",
        f'  {REQUESTS_LABEL}: "{"yes" if group.serves_requests else "no"}"',
        "service:",
        f"  port: {answers.number('app.port')}",
        f"  targetPort: {answers.number('app.port')}",
        "# Its template names a helper that does not exist, and fails: use kubernetes/service.yaml and kubernetes/ingress.yaml.",
        "ingress:",
        "  enabled: false",
        *_persistent(answers),
        "# It has no startup probe: the liveness probe waits an hour instead, so that no installation is killed half-way.",
    ]
    for name, period, tries in _PROBES:
        lines += [
            f"{name}:",
            "  httpGet:",
            f"    path: {quote(answers.text('app.public_path') + HEALTH_PATH)}",
            f"    port: {answers.number('app.port')}",
            f"  periodSeconds: {period}",
            "  timeoutSeconds: 5",
            f"  failureThreshold: {tries}",
        ]
    variables = {**found.all, **({"WORKER_MODE": group.worker_mode} if group.worker_mode else {})}
    lines += [
        "# The chart's own values have a broken lock address, another time zone, credentials and no keys; what stands there and not",
        "# here is null, because Helm merges the two.",
        "configMap:",
        "  data:",
        *(f"    {name}: null" for name in LEFT_OVER if name not in variables),
        *(f"    {name}: {quote(value)}" for name, value in variables.items()),
    ]
    lines += [LEFT_OUT.format(name=name) for name in found.left_out]
    return "\n".join(lines) + "\n"


LEFT_OVER = ("NOCOBASE_PKG_USERNAME", "NOCOBASE_PKG_PASSWORD")
"""Placeholders in the chart's values that no answer replaces."""


def parts_of_image(name: str) -> tuple[str, str]:
    """Return repository and tag; a digest cannot stand in the chart's ``repository:tag``, so it goes with the algorithm to the left."""
    repository, colon, tag = name.rpartition(":")
    return (repository, tag) if colon and "/" not in tag else (name, "latest")


def _persistent(answers: Answers) -> list[str]:
    storage_class = answers.text("kubernetes.storage_class")
    lines = ["persistent:", f"  size: {quote(answers.text('kubernetes.storage_size'))}"]
    if storage_class:
        return [*lines, f"  storageClassName: {quote(storage_class)}"]
    return [
        *lines,
        "  # The chart writes an empty class into its claim, which turns off the default class: name one, or bind a volume by hand.",
        '  storageClassName: ""',
    ]
