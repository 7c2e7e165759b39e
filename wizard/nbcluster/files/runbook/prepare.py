"""Before the first boot: accounts, the share, then the files on the nodes."""

from __future__ import annotations

import re

from nbcluster.cluster import Cluster, Node
from nbcluster.files.docker import address_path
from nbcluster.files.markup import code
from nbcluster.files.runbook.blocks import (
    ADMINISTRATOR,
    app_folder,
    block,
    paragraphs,
    scp,
    share,
    ssh,
    word,
)
from nbcluster.files.systemd import PLACES
from nbcluster.text import _

_FILE_SYSTEMS = {"nfs": "nfs4", "efs": "efs", "cephfs": "ceph", "glusterfs": "glusterfs"}


def before_you_start(cluster: Cluster) -> str:
    """Return the chapter on what has to be there first."""
    return paragraphs(
        _("Before you start"),
        *(_containers(cluster) if cluster.deployment.in_docker else _application(cluster)),
        _("The shared storage is mounted on every node at the same path:"),
        *_mounts(cluster),
        _(
            "Prove that it is one folder: what one node writes, every other reads. Two nodes may well have different folders at the same path. The same number must appear {count} times:"
        ).format(count=len(cluster.nodes)),
        _proof(cluster),
    )


def _application(cluster: Cluster) -> list[str]:
    return [
        _(
            "Every node has NocoBase {version} installed in {folder}, on a local disk. Another folder: change it in the service unit and in these blocks. Node.js and yarn are in the service's path (/usr/bin or /usr/local/bin)."
        ).format(version=cluster.deployment.version, folder=app_folder(cluster)),
        _(
            "The account {user} runs it and owns that folder. Its number must be the same on every node, because the share knows accounts by number; the operating system version must be the same, because the licence compares it. Each line must print the same:"
        ).format(user=cluster.deployment.owner),
        block(
            "account",
            "bastion",
            *(ssh(node, f"id -u {cluster.deployment.owner}; grep ^PRETTY_NAME= /etc/os-release") for node in cluster.nodes),
        ),
    ]


def _containers(cluster: Cluster) -> list[str]:
    return [
        _(
            "Every node has Docker with compose 2.30 or later, which reads an env file raw. The licence compares the operating system inside the image, which is the same everywhere. Each line shows the version of compose, and that {image} can be fetched:"
        ).format(image=code(cluster.deployment.image)),
        block(
            "account",
            "bastion",
            *(
                ssh(node, ADMINISTRATOR, f"$as docker compose version && $as docker pull -q {word(cluster.deployment.image)}")
                for node in cluster.nodes
            ),
        ),
    ]


def files_on_the_nodes(cluster: Cluster) -> str:
    """Return the chapter that copies env file and service unit; a single node that still runs must not find them."""
    return paragraphs(
        _("The files on the nodes"),
        _(
            "The env file holds secrets and is readable by root alone; a node with a file of its own gets that one. It stands beside the folder of compose.yaml."
        )
        if cluster.deployment.in_docker
        else _(
            "The env file holds secrets and belongs to the service's account alone; a node with a file of its own gets that one. Without .env.e2e the command line of NocoBase complains: an empty one will do."
        ),
        *(_copy(cluster, node) for node in cluster.nodes),
    )


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


def _mounts(cluster: Cluster) -> list[str]:
    path, kind, line = cluster.share.path, cluster.share.kind, mount_line(cluster)
    out = []
    if not line:
        out.append(_("(Server and export were not given: mount it at {path} as its maker says.)").format(path=code(path)))
        if kind == "cloud-disk":
            out.append(
                _(
                    "A disk attached to several nodes needs a cluster file system such as GFS2 or OCFS2. Mounted twice with ext4 or XFS it is destroyed."
                )
            )
        return out
    for node in cluster.nodes:
        lines = (
            f"mkdir -p {word(path)}",
            f"grep -qF {word(f' {_column(path)} ')} /etc/fstab || printf '%s\\n' {word(line)} >> /etc/fstab",
            f"mountpoint -q {word(path)} || mount {word(path)}",
            f"chown {cluster.deployment.owner} {word(path)}",
        )
        out.append(block("mount", node.name, *lines))
    out.append(
        _(
            "An NFS export with root_squash refuses the last line: give the folder to that account on the server, or export it with no_root_squash (unconfirmed advice)."
        )
    )
    return out


def _exported(system: str, export: str) -> str:
    return "/" + export.lstrip("/") if system in ("nfs4", "efs", "glusterfs") else export


def _proof(cluster: Cluster) -> str:
    first, *others = cluster.nodes
    token = share(cluster, ".nbcluster-probe-runbook")
    # what a node cannot read must not keep the file from being removed
    return block(
        "share",
        "bastion",
        ssh(first, ADMINISTRATOR, f"date +%s%N | $as tee {token}"),
        "seen=yes",
        *(f"{ssh(node, ADMINISTRATOR, f'$as cat {token}')} || seen=no" for node in others),
        ssh(first, ADMINISTRATOR, f"$as rm {token}"),
        "[ $seen = yes ]",
    )


def _copy(cluster: Cluster, node: Node) -> str:
    name = node.name
    if cluster.deployment.in_docker:
        return _copy_compose(node, app_folder(cluster))
    env, units = f".nbcluster-{name}.env", _unit_copies(node)
    folder, owner = app_folder(cluster), cluster.deployment.owner
    script = (
        ADMINISTRATOR,
        "set -e",
        f"$as install -o {owner} -m 600 {env} {folder}/.env",
        f"$as test -e {folder}/.env.e2e || $as install -o {owner} -m 600 /dev/null {folder}/.env.e2e",
        f"$as install -d -o {owner} {folder}/run",
        *(f"$as install -m 644 {copy} {PLACES[source]}" for source, copy in units.items()),
        "$as systemctl daemon-reload",
        f"rm {env} {' '.join(units.values())}",
    )
    sources = {node.env_file: env, **units}
    return block("copy", name, *(scp(node, source, copy) for source, copy in sources.items()), ssh(node, *script))


def _unit_copies(node: Node) -> dict[str, str]:
    """Return every file for systemd, and what it is called in the home of a node's account."""
    return {source: f".nbcluster-{node.name}-{source.rpartition('/')[2]}" for source in PLACES}


def _copy_compose(node: Node, folder: str) -> str:
    name = node.name
    env, file, address = f".nbcluster-{name}.env", f".nbcluster-{name}.yaml", f".nbcluster-{name}.address"
    units = _unit_copies(node)
    script = (
        ADMINISTRATOR,
        "set -e",
        f"$as install -d {folder}/docker",
        f"$as install -m 600 {env} {folder}/.env",
        f"$as install -m 644 {file} {folder}/docker/compose.yaml",
        f"$as install -m 644 {address} {folder}/docker/.env",
        *(f"$as install -m 644 {copy} {PLACES[source]}" for source, copy in units.items()),
        "$as systemctl daemon-reload",
        f"rm {env} {file} {address} {' '.join(units.values())}",
    )
    sources = {node.env_file: env, "docker/compose.yaml": file, address_path(node): address, **units}
    return block("copy", name, *(scp(node, source, copy) for source, copy in sources.items()), ssh(node, *script))
