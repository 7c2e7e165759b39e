"""RUNBOOK.md: blocks that are pasted as a whole, in the order in which a cluster comes up (nocobase.md §7.1, §17, §18)."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.runbook.boot import first_boot, other_nodes
from nbcluster.files.runbook.convert import conversion, keys
from nbcluster.files.runbook.licence import licence
from nbcluster.files.runbook.operate import maintenance, upgrade
from nbcluster.files.runbook.pods import (
    first_boot_of_pods,
    maintenance_of_pods,
    other_pods,
    prepare_pods,
    upgrade_of_pods,
)
from nbcluster.files.runbook.prepare import before_you_start, files_on_the_nodes
from nbcluster.files.runbook.troubles import troubles
from nbcluster.text import _


def runbook(cluster: Cluster) -> str:
    """Return the runbook in the active language."""
    pods, existing = cluster.deployment.on_kubernetes, cluster.existing
    chapters = (
        _of_pods(cluster)
        if pods
        else [
            before_you_start(cluster),
            *([conversion(cluster)] if existing else []),
            files_on_the_nodes(cluster),
            *([keys(cluster)] if existing else []),
            licence(cluster),
            first_boot(cluster),
            other_nodes(cluster),
            upgrade(cluster),
            maintenance(cluster),
            troubles(cluster),
        ]
    )
    head = [
        "# " + _("Runbook of {name}").format(name=cluster.name),
        "",
        _(
            "Paste a block as a whole, into bash. Each begins with a comment that names what it is and where it belongs, and ends at the first line that fails. What you have to fill in stands on the first line; left empty, the block refuses."
        ),
        "",
        _("Blocks run on this machine, in the folder of these files; those for old on the machine of the single node.")
        if pods
        else _(
            "Blocks for bastion, and those called copy, run on this machine in the folder of these files. The others run on the node they name, as root unless they say another account."
        ),
        "",
        _("Do not go past a gate that does not hold."),
        "",
    ]
    return "\n".join(head) + "\n" + "\n".join(chapters)


def _of_pods(cluster: Cluster) -> list[str]:
    return [
        prepare_pods(cluster),
        *([conversion(cluster), keys(cluster)] if cluster.existing else []),
        licence(cluster),
        first_boot_of_pods(cluster),
        other_pods(cluster),
        upgrade_of_pods(cluster),
        maintenance_of_pods(cluster),
        troubles(cluster),
    ]
