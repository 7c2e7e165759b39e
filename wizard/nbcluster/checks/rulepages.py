"""The pages of the rules of the answers, by the id under which a problem names its rule: what ``explain rules.ID`` shows."""

from __future__ import annotations

from dataclasses import dataclass

from nbcluster.errors import Severity
from nbcluster.text import N_, _

_ERROR = (Severity.ERROR,)
_WARNING = (Severity.WARNING,)
_BOTH = (Severity.ERROR, Severity.WARNING)
_STATUS = {Severity.ERROR: "fail", Severity.WARNING: "warn"}


@dataclass(frozen=True)
class RulePage:
    """The page of a rule: how severe its problems are, the key paths or tables that it judges, none for all of them.

    ``title`` says what is true where it finds nothing; ``remedy`` is empty where only the message can say what to do. Both are msgids.
    """

    rule: str
    severities: tuple[Severity, ...]
    paths: tuple[str, ...]
    title: str
    remedy: str = ""

    @property
    def id(self) -> str:
        """The id under which ``check`` reports it."""
        return f"rules.{self.rule}"


PAGES: tuple[RulePage, ...] = (
    RulePage("required", _ERROR, (), N_("An answer that nothing else gives is there"), N_("Fill it in.")),
    RulePage("form", _ERROR, (), N_("Every answer has the form of its kind"), N_("Type it again.")),
    RulePage(
        "time-zone",
        _ERROR,
        ("app.timezone",),
        N_("The time zone is an IANA name"),
        N_("Write a name such as UTC, Europe/Berlin or Asia/Shanghai."),
    ),
    RulePage(
        "time-zone-kept", _ERROR, ("app.timezone",), N_("An existing installation keeps its time zone"), N_("Keep {before}.")
    ),
    RulePage(
        "time-zone-database",
        _BOTH,
        ("app.timezone",),
        N_("TZ and DB_TIMEZONE mean the same zone"),
        N_("Use the same zone in both."),
    ),
    RulePage(
        "version",
        _BOTH,
        ("app.version",),
        N_("The version is one that this program knows"),
        N_("Upgrade the single node to 2.2 first."),
    ),
    RulePage("image", _WARNING, ("app.image",), N_("An image belongs to a deployment in containers"), N_("Leave it out.")),
    RulePage(
        "base-env",
        _BOTH,
        (
            "app.base_env",
            "nodes",
        ),
        N_("What the imported file sets is known, and stays in force"),
        N_("Write an answer where the cluster is to differ from the old node."),
    ),
    RulePage(
        "license",
        _BOTH,
        ("license.confirmed",),
        N_("The licences of the adapter plugins are confirmed"),
        N_('Tick each plugin that the licence covers, and "Still being ordered" for the rest (license.pending).'),
    ),
    RulePage(
        "license-known", _ERROR, ("license.confirmed",), N_("What is confirmed is an adapter plugin"), N_("Known are: {names}.")
    ),
    RulePage(
        "license-plugins",
        _ERROR,
        ("license.plugins",),
        N_("Further plugins have names of packages"),
        N_("Write a name such as my-plugin or @my-company/plugin-name."),
    ),
    RulePage(
        "license-adapters",
        _BOTH,
        (
            "license.plugins",
            "license.confirmed",
            "license.adapters",
        ),
        N_("Another plugin that registers the adapters is named"),
        N_("Name it: its name goes into APPEND_PRESET_BUILT_IN_PLUGINS."),
    ),
    RulePage("redis-url", _ERROR, ("redis",), N_("Every Redis address can be used as it is written"), N_("Type it again.")),
    RulePage(
        "cache-apart",
        _ERROR,
        ("redis",),
        N_("The cache has a Redis database of its own"),
        N_("Give it a database number of its own."),
    ),
    RulePage(
        "roles-apart",
        _WARNING,
        ("redis",),
        N_("Every role has a Redis database of its own"),
        N_("Give it a database number of its own."),
    ),
    RulePage(
        "redis-localhost",
        _BOTH,
        ("redis",),
        N_("Redis is reached at the same address from every node"),
        N_("Write the address under which all nodes reach this server."),
    ),
    RulePage(
        "redis-claimed",
        _ERROR,
        ("redis",),
        N_("No other session uses these Redis databases"),
        N_("The next free numbers begin at {base}."),
    ),
    RulePage(
        "redis-queue-unused", _WARNING, ("redis.queue",), N_("A queue on RabbitMQ has no Redis address"), N_("Leave it out.")
    ),
    RulePage("queue-url", _ERROR, ("queue.url",), N_("RabbitMQ's address can be used as it is written"), N_("Type it again.")),
    RulePage(
        "queue-localhost",
        _BOTH,
        ("queue.url",),
        N_("RabbitMQ is reached at the same address from every node"),
        N_("Write the address under which all nodes reach this server."),
    ),
    RulePage(
        "queue-guest",
        _WARNING,
        ("queue.url",),
        N_("RabbitMQ's address names a user"),
        N_("Write amqp://user@host and the password."),
    ),
    RulePage(
        "queue-variable",
        _WARNING,
        ("queue.url_variable",),
        N_("The name of RabbitMQ's variable was confirmed"),
        N_("Read it from the installed plugin (the help of this field has the command) and type it here; Enter confirms it."),
    ),
    RulePage(
        "database-localhost",
        _BOTH,
        ("database.host",),
        N_("The database is reached at the same address from every node"),
        N_("Write the address under which all nodes reach this server."),
    ),
    RulePage(
        "database-claimed",
        _ERROR,
        ("database.name",),
        N_("No other session uses this database"),
        N_("Two clusters need two databases: choose another name."),
    ),
    RulePage(
        "database-kept",
        _ERROR,
        ("database",),
        N_("An existing installation keeps the names of its tables and its dialect"),
        N_("Keep {before}."),
    ),
    RulePage("database-verified", _WARNING, ("database.tls",), N_("The database's certificate was verified before")),
    RulePage(
        "database-password",
        _WARNING,
        ("database.password",),
        N_("The password neither begins nor ends with a blank"),
        N_("Make sure that it belongs to the password."),
    ),
    RulePage(
        "database-password-licence", _WARNING, ("database.password",), N_("NocoBase can make the instance id with this password")
    ),
    RulePage(
        "skip-reason",
        _ERROR,
        ("checks.skip",),
        N_("Every skipped check has a reason"),
        N_("Say why, for whoever reads the report."),
    ),
    RulePage(
        "skip-allowed",
        _ERROR,
        ("checks.skip",),
        N_("What is skipped may be skipped"),
        N_("Fix what it finds. Only a whole target that cannot be reached from here can be left out, by its first parts."),
    ),
    RulePage(
        "app-key",
        _BOTH,
        ("app.key",),
        N_("APP_KEY is long enough and not public"),
        N_("Let it be generated, or paste a longer one."),
    ),
    RulePage(
        "aes-key",
        _ERROR,
        ("app.aes_key",),
        N_("The AES key has 64 hex digits"),
        N_("A key file of 32 bytes is turned into digits by: od -An -vtx1 aes_key.dat | tr -d ' \\n'"),
    ),
    RulePage(
        "keys-kept",
        _ERROR,
        (
            "app.key",
            "app.aes_key",
        ),
        N_("An existing installation keeps its keys"),
        N_("Keep the old one."),
    ),
    RulePage(
        "jwt-file",
        _WARNING,
        ("app.key",),
        N_("No key file on the share beats APP_KEY"),
        N_("If this is another key than today's, remove the file during the conversion; the runbook has the line."),
    ),
    RulePage(
        "admin",
        _BOTH,
        ("admin",),
        N_("The first account fits the installation"),
        N_("Choose another one, or let it be generated."),
    ),
    RulePage(
        "admin-password",
        _BOTH,
        ("admin.password",),
        N_("The first password is neither public nor short"),
        N_("Choose another one, or let it be generated."),
    ),
    RulePage(
        "admin-existing",
        _ERROR,
        ("admin",),
        N_("The first account belongs to a new installation"),
        N_("Leave [admin] out for an existing installation."),
    ),
    RulePage(
        "storage-path",
        _ERROR,
        ("storage.path",),
        N_("The storage is an absolute path of its own"),
        N_("Use a folder of its own such as /srv/nocobase/storage."),
    ),
    RulePage("local-files", _WARNING, ("storage.path",), N_("Files of one node do not lie in the shared storage")),
    RulePage(
        "outside-storage",
        _BOTH,
        (
            "storage.path",
            "app.aes_key",
        ),
        N_("What all nodes need lies in the shared storage"),
    ),
    RulePage(
        "storage-options", _WARNING, ("storage.options",), N_("The mount of the storage waits for its server"), N_("Use hard.")
    ),
    RulePage("nodes", _BOTH, ("nodes",), N_("Two or more nodes serve requests"), N_("Two or more survive the loss of one.")),
    RulePage(
        "nodes-duplicate",
        _ERROR,
        ("nodes",),
        N_("Every node has a name and an address of its own"),
        N_("Give every node a name of its own."),
    ),
    RulePage(
        "nodes-localhost",
        _ERROR,
        ("nodes",),
        N_("The load balancer reaches every node at its address"),
        N_("Write the address under which the balancer reaches the node."),
    ),
    RulePage(
        "ssh",
        _ERROR,
        ("nodes",),
        N_("Every node has an ssh destination of its own"),
        N_("Write the destination of this node: user@host, a host, or an alias of the ssh configuration."),
    ),
    RulePage("docker-address", _WARNING, ("nodes",), N_("Docker publishes the node's port on one address only")),
    RulePage(
        "app-folder",
        _ERROR,
        ("app.folder",),
        N_("The application's folder is on a local disk"),
        N_("Name a folder on a local disk, such as {folder}."),
    ),
    RulePage(
        "app-user",
        _WARNING,
        ("app.user",),
        N_("NocoBase runs under an account of its own"),
        N_("Make an account of its own, such as {account}."),
    ),
    RulePage(
        "certificate",
        _ERROR,
        ("balancer",),
        N_("Certificate, key, redirect and port fit each other"),
        N_("Write the path of the certificate file on the balancer."),
    ),
    RulePage(
        "balancer-port",
        _ERROR,
        ("balancer.listen",),
        N_("No node on the balancer's host uses its port"),
        N_("Choose another port for one of the two (nodes[{index}].port)."),
    ),
    RulePage(
        "kubernetes-host",
        _ERROR,
        ("balancer.server_name",),
        N_("The host name can be used in an Ingress"),
        N_("Write a name that the users' DNS knows, such as nocobase.example.com."),
    ),
    RulePage(
        "kubernetes-entrance",
        _ERROR,
        ("kubernetes.ingress_class",),
        N_("An Ingress class or a Gateway says how users get in, and not both"),
        N_("Take one of the two out."),
    ),
    RulePage(
        "kubernetes-retired",
        _WARNING,
        ("kubernetes.ingress_class",),
        N_("The Ingress class is maintained"),
        N_("Plan the way to a Gateway (kubernetes.gateway) or to another controller."),
    ),
    RulePage(
        "kubernetes-gateway",
        _WARNING,
        ("balancer",),
        N_("Nothing is answered that the Gateway decides"),
        N_("Set it there, or leave it out here."),
    ),
    RulePage(
        "public-url",
        _ERROR,
        ("balancer.public_url",),
        N_("The public address has the application's path"),
        N_("Write {url}, or change app.public_path."),
    ),
    RulePage("public-url-ingress", _WARNING, ("balancer.public_url",), N_("The Ingress class can pass on the public address")),
    RulePage(
        "sticky-proxy",
        _WARNING,
        ("balancer.sticky",),
        N_("Sticky sessions do not all go to one node"),
        N_("All users would reach one node: leave it out, or choose HAProxy or Caddy, which set a cookie."),
    ),
    RulePage("formats", _ERROR, ("output.formats",), N_("The kinds of output fit the deployment"), N_("Known are: {names}.")),
    RulePage(
        "cluster-mode",
        _ERROR,
        ("nodes",),
        N_("CLUSTER_MODE and the cores of every node are usable"),
        N_("Write a number, max, 0 or -1, or leave it empty."),
    ),
    RulePage("worker-ids", _BOTH, ("nodes",), N_("There are enough worker ids for all processes")),
    RulePage(
        "worker-mode",
        _ERROR,
        ("nodes",),
        N_("WORKER_MODE is a list of topics"),
        N_("Write !, * or topics such as workflow:process,async-task:process."),
    ),
    RulePage(
        "topics",
        _ERROR,
        ("nodes",),
        N_("Some node works on every topic"),
        N_("Leave WORKER_MODE empty, or add a node with * or {topic}."),
    ),
    RulePage("kubernetes-cluster-mode", _ERROR, ("nodes",), N_("A pod runs one process")),
    RulePage(
        "kubernetes-port",
        _WARNING,
        ("nodes",),
        N_("Pods share the application's port"),
        N_("Leave it out; all pods use the application's port."),
    ),
)


def page_of(rule_id: str) -> RulePage | None:
    """Return the page of ``rules.ID``; none where there is no such rule."""
    return next((page for page in PAGES if page.id == rule_id), None)


def text_of(page: RulePage) -> str:
    """Return a page as plain text, in the active language."""
    words = " / ".join(_STATUS[severity] for severity in page.severities)
    lines = [f"{page.id}  ({words})", "", _(page.title), ""]
    lines.append(_("It judges: {paths}").format(paths=", ".join(page.paths) or _("every answer")))
    lines += ["", _("Remedy: {remedy}").format(remedy=_(page.remedy) or _("what the message of the rule says"))]
    return "\n".join(lines)
