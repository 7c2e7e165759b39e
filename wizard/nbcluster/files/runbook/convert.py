"""From a single node to a cluster: nothing that signs or encrypts is lost (nocobase.md §10, §18)."""

from __future__ import annotations

from nbcluster.cluster import Cluster, KeyChoice
from nbcluster.facts import AES_KEY_FILES, JWT_KEY_FILE, KEY_BYTES, NEVER_SHARED, UPGRADE_MARK
from nbcluster.files.markup import code
from nbcluster.files.runbook.blocks import (
    Blank,
    app_folder,
    block,
    closed,
    gate,
    paragraphs,
    place_of,
    port_is_free,
    refuse,
    share,
    word,
)
from nbcluster.files.runbook.kubectl import exec_in_shell, on_node
from nbcluster.files.runbook.sql import ask, dump, labelled_version, secrets_query
from nbcluster.text import _

_LEFT_BEHIND = (*NEVER_SHARED, "logs", "nocobase.conf", ".nocobase", UPGRADE_MARK, "tmp")
"""Parts of storage/ that are not copied: what belongs to one machine, or passes (nocobase.md §10)."""

_SIGNS = ("uploads", "apps/main", "plugins/@nocobase", ".license", "environment-variables")
"""Folders of which the storage of an installation has at least one (nocobase.md §2, §9, §10)."""

_LOOK = (
    'cd -- "$0" || exit 1; if [ "$(pwd -P)" = / ]; then exit 1; fi; '
    f'for part in {" ".join(_SIGNS)}; do if [ -d "$part" ]; then exit 0; fi; done; exit 1'
)
"""A script that tells whether the folder that it is called with is such a storage; not the root, also not by another name."""


def _old_storage(*, elsewhere: bool = False) -> tuple[Blank, tuple[str, ...]]:
    """Return what asks for the old storage and the lines that look at what was filled in, before anything is read or written."""
    said = _("{name} is not the storage folder of a NocoBase: write its absolute path.").format(name="OLD_STORAGE")
    remote = ("""*:/*) ssh -n -- "${OLD_STORAGE%%:/*}" "sh -c $(printf %q "$look") $(printf %q "/${OLD_STORAGE#*:/}")" ;;""",)
    lines = (
        f"look={word(_LOOK)}",
        "case $OLD_STORAGE in",
        '/*) sh -c "$look" "$OLD_STORAGE" ;;',
        *(remote if elsewhere else ()),
        "*) false ;;",
        f"esac || {refuse(said)}",
    )
    about = (
        _("the storage folder of the single node, or host:folder") if elsewhere else _("the storage folder of the single node")
    )
    return Blank("OLD_STORAGE", about), lines


def conversion(cluster: Cluster) -> str:
    """Return the chapter for an existing installation."""
    name = place_of(cluster)
    return paragraphs(
        _("Single node to cluster"),
        _(
            "From here to the end of the first boot nobody can work. Let running workflows and tasks end first: the single node's queue lives in its memory, and the cluster's does not take it over."
        ),
        _(
            "What the database says. The nodes have the same version or a later one; with encrypted values the AES key decides over them:"
        ),
        block("convert-look", "bastion", *ask(cluster, labelled_version(cluster), secrets_query(cluster))),
        _(
            "Stop the single node the way it was started (systemctl, docker compose, pm2). It must not run beside the cluster: its locks and worker ids live in its memory. Its port is closed:"
        ),
        block(
            "convert-stop",
            "old",
            *port_is_free("$OLD_PORT"),
            closed(),
            blanks=(Blank("OLD_PORT", _("the port of the single node"), str(cluster.deployment.port)),),
        ),
        _("Back up the database and the whole storage folder, and try that both can be restored:"),
        block("convert-backup-database", "bastion", *dump(cluster, "before-cluster")),
        _backup_of_the_storage(),
        *_copying(cluster, name),
        _(
            "A database whose data lay in storage/db has to move to a server of its own first. A move gives the database another id: ask for the licence to be bound again."
        ),
    )


def _backup_of_the_storage() -> str:
    blank, look = _old_storage()
    refused = refuse(_("The backup failed, and is removed."), 'rm -f "$file.part"')
    return block(
        "convert-backup-storage",
        "old",
        *look,
        "umask 077",
        "file=nocobase-storage-before-cluster-$(date +%Y%m%d-%H%M%S).tgz",
        f'tar -czf "$file.part" -C "$OLD_STORAGE" . || {refused}',
        'mv "$file.part" "$file"',
        blanks=(blank,),
    )


