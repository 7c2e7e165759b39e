"""Step 8: the machines that run NocoBase."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nbcluster.answers.answers import Answers
from nbcluster.answers.compound import node_host
from nbcluster.answers.fields import Field, FieldKind, Row, Table
from nbcluster.answers.host import HOST, is_loopback
from nbcluster.answers.targets import Target, TargetKind
from nbcluster.errors import Problem, error, warning
from nbcluster.facts import NAME
from nbcluster.steps.model import Context, Rule, Step
from nbcluster.steps.start import in_containers, in_docker, on_hosts, on_kubernetes, on_machines
from nbcluster.text import N_, _


def counted_nodes(answers: Answers) -> tuple[tuple[int, Row], ...]:
    """Return the nodes that count, each with its place in the table.

    One without a host is a line that is still to be filled in, and nothing follows from it; on Kubernetes hosts are not asked.
    """
    rows = enumerate(answers.rows("nodes"))
    return tuple((index, row) for index, row in rows if row.get("host") or on_kubernetes(answers))


def spans_hosts(answers: Answers) -> bool:
    """Tell whether at least one node is on another machine than this one, so that localhost means different things; a container is one."""
    return in_containers(answers) or any(not is_loopback(str(row.get("host") or "")) for _index, row in counted_nodes(answers))


def localhost(answers: Answers, context: Context, path: str, rule: str, host: str) -> Iterable[Problem]:
    """Yield what is wrong with a server that the nodes are to find on localhost, or by the name of a compose service."""
    if is_loopback(host) and spans_hosts(answers):
        yield error(
            path,
            rule,
            _("{host} is another machine on every node.").format(host=host),
            _("Write the address under which all nodes reach this server."),
        )
    elif host in context.neighbours:
        yield warning(
            path,
            rule,
            _("{host} is a service of the compose file: other machines do not know that name.").format(host=host),
            _("Write an address that every node reaches."),
        )


def mode_of(row: Row) -> str:
    """Return the WORKER_MODE of a node, empty where it has none."""
    return str(row.get("worker_mode") or "")


def serves_requests(mode: str) -> bool:
    """Tell whether a node of a WORKER_MODE may stand in the load balancer: empty, !, or a list that begins with it (nocobase.md §2.3)."""
    return mode in ("", "!") or mode.startswith("!,")


def serves_topic(mode: str, topic: str) -> bool:
    """Tell whether a node of a WORKER_MODE works on a topic, by the literal rules of the core's ``serving``."""
    return mode in ("", "*") or (mode not in ("!", "-") and topic in mode.split(","))


def port_of(answers: Answers, row: Row) -> int:
    """Return the port a node listens on: its own, or the one of all."""
    own = row.get("port")
    return own if isinstance(own, int) else answers.number("app.port")


ACCOUNT = "nocobase"
"""The account that runs NocoBase on every node, unless app.user says another."""

FOLDER = "/srv/nocobase/app"
"""Where NocoBase is installed on every node, unless app.folder says another place."""

SSH = r"(?:[A-Za-z0-9_.][A-Za-z0-9_.@+-]*@)?(?:(?:[A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+)"
"""``user@host:2222`` as ssh takes it, account and port optional; no option of ssh, which begins with a hyphen."""


@dataclass(frozen=True)
class Destination:
    """Where ssh reaches a node; without an account or a port, ssh's own configuration decides. ``host`` may be an alias of it."""

    account: str
    host: str
    port: int | None

    @property
    def target(self) -> str:
        """Account and host as ssh takes them; an address of IPv6 without brackets."""
        return f"{self.account}@{self.host}" if self.account else self.host


def destination_of(row: Row) -> Destination:
    """Return where ssh reaches a node: what was answered for it, else its host under the account of whoever runs ssh."""
    account, _at, place = str(row.get("ssh") or row.get("host")).rpartition("@")
    found = re.fullmatch(r"([^:]+|\[.*\]):([0-9]+)", place)
    host, port = (found[1], int(found[2])) if found else (place, None)
    return Destination(account, host.strip("[]"), port)


