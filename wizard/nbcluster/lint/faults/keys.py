"""Faults of the keys that sign and encrypt, and of the first account's password (nocobase.md §2, §12)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbcluster.facts import AES_KEY, KEY_BYTES, WEAK_KEYS, is_secret_name
from nbcluster.lint.application import Application
from nbcluster.lint.model import EITHER, FAIL, WARN, Fault, Hit
from nbcluster.lint.names import KNOWN
from nbcluster.text import N_

_PLACEHOLDER = re.compile(
    r"<[^<>]+>|\{\{.*\}\}|\[[A-Z_ -]+\]|change[-_ ]?(?:me|this|it)\b|\byour[-_ ]|\breplace[-_ ]?(?:me|this|with|it)\b"
    r"|\A(?:x{3,}|\*{3,}|\.{3}|…|todo|tbd|fixme|placeholder|example|secret|none|null|undefined|dummy)\Z",
    re.IGNORECASE,
)
_KEYS = ("APP_KEY", "APP_AES_SECRET_KEY", "ENCRYPTION_FIELD_KEY", "APP_SUPERVISOR_AES_SECRET_KEY")
_LONGEST = 4000


def _no_app_key(found: Application) -> Iterator[Hit]:
    if found.lacks("APP_KEY") and "APP_KEY" not in found.decided:
        yield found.at("APP_KEY")


def _no_aes_key(found: Application) -> Iterator[Hit]:
    decided = "APP_AES_SECRET_KEY" in found.decided or not found.lacks("APP_AES_SECRET_KEY_PATH")
    if found.lacks("APP_AES_SECRET_KEY") and not decided:
        yield found.at("APP_AES_SECRET_KEY")


def _is_refused_already(name: str, value: str) -> bool:
    """Tell whether a key is already refused for another reason."""
    if name == "APP_KEY":
        return value in WEAK_KEYS or len(value) < KEY_BYTES
    return name == "APP_AES_SECRET_KEY" and not AES_KEY.fullmatch(value)


def _placeholder(found: Application) -> Iterator[Hit]:
    for name, setting in found.last.items():
        value = found.value(name)
        template = len(value) < _LONGEST and _PLACEHOLDER.search(value) and not _is_refused_already(name, value)
        if template and (name in KNOWN or is_secret_name(name)):
            yield found.there(setting)


def _constant(found: Application) -> Iterator[Hit]:
    for name in _KEYS:
        value = found.value(name).lower()
        if len(set(value)) == 1 and not _is_refused_already(name, found.value(name)):
            yield found.at(name)


def _published(found: Application) -> Iterator[Hit]:
    if found.value("UNSAFE_USE_DEFAULT_JWT_SECRET") == "true":
        yield found.at("UNSAFE_USE_DEFAULT_JWT_SECRET")


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
        N_("is not set: sessions are signed with a published constant unless a key file on the share decides."),
        N_(
            "Set 64 random hex digits (openssl rand -hex 32), the same on every node. "
            "An installation that signs with storage/apps/main/jwt_secret.dat keeps that file on the share."
        ),
        variables=_no_app_key,
        observed="(healthy; sessions are signed with test-jwt-secret)",
    ),
    Fault(
        "aes-key-absent",
        WARN,
        N_("No APP_AES_SECRET_KEY"),
        N_(
            "The key that encrypts secrets is then storage/apps/main/aes_key.dat: right as long as the share holds it before any node starts. "
            "A comment that begins with `# nbcluster: APP_AES_SECRET_KEY: left out` says that this is meant."
        ),
        N_("is not set: the key that encrypts is a file, and nodes that start without it on the share each make their own."),
        N_(
            "A fresh installation sets 64 random hex digits. An existing one turns the 32 bytes of storage/apps/main/aes_key.dat "
            "into digits (od -An -vtx1 aes_key.dat | tr -d ' \\n') or keeps that file on the share; another key loses what is encrypted."
        ),
        variables=_no_aes_key,
        clustered=True,
        observed="(healthy; secrets of the other node are read as cipher text, ERR_OSSL_BAD_DECRYPT in the log)",
    ),
    Fault(
        "app-key",
        FAIL,
        N_("APP_KEY is weak"),
        N_(
            "A published constant or fewer than 32 characters: sessions can be forged. Two constants make NocoBase write a key file that wins ever after."
        ),
        remedy=N_("64 random hex digits; everybody signs in again."),
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
        remedy=N_("Look for the right key; another one cannot read what is encrypted."),
        rule="aes-key",
        observed="Key must be 32 bytes for AES-256 encryption.",
    ),
    Fault(
        "admin-password",
        EITHER,
        N_("INIT_ROOT_PASSWORD is the public default, or short"),
        N_("The first account of a fresh installation has all rights."),
        hint=N_("Set another one before the first start; afterwards change it in the application."),
        rule="admin",
    ),
    Fault(
        "placeholder",
        FAIL,
        N_("A placeholder of a template"),
        N_("A value such as change-me, <password> or your-redis-host was never replaced, and everybody knows it."),
        N_("is a placeholder of a template, which nobody has replaced."),
        N_("Write the real value; for a key: openssl rand -hex 32, once, the same on every node."),
        variables=_placeholder,
    ),
    Fault(
        "key-constant",
        FAIL,
        N_("A key of one repeated character"),
        N_("It has the right length and is no secret: whoever tries the obvious has it."),
        N_("is one character repeated: that is no secret."),
        N_("Make one with openssl rand -hex 32. What is encrypted with this key already has to be entered again."),
        variables=_constant,
    ),
    Fault(
        "jwt-unsafe",
        WARN,
        N_("UNSAFE_USE_DEFAULT_JWT_SECRET is on"),
        N_("APP_KEY then signs sessions even where it is a published constant."),
        N_("lets APP_KEY sign sessions even where it is a published constant."),
        N_("Take it out and set a random APP_KEY."),
        variables=_published,
    ),
)
