"""NocoBase's constants, each in one place, with the section of docs/nocobase.md that it rests on.

Roles and their variables, keys, plugins, limits, what a node says of itself, which variable names hold secrets, and which
statements that people are shown are unconfirmed. Nothing here judges or writes anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nbcluster.text import N_

REVIEWED = ("2.1.41", "2.2.15")
"""The first and the last version of NocoBase that these facts are taken to hold for; the first is the earliest advised (nocobase.md §14)."""

NAME = r"[a-z0-9][a-z0-9-]{0,39}"
"""What clusters, sessions and nodes may be called: every part of an address, of a Kubernetes object and of a file name takes it."""

# Redis

ROLES = ("cache", "pubsub", "lock", "queue", "worker_id")
"""What NocoBase uses Redis for; ``queue`` only without RabbitMQ (nocobase.md §2.3)."""

ROLE_VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "cache": "CACHE_REDIS_URL",
        "pubsub": "PUBSUB_ADAPTER_REDIS_URL",
        "lock": "LOCK_ADAPTER_REDIS_URL",
        "queue": "QUEUE_ADAPTER_REDIS_URL",
        "worker_id": "REDIS_URL",
    }
)
"""The variable that has the address of a role (nocobase.md §2.3)."""

ROLE_SWITCHES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "cache": ("CACHE_DEFAULT_STORE", "redis"),
        "lock": ("LOCK_ADAPTER_DEFAULT", "redis"),
        "queue": ("QUEUE_ADAPTER", "redis"),
    }
)
"""The variable beside the address that makes NocoBase use Redis for a role, and its value (nocobase.md §2.3)."""

KEY_PREFIX = "main:"
"""What the keys of an application named main begin with (nocobase.md §4.3 #2)."""

NAME_PREFIX = "main."
"""What its channels and queues begin with (nocobase.md §4.3 #9, §5 #8)."""

TOKEN_FILTER = "token-black-list"  # noqa: S105 - the name of a key
"""The Bloom filter of signed-out tokens, used without prefix (nocobase.md §4.3 #4)."""

# RabbitMQ

BROKER_VARIABLES = ("QUEUE_ADAPTER_RABBITMQ_URL", "RABBITMQ_URL")
"""Likely names of the variable that has the broker's address, the likeliest first; none is confirmed (nocobase.md §5 #2)."""

LEAST_FRAME = 8192
"""Bytes: what RabbitMQ 4.1 takes for the least (nocobase.md §5 #6)."""

# Keys and the first account

KEY_VARIABLES: Mapping[str, str] = MappingProxyType({"app.key": "APP_KEY", "app.aes_key": "APP_AES_SECRET_KEY"})
"""Key path to variable of what signs sessions and what encrypts secrets (nocobase.md §2.1)."""

MADE_VARIABLES: Mapping[str, str] = MappingProxyType({**KEY_VARIABLES, "admin.password": "INIT_ROOT_PASSWORD"})
"""The same, and that of the first password: what a fresh value can be made for."""

KEY_BYTES = 32
"""Bytes of either key: an AES key has exactly so many, twice as many hex digits, and a shorter APP_KEY is refused (nocobase.md §2.1, §15)."""

AES_KEY = re.compile(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}")
"""What APP_AES_SECRET_KEY is, whole (nocobase.md §2.1)."""

WEAK_KEYS = frozenset({"your-secret-key", "test-key", "test-jwt-secret", ""})
"""Published values of APP_KEY; the first two make NocoBase write a key file that wins ever after (nocobase.md §1 #2 #3)."""

JWT_KEY_FILE = "apps/main/jwt_secret.dat"
"""Below the storage: what signs sessions wherever it exists, whatever APP_KEY says (nocobase.md §1 #3)."""

AES_KEY_FILES = ("apps/main/aes_key.dat", "environment-variables/main/aes_key.dat")
"""Below the storage: what encrypts where no variable does, the newer place first (nocobase.md §2.1)."""

PUBLIC_PASSWORD = "admin123"  # noqa: S105 - the public default that is refused
"""The first account's password where nobody chose one (nocobase.md §2.5)."""

FIRST_ACCOUNT = ("INIT_ROOT_EMAIL", "INIT_ROOT_PASSWORD", "INIT_APP_LANG")
"""Variables that are read once, while NocoBase installs itself (nocobase.md §2.5)."""

# Plugins

PLUGIN_PREFIX = "@nocobase/plugin-"
"""What a short name of a plugin leaves out (nocobase.md §2.5)."""

PUBSUB_PLUGIN = f"{PLUGIN_PREFIX}pubsub-adapter-redis"
LOCK_PLUGIN = f"{PLUGIN_PREFIX}lock-adapter-redis"
QUEUE_PLUGIN = f"{PLUGIN_PREFIX}queue-adapter-redis"
RABBITMQ_PLUGIN = f"{PLUGIN_PREFIX}queue-adapter-rabbitmq"
WORKER_ID_PLUGIN = f"{PLUGIN_PREFIX}workerid-allocator-redis"

ADAPTERS = (PUBSUB_PLUGIN, LOCK_PLUGIN, QUEUE_PLUGIN, RABBITMQ_PLUGIN, WORKER_ID_PLUGIN)
"""The commercial plugins that a cluster is made of, by function: sync signal, lock, queue, queue, worker id (nocobase.md §9)."""

# Processes

WORKER_IDS = 32
"""How many processes all nodes together may run: an id has five bits (nocobase.md §6 #1)."""

WORKER_IDS_SPARE_FROM = 24
"""From how many on restarts and threads of tasks may find no id; inferred (nocobase.md §6 #4)."""

TOPICS = ("workflow:process", "async-task:process")
"""Topics that the open core puts work on (nocobase.md §2.3)."""

PER_NODE = ("CLUSTER_MODE", "WORKER_MODE")
"""What says how many processes a node has and what they work on (nocobase.md §2.7)."""

ALONE: Mapping[str, str] = MappingProxyType(dict.fromkeys(PER_NODE, ""))
"""Variables that beat the env file, also by being empty, while a node works alone with one process (nocobase.md §7.1 #4, §18 #1)."""

DOWNLOAD_SWITCH = "DISABLE_PKG_DOWNLOAD"
"""Keeps a start from fetching plugins: without a way to the package server it would wait without end (nocobase.md §2.5, §18 #12)."""

FIRST_BOOT: Mapping[str, str] = MappingProxyType(
    {"LOCK_ADAPTER_DEFAULT": "local", **ALONE, DOWNLOAD_SWITCH: "", "SKIP_SAME_VERSION_UPGRADE": ""}
)
"""The same for a start that installs or upgrades: no plugin may be needed yet or kept from being taken in (nocobase.md §18 #1 #3)."""

OFFLINE_FIRST_BOOT: Mapping[str, str] = MappingProxyType({n: v for n, v in FIRST_BOOT.items() if n != DOWNLOAD_SWITCH})
"""The same where plugins are unpacked by hand."""

# Files and addresses

PORT = 13000
"""Where Node listens unless told otherwise (nocobase.md §2.2)."""

HEALTH_PATH = "api/__health_check"
"""Behind APP_PUBLIC_PATH; a query breaks it (nocobase.md §7.2)."""

IMAGE_FOLDER = "/app/nocobase"
"""The application's folder in the image (nocobase.md §8 #3)."""

IMAGE_STORAGE = f"{IMAGE_FOLDER}/storage"
"""Where the image keeps what outlives a container (nocobase.md §8 #5)."""

NODE_LOCAL = ("SOCKET_PATH", "PM2_HOME")
"""Places that ``start`` deletes first: on a share one node's start takes the other's (nocobase.md §1 #14)."""

IN_THE_IMAGE = ("STORAGE_PATH", *NODE_LOCAL)
"""Variables that a host needs and a container must not have: the image keeps sockets off the volume (nocobase.md §1 #14)."""

NEVER_SHARED = (".pm2", "gateway.sock", "db")
"""Parts of storage/ that belong to one machine, or to the database server (nocobase.md §10)."""

UPGRADE_MARK = ".upgrading"
"""Below the storage: makes the next start an upgrade (nocobase.md §7.1 #3)."""

MEMORY_QUEUE_FILE = "apps/main/event-queue.json"
"""Below the storage: work that a process without a queue adapter had left (nocobase.md §10)."""

# Database

DIALECTS = ("postgres", "mysql", "mariadb", "kingbase")
"""Values of DB_DIALECT that several nodes can share (nocobase.md §2.4)."""

UNQUOTED_PASSWORD = re.compile(r"\s|\\|^'")
"""What the licence kit's connection string of PostgreSQL cannot hold, for it has no quotes; all other signs do no harm (nocobase.md §19)."""

OLDEST_DATABASES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"PostgreSQL": (10,), "MySQL": (8, 0, 17), "MariaDB": (10, 9, 0)}
)
"""Versions below which NocoBase refuses to start (nocobase.md §2.4)."""

