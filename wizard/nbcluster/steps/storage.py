"""Step 7: the folder that all nodes share."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.answers.compound import storage_server
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.judge import kubernetes
from nbcluster.judge import storage as judge
from nbcluster.judge.common import on_kubernetes, on_machines
from nbcluster.steps.model import Step
from nbcluster.text import N_


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
            why=N_("Decides the mount advice in the runbook."),
            choices=(
                Choice("nfs", "NFS"),
                Choice("efs", "Amazon EFS"),
                Choice("cloud-disk", N_("shared cloud disk")),
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
            otherwise=N_("Folders that are not the same one: uploads vanish on the other node (404)."),
        ),
        Field(
            "storage.server",
            FieldKind.TEXT,
            N_("Server"),
            section=N_("Shared storage"),
            applies=_is_remote,
            pattern=judge.SERVER,
            pattern_hint=N_("write the host name or address of the file server; a path belongs under Export"),
            compound=storage_server,
            why=N_("File server, for the mount line in the runbook."),
            placeholder=N_("host name or address, optional"),
        ),
        Field(
            "storage.export",
            FieldKind.TEXT,
            N_("Export"),
            section=N_("Shared storage"),
            length=64,
            applies=_is_remote,
            why=N_("Exported folder or volume, for the mount line in the runbook."),
            pattern=r"\S+",
            pattern_hint=N_("write it without blanks"),
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
            default=judge.default_options,
            pattern=r"\S+",
            pattern_hint=N_("separate options by commas, without blanks"),
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
            pattern=kubernetes.NAME,
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
    rules=judge.RULES,
    targets=judge.targets,
)
