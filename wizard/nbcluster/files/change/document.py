"""The text of CHANGE.md: blocks in the order with the least risk, and the way back."""

from __future__ import annotations

from nbcluster.cluster import Cluster
from nbcluster.files.change.difference import Difference
from nbcluster.files.keyfiles import FIXED
from nbcluster.files.kubernetes.model import workloads
from nbcluster.files.markup import code
from nbcluster.files.runbook.balancer import balancer_step
from nbcluster.files.runbook.blocks import Blank, block, chapter
from nbcluster.files.runbook.kubectl import apply, apply_variables, kubectl, restart_all, start_blocks, stop_block
from nbcluster.files.runbook.nodes import copy, restart, start, stop
from nbcluster.files.runbook.operate import how_to_paste, in_order, upgrade
from nbcluster.files.runbook.prepare import share_of
from nbcluster.files.runbook.sql import dump, restore
from nbcluster.files.runbook.storage import archive, unpacked
from nbcluster.files.write.plan import BASELINE
from nbcluster.text import _

_DONE = "nbcluster verify --answers answers.toml && rm CHANGE.md"
_RESTORE = f"""python3 -c 'import json; print(json.load(open("{BASELINE}"))["before"]["answers"], end="")' > answers.toml"""


def change_text(found: Difference) -> str:
    """Return CHANGE.md in the active language."""
    cluster = found.now
    intro = _(
        "From what the nodes run to what this folder holds. If nothing of this cluster runs yet: delete this file and go on with RUNBOOK.md. Several changes in a row add up here until it is done."
    )
    head = ["# " + _("Change of {name}").format(name=cluster.name), "", f"{intro} {how_to_paste(cluster)}", "", *_what(found), ""]
    if not found:
        head.append(_("Nothing is left to do: the files are again those that the nodes run. Delete this file.") + "\n")
        return "\n".join(head)
    parts = _careful(found) if found.before is None or found.rebuilt else _steps(found)
    return "\n".join(
        [*head, chapter(_("The way there"), *parts), chapter(_("The way back"), *_back(found)), chapter(_("Done"), *_end())]
    )


def _what(found: Difference) -> list[str]:
    lines = []
    if found.before is None:
        lines.append(_("what the nodes run is not known: the file that says it was missing, damaged, or of a later version"))
    if found.rebuilt:
        lines.append(_("another deployment, another place on the nodes, or another share"))
    if found.version:
        lines.append(_("version: {version}").format(version=cluster_version(found.now)))
    if found.added:
        lines.append(_("new nodes: {names}").format(names=", ".join(node.name for node in found.added)))
    if found.changed:
        lines.append(
            _("another name or port on the same machine: {names}").format(names=", ".join(node.name for node in found.changed))
        )
    if found.removed:
        lines.append(_("nodes removed: {names}").format(names=", ".join(node.name for node in found.removed)))
    if found.moved:
        lines.append(_("another address of: {names}").format(names=", ".join(found.moved)))
    if found.rotated:
        lines.append(_("another secret in: {names}").format(names=", ".join(found.rotated)))
    lines.append(_("files that differ: {names}").format(names=", ".join(map(code, found.files)) or "-"))
    return [f"- {line}" for line in lines]


def cluster_version(cluster: Cluster) -> str:
    """Return the version, or the image where that is what decides."""
    return cluster.deployment.image if cluster.deployment.in_containers else cluster.deployment.version


def _steps(found: Difference) -> list[str]:
    if found.now.deployment.on_kubernetes:
        return _of_pods(found)
    before = found.before
    assert before is not None
    nodes = in_order(found.now)
    removed = [_gone(found)] if found.removed else []
    prepared = [share_of(found.now, found.added)] if found.added else []
    balancer = balancer_step(found.now) if found.of_balancer else []
    if found.lower:
        return [
            *prepared,
            *_down(found, stop(before.nodes)),
            copy(found.now, nodes),
            start(found.now, nodes),
            *balancer,
            *removed,
        ]
    if found.version:
        return [*prepared, *upgrade(found.now, before.nodes), *balancer, *removed]
    if found.moved:
        return [
            *prepared,
            *_moving(found, stop(before.nodes)),
            copy(found.now, nodes),
            start(found.now, nodes),
            *balancer,
            *removed,
        ]
    new = {node.name for node in found.added}
    old = tuple(node for node in nodes if node.name not in new)
    parts = list(prepared)
    if found.rotated:
        parts.append(_secrets())
    if (found.of_nodes or found.changed) and old:
        again = tuple(node for node in old if found.restarts(node))
        parts.append(
            _("The files to the nodes that run, then a restart of one after the other; the others go on serving:")
            if again
            else _("The files to the nodes that run; they go on serving, and none of them has to restart:")
        )
        parts.append(copy(found.now, old))
        parts += [restart(again)] if again else []
    if found.added:
        parts += [
            _("The new nodes: version, account and licence as on the others; then files and start:"),
            copy(found.now, found.added),
            start(found.now, found.added),
        ]
    return [
        *parts,
        *balancer,
        *([_("They receive no users any more; stop them for good:"), *removed] if removed else []),
    ]


def _gone(found: Difference) -> str:
    return stop(found.removed, "remove", for_good=True)


def _secrets() -> str:
    return _(
        "The server takes the new password first. Redis takes both for a while ({add}, and {remove} when all nodes have restarted); a database has one, so go on without a pause. Another APP_KEY signs everybody out."
    ).format(add="`ACL SETUSER default >NEW`", remove="`ACL SETUSER default <OLD`")