# Names that older files have

MISNAMED: Mapping[str, str] = MappingProxyType(
    {"DB_USERNAME": "DB_USER", "WORKER_ID_REDIS_URL": "REDIS_URL", "NB_STORAGE": "STORAGE_PATH", "DB_NAME": "DB_DATABASE"}
)
"""Names that nothing of NocoBase's own reads, and the variable that was meant (nocobase.md §2, §19 #9)."""

RETIRED: Mapping[str, str] = MappingProxyType(
    {
        "NOCOBASE_PKG_USERNAME": N_("deprecated: the licence key replaces it"),
        "NOCOBASE_PKG_PASSWORD": N_("deprecated: the licence key replaces it"),
        "LOGGER_BASE_PATH": N_("no code reads it"),
        "WORKER_ID_REDIS_URL": N_("not read by NocoBase: REDIS_URL is"),
        "APP_LAUNCH_MODE": N_("any value but pm2 makes CLUSTER_MODE ignored, and pm2 is the default"),
    }
)
"""Variables of older files that are commented out, with the reason (nocobase.md §2)."""

UNREAD = frozenset({"LOGGER_BASE_PATH", "WORKER_COUNT"})
"""Names that nothing reads and that stand for nothing else (nocobase.md §2.3, §2.6)."""

# Messages of a node that is not healthy

