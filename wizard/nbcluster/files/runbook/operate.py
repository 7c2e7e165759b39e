"""Upgrade, and maintenance inside the application (nocobase.md §7.1, §18)."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.facts import ALONE
from nbcluster.files.runbook.blocks import (
    app_folder,
    assignments,
    block,
    gate,
    overrides,
    paragraphs,
    start,
    start_by_hand,
    stop,
    wait_for_health,
)
from nbcluster.files.runbook.sql import ask, dump, gate_queries
from nbcluster.text import _


def upgrade(cluster: Cluster) -> str:
    """Return the chapter on upgrades: all stopped, one upgrades, the others follow."""
    node = cluster.first_node
    parts = [
        _(
            "There is no rolling upgrade: all nodes stop, one upgrades alone, and all run the same version afterwards. Under CLUSTER_MODE the upgrade is skipped without a message, so it is emptied here. The plugins must have exactly the version of the core."
        ),
        *(stop(cluster, each) for each in cluster.nodes),
        _("Back up the database and the storage. The dump lies beside these files:"),
        block("backup", "bastion", *dump(cluster, "before-upgrade")),
        _installation(cluster),
    ]
    if cluster.license.offline:
        parts.append(_("Unpack the plugins of that version, as in the chapter on the licence."))
    parts += [
        _("Then one node alone, as {user}, in a terminal that stays open:").format(user=cluster.deployment.owner),
        block("upgrade", node.name, *start_by_hand(cluster, overrides(cluster), "yarn start --quickstart")),
        gate() + _("Healthy, the wanted version, nothing broken off, every adapter enabled in the wanted version:"),
        block("gate-upgrade", node.name, *wait_for_health(node)),
        block("gate-upgrade-database", "bastion", *ask(cluster, *gate_queries(cluster))),
        _("Stop it with ctrl+c, then start all nodes one by one:"),
        *(start(cluster, each) for each in cluster.nodes),
        _("Answer app.version with the wanted version and export again, so that these files say it, too."),
    ]
    return paragraphs(_("Upgrade"), *parts)


def _installation(cluster: Cluster) -> str:
    if not cluster.deployment.in_docker:
        return _("Install the wanted version in {folder} on every node, the way it was installed there.").format(
            folder=app_folder(cluster)
        )
    return _(
        "Write the wanted version into the image line of {file} on every node (or answer app.version first, export, and repeat the copy blocks), then fetch it there: {command}"
    ).format(file=f"{app_folder(cluster)}/docker/compose.yaml", command="`docker compose pull node`")


def maintenance(cluster: Cluster) -> str:
    """Return the chapter on work that must happen with a single node."""
    node = cluster.first_node
    return paragraphs(
        _("Maintenance inside the application"),
        _(
            "Installing, enabling, disabling or updating plugins, backup and restore, and migrations happen with one node and one process: a command reaches one process of several, and the others would not follow."
        ),
        _(
            "Stop all nodes with the blocks of the chapter before, then run one alone, as {user}, in a terminal that stays open:"
        ).format(user=cluster.deployment.owner),
        block("maintain", node.name, *start_by_hand(cluster, assignments(ALONE), "yarn start")),
        _(
            "When it is done: ctrl+c, then start all nodes one by one. Each needs the restart: it links the changed plugins only then, and a process that merely reloads may go on with a worker id that it no longer holds (unconfirmed)."
        ),
    )
