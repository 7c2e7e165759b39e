"""Before the first boot: accounts, the share, then the files on the nodes."""

from __future__ import annotations

import re

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Row
from nbcluster.files.docker import image
from nbcluster.files.markup import code
from nbcluster.files.runbook.blocks import (
    ADMINISTRATOR,
    app_folder,
    block,
    name_of,
    paragraphs,
    scp,
    share,
    ssh,
    user,
    word,
)
from nbcluster.steps.start import in_docker
from nbcluster.steps.variables import node_variables
from nbcluster.text import _

_FILE_SYSTEMS = {"nfs": "nfs4", "efs": "efs", "cephfs": "ceph", "glusterfs": "glusterfs"}


def before_you_start(answers: Answers) -> str:
    """Return the chapter on what has to be there first."""
    rows = answers.rows("nodes")
    return paragraphs(
        _("Before you start"),
        *(_containers(answers) if in_docker(answers) else _application(answers)),
        _("The shared storage is mounted on every node at the same path:"),
        *_mounts(answers),
        _(
            "Prove that it is one folder: what one node writes, every other reads. Two nodes may well have different folders at the same path. The same number must appear {count} times:"
        ).format(count=len(rows)),
        _proof(answers),
    )


def _application(answers: Answers) -> list[str]:
    return [
        _(
            "Every node has NocoBase {version} installed in {folder}, on a local disk. Another folder: change it in the service unit and in these blocks. Node.js and yarn are in the service's path (/usr/bin or /usr/local/bin)."
        ).format(version=answers.text("app.version"), folder=app_folder()),
        _(
            "The account {user} runs it and owns that folder. Its number must be the same on every node, because the share knows accounts by number; the operating system version must be the same, because the licence compares it. Each line must print the same:"
        ).format(user=user(answers)),
        block(
            "account",
            "bastion",
            *(ssh(row, f"id -u {user(answers)}; grep ^PRETTY_NAME= /etc/os-release") for row in answers.rows("nodes")),
        ),
    ]


def _containers(answers: Answers) -> list[str]:
    return [
        _(
            "Every node has Docker with compose 2.30 or later, which reads an env file raw. The licence compares the operating system inside the image, which is the same everywhere. Each line shows the version of compose, and that {image} can be fetched:"
        ).format(image=code(image(answers))),
        block(
            "account",
            "bastion",
            *(
                ssh(row, ADMINISTRATOR, f"$as docker compose version && $as docker pull -q {word(image(answers))}")
                for row in answers.rows("nodes")
            ),
        ),
    ]


def files_on_the_nodes(answers: Answers) -> str:
    """Return the chapter that copies env file and service unit; a single node that still runs must not find them."""
    return paragraphs(
        _("The files on the nodes"),
        _(
            "The env file holds secrets and is readable by root alone; a node with a file of its own gets that one. It stands beside the folder of compose.yaml."
        )
        if in_docker(answers)
        else _(
            "The env file holds secrets and belongs to the service's account alone; a node with a file of its own gets that one. Without .env.e2e the command line of NocoBase complains: an empty one will do."
        ),
        *(_copy(answers, row) for row in answers.rows("nodes")),
    )


def mount_line(answers: Answers) -> str:
    """Return the line of /etc/fstab for the share; "" where its kind, server or export does not tell it."""
    path, server, export = (answers.text(f"storage.{key}") for key in ("path", "server", "export"))
    system = _FILE_SYSTEMS.get(answers.text("storage.kind"))
    if not (system and server and export):
        return ""
    options = answers.text("storage.options") or "defaults"
    return " ".join((_column(f"{server}:{_exported(system, export)}"), _column(path), system, _column(options), "0 0"))


def _column(text: str) -> str:
    """Return one column of /etc/fstab: what would end it, a backslash and a comment's sign are octal (fstab(5), getmntent(3))."""
    return re.sub(r"[\\#\s]", lambda sign: "".join(f"\\{byte:03o}" for byte in sign[0].encode()), text)


def _mounts(answers: Answers) -> list[str]:
    path, kind, line = answers.text("storage.path"), answers.text("storage.kind"), mount_line(answers)
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
    for row in answers.rows("nodes"):
        lines = (
            f"mkdir -p {word(path)}",
            f"grep -qF {word(f' {_column(path)} ')} /etc/fstab || printf '%s\\n' {word(line)} >> /etc/fstab",
            f"mountpoint -q {word(path)} || mount {word(path)}",
            f"chown {user(answers)} {word(path)}",
        )
        out.append(block("mount", name_of(row), *lines))
    out.append(
        _(
            "An NFS export with root_squash refuses the last line: give the folder to that account on the server, or export it with no_root_squash (unconfirmed advice)."
        )
    )
    return out


def _exported(system: str, export: str) -> str:
    return "/" + export.lstrip("/") if system in ("nfs4", "efs", "glusterfs") else export


def _proof(answers: Answers) -> str:
    rows = answers.rows("nodes")
    token = share(answers, ".nbcluster-probe-runbook")
    # what a node cannot read must not keep the file from being removed
    return block(
        "share",
        "bastion",
        ssh(rows[0], ADMINISTRATOR, f"date +%s%N | $as tee {token}"),
        "seen=yes",
        *(f"{ssh(row, ADMINISTRATOR, f'$as cat {token}')} || seen=no" for row in rows[1:]),
        ssh(rows[0], ADMINISTRATOR, f"$as rm {token}"),
        "[ $seen = yes ]",
    )


def _copy(answers: Answers, row: Row) -> str:
    name = name_of(row)
    source = f"nodes/{name}.env" if node_variables(answers, row) else ".env"
    if in_docker(answers):
        return _copy_compose(row, source)
    env, unit, folder = f".nbcluster-{name}.env", f".nbcluster-{name}.service", app_folder()
    script = (
        ADMINISTRATOR,
        "set -e",
        f"$as install -o {user(answers)} -m 600 {env} {folder}/.env",
        f"$as test -e {folder}/.env.e2e || $as install -o {user(answers)} -m 600 /dev/null {folder}/.env.e2e",
        f"$as install -d -o {user(answers)} {folder}/run",
        f"$as install -m 644 {unit} /etc/systemd/system/nocobase.service",
        "$as systemctl daemon-reload",
        f"rm {env} {unit}",
    )
    return block("copy", name, scp(row, source, env), scp(row, "systemd/nocobase.service", unit), ssh(row, *script))


def _copy_compose(row: Row, source: str) -> str:
    name, folder = name_of(row), app_folder()
    env, file = f".nbcluster-{name}.env", f".nbcluster-{name}.yaml"
    script = (
        ADMINISTRATOR,
        "set -e",
        f"$as install -d {folder}/docker",
        f"$as install -m 600 {env} {folder}/.env",
        f"$as install -m 644 {file} {folder}/docker/compose.yaml",
        f"rm {env} {file}",
    )
    return block("copy", name, scp(row, source, env), scp(row, "docker/compose.yaml", file), ssh(row, *script))