def _copying(cluster: Cluster, name: str) -> list[str]:
    blank, look = _old_storage(elsewhere=not cluster.deployment.on_kubernetes)
    if cluster.deployment.on_kubernetes:
        excludes = " ".join(f"--exclude=./{part}" for part in _LEFT_BEHIND)
        return [
            _(
                "Copy its storage to the volume: uploads, plugins, the licence and the key files, without sockets, logs and what belongs to one machine. The old storage folder is on this machine:"
            ),
            block(
                "convert",
                name,
                *look,
                "set -o pipefail",
                f'tar {excludes} -C "$OLD_STORAGE" -cf - . | {exec_in_shell(cluster)} tar --no-same-owner -C {share(cluster)} -xf -',
                blanks=(blank,),
            ),
        ]
    excludes = " ".join(f"--exclude=/{part}" for part in _LEFT_BEHIND)
    return [
        _(
            "Copy its storage to the share: uploads, plugins, the licence and the key files, without sockets, logs and what belongs to one machine. The old storage folder may be on another machine (host:folder):"
        ),
        block(
            "convert",
            name,
            *look,
            f'rsync -a -s {excludes} -- "$OLD_STORAGE"/ {share(cluster)}/',
            f"chown -R {cluster.deployment.owner} {share(cluster)}",
            blanks=(blank,),
        ),
    ]


def keys(cluster: Cluster) -> str:
    """Return the chapter that proves, before anything boots, that the cluster signs and decrypts as the single node did."""
    name = place_of(cluster)
    return paragraphs(_("The keys of the installation"), *_signing(cluster, name), *_encrypting(cluster, name))


def _signing(cluster: Cluster, name: str) -> list[str]:
    file = share(cluster, JWT_KEY_FILE)
    if cluster.keys.signing is KeyChoice.FROM_STORAGE:
        return [
            gate()
            + _(
                "The key file on the share signs the sessions, as it did. It is 32 bytes long; where it is missing, the single node used the published constant: let a random APP_KEY take over, and everybody signs in again."
            ),
            block(
                "convert-jwt",
                name,
                *on_node(cluster, f'test "$(stat -c %s {file})" -eq {KEY_BYTES} && echo "the key file is there"'),
            ),
        ]
    said = block(
        "convert-jwt",
        name,
        *on_node(cluster, f"test ! -e {file} && echo 'APP_KEY decides' || echo 'the key file decides, not APP_KEY'"),
    )
    if cluster.keys.signing is KeyChoice.LITERAL:
        text = _(
            "A key file beats APP_KEY. If it is there and the pasted APP_KEY is to sign from now on, remove it ({remove}): everybody signs in again. Left there, nobody notices anything, and APP_KEY has no effect."
        )
    else:
        text = _("A key file beats APP_KEY. If it is there, it signs today and goes on doing so: leave it ({file}).")
    return [text.format(file=code(file), remove=code(f"rm {file}")), said]


def _encrypting(cluster: Cluster, name: str) -> list[str]:
    places = " ".join(share(cluster, file) for file in AES_KEY_FILES)
    search = f'for file in {places}; do [ -f "$file" ] && break; done'
    if cluster.keys.encrypting is KeyChoice.FROM_STORAGE:
        return [
            gate()
            + _(
                "The key file on the share encrypts secrets in the database, as it did. It is the old one, 32 bytes long; a missing one would be made up anew, and all encrypted values would be lost:"
            ),
            block(
                "convert-aes",
                name,
                *on_node(cluster, search, f'test "$(stat -c %s "$file")" -eq {KEY_BYTES} && echo "the key file is there"'),
            ),
            _(
                "To have the key in the env file instead, answer app.aes_key with these 64 digits and export again. They are a secret:"
            ),
            block("convert-aes-hex", name, *on_node(cluster, search, "od -An -vtx1 \"$file\" | tr -d ' \\n'; echo")),
        ]
    return [
        gate()
        + _(
            "APP_AES_SECRET_KEY decides. If the single node had none and used a key file, both must be the same key; another one loses all encrypted values:"
        ),
        block(
            "convert-aes",
            name,
            *on_node(cluster, search, _same_key(cluster)),
        ),
    ]


def _same_key(cluster: Cluster) -> str:
    expected = '"APP_AES_SECRET_KEY=$(od -An -vtx1 "$file" | tr -d \' \\n\')"'
    found = (
        f"env | grep -qix {expected}" if cluster.deployment.on_kubernetes else f"grep -qix {expected} {app_folder(cluster)}/.env"
    )
    return f'if [ -f "$file" ]; then {found} && echo same || echo DIFFERENT; else echo "no key file"; fi'
