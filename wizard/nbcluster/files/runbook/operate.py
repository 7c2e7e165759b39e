"""OPERATE.md: everything after the first day (nocobase.md §7.1, §17, §18, §19)."""

from __future__ import annotations

from collections.abc import Sequence

from nbcluster.cluster import Cluster, Node
from nbcluster.facts import HEALTH_PATH
from nbcluster.files.kubernetes.model import object_name
from nbcluster.files.runbook.alone import installing, log_command, maintained, stop_command
from nbcluster.files.runbook.blocks import (
    ADMINISTRATOR,
    REACH,
    Blank,
    app_folder,
    block,
    chapter,
    compose_command,
    gate,
    round_of,
    verified,
    word,
)
from nbcluster.files.runbook.convert import database_moves
from nbcluster.files.runbook.kubectl import kubectl, restart_all, start_blocks, stop_block
from nbcluster.files.runbook.license import plugins
from nbcluster.files.runbook.nodes import copy, restart, start, stop
from nbcluster.files.runbook.pods import maintenance_of_pods, upgrade_of_pods
from nbcluster.files.runbook.prepare import with_ansible
from nbcluster.files.runbook.sql import dump, restore
from nbcluster.files.runbook.storage import archive, unpacked
from nbcluster.files.runbook.troubles import troubles
from nbcluster.files.systemd import LIMIT, OFF
from nbcluster.text import _


def operate(cluster: Cluster) -> str:
    """Return OPERATE.md in the active language."""
    chapters = [
        _stop_and_start(cluster),
        _upgrade(cluster),
        _maintenance(cluster),
        _backup(cluster),
        _restore(cluster),
        *([database_moves(cluster)] if cluster.existing else []),
        _passwords(cluster),
        _certificates(cluster),
        _watching(cluster),
        _after_redis(cluster),
        troubles(cluster),
    ]
    return "\n".join(
        [
            "# " + _("Operating {name}").format(name=cluster.name),
            "",
            how_to_paste(cluster),
            "",
            *chapters,
        ]
    )


def how_to_paste(cluster: Cluster) -> str:
    """Return the paragraph on how all blocks are to be pasted."""
    said = _(
        "Paste a block as a whole, into bash. Each begins with a comment that names what it is and where it belongs, and ends at the first line that fails. What you have to fill in stands on the first line; left empty, the block refuses. Do not go past a gate that does not hold."
    )
    where = (
        _("Blocks run on this machine, in the folder of these files; those for old on the machine of the single node.")
        if cluster.deployment.on_kubernetes
        else _(
            "Blocks for bastion, and those that begin with NODES, run on this machine in the folder of these files. The others run on the machine that they name, as root."
        )
    )
    return f"{said} {where}"


def in_order(cluster: Cluster) -> tuple[Node, ...]:
    """Return the nodes as they start: the one that boots first, then the others."""
    first = cluster.first_node
    return (first, *(node for node in cluster.nodes if node != first))


def _stop_and_start(cluster: Cluster) -> str:
    if cluster.deployment.on_kubernetes:
        return chapter(_("Stop all, start all"), stop_block(cluster), *start_blocks(cluster))
    return chapter(
        _("Stop all, start all"),
        *with_ansible(cluster, "stop"),
        stop(cluster.nodes),
        start(cluster, in_order(cluster)),
        _("One by one, while the others go on serving:"),
        restart(in_order(cluster)),
    )


def _upgrade(cluster: Cluster) -> str:
    return chapter(
        _("Upgrade"),
        *upgrade(cluster),
        _(
            "If the gate does not hold: stop all ({command} on the first node, too), restore dump and storage of before (Restore), bring version and files of before back ({folder} in this folder has them), and start all."
        ).format(folder="backups/", command=f"`{stop_command(cluster)}`"),
    )


