"""Constants of NocoBase and of its surroundings, each in one place: what Redis is used for, which names of variables hold secrets."""

from __future__ import annotations

import re

ROLES = ("cache", "pubsub", "lock", "queue", "worker_id")
"""What NocoBase uses Redis for; ``queue`` only without RabbitMQ (nocobase.md §2.3)."""

_SECRET_PARTS = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|TOKEN|CREDENTIAL|ENCRYPT|CONNECTION_?STRING|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY"
)
"""What tells a secret wherever it stands in a name."""

_SECRET_WORDS = frozenset({"PW", "CRED", "CREDS", "DSN", "SALT", "AUTH", "OTP", "PIN", "PEM", "PRIVATE"})
"""What tells a secret as a whole word of a name."""

_SECRET_ENDINGS = re.compile(r"(?:PASS|PWD|KEYS?)\Z")
"""What tells a secret as the end of a word, or as a whole one."""
_ORDINARY_WORDS = frozenset(
    {
        "BYPASS",
        "COMPASS",
        "ENCOMPASS",
        "OVERPASS",
        "TRESPASS",
        "DONKEY",
        "HOCKEY",
        "HOTKEY",
        "HOTKEYS",
        "JOCKEY",
        "MONKEY",
        "TURKEY",
    }
)
"""Words that end like a secret and are none."""

_ABOUT_SECRETS = frozenset(
    {
        *("PATH", "PATHS", "FILE", "FILES", "FILENAME", "DIR", "DIRECTORY", "FOLDER", "NAME", "PREFIX", "HEADER", "URL", "URI"),
        *("EXPIRES", "EXPIRE", "EXPIRATION", "EXPIRY", "IN", "TTL", "AGE", "TIMEOUT", "INTERVAL", "LENGTH", "SIZE", "MIN", "MAX"),
        *("LIMIT", "COUNT", "ROUNDS", "ENABLED", "DISABLED", "REQUIRED", "POLICY", "ALGORITHM", "ALG", "CIPHER", "TYPE", "MODE"),
        *(
            "METHOD",
            "PROVIDER",
            "STRATEGY",
            "SCHEME",
            "ISSUER",
            "AUDIENCE",
            "REALM",
            "DOMAIN",
            "HOST",
            "PORT",
            "USER",
            "USERNAME",
        ),
    }
)
"""Last words of names that say something about a secret and do not hold it: where it lies, how long it lives, who uses it."""


def is_secret_name(name: str) -> bool:
    """Tell whether the name of a variable or setting says that its value is a secret, in capitals or in camel case.

    A name that ends in a word such as PATH or TTL holds a place or a number. An address has to be judged by its value.
    """
    words = [word for word in re.split(r"[^A-Z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()) if word]
    if "PUBLIC" in words or (len(words) > 1 and words[-1] in _ABOUT_SECRETS):
        return False
    if _SECRET_PARTS.search("_".join(words)) or not _SECRET_WORDS.isdisjoint(words):
        return True
    return any(_SECRET_ENDINGS.search(word) and word not in _ORDINARY_WORDS for word in words)