def _moving(found: Difference, stopping: str) -> list[str]:
    parts = [
        _(
            "All nodes stop: locks, worker ids and the queue must not live in two places. Let workflows and tasks end first; what waits in the old queue, and the cache, stay there."
        ),
        stopping,
    ]
    if "database" in found.moved and found.before is not None:
        parts += [
            _(
                "The database as it is, then into the new one, which exists and is empty. It has another id: ask for the licence to be bound again, before you stop."
            ),
            block("dump", "bastion", *dump(found.before, "before-move")),
            block(
                "restore-database", "bastion", *restore(found.now), blanks=(Blank("DUMP", _("the file with the dump (.sql)")),)
            ),
        ]
    return parts


def _down(found: Difference, stopping: str) -> list[str]:
    """Return the downgrade up to the files: an earlier version cannot use the tables of the later one (nocobase.md §7.1)."""
    return [
        _(
            "There is no way down but the dump: NocoBase changes its tables on the way up and never back. Dump and archive have to be of version {version}, taken before the upgrade; all that was done since is lost. Without them keep the later version. The program of {version} has to be on every node before the start."
        ).format(version=found.now.deployment.version),
        stopping,
        block("backup", "bastion", *dump(found.before or found.now, "before-change")),
        block("restore-database", "bastion", *restore(found.now), blanks=(Blank("DUMP", _("the file with the dump (.sql)")),)),
        unpacked(found.now),
    ]


def _of_pods(found: Difference) -> list[str]:
    cluster = found.now
    if found.lower:
        return [
            *_down(found, stop_block(cluster)),
            block("variables", "bastion", *apply_variables(cluster)),
            *start_blocks(cluster),
            *_gone_groups(found),
        ]
    if found.version:
        return upgrade(cluster)
    gone = _gone_groups(found)
    if found.moved:
        return [
            *_moving(found, stop_block(cluster)),
            block("variables", "bastion", *apply_variables(cluster)),
            *start_blocks(cluster),
            *gone,
        ]
    manifests = [path for path in found.present if path.startswith("kubernetes/") and "/first-boot/" not in path]
    others = [
        path
        for path in manifests
        if path not in ("kubernetes/secret.yaml", "kubernetes/configmap.yaml", "kubernetes/deployments.yaml")
    ]
    parts = [_secrets()] if found.rotated else []
    if others:
        parts.append(block("apply", "bastion", apply(cluster, *others)))
    if any(path in found.files for path in ("kubernetes/secret.yaml", "kubernetes/configmap.yaml")):
        parts.append(restart_all(cluster, "variables", *apply_variables(cluster), apply(cluster, "kubernetes/deployments.yaml")))
    else:
        parts += start_blocks(cluster)
    return [*parts, *gone]


def _gone_groups(found: Difference) -> list[str]:
    if found.before is None:
        return []
    names = {workload.name for workload in workloads(found.now)}
    gone = [workload.name for workload in workloads(found.before) if workload.name not in names]
    if not gone:
        return []
    return [block("remove", "bastion", f"{kubectl(found.now)} delete deployment {' '.join(gone)} --ignore-not-found")]


def _careful(found: Difference) -> list[str]:
    cluster, before = found.now, found.before
    said = _(
        "The careful order, because not everything that runs is known, or almost everything becomes another: stop all that runs of this cluster, back up, bring the files, start one node after the other. A node that is no longer in these files is stopped by hand: systemctl disable --now nocobase."
    )
    if cluster.deployment.on_kubernetes:
        return [
            said,
            stop_block(cluster),
            block("backup", "bastion", *dump(cluster, "before-change")),
            block("variables", "bastion", *apply_variables(cluster)),
            *start_blocks(cluster),
        ]
    running = before.nodes if before is not None and not before.deployment.on_kubernetes else cluster.nodes
    return [
        said,
        stop(running, for_good=before is not None),
        block("backup", "bastion", *dump(cluster, "before-change")),
        archive(cluster, "backup-storage", "before-change"),
        share_of(cluster, cluster.nodes),
        copy(cluster, in_order(cluster)),
        start(cluster, in_order(cluster)),
        *balancer_step(cluster),
    ]


def _back(found: Difference) -> list[str]:
    if found.before is None:
        return [
            _(
                "The answers of before are not known. The files that were replaced are in the folder {folder}, each with its date: bring those to the nodes in the same order. A secret that the server has taken stays the server's: turn it back there first."
            ).format(folder="`backups/`")
        ]
    said = _(
        "The answers of before are kept in {file}. Put them in place of answers.toml ({restore}), export again ({command}), and go on with the CHANGE.md that this writes: it undoes what was done, and no more. A secret that the server has taken stays the server's: turn it back there first."
    ).format(file=code(BASELINE), restore=code(_RESTORE), command="`nbcluster render --answers answers.toml --out .`")
    said += " " + _("The files that were replaced are in the folder {folder}, each with its date.").format(folder="`backups/`")
    if found.rotated:
        said += " " + _(
            "They hold no secrets: the earlier ones are in the backups of {files} in the folder {folder}. Before you export, set them again where answers.toml says that each is kept."
        ).format(files=_(", ").join(map(code, _secret_files(found))), folder="`backups/`")
    if found.version or "database" in found.moved:
        said += " " + _("The database goes back by its dump alone: OPERATE.md, Restore.")
    return [said]


def _secret_files(found: Difference) -> list[str]:
    """Return the files that differ and hold secrets of the nodes or pods."""
    return [path for path in found.files if path in FIXED or path.startswith("nodes/")]


def _end() -> list[str]:
    return [
        _(
            "Everything is as the files say: this asks the running cluster, and deletes this file. From then on the next change starts here."
        ),
        block("done", "bastion", _DONE),
    ]