CAUSES = (
    ("lock", r"Lock adapter .* not registered"),
    ("address", r"Invalid pathname|Invalid URL|Invalid protocol"),
    ("cache_login", r"WRONGPASS|NOAUTH|NOPERM"),
    ("cache_database", r"DB index is out of range"),
    ("cache_store", r"store type \[.*\] is unavailable"),
    ("aes_key", r"32 bytes for AES-256"),
    ("unreachable", r"ECONNREFUSED|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH"),
)
"""The cause of a 503, and what its message holds, the first that fits (nocobase.md §17)."""

CURED_BY_RESTART = ("ECONNREFUSED", "ENOTFOUND")
"""What a node's health names for good once Redis was away for longer than a few seconds; only a restart ends it (nocobase.md §19)."""

# What is shown to users and not confirmed


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a statement is shown: ``place`` in words, and the module that has the marked sentence."""

    place: str
    module: str


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A statement that neither source code nor a test confirms; ``section`` of docs/nocobase.md has the evidence."""

    id: str
    statement: str
    section: str
    question: str
    """What would settle it."""
    shown: tuple[Shown, ...]


UNCONFIRMED = (
    Unconfirmed(
        "rabbitmq-variable",
        f"NocoBase's RabbitMQ plugin reads the address of the broker from {BROKER_VARIABLES[0]}.",
        "§5 #2",
        "Which name does the server code of the plugin read? `nbcluster inspect-plugin` shows it once the plugin is unpacked.",
        (
            Shown(
                "help of the field Variable name (`queue.url_variable`), whose default is a guess", "steps/middleware/queue.py"
            ),
            Shown("rule `queue-variable`, a warning until somebody confirms the name", "steps/middleware/queue.py"),
            Shown("comment above the variable in the env file", "steps/middleware/queue.py"),
            Shown("runbook, first boot: a block that searches the plugin", "files/runbook/boot.py"),
            Shown("check `storage.variable`, plugin not unpacked", "catalogue/storage.py"),
            Shown("check `storage.variable`, no single name found", "catalogue/storage.py"),
            Shown("page of the check `storage.variable`", "catalogue/storage.py"),
            Shown("lint, no address of the broker", "lint/faults/roles.py"),
            Shown("page of that lint", "lint/faults/roles.py"),
        ),
    ),
    Unconfirmed(
        "rabbitmq-adapter",
        "QUEUE_ADAPTER=rabbitmq is what selects the RabbitMQ plugin.",
        "§5 #3",
        "With which name does the plugin register its adapter?",
        (Shown("comment above the variable in the env file", "steps/middleware/queue.py"),),
    ),
    Unconfirmed(
        "rabbitmq-rights",
        "Rights on queues whose names begin with main. are all that the RabbitMQ plugin needs.",
        "§5 #8",
        "Which queues and exchanges does the plugin declare?",
        (Shown("remedy of the check `rabbitmq.queue`", "catalogue/rabbitmq.py"),),
    ),
    Unconfirmed(
        "rabbitmq-quorum",
        "The RabbitMQ plugin may declare quorum queues.",
        "§5 #11",
        "With which arguments does the plugin declare its queues?",
        (Shown("check `rabbitmq.quorum`", "catalogue/rabbitmq.py"),),
    ),
    Unconfirmed(
        "plugin-commands",
        "The Redis plugins for sync signals, locks, the queue and worker ids use the commands that are tried for their role.",
        "§4.3",
        "Which commands does each plugin send? MONITOR shows it on a server that only it uses.",
        (
            Shown("check `redis.<role>.commands`, a right that may be missing", "catalogue/redis.py"),
            Shown("page of that check", "catalogue/redis.py"),
        ),
    ),
    Unconfirmed(
        "redis-streams",
        "The Redis plugins use streams, so that Redis 5 is the least.",
        "§4.1",
        "As for plugin-commands: is XADD among them?",
        (Shown("page of the check `redis.<role>.version`", "catalogue/redis.py"),),
    ),
    Unconfirmed(
        "redis-eviction",
        "Every role but the cache needs the policy noeviction.",
        "§4.5 #4",
        "What does each plugin do when one of its keys is gone?",
        (
            Shown("page of the check `redis.<role>.eviction`", "catalogue/redis.py"),
            Shown("page of lint, Redis that drops keys", "lint/faults/deployment.py"),
        ),
    ),
    Unconfirmed(
        "redis-persistence",
        "Queued messages are lost with Redis unless it writes an append-only file.",
        "§4.5 #5",
        "Does the queue plugin write messages to a second place?",
        (Shown("page of the check `redis.queue.persistence`", "catalogue/redis.py"),),
    ),
    Unconfirmed(
        "redis-connections",
        "A process opens two connections for each role.",
        "§4.5 #8",
        "How many connections does CLIENT LIST show for one process with all plugins?",
        (
            Shown("check `redis.<role>.limits`, enough", "catalogue/redis.py"),
            Shown("check `redis.<role>.limits`, too few", "catalogue/redis.py"),
            Shown("explanation of too few", "catalogue/redis.py"),
            Shown("page of that check", "catalogue/redis.py"),
        ),
    ),
    Unconfirmed(
        "worker-ids-spare",
        f"From {WORKER_IDS_SPARE_FROM} processes on, restarts and threads of tasks may find no worker id.",
        "§6 #4",
        "Does the plugin give an id to a thread that only runs a task, and how long is an id leased?",
        (
            Shown("rule `worker-ids`, a warning", "steps/multicore.py"),
            Shown("lint, many worker ids taken", "lint/faults/processes.py"),
            Shown("page of that lint", "lint/faults/processes.py"),
        ),
    ),
    Unconfirmed(
        "worker-id-kept",
        "A process that only reloads may go on making ids with a worker id that it gave back.",
        "§6 #7",
        "Does the number in new ids change with the one in the log after a plugin was enabled?",
        (
            Shown("runbook, maintenance", "files/runbook/operate.py"),
            Shown("runbook for Kubernetes, maintenance", "files/runbook/pods.py"),
        ),
    ),
    Unconfirmed(
        "earliest-version",
        f"A cluster should not begin below NocoBase {REVIEWED[0]}.",
        "§14",
        "Does the changelog of a later version name faults of cluster mode that were fixed after it?",
        (
            Shown("help of the field Version (`app.version`)", "steps/start.py"),
            Shown("rule `version`, a warning", "steps/start.py"),
            Shown("lint, image of an older version", "lint/faults/deployment.py"),
            Shown("page of that lint", "lint/faults/deployment.py"),
        ),
    ),
    Unconfirmed(
        "key-file-written",
        "An installation whose APP_KEY is a published constant signs with a key file.",
        "§1 #3",
        f"Is there {JWT_KEY_FILE} in the storage of the old node? The runbook looks.",
        (
            Shown("rule `app-key`", "steps/keys.py"),
            Shown("note of an import", "answers/importer/keys.py"),
        ),
    ),
    Unconfirmed(
        "soft-mount",
        "A share that is mounted soft loses data when its server is slow.",
        "§10 #2",
        "What does NocoBase do with a write that returns EIO?",
        (
            Shown("help of the field Mount options (`storage.options`)", "steps/storage.py"),
            Shown("rule `storage-options`, a warning", "steps/storage.py"),
            Shown("check `storage.mount`", "catalogue/storage.py"),
        ),
    ),
    Unconfirmed(
        "root-squash",
        "An export that maps root away needs no_root_squash, or anonuid and anongid of the account that runs NocoBase.",
        "§10 #1",
        "Do uploads and plugins of all nodes stay readable with each of the two?",
        (Shown("check `storage.files`", "catalogue/storage.py"),),
    ),
    Unconfirmed(
        "storage-rename",
        "NocoBase replaces files by rename, which is not atomic over an object store.",
        "§10 #6",
        "Which files below the storage does NocoBase replace, and how?",
        (Shown("check `storage.mount`", "catalogue/storage.py"),),
    ),
    Unconfirmed(
        "storage-noexec",
        "Plugins that bring programs need a storage without noexec.",
        "§10 #7",
        "Which plugins start a program out of storage/plugins?",
        (Shown("check `storage.mount`", "catalogue/storage.py"),),
    ),
    Unconfirmed(
        "database-encoding",
        "A database that is not UTF8, in MySQL and MariaDB utf8mb4, refuses or spoils what people type.",
        "§2.4",
        "What does NocoBase do with an emoji in a database of another character set?",
        (
            Shown("check `database.encoding`", "catalogue/database.py"),
            Shown("page of that check", "catalogue/database.py"),
        ),
    ),
    Unconfirmed(
        "database-zone",
        "NocoBase reads and writes times with its own zone, whatever the server's is.",
        "§2.4",
        "Which zone do the sessions of NocoBase set on each server?",
        (Shown("check `database.timezone`", "catalogue/database.py"),),
    ),
    Unconfirmed(
        "kingbase-version",
        "KingbaseES of any version serves, with its plugin.",
        "§2.4",
        "Below which version does the KingbaseES plugin refuse to start?",
        (Shown("check `database.version`", "catalogue/database.py"),),
    ),
    Unconfirmed(
        "balancer-idle",
        "Load balancers of some clouds cut what is idle for 60 s.",
        "§7.4 #5",
        "What is the idle time-out of the balancer that is used?",
        (Shown("requirements of a balancer", "files/balancers/requirements.py"),),
    ),
)
"""What users are shown although nothing confirms it, each marked where it is shown; docs/unconfirmed.md is generated from this list."""

