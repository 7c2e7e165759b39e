"""Step 7: the folder that all nodes share (nocobase.md §10)."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.compound import storage_server
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.answers.host import SUBDOMAIN
from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import ParamValue, Target, TargetKind
from nbcluster.answers.url import told
from nbcluster.errors import Problem, error, warning
from nbcluster.facts import IMAGE_FOLDER, IMAGE_STORAGE, NODE_LOCAL
from nbcluster.steps.middleware.queue import is_rabbitmq
from nbcluster.steps.model import Context, Rule, Step
from nbcluster.steps.start import in_containers, on_kubernetes, on_machines
from nbcluster.text import N_, _

_SYSTEM = ("/", "/etc", "/usr", "/var", "/home", "/root", "/tmp", "/dev", "/proc", "/sys", "/run", "/boot")  # noqa: S108 - refused paths


SERVER = r"[A-Za-z0-9_\[][A-Za-z0-9_.,:%\[\]-]*"
"""A file server as mount(8) takes it: CephFS names several monitors with their ports, an address of IPv6 stands in brackets."""


def default_options(answers: Answers) -> str:
    """Return mount options for the kind of share (nocobase.md §10, unconfirmed)."""
    return {"nfs": "hard,noatime,_netdev", "efs": "tls,_netdev", "cephfs": "noatime,_netdev", "glusterfs": "_netdev"}.get(
        answers.text("storage.kind"), ""
    )


def _path(answers: Answers, _context: Context) -> Iterable[Problem]:
    path = answers.text("storage.path")
    if not path or on_kubernetes(answers):
        return
    if not path.startswith("/"):
        yield error(
            "storage.path",
            "storage-path",
            _("must be absolute: relative paths mean a folder of each node's own."),
            _("Begin with a slash."),
        )
    elif posixpath.normpath(path) in _SYSTEM:
        yield error(
            "storage.path", "storage-path", _("is a system folder."), _("Use a folder of its own such as /srv/nocobase/storage.")
        )
    elif posixpath.normpath(path) != path.rstrip("/"):
        yield error("storage.path", "storage-path", _("holds . or .. or a double slash."), _("Write the plain path."))


def _local_files(answers: Answers, context: Context) -> Iterable[Problem]:
    root = answers.text("storage.path").rstrip("/")
    for name in NODE_LOCAL:
        value = context.base_env.get(name, "")
        inside = value.startswith(("storage/", "./storage/")) or (root and (value == root or value.startswith(root + "/")))
        if value and inside:
            yield warning(
                "storage.path",
                "local-files",
                _("{name} of the imported file lies inside the shared storage: one node's start deletes the other's.").format(
                    name=name
                ),
                _("The written file sets it to a folder local to each node."),
            )


def _outside(answers: Answers, context: Context) -> Iterable[Problem]:
    """Judge folders outside the storage that an older file sets: they stay on the old node (nocobase.md §2, §19)."""
    for name, folder in (("LOCAL_STORAGE_DEST", "uploads"), ("PLUGIN_STORAGE_PATH", "plugins")):
        value = context.base_env.get(name, "")
        if value and not _is_shared(answers, value):
            yield warning(
                "storage.path",
                "outside-storage",
                _(
                    "{name} of the imported file is {path}, outside the shared storage: what lies there is not copied and differs per node."
                ).format(name=name, path=told(value, 200)),
                _("Copy it into {folder} of the share, and take {name} out of the file.").format(folder=folder, name=name),
            )
    value = context.base_env.get("APP_AES_SECRET_KEY_PATH", "")
    if value and not _aes_key_given(answers, context):
        yield error(
            "app.aes_key",
            "outside-storage",
            _(
                "the file {path} decides (APP_AES_SECRET_KEY_PATH), not the one on the share: a node without it makes a new key, and encrypted values are lost."
            ).format(path=told(value, 200)),
            _("Paste its 32 bytes as hex digits: od -An -vtx1 {path} | tr -d ' \\n'").format(path=shlex.quote(told(value, 200))),
        )


def _aes_key_given(answers: Answers, context: Context) -> bool:
    return isinstance(answers["app.aes_key"], Secret) or (
        answers["app.aes_key"] != "from-storage"
        and bool(context.kept_env.get("APP_AES_SECRET_KEY") or context.base_env.get("APP_AES_SECRET_KEY"))
    )


def _is_shared(answers: Answers, path: str) -> bool:
    """Tell whether a path is inside the shared storage; a relative one counts from the application's folder, which holds it in a container only."""
    in_container = in_containers(answers)
    if not path.startswith("/") and not in_container:
        return False
    whole = posixpath.normpath(posixpath.join(IMAGE_FOLDER, path))
    root = IMAGE_STORAGE if in_container else answers.text("storage.path").rstrip("/")
    return bool(root) and (whole == root or whole.startswith(root + "/"))


def _options(answers: Answers, _context: Context) -> Iterable[Problem]:
    options = answers.text("storage.options").split(",")
    if not on_kubernetes(answers) and answers["storage.kind"] == "nfs" and "soft" in options:
        yield warning(
            "storage.options",
            "storage-options",
            _("a soft mount can lose data when the server is slow (unconfirmed)."),
            _("Use hard."),
        )


