"""Faults between the nodes of one cluster: what has to be equal on all of them and is not (nocobase.md §2.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from nbcluster.answers.importer.sources import Kind, tag_of
from nbcluster.errors import Severity
from nbcluster.facts import ROLE_VARIABLES
from nbcluster.lint.application import Application
from nbcluster.lint.cluster import ClusterMembers, pods
from nbcluster.lint.model import EITHER, FAIL, Fault, Hit
from nbcluster.text import N_, _

_SAME = (
    *("APP_KEY", "APP_AES_SECRET_KEY", "ENCRYPTION_FIELD_KEY", "TZ", "DB_TIMEZONE", "DB_DIALECT", "DB_HOST", "DB_PORT"),
    *("DB_DATABASE", "DB_SCHEMA", "DB_TABLE_PREFIX", "DB_UNDERSCORED", "CACHE_DEFAULT_STORE", "LOCK_ADAPTER_DEFAULT"),
    *("QUEUE_ADAPTER", "APP_PUBLIC_PATH", "API_BASE_PATH", "WS_PATH", "PLUGIN_URL_HASH_SALT", "JWT_EXPIRES_IN"),
)
"""Variables whose values every node of a cluster has in common."""

_SWITCHES = frozenset({"CACHE_DEFAULT_STORE", "LOCK_ADAPTER_DEFAULT", "QUEUE_ADAPTER", "DB_HOST", "DB_DATABASE", "DB_DIALECT"})
"""Those of them that are missed on each node that lacks them."""

_DEFAULTS = {"DB_UNDERSCORED": "false", "APP_PUBLIC_PATH": "/", "API_BASE_PATH": "/api/", "WS_PATH": "/ws", "DB_SCHEMA": "public"}


def _values(member: Application, name: str) -> str | None:
    """Return what two nodes have to agree in; None where it is unknown, or where its absence is a fault of its own."""
    if member.unknown(name):
        return None
    if name in ROLE_VARIABLES.values():
        url = member.addresses.get(name)
        return None if url is None or url.faults else f"{url.host.lower()}:{url.effective_port}/{url.database}"
    value = member.value(name).strip()
    if not value and (name in _SWITCHES or name in member.decided):
        return None
    return value or _DEFAULTS.get(name, "")


def _differs(cluster: ClusterMembers) -> Iterator[Hit]:
    for name in (*_SAME, *ROLE_VARIABLES.values()):
        yield from _between(cluster, name, partial(_values, name=name))
    yield from _between(cluster, "DB_PASSWORD", partial(_password, first=cluster.members[0]))


def _password(member: Application, first: Application) -> str | None:
    """Return the password of the account that the first node uses: another account has another one."""
    same = all(member.value(name) == first.value(name) for name in ("DB_HOST", "DB_USER"))
    return member.value("DB_PASSWORD") or None if same else None


def _message(cluster: ClusterMembers, first: Application, second: Application) -> str:
    names = cluster.name_of(first), cluster.name_of(second)
    return _("differs between {first} and {second}, which belong to one cluster.").format(first=names[0], second=names[1])


def _between(cluster: ClusterMembers, name: str, value_of: Callable[[Application], str | None]) -> Iterator[Hit]:
    """Yield the first member that has another value than the first one of which it is known."""
    known = [(member, value) for member in cluster.members for value in (value_of(member),) if value is not None]
    for member, value in known[1:]:
        if value != known[0][1]:
            yield member.at(name, _message(cluster, known[0][0], member))
            return


def _images(cluster: ClusterMembers) -> Iterator[Hit]:
    known = [(member, tag_of(member.setup.image.value)[1]) for member in cluster.members if member.setup.image]
    for member, tag in known[1:]:
        if tag != known[0][1]:
            names = cluster.name_of(known[0][0]), cluster.name_of(member)
            message = _("the image of {first} has another tag than that of {second}.").format(first=names[0], second=names[1])
            yield cluster.at(member, member.setup.image, message)
            return


def _storage(cluster: ClusterMembers) -> Iterator[Hit]:
    composed = [member for member in cluster.members if member.kind is Kind.COMPOSE]
    mounted = [member for member in composed if member.setup.storage]
    for member in composed:
        if len(composed) > 1 and mounted and not member.setup.storage and member.setup.scale.volume == "none":
            message = _("{service} mounts no storage, and other services do: what it writes stays in its container.")
            yield cluster.at(member, member.setup.image, message.format(service=cluster.name_of(member)))
    for member in mounted[1:]:
        if member.setup.storage.value.rstrip("/") != mounted[0].setup.storage.value.rstrip("/"):
            names = cluster.name_of(mounted[0]), cluster.name_of(member)
            message = _("{first} and {second} have different folders as storage.").format(first=names[0], second=names[1])
            yield cluster.at(member, member.setup.storage, message)
            return
    yield from _pods(cluster)


def _pods(cluster: ClusterMembers) -> Iterator[Hit]:
    of_pods = [member for member in cluster.members if member.kind is Kind.KUBERNETES]
    total = sum(pods(member) for member in of_pods)
    for member in of_pods:
        scale = member.setup.scale
        if total < 2 or not member.setup.image:
            continue
        if scale.volume == "own":
            message = _("each pod of {workload} has a storage of its own: what one writes the others do not see.")
        elif scale.volume == "node":
            message = _("the storage of {workload} is a folder of the machine that a pod runs on.")
        elif scale.volume == "none":
            message = _("{workload} mounts no storage: what one pod writes the others do not see, and it is lost with the pod.")
        else:
            continue
        severity = Severity.WARNING if scale.volume == "none" else Severity.ERROR
        hit = cluster.at(member, member.setup.storage or member.setup.image, message.format(workload=cluster.name_of(member)))
        yield Hit(hit.file, hit.line, hit.name, hit.message, severity=severity)


def _one_node_only(cluster: ClusterMembers) -> Iterator[Hit]:
    of_pods = [member for member in cluster.members if member.kind is Kind.KUBERNETES]
    claims: dict[tuple[str, int], list[Application]] = {}
    for member in of_pods:
        modes = member.setup.scale.modes
        if modes and "ReadWriteMany" not in modes.value.split(","):
            claims.setdefault((modes.file or member.file, modes.line), []).append(member)
    for members in claims.values():
        if sum(pods(member) for member in members) > 1:
            yield cluster.at(members[0], members[0].setup.scale.modes, "")


FAULTS: tuple[Fault, ...] = (
    Fault(
        "nodes-differ",
        FAIL,
        N_("A value that all nodes have in common differs"),
        N_(
            "Keys, time zone, database and the addresses of Redis are the same on every node: otherwise sessions are refused, "
            "dates shift, or the nodes do not hear of each other."
        ),
        hint=N_("Write the same value for every node; only WORKER_MODE, CLUSTER_MODE and paths of the node itself may differ."),
        cluster=_differs,
        observed="401 INVALID_TOKEN: Your session has expired. Please sign in again. (another APP_KEY)",
    ),
    Fault(
        "nodes-image",
        FAIL,
        N_("Nodes of one cluster run different images"),
        N_("The application, its plugins and the database's tables belong to one version; nodes are upgraded together."),
        hint=N_("Write one exact tag, the same for every service; upgrade all nodes together."),
        cluster=_images,
    ),
    Fault(
        "nodes-storage",
        EITHER,
        N_("The storage is not shared"),
        N_("Uploads, plugins and key files lie in storage/: every node has to see the same ones."),
        hint=N_("Give all of them the same shared storage: one folder or volume, on Kubernetes a claim with ReadWriteMany."),
        cluster=_storage,
    ),
    Fault(
        "storage-access",
        FAIL,
        N_("A claim without ReadWriteMany for several pods"),
        N_("ReadWriteOnce admits the pods of one machine only: the others wait for the volume for ever."),
        N_("the claim of the storage does not admit several machines, and several pods want it."),
        N_("Write accessModes: [ReadWriteMany] and a storage class that can, such as NFS, CephFS or EFS."),
        cluster=_one_node_only,
        observed="Multi-Attach error for volume (of Kubernetes)",
    ),
)
