"""The keys of an imported file: an existing installation keeps the ones it has, and never gets new ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nbcluster.answers.fields import Value
from nbcluster.answers.secret import Secret
from nbcluster.errors import Problem, warning
from nbcluster.facts import WEAK_KEYS
from nbcluster.text import _


def keys(values: Mapping[str, str], notes: list[Problem], *, complete: bool, kept: bool) -> Iterator[tuple[str, Value]]:
    """Yield the answers for the keys, and add to ``notes`` what a person has to decide.

    ``complete``: no variable comes from anywhere else. ``kept``: the file stays the base of the written one, so a key is taken from there.
    A key that is not found is to be kept all the same, so that the rules ask for it (``rules.keys-kept``) until somebody decides.
    """
    yield from _app_key(values, notes, kept)
    aes_key = values.get("APP_AES_SECRET_KEY", "")
    if aes_key:
        yield "app.aes_key", "keep" if kept else Secret(aes_key)
    elif values.get("APP_AES_SECRET_KEY_PATH"):
        return  # another file than that on the share decides: the rule outside-storage says how to answer with it
    elif complete:
        yield "app.aes_key", "from-storage"
        notes.append(
            warning(
                "app.aes_key",
                "import",
                _("is not set: the key file storage/apps/main/aes_key.dat decides."),
                _("It must be on the share; without it encrypted values are lost."),
            )
        )
    else:
        yield "app.aes_key", "keep"
        notes.append(
            warning(
                "app.aes_key",
                "import",
                _("was not found, and the file is not all that sets variables: which key encrypts today?"),
                _("Paste APP_AES_SECRET_KEY if it is set elsewhere; otherwise from-storage keeps storage/apps/main/aes_key.dat."),
            )
        )


def _app_key(values: Mapping[str, str], notes: list[Problem], kept: bool) -> Iterator[tuple[str, Value]]:
    key = values.get("APP_KEY")
    if key is None:
        yield "app.key", "keep"
        notes.append(
            warning(
                "app.key",
                "import",
                _("was not found: which key signs today? A fresh one is not made for an existing installation."),
                _("Paste APP_KEY if it is set elsewhere; otherwise from-storage keeps storage/apps/main/jwt_secret.dat."),
            )
        )
    elif key in WEAK_KEYS:
        yield "app.key", "from-storage"
        notes.append(
            warning(
                "app.key",
                "import",
                _("APP_KEY is empty or a published constant: the key file storage/apps/main/jwt_secret.dat most likely decides."),
                _("It is kept on the share; the Keys step says what else is possible."),
            )
        )
    else:
        yield "app.key", "keep" if kept else Secret(key)
