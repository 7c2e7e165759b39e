"""The set of files for Kubernetes (nocobase.md §6, §7.1, §7.2, §8)."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.facts import IMAGE_STORAGE
from nbcluster.files.docker import command_of, first_boot_overrides, image
from nbcluster.files.keys import Resolved
from nbcluster.files.kubernetes.environment import AUTHORITY, Environment, environment
from nbcluster.files.kubernetes.helm import values
from nbcluster.files.kubernetes.ingress import is_traefik, paths
from nbcluster.files.kubernetes.model import FIRST_BOOT, SHELL, base_name, groups, health, namespace
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.template import render
from nbcluster.steps.balancer import has_ingress, has_tls

CONFIG_MAP, SECRET, VALUES = "kubernetes/configmap.yaml", "kubernetes/secret.yaml", "helm/values.yaml"
INGRESS = "kubernetes/ingress.yaml"
MANIFESTS = (
    CONFIG_MAP,
    SECRET,
    "kubernetes/storage.yaml",
    "kubernetes/deployments.yaml",
    "kubernetes/service.yaml",
    INGRESS,
    FIRST_BOOT,
    SHELL,
)
"""Every manifest; the Ingress only where one was asked for."""


def kubernetes_files(answers: Answers, resolved: Resolved, base_text: str | None) -> tuple[OutputFile, ...]:
    """Return manifests and Helm values; raises ``InvalidAnswersError`` for a value that cannot be written."""
    found = environment(answers, resolved, base_text)
    language, chosen = answers.text("output.language"), _values(answers, found)
    texts = {path: render(path, language, **chosen) for path in MANIFESTS if path != INGRESS or has_ingress(answers)}
    texts[VALUES] = values(answers, found)
    return tuple(OutputFile(path, text.encode(), path in (SECRET, VALUES)) for path, text in texts.items())


def _values(answers: Answers, found: Environment) -> dict[str, object]:
    """Return what the manifests are told."""
    # one process is what there is without the host's switch for more
    first_boot = {name: value for name, value in first_boot_overrides(answers).items() if name != "CLUSTER_MODE"}
    return {
        "cluster": base_name(answers),
        "namespace": namespace(answers),
        "environment": found,
        "groups": groups(answers),
        "image": image(answers),
        "command": command_of(installs=False),
        "first_boot_command": command_of(installs=True),
        "first_boot": first_boot,
        "port": answers.number("app.port"),
        "health": health(answers),
        "shared": IMAGE_STORAGE,
        "storage_class": answers.text("kubernetes.storage_class"),
        "storage_size": answers.text("kubernetes.storage_size"),
        "authority": answers.text("tls.ca_file"),
        "authority_folder": AUTHORITY.rpartition("/")[0],
        "traefik": is_traefik(answers),
        "ingress_class": answers.text("kubernetes.ingress_class"),
        "server_name": answers.text("balancer.server_name"),
        "paths": paths(answers),
        "tls": has_tls(answers),
        "redirect": answers.flag("balancer.redirect"),
        "sticky": answers.flag("balancer.sticky"),
    }