def upgrade(cluster: Cluster, running: Sequence[Node] = ()) -> list[str]:
    """Return the way to the version of these files: all stop, one upgrades alone, all start.

    ``running`` are the nodes that run, where they are others than those of these files, which are then brought to them.
    """
    if cluster.deployment.on_kubernetes:
        return upgrade_of_pods(cluster)
    name = cluster.first_node.name
    return [
        _(
            "There is no rolling upgrade: all nodes stop, one upgrades alone, and all run the same version afterwards. Under CLUSTER_MODE the upgrade is skipped without a message, so it is emptied here. The plugins must have exactly the version of the core. Answer app.version with the wanted version and export again, before anything stops."
        ),
        *with_ansible(cluster, "upgrade -e nocobase_backup_done=true"),
        stop(running or cluster.nodes),
        block("backup", "bastion", *dump(cluster, "before-upgrade")),
        archive(cluster, "backup-storage", "before-upgrade"),
        *([copy(cluster, cluster.nodes)] if running else []),
        _installation(cluster),
        *([plugins(cluster)] if cluster.license.offline else []),
        _("Then one node alone; its log: {command}").format(command=f"`{log_command(cluster)}`"),
        installing(cluster, "upgrade"),
        gate() + _("Healthy, the wanted version, nothing broken off, every adapter enabled in the wanted version:"),
        verified("gate-upgrade", f"node.{name}", "database"),
        start(cluster, in_order(cluster)),
        verified("gate-verify"),
    ]


def _installation(cluster: Cluster) -> str:
    if not cluster.deployment.in_docker:
        return _("Install the wanted version in {folder} on every node, the way it was installed there.").format(
            folder=app_folder(cluster)
        )
    return _("The block copy of RUNBOOK.md brings the wanted image to every node; then fetch it there: {command}").format(
        command=f"`{compose_command(cluster)} pull node`"
    )


def _maintenance(cluster: Cluster) -> str:
    if cluster.deployment.on_kubernetes:
        return chapter(_("Maintenance inside the application"), *maintenance_of_pods(cluster))
    return chapter(
        _("Maintenance inside the application"),
        _(
            "Installing, enabling, disabling or updating plugins, backup and restore, and migrations happen with one node and one process: a command reaches one process of several, and the others would not follow. Stop all, then:"
        ),
        *with_ansible(cluster, "maintenance"),
        maintained(cluster),
        _(
            "When it is done, start all, which ends it. Each node needs the restart: it links the changed plugins only then, and a process that merely reloads may go on with a worker id that it no longer holds (unconfirmed)."
        ),
    )


def _backup(cluster: Cluster) -> str:
    file = f"nocobase-{cluster.name}-*"
    return chapter(
        _("Backup"),
        _(
            "Database and storage belong together: one after the other, with little work going on. The dump lies beside these files:"
        ),
        block("backup-daily", "bastion", *dump(cluster, "daily")),
        archive(cluster, "backup-daily-storage", "daily"),
        _(
            "On a schedule: save both blocks as scripts, and let cron run them at night (crontab -e: {line}). The password then comes from {file}, mode 0600. Remove old ones: {remove}. This folder holds the keys: back it up, too, in another place. A backup that was never restored is none: try it on another machine, every quarter."
        ).format(
            line="`30 2 * * * cd /path/of/this/folder && bash backup-daily.sh`",
            file="`~/.pgpass`" if cluster.database.speaks_postgres else "`~/.my.cnf`",
            remove=f"`find . -maxdepth 1 -name {word(file)} -mtime +14 -delete`",
        ),
    )


def _restore(cluster: Cluster) -> str:
    return chapter(
        _("Restore"),
        _(
            "Stop all first: a node that runs would write into what is restored. Dump and archive are of the same moment, and of the version that these files name. Then start all, and verify. The queue and the cache in Redis are not restored: what was waiting is gone."
        ),
        block("restore-database", "bastion", *restore(cluster), blanks=(Blank("DUMP", _("the file with the dump (.sql)")),)),
        unpacked(cluster),
    )


def _passwords(cluster: Cluster) -> str:
    folder = app_folder(cluster)
    return chapter(
        _("Passwords"),
        _(
            "A password of the database or of Redis: the server takes the new one, then answer it (nbcluster setup, or the answers file), export, and go on with CHANGE.md: it copies and restarts one node after the other. Redis takes two passwords at a time ({add}; once all nodes have restarted: {remove}), so nobody notices. A database has one: nodes keep their open connections and take new ones only after the restart, so do both without a pause."
        ).format(add="`ACL SETUSER default >NEW`", remove="`ACL SETUSER default <OLD`"),
        _(
            "APP_KEY signs sessions: a new one signs everybody out. APP_AES_SECRET_KEY is never changed: what it encrypted would be lost."
        ),
        _(
            "INIT_ROOT_PASSWORD is read once, at the installation. Change the password in the application, then take the line out. A later copy brings it back; by then it opens nothing."
        ),
        (
            block(
                "forget-password",
                "bastion",
                f"{kubectl(cluster)} get secret -o name | grep -x secret/{_secret(cluster)}",
                f"""{kubectl(cluster)} patch secret {_secret(cluster)} --type=merge -p '{{"data":{{"INIT_ROOT_PASSWORD":null}}}}'""",
            )
            if cluster.deployment.on_kubernetes
            else round_of(
                "forget-password",
                cluster.nodes,
                f'{REACH} "$script"',
                before=(f"script={word(_forgetting(folder))}",),
            )
        ),
    )


