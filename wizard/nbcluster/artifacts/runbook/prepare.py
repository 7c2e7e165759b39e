"""Before the first boot: licence, share, files on the nodes."""

from __future__ import annotations

from nbcluster.answers import Answers
from nbcluster.artifacts.runbook.blocks import account, app_folder, block, name_of, paragraphs, user, word
from nbcluster.artifacts.variables import node_variables
from nbcluster.judge.license import needed, short_name, unconfirmed
from nbcluster.text import _


def before_you_start(answers: Answers) -> str:
    """Return the chapter on what has to be there first."""
    parts = [
        _(
            "Every node has NocoBase {version} in {folder}, owned by the account {user}, on the same operating system version: the licence compares it."
        ).format(version=answers.text("app.version"), folder=app_folder(), user=user()),
        _license(answers),
        _("The shared storage is mounted on every node at the same path:"),
        *_mounts(answers),
        _(
            "Prove that it is one folder: what one node writes, every other reads. Two nodes may well have different folders at the same path."
        ),
        *_proof(answers),
        _("Copy the files. The env file is private, and a node with a file of its own gets that one instead:"),
        *_copies(answers),
    ]
    if answers["queue.adapter"] == "rabbitmq":
        parts += [
            _(
                "The name of RabbitMQ's variable, {name}, is unconfirmed. Once the plugin is installed, this shows the names that it reads:"
            ).format(name=answers.text("queue.url_variable")),
            block(
                "variable",
                name_of(answers.rows("nodes")[0]),
                f"grep -rhoE 'process\\.env\\.[A-Z_]+' {word(answers.text('storage.path') + '/plugins/@nocobase/plugin-queue-adapter-rabbitmq/dist/server')} | sort -u",
            ),
        ]
    return paragraphs(_("Before you start"), *parts)


def _license(answers: Answers) -> str:
    names = ", ".join(f"`{package}`" for package in needed(answers))
    lines = [_("The licence holds {names}.").format(names=names)]
    open_ones = unconfirmed(answers)
    if open_ones:
        names = ", ".join(f"`{short_name(package)}`" for package in open_ones)
        lines.append(
            _("**Gate:** still unconfirmed are {names}. Start no second node before they are licensed and enabled.").format(
                names=names
            )
        )
    key = f"{answers.text('storage.path')}/.license/license-key"
    if answers["license.delivery"] == "offline":
        folder = f"{answers.text('storage.path')}/plugins/@nocobase/"
        lines.append(
            _(
                "Unpack every plugin's package of version {version} into `{folder}`, without the leading folder `package/`."
            ).format(version=answers.text("app.version"), folder=folder)
        )
    else:
        lines.append(
            _(
                "The licence key is in `{file}` before the first boot; without it the plugins are skipped without an error."
            ).format(file=key)
        )
    return " ".join(lines)


def _mounts(answers: Answers) -> list[str]:
    path, server, export = (answers.text(f"storage.{key}") for key in ("path", "server", "export"))
    types = {"nfs": "nfs4", "efs": "efs", "cephfs": "ceph", "glusterfs": "glusterfs"}
    kind = types.get(answers.text("storage.kind"))
    if not (kind and server and export):
        return [_("(Server and export were not given: mount it at `{path}` as its maker says.)").format(path=path)]
    separator = ":" if kind in ("nfs4", "efs", "ceph") else ":/"
    line = f"{server}{separator}{export.lstrip('/') if separator == ':/' else export} {path} {kind} {answers.text('storage.options') or 'defaults'} 0 0"
    return [
        block(
            "mount",
            name_of(row),
            f"mkdir -p {word(path)}",
            f"grep -qF {word(' ' + path + ' ')} /etc/fstab || echo {word(line)} >> /etc/fstab",
            f"mountpoint -q {word(path)} || mount {word(path)}",
            f"chown {user()} {word(path)}",
        )
        for row in answers.rows("nodes")
    ]


def _proof(answers: Answers) -> list[str]:
    rows = answers.rows("nodes")
    token = f"{answers.text('storage.path')}/.nbcluster-probe-runbook"
    lines = [f"ssh {account(rows[0])} {word('date +%s%N > ' + word(token))}"]
    lines += [f"ssh {account(row)} {word('cat ' + word(token))}" for row in rows]
    lines.append(f"ssh {account(rows[0])} {word('rm ' + word(token))}")
    return [block("share", "bastion", *lines)]


def _copies(answers: Answers) -> list[str]:
    out = []
    for row in answers.rows("nodes"):
        own = node_variables(answers, row)
        source = f"nodes/{name_of(row)}.env" if own else ".env"
        target = account(row)
        folder = app_folder()
        # run/ holds the sockets of this node; the command line wants .env.e2e to exist, an empty one will do
        place = f"cd {folder} && umask 077 && cat > .env.nbcluster && mv .env.nbcluster .env && mkdir -p run && touch .env.e2e && chown {user()} .env .env.e2e run"
        out.append(
            block(
                "copy",
                name_of(row),
                f"ssh {target} {word(place)} < {word(source)}",
                f"ssh {target} 'cat > /etc/systemd/system/nocobase.service && systemctl daemon-reload' < systemd/nocobase.service",
            )
        )
    return out
