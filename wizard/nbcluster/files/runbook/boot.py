"""First boot on one node with its overrides, its gate, then the others one by one."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.markup import code
from nbcluster.files.runbook.alone import installing, log_command
from nbcluster.files.runbook.blocks import compose_command, gate, in_application, share, verified, word
from nbcluster.files.runbook.kubectl import exec_in_shell
from nbcluster.files.runbook.nodes import start
from nbcluster.text import _


def first_boot(cluster: Cluster) -> list[str]:
    """Return the paragraphs on the first boot and its gate."""
    node = cluster.first_node
    until = _("Until the balancer is there, the application is at {url}.").format(url=_address(cluster))
    parts = [
        _(
            "A start with --quickstart installs or upgrades, and nothing keeps two nodes or two processes apart. So one node starts alone, with one process and local locks: real variables beat .env, also empty ones. It runs outside this terminal, which may drop; its log: {command}. It may download plugins first, and waits without end for a package server that does not answer."
        ).format(command=f"`{log_command(cluster)}`"),
        installing(cluster, "first-boot"),
        *database_gate(cluster, node.name, *_enabling(cluster), until),
    ]
    if not cluster.existing:
        parts.append(
            _("Sign in as the first administrator ({command} shows it), and change the password.").format(
                command="`grep ^INIT_ROOT_ .env`"
            )
        )
    return [*parts, *after_the_gate(cluster)]


def _address(cluster: Cluster) -> str:
    """Return where a browser finds the node that boots first."""
    return code(f"http://{cluster.first_node.address}{cluster.deployment.public_path}")


def database_gate(cluster: Cluster, node: str, *before: str) -> list[str]:
    """Return the gate that asks the node and the tables whether the installation is whole, after what comes ``before`` it."""
    if cluster.existing:
        end = _(
            "0 roles: this is not the database of the installation. Where secrets are stored (variables and secrets), open one in the application and use it: with a wrong key NocoBase takes the cipher text for the value, without a message, and logs ERR_OSSL_BAD_DECRYPT. If the gate does not hold: the way back."
        )
    else:
        end = _(
            "0 roles on a healthy node: an installation broke off and was restarted. It cannot be repaired; drop the database and begin this step again. An adapter that is missing: look after licence and plugins; the first boot may be repeated."
        )
    said = _("Healthy, the right version, 3 roles or more, nothing broken off, every adapter enabled.")
    only = ("database",) if cluster.deployment.on_kubernetes else (f"node.{node}", "database")
    return [" ".join((*before, f"{gate()}{said}", end)), verified("gate-database", *only)]


def _enabling(cluster: Cluster) -> list[str]:
    if cluster.license.auto_enable:
        return []
    command = f"yarn pm enable {' '.join(cluster.license.needed_names)}"
    inside = (
        f"{compose_command(cluster)} exec first-boot {command}"
        if cluster.deployment.in_docker
        else in_application(cluster, command)
    )
    return [
        _("Enable the adapters: in the plugin manager, or while the first boot runs, as root: {command}.").format(
            command=code(inside)
        )
    ]


def after_the_gate(cluster: Cluster) -> list[str]:
    """Return the gate on RabbitMQ's variable, which only the installed plugin tells."""
    if cluster.broker is None:
        return []
    folder = share(cluster, "plugins", "@nocobase", "plugin-queue-adapter-rabbitmq", "dist", "server")
    command = f"grep -rhoE 'process\\.env\\.[A-Z_]+' {folder} | sort -u"
    if cluster.deployment.on_kubernetes:
        command = f"{exec_in_shell(cluster)} sh -c {word(command)}"
    return [
        gate()
        + _(
            "The name of RabbitMQ's variable, {name}, is unconfirmed: it is published nowhere. Now that the plugin is there, this shows the names that it reads: {command}. Another name: answer it at queue.url_variable, export again, and repeat copy. With a wrong name the queue stays in memory, without a message."
        ).format(name=cluster.broker.variable, command=code(command))
    ]


def all_nodes(cluster: Cluster) -> list[str]:
    """Return the paragraphs that start every node as it will run."""
    first = cluster.first_node
    nodes = (first, *(node for node in cluster.nodes if node != first))
    return [
        _(
            "All nodes as they will run, one after the other, each only when the one before is healthy; the first boot ends by that. With CLUSTER_MODE, health is good as soon as one process is up; give the others some seconds."
        ),
        start(cluster, nodes),
    ]


def last_look(cluster: Cluster) -> list[str]:
    """Return the checks that the whole cluster works, and the tasks of the first day."""
    asks = (
        _("This asks the Ingress and the tables of the database at once:")
        if cluster.deployment.on_kubernetes
        else _("This asks every node, the load balancer and the tables of the database at once:")
    )
    return [
        gate() + asks,
        verified("gate-verify"),
        _(
            "Sign in through the balancer and create a collection: another node shows it after a second or two (the sync signal works). Upload a file and open it: every node finds it (the storage is shared)."
        ),
        _(
            "Then back up database and storage, and keep this folder safe, for it holds the keys: OPERATE.md says how, and what comes later."
        ),
    ]
