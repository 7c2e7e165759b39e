"""RUNBOOK.md, the first installation or conversion, and OPERATE.md, everything after it: blocks that are pasted as a whole."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.runbook.balancer import balancer_step
from nbcluster.files.runbook.blocks import chapter
from nbcluster.files.runbook.boot import all_nodes, first_boot, last_look
from nbcluster.files.runbook.convert import before_the_stop, stop_and_copy, way_back
from nbcluster.files.runbook.license import licence
from nbcluster.files.runbook.operate import how_to_paste, operate
from nbcluster.files.runbook.pods import all_pods, first_boot_of_pods, prepare_pods, volume, way_in
from nbcluster.files.runbook.prepare import files_on_the_nodes, machines, with_ansible
from nbcluster.text import _

__all__ = ["operate", "runbook"]

LONGEST = 150
"""Lines that RUNBOOK.md may have, whatever the cluster: it is read at night."""


def runbook(cluster: Cluster, old_port: int | None = None) -> str:
    """Return RUNBOOK.md in the active language: seven steps; ``old_port`` is that of a single node, where it is known."""
    port = old_port if old_port is not None else cluster.deployment.port
    steps = _of_pods(cluster, port) if cluster.deployment.on_kubernetes else _of_nodes(cluster, port)
    chapters = [
        chapter(f"{number}. {title} ({time}{': ' if meaning else ''}{meaning})", *parts)
        for number, (title, time, meaning, parts) in enumerate(steps, 1)
    ]
    head = ["# " + _("Runbook of {name}").format(name=cluster.name), "", f"{_overview(cluster)} {how_to_paste(cluster)}", ""]
    return "\n".join([*head, *chapters])


def _overview(cluster: Cluster) -> str:
    if cluster.existing:
        return _(
            "**Seven steps: about 50 minutes and the time that people take for the licence. Steps 1 and 2 change nothing that runs; the outage is steps 3 to 6, ten minutes by design; step 4 is the point of no return for the database, and until users have worked on the cluster there is a way back at every gate.**"
        )
    return _(
        "**Seven steps: about 45 minutes and the time that people take for the licence. The point of no return is step 4: up to there nothing that exists is changed.**"
    )


_Step = tuple[str, str, str, list[str]]


def _minutes(count: int) -> str:
    return _("{count} min").format(count=count)


def _harmless(cluster: Cluster) -> str:
    return _("nothing stops, nothing is lost") if cluster.existing else ""


def _no_return(cluster: Cluster) -> str:
    if cluster.existing:
        return _("outage; point of no return: only the dump leads back")
    return _("point of no return: NocoBase's tables are made")


def _of_nodes(cluster: Cluster, port: int) -> list[_Step]:
    node, calm = cluster.first_node.name, _harmless(cluster)
    boot = (_("First boot, on {node} alone").format(node=node), _minutes(3 if cluster.existing else 10), _no_return(cluster))
    ansible = with_ansible(cluster, "prepare,configure")
    if cluster.existing:
        return [
            (_("Machines and share"), _minutes(20), calm, [*ansible, *machines(cluster)]),
            (
                _("Keys and licence, while the single node runs"),
                _("hours, waiting for people"),
                calm,
                [*before_the_stop(cluster), *files_on_the_nodes(cluster, (cluster.deployment.port, port)), *licence(cluster)],
            ),
            (
                _("Stop, backup, last copy"),
                _minutes(3),
                _("the outage begins"),
                stop_and_copy(cluster, port),
            ),
            (*boot, first_boot(cluster)),
            (_("All nodes"), _minutes(2), _("outage"), all_nodes(cluster)),
            (_("The balancer"), _minutes(2), _("then the outage ends"), balancer_step(cluster)),
            (
                _("Proof, and the way back"),
                _minutes(10),
                "",
                [*last_look(cluster), *way_back()],
            ),
        ]
    return [
        (_("Machines and share"), _minutes(10), calm, [*ansible, *machines(cluster)]),
        (_("The files on the nodes"), _minutes(5), calm, files_on_the_nodes(cluster)),
        (_("Licence and plugins"), _("hours, waiting for people"), calm, licence(cluster)),
        (*boot, first_boot(cluster)),
        (_("All nodes"), _minutes(5), "", all_nodes(cluster)),
        (_("The balancer"), _minutes(5), "", balancer_step(cluster)),
        (_("Proof"), _minutes(5), "", last_look(cluster)),
    ]


def _of_pods(cluster: Cluster, port: int) -> list[_Step]:
    calm = _harmless(cluster)
    boot = (_("First boot, in one pod alone"), _minutes(3 if cluster.existing else 10), _no_return(cluster))
    if cluster.existing:
        return [
            (_("Namespace, variables, volume"), _minutes(10), calm, [*prepare_pods(cluster), *volume(cluster)]),
            (
                _("Keys and licence, while the single node runs"),
                _("hours, waiting for people"),
                calm,
                [*before_the_stop(cluster), *licence(cluster)],
            ),
            (
                _("Stop, backup, last copy"),
                _minutes(3),
                _("the outage begins"),
                stop_and_copy(cluster, port),
            ),
            (*boot, first_boot_of_pods(cluster)),
            (_("All pods"), _minutes(2), _("outage"), all_pods(cluster)),
            (_("Service, and the way in"), _minutes(2), _("then the outage ends"), way_in(cluster)),
            (
                _("Proof, and the way back"),
                _minutes(10),
                "",
                [*last_look(cluster), *way_back()],
            ),
        ]
    return [
        (_("Namespace and variables"), _minutes(10), calm, prepare_pods(cluster)),
        (_("The shared volume"), _minutes(5), calm, volume(cluster)),
        (_("Licence and plugins"), _("hours, waiting for people"), calm, licence(cluster)),
        (*boot, first_boot_of_pods(cluster)),
        (_("All pods"), _minutes(5), "", all_pods(cluster)),
        (_("Service, and the way in"), _minutes(5), "", way_in(cluster)),
        (_("Proof"), _minutes(5), "", last_look(cluster)),
    ]
