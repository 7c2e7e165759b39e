"""The set of files for Kubernetes."""

from __future__ import annotations

from nbcluster.answers import Answers
from nbcluster.artifacts.kubernetes.environment import config_map, environment, secret
from nbcluster.artifacts.kubernetes.helm import values
from nbcluster.artifacts.kubernetes.ingress import ingress
from nbcluster.artifacts.kubernetes.model import FIRST_BOOT, SHELL
from nbcluster.artifacts.kubernetes.workloads import deployments, first_boot_pod, service, shell_pod, volume_claim
from nbcluster.artifacts.secrets import Resolved
from nbcluster.judge.balancer import has_ingress
from nbcluster.outputfile import OutputFile
from nbcluster.steps import STEPS, Step

CONFIG_MAP, SECRET, VALUES = "kubernetes/configmap.yaml", "kubernetes/secret.yaml", "helm/values.yaml"


def kubernetes_files(
    answers: Answers, resolved: Resolved, base_text: str | None, steps: tuple[Step, ...] = STEPS
) -> tuple[OutputFile, ...]:
    """Return manifests and Helm values; raises ``InvalidAnswersError`` for a value that cannot be written."""
    found = environment(answers, resolved, base_text, steps)
    texts = {
        CONFIG_MAP: config_map(answers, found),
        SECRET: secret(answers, found),
        "kubernetes/storage.yaml": volume_claim(answers),
        "kubernetes/deployments.yaml": deployments(answers),
        "kubernetes/service.yaml": service(answers),
        **({"kubernetes/ingress.yaml": ingress(answers)} if has_ingress(answers) else {}),
        FIRST_BOOT: first_boot_pod(answers),
        SHELL: shell_pod(answers),
        VALUES: values(answers, found),
    }
    return tuple(OutputFile(path, text.encode(), path in (SECRET, VALUES)) for path, text in texts.items())
