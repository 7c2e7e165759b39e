"""First boot on one node with its overrides, its gate, then the others one by one, then the balancer."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.runbook.balancer import balancer
from nbcluster.files.runbook.blocks import (
    app_folder,
    block,
    compose_command,
    gate,
    in_application,
    overrides,
    paragraphs,
    share,
    start,
    start_by_hand,
    wait_for_health,
)
from nbcluster.files.runbook.kubectl import on_node
from nbcluster.files.runbook.sql import ask, gate_queries, secrets_query
from nbcluster.text import _


def first_boot(cluster: Cluster) -> str:
    """Return the chapter on the first boot."""
    node = cluster.first_node
    name = node.name
    parts = [
        _(
            "A start with --quickstart installs or upgrades, and nothing keeps two nodes or two processes apart. So one node starts alone, with one process and local locks: variables in front of the command beat .env, also empty ones."
        ),
        _("As {user} on {node}, in a terminal that stays open:").format(user=cluster.deployment.owner, node=name),
        block("first-boot", name, *start_by_hand(cluster, overrides(cluster), "yarn start --quickstart")),
        gate()
        + _(
            "In a second terminal: wait for health. A running process proves nothing; NocoBase stays up and answers 503 with the cause."
        ),
        block("gate", name, *wait_for_health(node)),
        *_enabling(cluster, name),
        *database_gate(cluster),
    ]
    if not cluster.existing:
        parts += [
            _("Sign in as the first administrator, change the password, and look into the plugin manager:"),
            block("administrator", name, f"grep ^INIT_ROOT_ {app_folder(cluster)}/.env"),
        ]
    parts += after_the_gate(cluster, name)
    parts += [
        _("Stop the first boot with ctrl+c in its terminal. Start the node as it will run:"),
        start(cluster, node),
    ]
    return paragraphs(_("First boot, on {node} alone").format(node=name), *parts)


def database_gate(cluster: Cluster) -> list[str]:
    """Return the gate that asks the database whether the installation is whole."""
    existing = cluster.existing
    parts = [
        _(
            "Then ask the database. Expected are: version {version}; roles: 3 or more; broken off: 0; {count} adapters, each of this version and enabled."
        ).format(version=cluster.deployment.version, count=len(cluster.license.needed)),
        block("gate-database", "bastion", *ask(cluster, *gate_queries(cluster), *([secrets_query(cluster)] if existing else []))),
    ]
    if existing:
        parts += [
            _(
                "0 roles: this is not the database of the installation. Stop, and compare it with the backup. Where encrypted values are counted, open one in the application (variables and secrets) and use it: with a wrong key NocoBase takes the cipher text for the value, without a message, and logs ERR_OSSL_BAD_DECRYPT."
            )
        ]
    else:
        parts += [
            _(
                "0 roles on a healthy node: an installation broke off and was restarted. It cannot be mended; drop the database and begin again."
            ),
        ]
    return parts


def _enabling(cluster: Cluster, name: str) -> list[str]:
    if cluster.license.auto_enable:
        return []
    names = " ".join(cluster.license.needed_names)
    return [
        _("Enable the adapters: in the plugin manager, or as {user} while the first boot runs:").format(
            user=cluster.deployment.owner
        ),
        block("enable", name, *_enable(cluster, names)),
    ]


def _enable(cluster: Cluster, names: str) -> tuple[str, ...]:
    if cluster.deployment.in_docker:
        return (f"{compose_command(cluster)} exec first-boot yarn pm enable {names}",)
    return in_application(cluster, f"yarn pm enable {names}")


def after_the_gate(cluster: Cluster, name: str) -> list[str]:
    """Return the gate on RabbitMQ's variable, which only the installed plugin tells."""
    if cluster.broker is None:
        return []
    return [
        gate()
        + _(
            "The name of RabbitMQ's variable, {name}, is unconfirmed: it is published nowhere. Now that the plugin is there, this shows the names that it reads:"
        ).format(name=cluster.broker.variable),
        block(
            "variable",
            name,
            *on_node(
                cluster,
                f"grep -rhoE 'process\\.env\\.[A-Z_]+' {share(cluster, 'plugins', '@nocobase', 'plugin-queue-adapter-rabbitmq', 'dist', 'server')} | sort -u",
            ),
        ),
        _(
            "Another name: answer it at queue.url_variable, export again, and repeat the copy blocks. With a wrong name the queue stays in memory, without a message."
        ),
    ]


def other_nodes(cluster: Cluster) -> str:
    """Return the chapter on the other nodes and the balancer."""
    first = cluster.first_node
    rest = [start(cluster, node) for node in cluster.nodes if node != first]
    parts = []
    if rest:
        parts.append(
            _(
                "One after the other, each only when the one before is healthy. With CLUSTER_MODE, health is good as soon as one process is up; give the others some seconds."
            )
        )
    parts += rest
    if cluster.balancer.has_file:
        parts += balancer(cluster)
    else:
        place = "balancer.md" if cluster.balancer.kind == "cloud" else "SUMMARY.md"
        parts.append(_("Then your load balancer; the list of what it must do is in {place}.").format(place=place))
    parts += last_look(cluster)
    return paragraphs(_("The other nodes and the balancer"), *parts)


def last_look(cluster: Cluster) -> list[str]:
    """Return what shows that the whole cluster works."""
    return [
        _(
            "Sign in through the balancer and create a collection: another node shows it after a second or two (the sync signal works). Upload a file and open it: every node finds it (the storage is shared)."
        ),
        _(
            "From the machine where these files were written, this asks the Ingress and the tables of the database at once; secrets come from the variables that answers.toml names:"
        )
        if cluster.deployment.on_kubernetes
        else _(
            "From the machine where these files were written, this asks every node, the load balancer and the tables of the database at once; secrets come from the variables that answers.toml names:"
        ),
        block("gate-verify", "bastion", "nbcluster verify --answers answers.toml"),
    ]
