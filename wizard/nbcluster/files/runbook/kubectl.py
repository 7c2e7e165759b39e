"""Lines for kubectl: applying, waiting, stopping, running a script in the pod that only has a shell."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.kubernetes.model import CLUSTER_LABEL, FIRST_BOOT, base_name, object_name, workloads
from nbcluster.files.runbook.blocks import block, joined, refuse, word
from nbcluster.text import _

HOUR = "3600s"
"""As long as the start-up probe waits."""


def kubectl(cluster: Cluster) -> str:
    """Return the beginning of a command in the namespace of these files."""
    return f"kubectl -n {word(cluster.kubernetes.namespace)}"


def apply(cluster: Cluster, *files: str) -> str:
    """Return the line that brings files to the cluster; every object names its namespace."""
    return f"{kubectl(cluster)} apply {' '.join(f'-f {file}' for file in files)}"


def exec_in_shell(cluster: Cluster) -> str:
    """Return the beginning of a command that runs in the pod with a shell."""
    return f"{kubectl(cluster)} exec -i {object_name(cluster, 'shell')} --"


def apply_variables(cluster: Cluster) -> tuple[str, ...]:
    """Return lines that bring the variables to the cluster; ``apply`` would leave what is gone from ``stringData`` in a Secret."""
    file = "kubernetes/secret.yaml"
    return (
        apply(cluster, "kubernetes/configmap.yaml"),
        f"if {kubectl(cluster)} get -f {file} -o name 2>/dev/null; then {kubectl(cluster)} replace -f {file}; else {kubectl(cluster)} create -f {file}; fi",
    )


def in_shell(cluster: Cluster, *script: str) -> tuple[str, ...]:
    """Return lines that run a script in the pod with a shell, which has the volume and the variables of a node."""
    return (f"{exec_in_shell(cluster)} sh -c {word(joined('set -e', *script))}",)


def on_node(cluster: Cluster, *script: str) -> tuple[str, ...]:
    """Return a script for a node that has the shared storage; of pods, the one with the shell is it."""
    return in_shell(cluster, *script) if cluster.deployment.on_kubernetes else script


def running(cluster: Cluster) -> str:
    """Return the command that prints the pods of the Deployments."""
    return f"{kubectl(cluster)} get pods -l {CLUSTER_LABEL}={base_name(cluster)},nocobase-pods -o name"


def stop_all(cluster: Cluster) -> tuple[str, ...]:
    """Return lines that stop the pods of all Deployments and wait until none is left."""
    found = running(cluster)
    refused = refuse(_("These pods do not end: look at them before you go on."), 'echo "$pods"')
    return (
        f"{kubectl(cluster)} scale deployment -l {CLUSTER_LABEL}={base_name(cluster)} --replicas=0",
        f'for try in $(seq 90); do pods=$({found}); [ -z "$pods" ] && break; sleep 2; done',
        f'[ -z "$pods" ] || {refused}',
    )


def boot(cluster: Cluster) -> tuple[str, ...]:
    """Return lines that start the pod which installs or upgrades; not beside pods that run."""
    refused = refuse(_("These pods run: stop them first."), 'echo "$pods"')
    return (
        f"pods=$({running(cluster)})",
        f'[ -z "$pods" ] || {refused}',
        apply(cluster, FIRST_BOOT),
    )


def boot_is_ready(cluster: Cluster) -> tuple[str, ...]:
    """Return lines that wait until that pod is healthy, and show what it says where it is not."""
    pod = object_name(cluster, "first-boot")
    ask = f"fetch({_script(cluster.deployment.own_health_url)}).then(r => r.text()).then(t => {{ console.log(t); process.exit(t === 'ok' ? 0 : 1) }})"
    return (
        f"{kubectl(cluster)} wait --for=condition=Ready pod/{pod} --timeout={HOUR} || {kubectl(cluster)} logs --tail=50 {pod}",
        f"{kubectl(cluster)} exec {pod} -- node -e {word(ask)}",
    )


def _script(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def no_boot(cluster: Cluster) -> tuple[str, ...]:
    """Return lines that refuse to go on while that pod is there."""
    refused = refuse(_("This pod installs or upgrades: end it first."), 'echo "$pod"')
    found = f"{kubectl(cluster)} get pod {object_name(cluster, 'first-boot')} --ignore-not-found -o name"
    return (f"pod=$({found})", f'[ -z "$pod" ] || {refused}')


def end_boot(cluster: Cluster) -> str:
    """Return the line that removes that pod and waits until it is gone."""
    return f"{kubectl(cluster)} delete pod {object_name(cluster, 'first-boot')} --wait"


BASTION = "bastion"


def stop_block(cluster: Cluster) -> str:
    """Return the block that stops all pods."""
    return block("stop", BASTION, *stop_all(cluster))


def start_blocks(cluster: Cluster) -> list[str]:
    """Return the block that starts the Deployments and waits for them; applying the file also brings the number of pods back."""
    rolled = (f"{kubectl(cluster)} rollout status deployment/{workload.name} --timeout={HOUR}" for workload in workloads(cluster))
    return [block("start", BASTION, *no_boot(cluster), apply(cluster, "kubernetes/deployments.yaml"), *rolled)]


def restart_all(cluster: Cluster, name: str, *before: str) -> str:
    """Return the block that restarts all pods, after some lines."""
    rolled = (f"{kubectl(cluster)} rollout status deployment/{workload.name} --timeout={HOUR}" for workload in workloads(cluster))
    labelled = f"-l {CLUSTER_LABEL}={base_name(cluster)}"
    return block(name, BASTION, *before, f"{kubectl(cluster)} rollout restart deployment {labelled}", *rolled)
