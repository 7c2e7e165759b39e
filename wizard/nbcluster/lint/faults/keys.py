"""Faults of the keys that sign and encrypt, and of the first account's password (nocobase.md §2, §12)."""

from __future__ import annotations

from collections.abc import Iterator

from nbcluster.lint.application import Application
from nbcluster.lint.model import EITHER, FAIL, WARN, Fault, Hit
from nbcluster.text import N_


def _no_app_key(found: Application) -> Iterator[Hit]:
    if found.lacks("APP_KEY") and "APP_KEY" not in found.decided:
        yield found.at("APP_KEY")


def _no_aes_key(found: Application) -> Iterator[Hit]:
    decided = "APP_AES_SECRET_KEY" in found.decided or not found.lacks("APP_AES_SECRET_KEY_PATH")
    if found.lacks("APP_AES_SECRET_KEY") and not decided:
        yield found.at("APP_AES_SECRET_KEY")


FAULTS: tuple[Fault, ...] = (
    Fault(
        "app-key-absent",
        FAIL,
        N_("No APP_KEY"),
        N_(
            "The command line then fills in a published constant, with which anybody can sign a session; "
            "storage/apps/main/jwt_secret.dat decides instead where it exists. A comment that begins with "
            "`# nbcluster: APP_KEY: left out` says that this is meant."
        ),
        N_("Set 64 random hex digits, the same on every node."),
        N_("is not set: sessions are signed with a published constant unless a key file on the share decides."),
        N_(
            "Set 64 random hex digits (openssl rand -hex 32), the same on every node. "
            "An installation that signs with storage/apps/main/jwt_secret.dat keeps that file on the share."
        ),
        variables=_no_app_key,
    ),
    Fault(
        "aes-key-absent",
        WARN,
        N_("No APP_AES_SECRET_KEY"),
        N_(
            "The key that encrypts secrets is then storage/apps/main/aes_key.dat: right as long as the share holds it before any node starts. "
            "A comment that begins with `# nbcluster: APP_AES_SECRET_KEY: left out` says that this is meant."
        ),
        N_(
            "Write the 32 bytes of the file as 64 hex digits, or keep the file on the share. Never another key for an existing installation."
        ),
        N_("is not set: the key that encrypts is a file, and nodes that start without it on the share each make their own."),
        N_(
            "A fresh installation sets 64 random hex digits. An existing one turns the 32 bytes of storage/apps/main/aes_key.dat "
            "into digits (od -An -vtx1 aes_key.dat | tr -d ' \\n') or keeps that file on the share; another key loses what is encrypted."
        ),
        variables=_no_aes_key,
    ),
    Fault(
        "app-key",
        FAIL,
        N_("APP_KEY is weak"),
        N_(
            "A published constant or fewer than 32 characters: sessions can be forged. Two constants make NocoBase write a key file that wins ever after."
        ),
        N_("64 random hex digits; everybody signs in again."),
        hint=N_(
            "Set 64 random hex digits (openssl rand -hex 32), the same on every node. "
            "Where storage/apps/main/jwt_secret.dat exists, that file decides instead."
        ),
        rule="app-key",
    ),
    Fault(
        "aes-key",
        FAIL,
        N_("APP_AES_SECRET_KEY is no key of 32 bytes"),
        N_("The application does not start with anything but 64 hex digits."),
        N_("Look for the right key; another one cannot read what is encrypted."),
        rule="aes-key",
    ),
    Fault(
        "admin-password",
        EITHER,
        N_("INIT_ROOT_PASSWORD is the public default, or short"),
        N_("The first account of a fresh installation has all rights."),
        N_("Set another one before the first start."),
        hint=N_("Set another one before the first start; afterwards change it in the application."),
        rule="admin",
    ),
)
