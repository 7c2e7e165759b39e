"""Checks of the shared storage, where this machine has it mounted."""

from __future__ import annotations

from nbcluster.catalogue.model import Check, Outcome
from nbcluster.text import N_

_ON_A_NODE = N_(
    "On each node: findmnt -T {path} && touch {path}/.nbcluster-probe-$(hostname) && ls -a {path}; each must see the files of all. Then remove them."
)

CHECKS: tuple[Check, ...] = (
    Check(
        "storage.path",
        N_("The storage folder is a share that can be written"),
        N_(
            "Only where this machine has it mounted: makes, renames and removes one hidden file .nbcluster-probe-<random>."
            " That all nodes see the same files can only be shown on the nodes."
        ),
        N_("Mount the share on every node, at the same path."),
        ("create, write, fsync, rename and remove <path>/.nbcluster-probe-<random>",),
        outcomes={
            "storage.path.ok": Outcome(
                "ok", N_("{path} is on {kind} and can be written, {free} GiB free"), N_("Mounted at {mount} on this machine.")
            ),
            "storage.path.absent": Outcome("skip", N_("not mounted on this machine: {path}"), "", _ON_A_NODE),
            "storage.path.relative": Outcome(
                "skip", N_("not testable here: {path} is relative to the nodes' application folder"), "", _ON_A_NODE
            ),
            "storage.path.local": Outcome(
                "warn",
                N_("{path} is on a disk of this machine ({kind}), not on a share"),
                N_("Mounted at {mount}. A folder of that name on each node is not shared by being there."),
                _ON_A_NODE,
            ),
            "storage.path.full": Outcome(
                "warn", N_("only {free} GiB are free on {path}"), "", N_("Uploads, plugins and backups go there: make room.")
            ),
            "storage.path.inodes": Outcome(
                "warn",
                N_("only {free} more files can be made on {path}"),
                N_("Plugins bring tens of thousands of files; a file system without inodes is full whatever room it has."),
                N_("df -i {path} shows them: make room, or a file system with more inodes."),
            ),
            "storage.path.no_space": Outcome(
                "fail", N_("{path} is full"), "", N_("Make room, or raise the quota, before the first boot.")
            ),
            "storage.path.read_only": Outcome(
                "warn",
                N_("{path} is mounted read-only on this machine"),
                "",
                N_("The nodes have to write there: check the export and the mount options."),
            ),
            "storage.path.denied": Outcome(
                "warn",
                N_("you may not write in {path} from this machine"),
                N_("That says nothing of the user that runs NocoBase on the nodes."),
                _ON_A_NODE,
            ),
            "storage.path.stale": Outcome(
                "error",
                N_("the mount of {path} is broken"),
                N_("The system said: {reason}"),
                N_("Mount it again: umount -l {path}; mount {path}"),
            ),
            "storage.path.hangs": Outcome(
                "error",
                N_("{path} does not answer"),
                N_("A share whose server is gone hangs like this."),
                N_("Check the storage server, then mount again."),
            ),
            "storage.path.other": Outcome("error", N_("{path} cannot be judged"), N_("The system said: {reason}"), _ON_A_NODE),
        },
    ),
    Check(
        "storage.mount",
        N_("The share is mounted with sound options"),
        N_("Reads /proc/self/mountinfo of this machine; the nodes may mount it otherwise."),
        N_("hard, locks on the server, no noexec; the same on all nodes."),
        families=("storage.path",),
        outcomes={
            "storage.mount.ok": Outcome("ok", N_("{kind} from {source}"), N_("Options: {options}")),
            "storage.mount.soft": Outcome(
                "warn",
                N_("mounted soft"),
                N_("Options: {options}. When the server is slow, a soft mount gives up and can lose data (unconfirmed)."),
                N_("Mount with hard, on the nodes too."),
            ),
            "storage.mount.locks": Outcome(
                "warn",
                N_("locks stay on this machine"),
                N_("Options: {options}"),
                N_("Take nolock or local_lock=all out where a tool of yours relies on locks; NocoBase itself does not."),
            ),
            "storage.mount.objects": Outcome(
                "warn",
                N_("{kind}: a file system over an object store"),
                N_("A rename is a copy there, and nothing is atomic: NocoBase replaces files by rename (unconfirmed)."),
                N_("Use NFS, CephFS, GlusterFS or EFS for the folder, and the object store as a file storage inside NocoBase."),
            ),
            "storage.mount.noexec": Outcome(
                "warn",
                N_("mounted noexec"),
                N_("Options: {options}. Plugins with programs of their own in storage/plugins cannot start them (unconfirmed)."),
                N_("Mount without noexec."),
            ),
        },
    ),
    Check(
        "storage.files",
        N_("Files can be renamed, linked and locked"),
        N_("On hidden files .nbcluster-probe-<random> of its own, which it removes. Tells whom they belong to."),
        N_("The kind of share, its export and its mount options."),
        ("create, rename, link, lock and remove <path>/.nbcluster-probe-<random>",),
        ("storage.path",),
        outcomes={
            "storage.files.ok": Outcome(
                "ok", N_("rename, links and locks work"), N_("Files that this user makes belong to {owner}, mode {mode}.")
            ),
            "storage.files.closed": Outcome(
                "skip", N_("not tried: no file can be made in {path} from this machine"), "", _ON_A_NODE
            ),
            "storage.files.refused": Outcome(
                "warn",
                N_("does not work here: {refused}"),
                N_("NocoBase writes by rename and relies on no lock; other tools may need the rest."),
                N_("Check the kind of share and its mount options."),
            ),
            "storage.files.squashed": Outcome(
                "warn",
                N_("files that user {user} makes belong to {owner}"),
                N_("The export maps users (root_squash, all_squash)."),
                N_(
                    "Let it map to the user that runs NocoBase on all nodes: no_root_squash, or anonuid and anongid (unconfirmed)."
                ),
            ),
        },
    ),
    Check(
        "storage.contents",
        N_("Nothing lies there that belongs to one node or decides against the answers"),
        N_("Looks for .pm2, sockets, db/, apps/main/jwt_secret.dat and the versions of unpacked plugins. Reads no other file."),
        N_("Take away what belongs to one node; upgrade plugins with the application."),
        families=("storage.path",),
        outcomes={
            "storage.contents.ok": Outcome("ok", N_("nothing that belongs to one node alone; {plugins} plugins")),
            "storage.contents.local": Outcome(
                "warn",
                N_("holds what belongs to one node alone: {found}"),
                N_(
                    "Sockets and process files of one node are deleted by the next one's start; a database's files are never shared."
                ),
                N_(
                    "Stop NocoBase, take them away; the written env files keep them on each node. Move a database's folder elsewhere."
                ),
            ),
            "storage.contents.key": Outcome(
                "warn",
                N_("{file} is there: it signs the sessions, whatever APP_KEY says"),
                "",
                N_("Keep it and answer from-storage, or remove it: then everybody signs in again."),
            ),
            "storage.contents.upgrading": Outcome(
                "warn",
                N_("{file} is there: the next node that starts upgrades and removes it"),
                "",
                N_("Let that be the one node of the first boot; or remove the file if no upgrade is under way."),
            ),
            "storage.contents.queue": Outcome(
                "warn",
                N_("{file} is there: work that a node without a queue adapter had left"),
                N_("Several nodes with the memory queue overwrite each other's file there."),
                N_("Let the single node finish its work before it is stopped, then remove the file."),
            ),
            "storage.contents.version": Outcome(
                "warn",
                N_("{count} plugins of another version than {wanted}: {others}"),
                "",
                N_("All plugins have the version of the application: upgrade them on one node, as the runbook says."),
            ),
        },
    ),
    Check(
        "storage.variable",
        N_("The name of RabbitMQ's variable is the one that the plugin reads"),
        N_("Only with RabbitMQ. The name is published nowhere: the server code of the unpacked plugin is searched for it."),
        N_("`queue.url_variable`."),
        families=("storage.path",),
        outcomes={
            "storage.variable.ok": Outcome(
                "ok", N_("{found} is the name of RabbitMQ's variable"), N_("Read from {file} of the plugin, version {version}.")
            ),
            "storage.variable.other": Outcome(
                "fail",
                N_("the plugin reads {found}, not {url_variable}"),
                N_(
                    "Read from {file} of the plugin, version {version}. With another name the queue stays in memory, without a message."
                ),
                N_('Answer queue.url_variable = "{found}".'),
            ),
            "storage.variable.absent": Outcome(
                "skip",
                N_("{plugin} is not unpacked in this storage"),
                N_("The name {url_variable} stays unconfirmed."),
                N_("When it is: nbcluster inspect-plugin {path}/plugins/{plugin}"),
            ),
            "storage.variable.unclear": Outcome(
                "skip",
                N_("no single variable of {plugin} can be the broker's address"),
                N_("The name {url_variable} stays unconfirmed."),
                N_("nbcluster inspect-plugin {path}/plugins/{plugin} lists what it reads."),
            ),
        },
    ),
)