def targets(answers: Answers) -> Iterable[Target]:
    """Return the storage folder as a target."""
    path = answers.text("storage.path")
    if path.startswith("/") and not on_kubernetes(answers):
        own_key = answers.text("app.key") != "from-storage"
        params: dict[str, ParamValue] = {"path": path, "version": answers.text("app.version"), "own_key": own_key}
        if is_rabbitmq(answers):
            params["url_variable"] = answers.text("queue.url_variable")
        paths = ("storage.path", "app.version", "app.key", "queue.url_variable")
        yield Target("storage", TargetKind.STORAGE, path, params, paths)


RULES = (
    Rule("storage-path", _path),
    Rule("local-files", _local_files),
    Rule("outside-storage", _outside),
    Rule("storage-options", _options),
)


def _is_remote(answers: Answers) -> bool:
    return on_machines(answers) and answers["storage.kind"] not in ("cloud-disk", "other")


STEP = Step(
    id="storage",
    title=N_("Storage"),
    why=N_(
        "Uploads, plugins, key files and the licence live here. Every node must see the same folder at the same path; "
        "the database's own data, PM2_HOME and sockets must never be in it."
    ),
    fields=(
        Field(
            "storage.kind",
            FieldKind.CHOICE,
            N_("Kind"),
            section=N_("Shared storage"),
            applies=on_machines,
            default="nfs",
            required=True,
            why=N_("Determines the mount instructions in the runbook."),
            choices=(
                Choice(
                    "nfs",
                    "NFS",
                    N_("A server of your own, or a rented one: Alibaba Cloud NAS, Tencent Cloud CFS, Huawei Cloud SFS."),
                ),
                Choice("efs", "Amazon EFS", N_("NFS of Amazon, mounted with the options that Amazon advises.")),
                Choice(
                    "cloud-disk",
                    N_("shared cloud disk"),
                    N_(
                        "One disk attached to all nodes; it needs a cluster file system such as OCFS2 or GFS2, never ext4 or XFS."
                    ),
                ),
                Choice("cephfs", "CephFS"),
                Choice("glusterfs", "GlusterFS"),
                Choice("other", N_("other")),
            ),
        ),
        Field(
            "storage.path",
            FieldKind.PATH,
            N_("Path on the nodes"),
            section=N_("Shared storage"),
            short=N_("Path"),
            variable="STORAGE_PATH",
            applies=on_machines,
            required=True,
            default="/srv/nocobase/storage",
            why=N_("Where the share is mounted on every node."),
            otherwise=N_("If the folders are not the same one, uploads vanish on the other node (404)."),
        ),
        Field(
            "storage.server",
            FieldKind.TEXT,
            N_("Server"),
            section=N_("Shared storage"),
            applies=_is_remote,
            pattern=SERVER,
            pattern_hint=N_("write the host name or address of the file server; a path belongs under Export path"),
            compound=storage_server,
            personal=True,
            why=N_("File server, for the mount line in the runbook; host:/path fills in the export path as well."),
            placeholder=N_("host or address, optional"),
        ),
        Field(
            "storage.export",
            FieldKind.TEXT,
            N_("Export path"),
            section=N_("Shared storage"),
            length=64,
            personal=True,
            applies=_is_remote,
            why=N_("Exported folder or volume, for the mount line in the runbook."),
            pattern=r"\S+",
            pattern_hint=N_("write it without spaces"),
            placeholder=N_("/exports/nocobase"),
            example=True,
        ),
        Field(
            "storage.options",
            FieldKind.TEXT,
            N_("Mount options"),
            short=N_("Options"),
            length=64,
            advanced=True,
            applies=_is_remote,
            default=default_options,
            pattern=r"\S+",
            pattern_hint=N_("separate options by commas, without spaces"),
            why=N_("hard and _netdev: a soft mount can lose data when the server is slow (unconfirmed advice)."),
        ),
        Field(
            "kubernetes.storage_class",
            FieldKind.TEXT,
            N_("Storage class"),
            section=N_("Shared storage"),
            short=N_("Class"),
            length=64,
            applies=on_kubernetes,
            pattern=SUBDOMAIN,
            pattern_hint=N_("write the name that `kubectl get storageclass` shows"),
            placeholder=N_("empty: the default class of the cluster"),
            why=N_("Must be able to mount one volume on several machines at once (ReadWriteMany); default classes often cannot."),
            otherwise=N_(
                "With a class that cannot, the claim stays pending, or all pods but those on one machine wait for ever."
            ),
        ),
        Field(
            "kubernetes.storage_size",
            FieldKind.TEXT,
            N_("Volume size"),
            section=N_("Shared storage"),
            short=N_("Size"),
            length=14,
            applies=on_kubernetes,
            default="10Gi",
            required=True,
            pattern=r"[1-9][0-9]{0,8}(?:Mi|Gi|Ti|Pi|M|G|T|P)",
            pattern_hint=N_("write a whole number and a unit, such as 10Gi"),
            why=N_("Room for uploads, plugins, backups and key files; few classes can make a volume smaller again."),
        ),
    ),
    rules=RULES,
    targets=targets,
)