def _secret(cluster: Cluster) -> str:
    return object_name(cluster, "secret")


def _forgetting(folder: str) -> str:
    return f"{ADMINISTRATOR}; $as sed -i '/^INIT_ROOT_PASSWORD=/d' {folder}/.env"


def _certificates(cluster: Cluster) -> str:
    parts = []
    if cluster.balancer.tls and cluster.balancer.has_file:
        parts.append(
            _("The balancer reads {file} when it reloads: after each renewal {command}. It ends on:").format(
                file=f"`{cluster.balancer.certificate}`", command=f"`systemctl reload {cluster.balancer.kind}`"
            )
        )
        name = word(f"{cluster.balancer.server_name}:{cluster.balancer.listen}")
        parts.append(
            block(
                "certificate-end",
                "bastion",
                f"openssl s_client -connect {name} -servername {word(cluster.balancer.server_name)} < /dev/null 2>/dev/null | openssl x509 -noout -enddate -checkend 1209600",
            )
        )
    else:
        parts.append(_("TLS ends in front of what these files describe: watch the end of that certificate there."))
    if cluster.deployment.authority:
        parts.append(
            _(
                "The private authority ({file}) is read when Node starts: a new one needs a restart of all nodes, one by one."
            ).format(file=f"`{cluster.deployment.authority}`")
        )
    return chapter(_("Certificates"), *parts)


def _watching(cluster: Cluster) -> str:
    health = f"{cluster.deployment.public_path}{HEALTH_PATH}"
    return chapter(
        _("What to watch"),
        "\n".join(
            (
                "- "
                + _("each node by itself, every minute: {path} says ok (503 for longer than a start takes is an alarm)").format(
                    path=f"`{health}`"
                ),
                "- " + _("the balancer: share of 502 and 503; the end of the certificate, two weeks ahead"),
                "- " + _("Redis: used memory against maxmemory, evicted_keys stays 0, the last AOF or RDB was saved"),
                "- "
                + _("the database: connections against its limit ({count} from this cluster at most), room on its disk").format(
                    count=cluster.connections
                ),
                "- " + _("the share: room and inodes; it is mounted on every node"),
                "- " + _("clocks: locks and ids hang on them; chronyc tracking or timedatectl on every machine"),
                "- "
                + _("once a day, from cron: {command}; any status but 0 is a mail").format(
                    command="`nbcluster verify --answers answers.toml`"
                ),
            )
        )
        + "\n",
        _logs(cluster),
    )


def _logs(cluster: Cluster) -> str:
    if cluster.deployment.on_kubernetes:
        return _("Logs go to the pods' output; how long they are kept is your cluster's business.")
    if cluster.deployment.in_docker:
        return _(
            "Logs: docker keeps five files of 50 MB a container. NocoBase's own files in storage/logs grow: let logrotate keep 14 days."
        )
    return _(
        "Logs: the journal limits itself (SystemMaxUse in journald.conf). NocoBase's own files in storage/logs grow: let logrotate keep 14 days."
    )


def _after_redis(cluster: Cluster) -> str:
    title = _("After Redis was away")
    if cluster.deployment.on_kubernetes:
        return chapter(
            title,
            _(
                "Away for longer than a few seconds: a pod answers 503 for good, and its process goes on. The liveness probe ends such a pod after a minute, once for each. If pods still name ECONNREFUSED five minutes after Redis is back:"
            ),
            restart_all(cluster, "restart"),
        )
    return chapter(
        title,
        _(
            "Away for longer than a few seconds: a node answers 503 for good, and its process goes on. nocobase-health.timer restarts such a node once Redis and the database answer again, one after the other, at most {limit} times an hour; `journalctl -u nocobase-health` shows it. `touch {file}` on a node turns it off. Where it is off, or nodes still name ECONNREFUSED five minutes later: the block restart above."
        ).format(limit=LIMIT, file=OFF),
    )
