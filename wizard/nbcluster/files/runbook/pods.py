"""The chapters for Kubernetes: variables and volume first, one pod that installs, then the Deployments (nocobase.md §7.1, §8, §18)."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.kubernetes.model import CLUSTER_LABEL, SHELL, base_name, groups, object_name
from nbcluster.files.runbook.balancer import through
from nbcluster.files.runbook.blocks import block, gate, paragraphs, word
from nbcluster.files.runbook.boot import after_the_gate, database_gate, last_look
from nbcluster.files.runbook.kubectl import (
    HOUR,
    apply,
    apply_variables,
    boot,
    boot_is_ready,
    end_boot,
    kubectl,
    no_boot,
    stop_all,
)
from nbcluster.files.runbook.sql import ask, dump, gate_queries
from nbcluster.text import _

BASTION = "bastion"


def prepare_pods(cluster: Cluster) -> str:
    """Return the chapter on what has to be there before any pod of NocoBase runs."""
    name = cluster.kubernetes.namespace
    return paragraphs(
        _("Before you start"),
        _("kubectl reaches the cluster, and may write into the namespace. These create the namespace where it is missing:"),
        block("namespace", BASTION, f"kubectl get namespace {word(name)} || kubectl create namespace {word(name)}"),
        *_from_files(cluster),
        _(
            "Variables, secrets and the volume. The Secret holds everything secret; this folder is the only other place where the keys are, so keep it:"
        ),
        block(
            "apply",
            BASTION,
            *apply_variables(cluster),
            apply(cluster, "kubernetes/storage.yaml"),
        ),
        _("A pod with a shell on the volume, in which NocoBase does not run; the next chapters work in it:"),
        block(
            "shell",
            BASTION,
            apply(cluster, SHELL),
            f"{kubectl(cluster)} wait --for=condition=Ready pod/{object_name(cluster, 'shell')} --timeout=600s",
        ),
        gate()
        + _(
            "The claim says Bound and RWX. A class that cannot do ReadWriteMany leaves it pending, or keeps pods on other machines waiting:"
        ),
        block("volume", BASTION, f"{kubectl(cluster)} get pvc {object_name(cluster, 'storage')}"),
        _(
            "Questions to the database further down run on this machine. Where only pods reach the database, put them to a client in a pod, or forward its port and ask localhost."
        ),
    )


def _from_files(cluster: Cluster) -> list[str]:
    authority, out = cluster.deployment.authority, []
    pipe = f"--dry-run=client -o yaml | {kubectl(cluster)} apply -f -"
    if authority:
        out += [
            _("The private certificate authority, from this machine's file:"),
            block(
                "authority",
                BASTION,
                f"{kubectl(cluster)} create configmap {object_name(cluster, 'authority')} --from-file=ca.pem={word(authority)} {pipe}",
            ),
        ]
    if cluster.kubernetes.has_ingress and cluster.balancer.tls and not cluster.kubernetes.has_gateway:
        certificate, key = word(cluster.balancer.certificate), word(cluster.balancer.certificate_key)
        out += [
            _("The certificate of the Ingress, from this machine's files. Again whenever it was renewed:"),
            block(
                "certificate",
                BASTION,
                f"{kubectl(cluster)} create secret tls {object_name(cluster, 'tls')} --cert={certificate} --key={key} {pipe}",
            ),
        ]
    return out


def first_boot_of_pods(cluster: Cluster) -> str:
    """Return the chapter on the first boot."""
    pod, port = object_name(cluster, "first-boot"), cluster.deployment.port
    parts = [
        _(
            "A start with --quickstart installs or upgrades, and nothing keeps two pods apart. So one bare pod starts alone, with local locks; Kubernetes never makes a second one of it, and no probe ends it half-way."
        ),
        block("first-boot", BASTION, *boot(cluster)),
        gate() + _("Wait until it is ready, an hour at most; then it says ok. Otherwise its reply and its log name the cause:"),
        block("gate", BASTION, *boot_is_ready(cluster)),
        *_enabling(cluster, pod),
        *database_gate(cluster),
    ]
    if not cluster.existing:
        secret = f"{kubectl(cluster)} get secret {object_name(cluster, 'secret')}"
        parts += [
            _(
                "Sign in as the first administrator, change the password, and look into the plugin manager. While the second block runs, the page is at http://localhost:{port}{path} on this machine:"
            ).format(port=port, path=cluster.deployment.public_path),
            block("administrator", BASTION, f"{secret} -o jsonpath='{{.data.INIT_ROOT_PASSWORD}}' | base64 -d; echo"),
            block("forward", BASTION, f"{kubectl(cluster)} port-forward pod/{pod} {port}:{port}"),
        ]
    parts += [*after_the_gate(cluster, BASTION), _("Then this pod goes:"), block("end-first-boot", BASTION, end_boot(cluster))]
    return paragraphs(_("First boot, in one pod alone"), *parts)


def _enabling(cluster: Cluster, pod: str) -> list[str]:
    if cluster.license.auto_enable:
        return []
    names = " ".join(cluster.license.needed_names)
    return [
        _("Enable the adapters: in the plugin manager, or while the first boot runs:"),
        block("enable", BASTION, f"{kubectl(cluster)} exec {pod} -- yarn pm enable {names}"),
    ]


def start_blocks(cluster: Cluster) -> list[str]:
    """Return the blocks that start the Deployments; applying the file also brings the number of pods back."""
    rolled = [
        block("ready", group.name, f"{kubectl(cluster)} rollout status deployment/{group.name} --timeout={HOUR}")
        for group in groups(cluster)
    ]
    return [block("start", BASTION, *no_boot(cluster), apply(cluster, "kubernetes/deployments.yaml")), *rolled]


def other_pods(cluster: Cluster) -> str:
    """Return the chapter on the Deployments, the Service and the Ingress."""
    parts = [
        _("The pods as they will run; none of them installs or upgrades. Each line ends when all pods of a kind are healthy:"),
        *start_blocks(cluster),
        _("Then the Service; only pods that serve requests are behind it:"),
        block(
            "service", BASTION, apply(cluster, "kubernetes/service.yaml"), apply(cluster, "kubernetes/disruption-budgets.yaml")
        ),
    ]
    if cluster.kubernetes.has_gateway:
        parts += [
            _("And the route. Its host name must point to the address of the Gateway:"),
            block(
                "ingress",
                BASTION,
                apply(cluster, "kubernetes/httproute.yaml"),
                f"{kubectl(cluster)} get httproute {object_name(cluster, 'web')}",
            ),
            *through(cluster, BASTION),
        ]
    elif cluster.kubernetes.has_ingress:
        parts += [
            _("And the Ingress. Its host name must point to the address of the controller:"),
            block(
                "ingress",
                BASTION,
                apply(cluster, "kubernetes/ingress.yaml"),
                f"{kubectl(cluster)} get ingress {object_name(cluster, 'web')}",
            ),
            *through(cluster, BASTION),
        ]
    else:
        parts.append(_("Then your load balancer; the list of what it must do is in {place}.").format(place="SUMMARY.md"))
    parts += [
        _("The pod with the shell is not needed any more; it can come back whenever it is:"),
        block("end-shell", BASTION, f"{kubectl(cluster)} delete -f {SHELL}"),
        *last_look(cluster),
    ]
    return paragraphs(_("The pods, the Service and the Ingress"), *parts)


def upgrade_of_pods(cluster: Cluster) -> str:
    """Return the chapter on upgrades: all stopped, one pod upgrades, the others follow."""
    return paragraphs(
        _("Upgrade"),
        _(
            "There is no rolling upgrade, and no `kubectl set image`: all pods stop, one upgrades alone, and all run the same version afterwards. The plugins must have exactly the version of the core."
        ),
        _("Answer app.version with the wanted version and export again, before anything stops."),
        block("stop", BASTION, *stop_all(cluster)),
        _(
            "Back up the database and the volume (a snapshot of its class, or tar in the pod with the shell). The dump lies beside these files:"
        ),
        block("backup", BASTION, *dump(cluster, "before-upgrade")),
        *([_("Unpack the plugins of that version, as in the chapter on the licence.")] if cluster.license.offline else []),
        _("Then one pod alone:"),
        block("upgrade", BASTION, *apply_variables(cluster), *boot(cluster)),
        gate() + _("Healthy, the wanted version, nothing broken off, every adapter enabled in the wanted version:"),
        block("gate-upgrade", BASTION, *boot_is_ready(cluster)),
        block("gate-upgrade-database", BASTION, *ask(cluster, *gate_queries(cluster))),
        block("end-upgrade", BASTION, end_boot(cluster)),
        _("Then all of them:"),
        *start_blocks(cluster),
    )


def maintenance_of_pods(cluster: Cluster) -> str:
    """Return the chapter on work that must happen with a single pod, and on changed variables."""
    port = cluster.deployment.port
    return paragraphs(
        _("Maintenance inside the application"),
        _(
            "Installing, enabling, disabling or updating plugins, backup and restore, and migrations happen with one pod: a command reaches one process of several, and the others would not follow."
        ),
        block("maintain", BASTION, *stop_all(cluster), *boot(cluster)),
        block("maintain-ready", BASTION, *boot_is_ready(cluster)),
        _("While this runs, the page is at http://localhost:{port}{path} on this machine:").format(
            port=port, path=cluster.deployment.public_path
        ),
        block(
            "maintain-forward", BASTION, f"{kubectl(cluster)} port-forward pod/{object_name(cluster, 'first-boot')} {port}:{port}"
        ),
        _(
            "When it is done, back to all pods. Each needs the restart: it links the changed plugins only then, and a process that merely reloads may go on with a worker id that it no longer holds (unconfirmed)."
        ),
        block("maintain-end", BASTION, end_boot(cluster), apply(cluster, "kubernetes/deployments.yaml")),
        _(
            "Other variables, from another export: pods take them in only when they start. This interrupts everybody for a moment:"
        ),
        block(
            "variables",
            BASTION,
            *apply_variables(cluster),
            f"{kubectl(cluster)} rollout restart deployment -l {CLUSTER_LABEL}={base_name(cluster)}",
        ),
    )
