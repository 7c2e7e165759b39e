"""Verdicts on RabbitMQ, nodes and storage."""

from __future__ import annotations

from nbcluster.checks.catalogue.model import Outcome
from nbcluster.text import N_

_PERMISSIONS = N_(
    "rabbitmqctl set_permissions -p {vhost} {user} '^main[.].*' '^(main[.].*|amq[.]default)$' '^main[.].*' suffices for the checks;"
    " what the plugin needs beyond is not published: '.*' '.*' '.*' leaves nothing out."
)

_RABBITMQ: dict[str, Outcome] = {
    "rabbitmq.version.ok": Outcome("ok", N_("RabbitMQ {version}")),
    "rabbitmq.version.old": Outcome(
        "warn",
        N_("RabbitMQ {version}: NocoBase's documentation asks for 4.0"),
        N_("No reason is given there; what breaks with an older one is not known."),
        N_("Plan an upgrade to RabbitMQ 4."),
    ),
    "rabbitmq.version.product": Outcome(
        "warn",
        N_("this is {product} {version}, not RabbitMQ"),
        "",
        N_("NocoBase's plugin is made for RabbitMQ: test it, or use RabbitMQ 4."),
    ),
    "rabbitmq.version.unknown": Outcome(
        "error", N_("the broker does not tell a version"), N_("It said: {version}"), N_("Ask whoever runs it.")
    ),
    "rabbitmq.version.protocol": Outcome(
        "fail",
        N_("{host}:{port} does not speak AMQP 0-9-1"),
        N_("It offered another protocol: {seen}"),
        N_("Use the AMQP 0-9-1 port of RabbitMQ (5672, with TLS 5671)."),
    ),
    "rabbitmq.login.ok": Outcome("ok", N_("the login of {user} works")),
    "rabbitmq.login.refused": Outcome(
        "fail",
        N_("the broker refuses the user name or password of {user}"),
        "",
        N_("Check both: rabbitmqctl authenticate_user {user} PASSWORD. Reserved signs in the address are percent-encoded."),
    ),
    "rabbitmq.login.guest": Outcome(
        "fail",
        N_("the broker refuses the user guest"),
        N_("guest may only log in on the broker's own machine; it is also what an address without a user means."),
        N_("Make a user: rabbitmqctl add_user nocobase, then set_permissions -p VHOST nocobase '.*' '.*' '.*'."),
    ),
    "rabbitmq.vhost.ok": Outcome("ok", N_("the virtual host {vhost} is open to the user")),
    "rabbitmq.vhost.missing": Outcome(
        "fail",
        N_("there is no virtual host {vhost}"),
        "",
        N_("rabbitmqctl add_vhost {vhost}. An address without a path means the virtual host /."),
    ),
    "rabbitmq.vhost.denied": Outcome(
        "fail",
        N_("{user} may not enter the virtual host {vhost}"),
        "",
        N_("rabbitmqctl set_permissions -p {vhost} {user} '.*' '.*' '.*'"),
    ),
    "rabbitmq.vhost.limit": Outcome(
        "fail",
        N_("the virtual host {vhost} takes no more connections"),
        N_("It said: {reason}"),
        N_("rabbitmqctl list_vhost_limits"),
    ),
    "rabbitmq.queue.ok": Outcome(
        "ok",
        N_("a message went through a queue"),
        N_("Declared, published, confirmed, fetched; the broker removes the queue with the connection."),
    ),
    "rabbitmq.queue.configure": Outcome(
        "fail", N_("{user} may not make queues whose names begin with main. (configure)"), N_("It said: {reason}"), _PERMISSIONS
    ),
    "rabbitmq.queue.write": Outcome(
        "fail", N_("{user} may not send to queues whose names begin with main. (write)"), N_("It said: {reason}"), _PERMISSIONS
    ),
    "rabbitmq.queue.read": Outcome(
        "fail", N_("{user} may not take from queues whose names begin with main. (read)"), N_("It said: {reason}"), _PERMISSIONS
    ),
    "rabbitmq.queue.refused": Outcome(
        "fail", N_("the broker refuses the queue"), N_("It said: {reason}"), N_("Look at its policies and its log.")
    ),
    "rabbitmq.queue.lost": Outcome(
        "fail",
        N_("the message did not come back"),
        "",
        N_("Look at policies that limit or expire queues whose names begin with main."),
    ),
    "rabbitmq.redelivery.ok": Outcome(
        "ok", N_("a message that one channel left unfinished comes to another, marked as redelivered")
    ),
    "rabbitmq.redelivery.unmarked": Outcome(
        "warn",
        N_("a message left unfinished comes again without the mark of a redelivery"),
        "",
        N_("What stands between this machine and the broker changes messages: use the broker's own address."),
    ),
    "rabbitmq.redelivery.lost": Outcome(
        "fail",
        N_("a message that a channel left unfinished is lost"),
        N_("Work of a node that dies would be lost."),
        N_("Look at policies that limit or expire queues whose names begin with main."),
    ),
    "rabbitmq.queue.blocked": Outcome(
        "fail",
        N_("the broker takes no messages: an alarm is raised"),
        N_("It said: {reason}"),
        N_("Free memory or disk on the broker: rabbitmq-diagnostics alarms"),
    ),
}

