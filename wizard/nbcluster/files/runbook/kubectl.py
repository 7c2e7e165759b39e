"""Lines for kubectl: applying, waiting, stopping, running a script in the pod that only has a shell."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.facts import HEALTH_PATH
from nbcluster.files.kubernetes.model import CLUSTER_LABEL, FIRST_BOOT, base_name, namespace, object_name
from nbcluster.files.runbook.blocks import refuse, word
from nbcluster.steps.start import on_kubernetes
from nbcluster.text import _

HOUR = "3600s"
"""As long as the start-up probe waits."""


def kubectl(answers: Answers) -> str:
    """Return the beginning of a command in the namespace of these files."""
    return f"kubectl -n {word(namespace(answers))}"


def apply(answers: Answers, *files: str) -> str:
    """Return the line that brings files to the cluster; every object names its namespace."""
    return f"{kubectl(answers)} apply {' '.join(f'-f {file}' for file in files)}"


def exec_in_shell(answers: Answers) -> str:
    """Return the beginning of a command that runs in the pod with a shell."""
    return f"{kubectl(answers)} exec -i {object_name(answers, 'shell')} --"


def apply_variables(answers: Answers) -> tuple[str, ...]:
    """Return lines that bring the variables to the cluster; ``apply`` would leave what is gone from ``stringData`` in a Secret."""
    file = "kubernetes/secret.yaml"
    return (
        apply(answers, "kubernetes/configmap.yaml"),
        f"if {kubectl(answers)} get -f {file} -o name 2>/dev/null; then {kubectl(answers)} replace -f {file}; else {kubectl(answers)} create -f {file}; fi",
    )


def in_shell(answers: Answers, *script: str) -> tuple[str, ...]:
    """Return lines that run a script in the pod with a shell, which has the volume and the variables of a node."""
    return (f"{exec_in_shell(answers)} sh -s <<'POD'", *script, "POD")


def on_node(answers: Answers, *script: str) -> tuple[str, ...]:
    """Return a script for a node that has the shared storage; of pods, the one with the shell is it."""
    return in_shell(answers, *script) if on_kubernetes(answers) else script


def running(answers: Answers) -> str:
    """Return the command that prints the pods of the Deployments."""
    return f"{kubectl(answers)} get pods -l {CLUSTER_LABEL}={base_name(answers)},nocobase-pods -o name"


def stop_all(answers: Answers) -> tuple[str, ...]:
    """Return lines that stop the pods of all Deployments and wait until none is left."""
    found = running(answers)
    refused = refuse(_("These pods do not end: look at them before you go on."), 'echo "$pods"')
    return (
        f"{kubectl(answers)} scale deployment -l {CLUSTER_LABEL}={base_name(answers)} --replicas=0",
        f'for try in $(seq 90); do pods=$({found}); [ -z "$pods" ] && break; sleep 2; done',
        f'[ -z "$pods" ] || {refused}',
    )


def boot(answers: Answers) -> tuple[str, ...]:
    """Return lines that start the pod which installs or upgrades; not beside pods that run."""
    refused = refuse(_("These pods run: stop them first."), 'echo "$pods"')
    return (
        f"pods=$({running(answers)})",
        f'[ -z "$pods" ] || {refused}',
        apply(answers, FIRST_BOOT),
    )


def boot_is_ready(answers: Answers) -> tuple[str, ...]:
    """Return lines that wait until that pod is healthy, and show what it says where it is not."""
    pod = object_name(answers, "first-boot")
    url = f"http://127.0.0.1:{answers.number('app.port')}{answers.text('app.public_path')}{HEALTH_PATH}"
    ask = f"fetch({_script(url)}).then(r => r.text()).then(t => {{ console.log(t); process.exit(t === 'ok' ? 0 : 1) }})"
    return (
        f"{kubectl(answers)} wait --for=condition=Ready pod/{pod} --timeout={HOUR} || {kubectl(answers)} logs --tail=50 {pod}",
        f"{kubectl(answers)} exec {pod} -- node -e {word(ask)}",
    )


def _script(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def no_boot(answers: Answers) -> tuple[str, ...]:
    """Return lines that refuse to go on while that pod is there."""
    refused = refuse(_("This pod installs or upgrades: end it first."), 'echo "$pod"')
    found = f"{kubectl(answers)} get pod {object_name(answers, 'first-boot')} --ignore-not-found -o name"
    return (f"pod=$({found})", f'[ -z "$pod" ] || {refused}')


def end_boot(answers: Answers) -> str:
    """Return the line that removes that pod and waits until it is gone."""
    return f"{kubectl(answers)} delete pod {object_name(answers, 'first-boot')} --wait"