def _ssh(answers: Answers, context: Context) -> Iterable[Problem]:
    seen: dict[Destination, tuple[str, str]] = {}
    for index, row in enumerate(answers.rows("nodes")):
        if not row.get("ssh") or on_kubernetes(answers):
            continue
        path, found, host = f"nodes[{index}].ssh", destination_of(row), str(row.get("host") or "").lower()
        if not found.account and "." not in found.host and found.host in (answers.text("app.user"), "root", context.account):
            yield error(
                path,
                "ssh",
                _("{name} is an account, and stands where a host or an alias of the ssh configuration belongs.").format(
                    name=found.host
                ),
                _("Write {name}@{host}.").format(name=found.host, host=host or "HOST"),
            )
        if found.port is not None and not 1 <= found.port <= 65535:
            yield error(path, "ssh", _("{port} is no port.").format(port=found.port), _("Write a number from 1 to 65535."))
        before, name = seen.setdefault(found, (host, str(row.get("name"))))
        # two nodes of one machine have the same destination
        if before != host:
            yield error(
                path,
                "ssh",
                _("{destination} already reaches the node {name}.").format(destination=row.get("ssh"), name=name),
                _("Write the destination of this node: user@host, a host, or an alias of the ssh configuration."),
            )


def _count(answers: Answers, _context: Context) -> Iterable[Problem]:
    rows = [row for _index, row in counted_nodes(answers)]
    serving = [row for row in rows if serves_requests(mode_of(row))]
    if not rows:
        yield error("nodes", "nodes", _("there are no nodes."), _("Add at least one; two or more make a cluster."))
    elif not serving:
        yield error("nodes", "nodes", _("no node serves requests."), _("Leave WORKER_MODE empty on at least one node."))
    elif len(serving) == 1:
        yield warning(
            "nodes",
            "nodes",
            _("only one node serves requests: when it stops, users are cut off."),
            _("Two or more survive the loss of one."),
        )


def _duplicates(answers: Answers, _context: Context) -> Iterable[Problem]:
    names: dict[str, int] = {}
    places: dict[tuple[str, int], int] = {}
    counted = on_kubernetes(answers)
    for index, row in enumerate(answers.rows("nodes")):
        name, host = str(row.get("name") or ""), "" if counted else str(row.get("host") or "").lower()
        if name in names:
            yield error(
                f"nodes[{index}].name",
                "nodes-duplicate",
                _("the name {name} is used twice.").format(name=name),
                _("Give every node a name of its own."),
            )
        place = (host, port_of(answers, row))
        if host and place in places:
            yield error(
                f"nodes[{index}].host",
                "nodes-duplicate",
                _("{host}:{port} is already node {name}.").format(
                    host=host, port=place[1], name=answers.rows("nodes")[places[place]].get("name")
                ),
                _("Write its own address, or another port on the same host."),
            )
        names.setdefault(name, index)
        places.setdefault(place, index)


def _local(answers: Answers, _context: Context) -> Iterable[Problem]:
    rows = counted_nodes(answers)
    local = [is_loopback(str(row.get("host") or "")) for _index, row in rows]
    if any(local) and not all(local) and not on_kubernetes(answers):
        index, row = rows[local.index(True)]
        yield error(
            f"nodes[{index}].host",
            "nodes-localhost",
            _("{host} is another machine for the load balancer.").format(host=row.get("host")),
            _("Write the address under which the balancer reaches the node."),
        )


def _published(answers: Answers, _context: Context) -> Iterable[Problem]:
    if not in_docker(answers):
        return
    for index, row in counted_nodes(answers):
        host = str(row.get("host"))
        if not re.fullmatch(r"[0-9.]+", host) and not is_loopback(host):
            yield warning(
                f"nodes[{index}].host",
                "docker-address",
                _(
                    "is a name, but docker publishes ports on addresses only: port {port} would be open on every interface."
                ).format(port=port_of(answers, row)),
                _("Write the IPv4 address of the node instead."),
            )


_SYSTEM = (
    *("/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys"),
    *("/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin", "/usr/sbin", "/var", "/var/lib", "/var/tmp"),  # noqa: S108 - refused paths
)
_OF_THE_SYSTEM = ("/dev/", "/etc/", "/proc/", "/run/", "/sys/")
"""Directories whose content is temporary or belongs to the system."""


def _folder(answers: Answers, _context: Context) -> Iterable[Problem]:
    folder, share = answers.text("app.folder").rstrip("/") + "/", answers.text("storage.path").rstrip("/") + "/"
    if on_machines(answers) and folder.startswith(share):
        yield error(
            "app.folder",
            "app-folder",
            _("lies on the share, {share}: .env, sockets and PM2's files are each node's own.").format(share=share.rstrip("/")),
            _("Name a folder on a local disk, such as {folder}.").format(folder=FOLDER),
        )
    if on_machines(answers) and (folder.rstrip("/") in _SYSTEM or folder.startswith(_OF_THE_SYSTEM)):
        yield error(
            "app.folder",
            "app-folder",
            _("is a system folder."),
            _("Name a folder on a local disk, such as {folder}.").format(folder=FOLDER),
        )


