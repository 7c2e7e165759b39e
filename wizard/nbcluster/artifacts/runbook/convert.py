"""From a single node to a cluster: nothing that signs or encrypts is lost (nocobase.md §10, §18)."""

from __future__ import annotations

from nbcluster.answers import Answers
from nbcluster.artifacts.runbook.blocks import block, first_node, name_of, paragraphs, user, word
from nbcluster.secret import Secret
from nbcluster.text import _

_LEFT_BEHIND = (".pm2", "gateway.sock", "db", "logs", "nocobase.conf", ".nocobase", ".upgrading", "tmp")
"""Parts of storage/ that belong to one machine, or to the database's own server."""


def conversion(answers: Answers) -> str:
    """Return the chapter for an existing installation."""
    name = name_of(first_node(answers))
    storage = answers.text("storage.path")
    excludes = " ".join(f"--exclude=/{part}" for part in _LEFT_BEHIND)
    return paragraphs(
        _("Single node to cluster"),
        _("Take a backup of the database and of the whole storage folder first, and try that it can be restored."),
        _(
            "Stop the single node. It must not run again beside the cluster: its memory locks and worker id know nothing of the others."
        ),
        block(
            "convert-stop",
            "old",
            "yarn nocobase pm2-stop 2>/dev/null || true",
            "systemctl stop nocobase 2>/dev/null || true",
            "! pgrep -af 'nocobase.* start'",
        ),
        _(
            "Copy its storage to the share, without what belongs to one machine. OLD_STORAGE is the storage folder of the single node:"
        ),
        block(
            "convert",
            name,
            ': "${OLD_STORAGE:?the storage folder of the single node}"',
            f'rsync -a {excludes} "$OLD_STORAGE"/ {word(storage)}/',
            f"chown -R {user()} {word(storage)}",
        ),
        _(
            "A database that kept its data under storage/db has to move to a server of its own; the licence is bound to the database, so ask for it to be bound again."
        ),
        *_keys(answers, name),
    )


def _keys(answers: Answers, name: str) -> list[str]:
    main = f"{answers.text('storage.path')}/apps/main"
    parts = []
    if answers["app.key"] == "from-storage":
        parts += [
            _("Sessions are signed with the key file on the share. It must be there, 32 bytes long:"),
            block("convert-jwt", name, f'test "$(stat -c %s {word(main + "/jwt_secret.dat")})" -eq 32'),
        ]
    elif isinstance(answers["app.key"], Secret):
        parts += [
            _(
                "A key file beats APP_KEY. If the pasted APP_KEY is not today's, remove the file: everybody signs in again. If it is today's, the file should not exist:"
            ),
            block(
                "convert-jwt",
                name,
                f"ls -l {word(main + '/jwt_secret.dat')} 2>/dev/null && echo 'this file decides, not APP_KEY' || true",
            ),
        ]
    if answers["app.aes_key"] == "from-storage":
        parts += [
            _(
                "Encrypted values are read with the key file on the share. It must be the old one, 32 bytes long; with another one the application shows cipher text without a message:"
            ),
            block("convert-aes", name, f'test "$(stat -c %s {word(main + "/aes_key.dat")})" -eq 32'),
            _("To have it in the env file instead, turn the bytes into hex and answer app.aes_key with them:"),
            block("convert-aes-hex", name, f"od -An -vtx1 {word(main + '/aes_key.dat')} | tr -d ' \\n'"),
        ]
    return parts
