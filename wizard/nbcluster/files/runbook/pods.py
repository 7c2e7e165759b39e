"""The steps for Kubernetes: variables and volume first, one pod that installs, then the Deployments (nocobase.md §7.1, §8, §18)."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.kubernetes.model import SHELL, object_name
from nbcluster.files.markup import code
from nbcluster.files.runbook.balancer import through
from nbcluster.files.runbook.blocks import block, gate, verified, word
from nbcluster.files.runbook.boot import after_the_gate, database_gate
from nbcluster.files.runbook.firewall import firewall
from nbcluster.files.runbook.kubectl import (
    BASTION,
    apply,
    apply_variables,
    boot,
    boot_is_ready,
    end_boot,
    kubectl,
    restart_all,
    start_blocks,
    stop_block,
)
from nbcluster.files.runbook.license import plugins
from nbcluster.files.runbook.sql import dump
from nbcluster.files.runbook.storage import archive
from nbcluster.text import _


def prepare_pods(cluster: Cluster) -> list[str]:
    """Return the paragraphs on what has to be there before any pod of NocoBase runs."""
    name = cluster.kubernetes.namespace
    return [
        _("Open these ports, and no other; what the table does not name may stay closed:"),
        firewall(cluster),
        _("kubectl reaches the cluster, and may write into the namespace. These create the namespace where it is missing:")
        + " "
        + _("The Secret holds everything secret; this folder is the only other place where the keys are, so keep it."),
        block(
            "namespace",
            BASTION,
            f"kubectl get namespace {word(name)} || kubectl create namespace {word(name)}",
            *_from_files(cluster),
            *apply_variables(cluster),
            apply(cluster, "kubernetes/storage.yaml"),
        ),
    ]


def volume(cluster: Cluster) -> list[str]:
    """Return the paragraphs on the shared volume, and on the pod through which it is worked on."""
    return [
        _("A pod with a shell on the volume, in which NocoBase does not run; the next steps work in it:")
        + " "
        + gate()
        + _(
            "The claim says Bound and RWX. A class that cannot do ReadWriteMany leaves it pending, or keeps pods on other machines waiting:"
        ),
        block(
            "shell",
            BASTION,
            apply(cluster, SHELL),
            f"{kubectl(cluster)} wait --for=condition=Ready pod/{object_name(cluster, 'shell')} --timeout=600s",
            f"{kubectl(cluster)} get pvc {object_name(cluster, 'storage')}",
        ),
        _(
            "Dumps, and questions to the database, run on this machine with its client. Where only pods reach the database, forward its port and ask localhost."
        ),
    ]


def _from_files(cluster: Cluster) -> tuple[str, ...]:
    """Return lines that bring files of this machine to the cluster; the certificate again whenever it was renewed."""
    authority, out = cluster.deployment.authority, []
    pipe = f"--dry-run=client -o yaml | {kubectl(cluster)} apply -f -"
    if authority:
        out.append(
            f"{kubectl(cluster)} create configmap {object_name(cluster, 'authority')} --from-file=ca.pem={word(authority)} {pipe}"
        )
    if cluster.kubernetes.has_ingress and cluster.balancer.tls and not cluster.kubernetes.has_gateway:
        certificate, key = word(cluster.balancer.certificate), word(cluster.balancer.certificate_key)
        out.append(f"{kubectl(cluster)} create secret tls {object_name(cluster, 'tls')} --cert={certificate} --key={key} {pipe}")
    return tuple(out)


def first_boot_of_pods(cluster: Cluster) -> list[str]:
    """Return the paragraphs on the first boot and its gate."""
    pod, port = object_name(cluster, "first-boot"), cluster.deployment.port
    parts = [
        _(
            "A start with --quickstart installs or upgrades, and nothing keeps two pods apart. So one bare pod starts alone, with local locks; Kubernetes never makes a second one of it, and no probe ends it half-way."
        )
        + " "
        + _("This waits until it is ready, an hour at most; then it says ok. Otherwise its reply and its log name the cause:"),
        block("first-boot", BASTION, *boot(cluster), *boot_is_ready(cluster)),
        *database_gate(cluster, pod, *_enabling(cluster, pod)),
    ]
    if not cluster.existing:
        secret = f"{kubectl(cluster)} get secret {object_name(cluster, 'secret')} -o jsonpath='{{.data.INIT_ROOT_PASSWORD}}' | base64 -d"
        parts.append(
            _(
                "Sign in as the first administrator ({command} shows the password), and change it: while {forward} runs, the page is at http://localhost:{port}{path} on this machine."
            ).format(
                command=code(secret),
                forward=code(f"{kubectl(cluster)} port-forward pod/{pod} {port}:{port}"),
                port=port,
                path=cluster.deployment.public_path,
            )
        )
    return [
        *parts,
        *after_the_gate(cluster),
        _("Then remove this pod:"),
        block("end-first-boot", BASTION, end_boot(cluster)),
    ]


def _enabling(cluster: Cluster, pod: str) -> list[str]:
    if cluster.license.auto_enable:
        return []
    names = " ".join(cluster.license.needed_names)
    command = code(f"{kubectl(cluster)} exec {pod} -- yarn pm enable {names}")
    return [_("Enable the adapters: in the plugin manager, or while the first boot runs: {command}.").format(command=command)]


def all_pods(cluster: Cluster) -> list[str]:
    """Return the paragraphs that start the Deployments."""
    return [
        _("The pods as they will run; none of them installs or upgrades. It ends when all pods are healthy:"),
        *start_blocks(cluster),
    ]


def way_in(cluster: Cluster) -> list[str]:
    """Return the paragraphs on Service and on what brings users to it."""
    files = ("kubernetes/service.yaml", "kubernetes/disruption-budgets.yaml")
    away = _("The pod with the shell is not needed any more; it can come back whenever it is: {command}").format(
        command=f"`{kubectl(cluster)} delete -f {SHELL}`"
    )
    if cluster.kubernetes.has_gateway:
        said = _(
            "The Service, behind which are only pods that serve requests, and the route. Its host name must point to the Gateway:"
        )
        route, kind = "kubernetes/httproute.yaml", "httproute"
    elif cluster.kubernetes.has_ingress:
        said = _(
            "The Service, behind which are only pods that serve requests, and the Ingress. Its host name must point to the controller:"
        )
        route, kind = "kubernetes/ingress.yaml", "ingress"
    else:
        return [
            _("The Service, behind which are only pods that serve requests:"),
            block("service", BASTION, apply(cluster, *files)),
            _("Then your load balancer; the list of what it must do is in {place}.").format(place="SUMMARY.md"),
            away,
        ]
    asked, lines = through(cluster)
    return [
        said,
        block(
            "service",
            BASTION,
            f"{apply(cluster, *files, route)} && {kubectl(cluster)} get {kind} {object_name(cluster, 'web')}",
        ),
        f"{gate()}{asked}",
        block("gate-balancer", BASTION, *lines),
        away,
    ]


def upgrade_of_pods(cluster: Cluster) -> list[str]:
    """Return the way to the version of these files: all stop, one pod upgrades alone, all start."""
    return [
        _(
            "There is no rolling upgrade, and no `kubectl set image`: all pods stop, one upgrades alone, and all run the same version afterwards. The plugins must have exactly the version of the core. Answer app.version with the wanted version and export again, before anything stops."
        ),
        stop_block(cluster),
        block("backup", BASTION, *dump(cluster, "before-upgrade")),
        _("The storage, through the pod with the shell (the block shell of RUNBOOK.md), or by a snapshot of its class:"),
        archive(cluster, "backup-storage", "before-upgrade"),
        *([plugins(cluster)] if cluster.license.offline else []),
        _("Then one pod alone:"),
        block("upgrade", BASTION, *apply_variables(cluster), *boot(cluster)),
        gate() + _("Healthy, the wanted version, nothing broken off, every adapter enabled in the wanted version:"),
        block("gate-upgrade", BASTION, *boot_is_ready(cluster)),
        verified("gate-upgrade-database", "database"),
        block("end-upgrade", BASTION, end_boot(cluster)),
        *start_blocks(cluster),
        verified("gate-verify"),
    ]


def maintenance_of_pods(cluster: Cluster) -> list[str]:
    """Return the paragraphs on work that must happen with a single pod, and on changed variables."""
    port = cluster.deployment.port
    pod = object_name(cluster, "first-boot")
    return [
        _(
            "Installing, enabling, disabling or updating plugins, backup and restore, and migrations happen with one pod: a command reaches one process of several, and the others would not follow. Stop all, then:"
        ),
        block("maintain", BASTION, *boot(cluster)),
        block("maintain-ready", BASTION, *boot_is_ready(cluster)),
        _("While this runs, the page is at http://localhost:{port}{path} on this machine:").format(
            port=port, path=cluster.deployment.public_path
        ),
        block("maintain-forward", BASTION, f"{kubectl(cluster)} port-forward pod/{pod} {port}:{port}"),
        _(
            "When it is done, end it and start all. Each pod needs the restart: it links the changed plugins only then, and a process that merely reloads may go on with a worker id that it no longer holds (unconfirmed)."
        ),
        block("maintain-end", BASTION, end_boot(cluster), apply(cluster, "kubernetes/deployments.yaml")),
        _(
            "Other variables, from another export: pods take them in only when they start. This interrupts everybody for a moment:"
        ),
        variables(cluster),
    ]


def variables(cluster: Cluster) -> str:
    """Return the block that brings other variables to the pods."""
    return restart_all(cluster, "variables", *apply_variables(cluster))