def _account(answers: Answers, _context: Context) -> Iterable[Problem]:
    if on_hosts(answers) and answers.text("app.user") == "root":
        yield warning(
            "app.user",
            "app-user",
            _("is root: whatever breaks into NocoBase owns the node."),
            _("Make an account of its own, such as {account}.").format(account=ACCOUNT),
        )


def targets(answers: Answers) -> Iterable[Target]:
    """Return every node's port as a target."""
    # pods have no address before they run
    for row in () if on_kubernetes(answers) else answers.rows("nodes"):
        name, host, port = str(row.get("name") or ""), str(row.get("host") or ""), port_of(answers, row)
        if name and host:
            yield Target(
                f"node.{name}",
                TargetKind.NODE,
                f"{host}:{port}",
                {
                    "host": host,
                    "port": port,
                    "public_path": answers.text("app.public_path"),
                    "installation": answers.text("app.installation"),
                },
                ("nodes", "app.port", "app.public_path", "app.installation"),
            )


RULES = (
    Rule("nodes", _count),
    Rule("nodes-duplicate", _duplicates),
    Rule("nodes-localhost", _local),
    Rule("ssh", _ssh),
    Rule("docker-address", _published),
    Rule("app-folder", _folder),
    Rule("app-user", _account),
)


COLUMNS = (
    Field(
        "name",
        FieldKind.TEXT,
        N_("Name"),
        required=True,
        pattern=NAME,
        why=N_("Names the node in every file and report."),
        pattern_hint=N_("use lower-case letters, digits and hyphens, at most 40, beginning with a letter or digit"),
        placeholder="node1",
        example=True,
    ),
    Field(
        "host",
        FieldKind.TEXT,
        N_("Host"),
        required=on_machines,
        pattern=HOST,
        why=N_(
            "Address at which the load balancer reaches the node. On Kubernetes each line stands for one pod, and only their number counts."
        ),
        pattern_hint=N_("write a host name or an IPv4 address"),
        compound=node_host,
        placeholder="172.31.0.1",
        example=True,
    ),
    Field(
        "port",
        FieldKind.INTEGER,
        N_("Port"),
        minimum=1,
        maximum=65535,
        variable="APP_PORT",
        why=N_("Only if this node uses a different port from the rest; it then gets an env file of its own."),
    ),
    Field(
        "ssh",
        FieldKind.TEXT,
        "SSH",
        pattern=SSH,
        pattern_hint=N_("write user@host, a host, or an alias from the ssh configuration"),
        placeholder="ops@172.31.0.1",
        example=True,
        why=N_(
            "Where ssh reaches the node, for the commands of the runbook: user@host or user@host:2222. Without @ it is a host, "
            "or an alias from the ssh configuration. The wizard itself never connects there."
        ),
    ),
)

STEP = Step(
    id="nodes",
    title=N_("Nodes"),
    why=N_(
        "All nodes run the same NocoBase version on the same operating system version, with the same variables; only port, processes and "
        "work may differ. Before the first boot their ports should be closed: an open one means that the single node still runs there."
    ),
    fields=(
        Field(
            "app.folder",
            FieldKind.PATH,
            N_("Application folder"),
            applies=on_machines,
            required=True,
            default=FOLDER,
            in_form=False,
            pattern=r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]+)+",
            pattern_hint=N_("write an absolute path of letters, digits and . _ -"),
            why=N_(
                "Where NocoBase is installed on every node, on a local disk; .env lies there. In docker, where compose.yaml's folder lies."
            ),
        ),
        Field(
            "app.user",
            FieldKind.TEXT,
            N_("Account on the nodes"),
            applies=on_hosts,
            required=True,
            default=ACCOUNT,
            in_form=False,
            pattern=r"[a-z_][a-z0-9_-]{0,31}",
            pattern_hint=N_("write the name of an account: lower-case letters, digits, _ and -"),
            why=N_("Account that runs NocoBase and owns its folder and the share."),
        ),
    ),
    tables=(Table("nodes", N_("Nodes"), COLUMNS),),
    rules=RULES,
    targets=targets,
)
