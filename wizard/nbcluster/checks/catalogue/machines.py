"""Verdicts on nodes, the storage folder and the load balancer's files."""

from __future__ import annotations

from nbcluster.checks.catalogue.model import Outcome
from nbcluster.text import N_

_WHO = N_("On the node: ss -ltnp 'sport = :{port}' names the program. Stop it before the first boot.")

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
        _WHO,
    ),
    "node.port.unhealthy": Outcome(
        "warn",
        N_("a NocoBase that is not healthy runs on port {port} of a node that should be empty"),
        N_("It says {state}."),
        N_("Stop it before the first boot: it still uses its database, and takes the port."),
    ),
    "node.port.alien": Outcome(
        "warn",
        N_("something that is no web server listens on port {port} of a node that should be empty"),
        N_("It said: {seen}"),
        _WHO,
    ),
    "node.port.silent": Outcome(
        "warn", N_("something listens on port {port} of a node that should be empty, and says nothing"), "", _WHO
    ),
    "node.port.reset": Outcome(
        "warn",
        N_("port {port} takes the connection and drops it"),
        N_("A program that wants another protocol, or a firewall or proxy in between."),
        _WHO,
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
    "storage.variable.ok": Outcome(
        "ok", N_("{found} is the name of RabbitMQ's variable"), N_("Read from {file} of the plugin, version {version}.")
    ),
    "storage.variable.other": Outcome(
        "fail",
        N_("the plugin reads {found}, not {url_variable}"),
        N_("Read from {file} of the plugin, version {version}. With another name the queue stays in memory, without a message."),
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
}

_BALANCER: dict[str, Outcome] = {
    "balancer.name.ok": Outcome("ok", N_("{server_name} is {addresses}")),
    "balancer.name.unknown": Outcome(
        "skip",
        N_("{server_name} cannot be resolved from this machine"),
        "",
        N_("Before users come, their DNS must know it: the address of the load balancer."),
    ),
    "balancer.port.free": Outcome("ok", N_("nothing listens on port {port} yet")),
    "balancer.port.own": Outcome("ok", N_("{kind} answers there ({server})")),
    "balancer.port.running": Outcome("ok", N_("NocoBase answers there")),
    "balancer.port.occupied": Outcome(
        "warn",
        N_("a NocoBase answers there already"),
        N_("The installation is to be a new one."),
        N_("Choose another name or port, or answer that the installation exists."),
    ),
    "balancer.port.other": Outcome(
        "warn",
        N_("another program listens on port {port}: {server}"),
        "",
        N_("Stop it, or choose another port: two programs cannot share one."),
    ),
    "balancer.port.strange": Outcome(
        "warn",
        N_("something listens on port {port} that does not answer as a web server"),
        "",
        N_("ss -ltnp on that machine names it."),
    ),
    "balancer.port.unreachable": Outcome(
        "skip", N_("{server_name} port {port} cannot be reached from this machine"), "", N_("Look on the load balancer: ss -ltn")
    ),
    "balancer.syntax.ok": Outcome("ok", N_("{program} accepts its file")),
    "balancer.syntax.absent": Outcome("skip", N_("{program} is not on this machine")),
    "balancer.syntax.untried": Outcome(
        "skip",
        N_("{program} cannot judge its file here"),
        N_("It said: {reason}"),
        N_("On the load balancer its own test says more, before it is loaded."),
    ),
    "balancer.syntax.refused": Outcome(
        "fail",
        N_("{program} refuses its file"),
        N_("It said: {reason}"),
        N_("Upgrade {program}: the file needs one that knows these directives."),
    ),
    "balancer.certificate.ok": Outcome("ok", N_("certificate and key fit together, until {until}"), N_("Names: {names}")),
    "balancer.certificate.elsewhere": Outcome(
        "skip",
        N_("not on this machine: {file}"),
        "",
        N_("On the load balancer: openssl x509 -noout -enddate -ext subjectAltName -in {certificate}"),
    ),
    "balancer.certificate.unreadable": Outcome(
        "skip", N_("you may not read {file}"), "", N_("Run the check as a user who may, or look at it on the load balancer.")
    ),
    "balancer.certificate.encrypted": Outcome(
        "fail",
        N_("the key {file} wants a passphrase"),
        N_("The load balancer would ask for it at every start."),
        N_("openssl pkey -in {file} -out FILE writes it without one; keep that file mode 0600."),
    ),
    "balancer.certificate.mismatch": Outcome(
        "fail", N_("{key} is not the key of {file}"), "", N_("Put the pair together that was issued together.")
    ),
    "balancer.certificate.broken": Outcome(
        "fail",
        N_("{file} and {key} cannot be used: {reason}"),
        "",
        N_("Both in PEM form: the certificate first, then its chain."),
    ),
    "balancer.certificate.expired": Outcome("fail", N_("the certificate {file} has expired"), "", N_("Renew it.")),
    "balancer.certificate.ending": Outcome(
        "warn", N_("the certificate ends in {days} days, on {until}"), "", N_("Renew it, and see that this happens by itself.")
    ),
    "balancer.certificate.name": Outcome(
        "fail",
        N_("the certificate is not for {name}"),
        N_("Its names: {names}"),
        N_("Have it issued for the name that users type."),
    ),
}

OUTCOMES = _NODE | _STORAGE | _BALANCER