_NODE: dict[str, Outcome] = {
    "node.port.closed": Outcome(
        "ok",
        N_("port {port} is closed, which is normal before the first boot"),
        N_("The machine answers: it refuses the connection."),
    ),
    "node.port.running": Outcome(
        "warn",
        N_("NocoBase runs there: the single node is still up"),
        N_("Its health check on port {port} answers ok."),
        N_("Stop it before the first boot of the cluster; two that do not know of each other must not use one database."),
    ),
    "node.port.occupied": Outcome(
        "warn",
        N_("a NocoBase already runs on port {port} of a node that should be empty"),
        N_("Its health check answers ok."),
        N_("Stop it before the first boot, or choose another node or port."),
    ),
    "node.port.http": Outcome(
        "warn",
        N_("a web server answers on port {port} of a node that should be empty"),
        N_("Perhaps a NocoBase that is starting or broken, perhaps something else."),
        N_("On the node: ss -ltnp 'sport = :{port}' names the program. Stop it before the first boot."),
    ),
    "node.port.open": Outcome(
        "warn",
        N_("something listens on port {port} of a node that should be empty"),
        "",
        N_("On the node: ss -ltnp 'sport = :{port}' names the program. Stop it before the first boot."),
    ),
}

_ON_A_NODE = N_(
    "On each node: findmnt -T {path} && touch {path}/.nbcluster-probe-$(hostname) && ls -a {path}; each must see the files of all. Then remove them."
)

_STORAGE: dict[str, Outcome] = {
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
}

_STORAGE |= {
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
    "storage.mount.noexec": Outcome(
        "warn",
        N_("mounted noexec"),
        N_("Options: {options}. Plugins with programs of their own in storage/plugins cannot start them (unconfirmed)."),
        N_("Mount without noexec."),
    ),
    "storage.files.ok": Outcome(
        "ok", N_("rename, links and locks work"), N_("Files that this user makes belong to {owner}, mode {mode}.")
    ),
    "storage.files.closed": Outcome("skip", N_("not tried: no file can be made in {path} from this machine"), "", _ON_A_NODE),
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
        N_("Let it map to the user that runs NocoBase on all nodes: no_root_squash, or anonuid and anongid (unconfirmed)."),
    ),
    "storage.contents.ok": Outcome("ok", N_("nothing that belongs to one node alone; {plugins} plugins")),
    "storage.contents.local": Outcome(
        "warn",
        N_("holds what belongs to one node alone: {found}"),
        N_("Sockets and process files of one node are deleted by the next one's start; a database's files are never shared."),
        N_("Stop NocoBase, take them away; the written env files keep them on each node. Move a database's folder elsewhere."),
    ),
    "storage.contents.key": Outcome(
        "warn",
        N_("{file} is there: it signs the sessions, whatever APP_KEY says"),
        "",
        N_("Keep it and answer from-storage, or remove it: then everybody signs in again."),
    ),
    "storage.contents.version": Outcome(
        "warn",
        N_("{count} plugins of another version than {wanted}: {others}"),
        "",
        N_("All plugins have the version of the application: upgrade them on one node, as the runbook says."),
    ),
}

OUTCOMES = _RABBITMQ | _NODE | _STORAGE