# Names that hold secrets

_SECRET_PARTS = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|TOKEN|CREDENTIAL|ENCRYPT|CONNECTION_?STRING|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY"
)
"""Parts that mark a secret anywhere in a name."""

_SECRET_WORDS = frozenset({"PW", "CRED", "CREDS", "DSN", "SALT", "AUTH", "OTP", "PIN", "PEM", "PRIVATE"})
"""Words that mark a secret as a whole word of a name."""

_SECRET_ENDINGS = re.compile(r"(?:PASS|PWD|KEYS?)\Z")
"""Endings of a word, or whole words, that mark a secret."""
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
"""Words with such an ending that are not secrets."""

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
"""Last words of names that describe a secret and do not hold it: its path, its lifetime, its user."""


def numbers_of(version: str) -> tuple[int, ...]:
    """Return the numbers that a version begins with, three at most; none where it begins with none."""
    found = re.match(r"v?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?", version)
    return tuple(int(part) for part in found.groups() if part) if found else ()


def beside_reviewed(version: str) -> int:
    """Return -1 for a version older than the reviewed ones, 1 for a newer one, else 0; parts that it does not name do not count."""
    found = numbers_of(version)
    first, last = (numbers_of(each)[: len(found)] for each in REVIEWED)
    return (found > last) - (found < first)


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
