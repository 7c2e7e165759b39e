"""The difference between two states of a folder, by what the operators of the cluster have to do."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nbcluster.cluster import Cluster, Node
from nbcluster.errors import NbclusterError
from nbcluster.facts import numbers_of
from nbcluster.files.change.baseline import Snapshot

DOCUMENTS = (
    "SUMMARY.md",
    "summary.html",
    "RUNBOOK.md",
    "OPERATE.md",
    "CHANGE.md",
    "answers.toml",
    "manifest.json",
    ".gitignore",
    "report.json",
)
"""Files that no node and no balancer reads."""

_BALANCERS = ("nginx/", "haproxy/", "caddy/", "balancer.md")
_ELSEWHERE = (*_BALANCERS, "ansible/", "helm/")
_OF_THE_ROLLOUT = ("ansible/",)
"""Files that tell Ansible what to do: they do not change a node by themselves."""


@dataclass(frozen=True)
class Difference:
    """What changed; without ``before`` only the files are known. ``files`` are those that differ, without documents.

    A node that moved to another machine is removed there and added here; one that has another name or port on its machine is
    ``changed``. ``rotated`` are variables whose address stayed the same.
    """

    before: Cluster | None
    now: Cluster
    files: tuple[str, ...]
    added: tuple[Node, ...] = ()
    removed: tuple[Node, ...] = ()
    changed: tuple[Node, ...] = ()
    moved: tuple[str, ...] = ()
    rotated: tuple[str, ...] = ()
    version: bool = False
    rebuilt: bool = False
    """The deployment, the folder on the nodes or the share has changed."""
    present: tuple[str, ...] = ()
    """Those of the files that are there now."""

    def __bool__(self) -> bool:
        return bool(self.files or self.added or self.removed or self.changed or self.version or self.rebuilt)

    @property
    def of_nodes(self) -> tuple[str, ...]:
        """The files that nodes or pods read."""
        return tuple(path for path in self.files if not path.startswith(_ELSEWHERE))

    def restarts(self, node: Node) -> bool:
        """Tell whether a node that runs has to start again: the health timer reads its files by itself, and each node has one env file."""
        if node in self.changed:
            return True
        mine = (node.env_file, f"docker/{node.name}.address")
        common = (path for path in self.of_nodes if path != ".env" and not path.startswith(("nodes/", "systemd/nocobase-health")))
        return any(path in self.files for path in mine) or any(not path.endswith(".address") for path in common)

    @property
    def of_balancer(self) -> tuple[str, ...]:
        """The files of the balancer."""
        return tuple(path for path in self.files if path.startswith(_BALANCERS))

    @property
    def lower(self) -> bool:
        """Whether the version is earlier than that of the tables: NocoBase migrates upwards only (nocobase.md §7.1)."""
        if self.before is None or not self.version:
            return False
        old, new = (numbers_of(each.deployment.version) for each in (self.before, self.now))
        return bool(old and new) and new < old

    @property
    def visible(self) -> bool:
        """Whether the running cluster shows that the change has been made: only a version, or nodes that answer, can be seen.

        What a balancer, a unit, a compose file or an env file of a node that ran before says may not be in place yet, and nothing
        that can be asked from outside tells it.
        """
        if self.before is None or self.removed or self.changed or self.moved or self.rotated or self.rebuilt:
            return False
        fresh = {path for node in self.added for path in (node.env_file, f"docker/{node.name}.address")} - {".env"}
        unseen = [path for path in self.files if path not in fresh and not path.startswith(_OF_THE_ROLLOUT)]
        return not unseen and (self.version or bool(self.added))


def difference(before: Snapshot | None, now: Snapshot, cluster: Cluster) -> Difference:
    """Return what lies between two states; ``cluster`` is that of the second one."""
    old = _cluster(before)
    known = before.files if before is not None else {}
    files = tuple(sorted(path for path in {**known, **now.files} if known.get(path) != now.files.get(path)))
    present = tuple(path for path in files if path in now.files)
    if old is None or before is None:
        return Difference(None, cluster, files, present=present)
    were, are = ({_machine(node) for node in each.nodes} for each in (old, cluster))
    added = tuple(node for node in cluster.nodes if _machine(node) not in were)
    removed = tuple(node for node in old.nodes if _machine(node) not in are)
    known_as = {(node.name, _machine(node), node.port) for node in old.nodes}
    changed = tuple(
        node for node in cluster.nodes if node not in added and (node.name, _machine(node), node.port) not in known_as
    )
    # answers that do not apply are in no snapshot: both sides are compared as they were kept
    kept = _cluster(now) or cluster
    moved = tuple(_moved(old, kept))
    rebuilt = _place(old) != _place(kept)
    images = [(each.deployment.version, each.deployment.image) for each in (old, cluster)]
    found = Difference(old, cluster, files, added, removed, changed, moved, (), images[0] != images[1], rebuilt, present)
    # digests cost time: where nothing else differs, or everything has moved, nobody asks which values are others
    return found if moved or not found else replace(found, rotated=_rotated(before, now))


def _rotated(before: Snapshot, now: Snapshot) -> tuple[str, ...]:
    names = sorted({*before.secrets, *now.secrets})
    return tuple(name for name in names if before.secrets.get(name) != now.secrets.get(name))


def _cluster(snapshot: Snapshot | None) -> Cluster | None:
    if snapshot is None or not snapshot.answers:
        return None
    try:
        return snapshot.cluster()
    except (NbclusterError, ValueError, LookupError):
        return None


def _machine(node: Node) -> str:
    """Return what tells one machine from another: its host; pods have none, there it is the name."""
    return (node.host or node.name).lower()


def _moved(old: Cluster, new: Cluster) -> list[str]:
    """Return what has moved to another address: Redis, the broker, the database."""
    addresses = [{role.name: role.url.address for role in each.redis.roles} for each in (old, new)]
    brokers = [each.broker.url.address if each.broker is not None and each.broker.url is not None else "" for each in (old, new)]
    bases = [replace(each.database, pool_max=0, tls=False) for each in (old, new)]
    pairs = (("Redis", addresses), ("RabbitMQ", brokers), ("database", bases))
    return [name for name, (first, second) in pairs if first != second]


def _place(cluster: Cluster) -> object:
    found, share = cluster.deployment, cluster.share
    return found.kind, found.folder, found.account, share.path, share.server, share.export, cluster.kubernetes.namespace
