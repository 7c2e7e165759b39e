"""Before the first boot: accounts, the share, then the files on the nodes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbcluster.cluster import Cluster, Node
from nbcluster.files.formats import chosen
from nbcluster.files.markup import code
from nbcluster.files.runbook.blocks import app_folder, gate
from nbcluster.files.runbook.firewall import firewall
from nbcluster.files.runbook.nodes import copy, machines_and_share
from nbcluster.text import _

_FILE_SYSTEMS = {"nfs": "nfs4", "efs": "efs", "cephfs": "ceph", "glusterfs": "glusterfs"}


def machines(cluster: Cluster) -> list[str]:
    """Return the paragraphs on machines and share; they do not touch running services."""
    return [
        _("Open these ports, and no other; what the table does not name may stay closed:"),
        firewall(cluster),
        *(_containers(cluster) if cluster.deployment.in_docker else _application(cluster)),
        *_share(cluster),
    ]


def _application(cluster: Cluster) -> list[str]:
    return [
        _(
            "Every node has NocoBase {version} installed in {folder}, on a local disk; Node.js and yarn are in the service's path (/usr/bin or /usr/local/bin). The account {user} runs it and owns that folder. Its number must be the same on every node, because the share knows accounts by number; the operating system version must be the same, because the licence compares it; the clocks must be right (timedatectl says synchronized). Each node must print the same, below."
        ).format(version=cluster.deployment.version, folder=app_folder(cluster), user=cluster.deployment.owner)
    ]


def _containers(cluster: Cluster) -> list[str]:
    return [
        _(
            "Every node has Docker with compose 2.30 or later, which reads an env file raw, and right clocks (timedatectl says synchronized). A published port goes past the firewall of its host: each is bound to the node's own address. Each node shows the version of compose, and fetches {image}, below."
        ).format(image=code(cluster.deployment.image))
    ]


def _share(cluster: Cluster) -> list[str]:
    path, line = cluster.share.path, mount_line(cluster)
    if line:
        parts = [_("The shared storage is mounted on every node at the same path, and becomes the account's own.")]
    else:
        parts = [
            _(
                "The shared storage: mount it on every node at {path} as its maker says, with an entry in /etc/fstab. This looks, and makes it the account's own."
            ).format(path=code(path))
        ]
        if cluster.share.kind == "cloud-disk":
            parts.append(
                _(
                    "A disk attached to several nodes needs a cluster file system such as GFS2 or OCFS2. Mounted twice with ext4 or XFS it is destroyed."
                )
            )
    parts.append(
        gate()
        + _(
            "It is one folder, and the account of NocoBase may write there: two nodes may well have different folders at the same path. Where root is squashed, give the folder to the account on the file server."
        )
    )
    return [" ".join(parts), share_of(cluster, cluster.nodes)]


def share_of(cluster: Cluster, nodes: Sequence[Node]) -> str:
    """Return the block that brings the share to nodes and proves it, beside the first one of all, which has it."""
    first = cluster.first_node
    every = nodes if first in nodes else (first, *nodes)
    return machines_and_share(cluster, mount_line(cluster), _column(cluster.share.path), every)


def files_on_the_nodes(cluster: Cluster, single: Sequence[int] = ()) -> list[str]:
    """Return the paragraphs that bring files to the nodes; ``single`` are ports of a single node that still runs."""
    said = (
        _(
            "The env file holds secrets and is readable by root alone; a node with a file of its own gets that one. It stands beside the folder of compose.yaml."
        )
        if cluster.deployment.in_docker
        else _(
            "The env file holds secrets and belongs to the service's account alone; a node with a file of its own gets that one. Without .env.e2e the command line of NocoBase complains: an empty one will do."
        )
    )
    return [said, copy(cluster, cluster.nodes, single)]


def with_ansible(cluster: Cluster, tags: str) -> list[str]:
    """Return the line for users of Ansible instead of these blocks, where its files are written."""
    if cluster.deployment.on_kubernetes or not chosen(cluster.answers, "ansible/playbook.yaml"):
        return []
    return [
        _("With Ansible instead: {command}").format(
            command=f"`ansible-playbook -i ansible/inventory.yaml ansible/playbook.yaml --tags {tags}`"
        )
    ]


def mount_line(cluster: Cluster) -> str:
    """Return the line of /etc/fstab for the share; "" where its kind, server or export does not tell it."""
    found = cluster.share
    system = _FILE_SYSTEMS.get(found.kind)
    if not (system and found.source):
        return ""
    source = f"{found.server}:{_exported(system, found.export)}"
    return " ".join((_column(source), _column(found.path), system, _column(found.options or "defaults"), "0 0"))


def _column(text: str) -> str:
    """Return one column of /etc/fstab: what would end it, a backslash and a comment's sign are octal (fstab(5), getmntent(3))."""
    return re.sub(r"[\\#\s]", lambda sign: "".join(f"\\{byte:03o}" for byte in sign[0].encode()), text)


def _exported(system: str, export: str) -> str:
    return "/" + export.lstrip("/") if system in ("nfs4", "efs", "glusterfs") else export
