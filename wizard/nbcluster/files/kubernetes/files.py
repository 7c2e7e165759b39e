"""The set of files for Kubernetes (nocobase.md §6, §7.1, §7.2, §8)."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.facts import IMAGE_STORAGE
from nbcluster.files.docker import command_of, first_boot_overrides
from nbcluster.files.keys import Resolved
from nbcluster.files.kubernetes.environment import AUTHORITY, Environment, environment
from nbcluster.files.kubernetes.helm import values
from nbcluster.files.kubernetes.model import FIRST_BOOT, REQUESTS, SHELL, base_name, paths, workloads
from nbcluster.files.liveness import PERIOD, TRIES, liveness_command
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.template import render

CONFIG_MAP, SECRET, VALUES = "kubernetes/configmap.yaml", "kubernetes/secret.yaml", "helm/values.yaml"
INGRESS, ROUTE = "kubernetes/ingress.yaml", "kubernetes/httproute.yaml"
MANIFESTS = (
    CONFIG_MAP,
    SECRET,
    "kubernetes/storage.yaml",
    "kubernetes/deployments.yaml",
    "kubernetes/service.yaml",
    "kubernetes/disruption-budgets.yaml",
    INGRESS,
    ROUTE,
    FIRST_BOOT,
    SHELL,
)
"""Every manifest; of Ingress and HTTPRoute the one that was asked for."""


def kubernetes_files(cluster: Cluster, resolved: Resolved, base_text: str | None) -> tuple[OutputFile, ...]:
    """Return manifests and Helm values; raises ``InvalidAnswersError`` for a value that cannot be written."""
    found = environment(cluster, resolved, base_text)
    chosen = _values(cluster, found)
    paths_ = (path for path in MANIFESTS if path not in {INGRESS, ROUTE} - _entrance(cluster))
    texts = {path: render(path, cluster.language, **chosen) for path in paths_}
    texts[VALUES] = values(cluster, found)
    return tuple(OutputFile(path, text.encode(), path in (SECRET, VALUES)) for path, text in texts.items())


def _entrance(cluster: Cluster) -> set[str]:
    """Return the path of the HTTPRoute or Ingress; nothing where there is neither."""
    return {ROUTE if cluster.kubernetes.has_gateway else INGRESS} if cluster.kubernetes.has_ingress else set()


def _values(cluster: Cluster, found: Environment) -> dict[str, object]:
    """Return the values of the manifest templates."""
    # without CLUSTER_MODE a pod runs one process
    first_boot = {name: value for name, value in first_boot_overrides(cluster).items() if name != "CLUSTER_MODE"}
    return {
        "cluster": cluster,
        "base": base_name(cluster),
        "environment": found,
        "workloads": workloads(cluster),
        "command": command_of(installs=False),
        "first_boot_command": command_of(installs=True),
        "first_boot": first_boot,
        "liveness": liveness_command(cluster),
        "liveness_period": PERIOD,
        "liveness_tries": TRIES,
        "requests": REQUESTS,
        "shared": IMAGE_STORAGE,
        "authority_folder": AUTHORITY.rpartition("/")[0],
        "paths": paths(cluster),
        "tls": cluster.balancer.tls,
    }
