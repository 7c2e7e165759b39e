"""The names of variables that NocoBase reads, and names that look like them (nocobase.md §2, §19 #4)."""

from __future__ import annotations

import re
from functools import cache

from nbcluster.facts import BROKER_VARIABLES, MISNAMED, UNREAD

KNOWN = frozenset(BROKER_VARIABLES) | frozenset(
    re.findall(
        r"\w+",
        """
    APP_AES_SECRET_KEY APP_AES_SECRET_KEY_PATH APP_CLIENT_ENTRY_MODE APP_COMMAND_ADAPTER APP_COMMAND_REDIS_URL APP_DISCOVERY_ADAPTER
    APP_ENV APP_ENV_PATH APP_HOST APP_KEY APP_LAUNCH_MODE APP_MODE APP_MODERN_CLIENT_PREFIX APP_PORT APP_PROCESS_ADAPTER
    APP_PUBLIC_PATH APP_SERVER_PORT APP_SUPERVISOR_AES_SECRET_KEY APP_SUPERVISOR_REDIS_URL ENVIRONMENT_NAME ENVIRONMENT_URL
    ENVIRONMENT_PROXY_URL API_BASE_PATH API_BASE_URL WS_PATH WEBSOCKET_URL CDN_BASE_URL CDN_VERSION PROXY_TARGET_URL
    CORS_ORIGIN_WHITELIST CORS_DISALLOW_NO_ORIGIN UNSAFE_USE_DEFAULT_JWT_SECRET ENCRYPTION_FIELD_KEY JWT_EXPIRES_IN TZ STORAGE_PATH
    PLUGIN_STORAGE_PATH PLUGIN_STATICS_PATH LOCAL_STORAGE_DEST LOCAL_STORAGE_ALLOWED_ROOTS LOCAL_STORAGE_BASE_URL
    LOCAL_STORAGE_USE_STATIC_SERVER DEFAULT_STORAGE_TYPE LEGACY_LOCAL_STORAGE_PUBLIC_ACCESS PM2_HOME SOCKET_PATH
    NOCOBASE_RUNNING_IN_DOCKER REQUEST_BODY_LIMIT SERVER_REQUEST_WHITELIST SERVER_REQUEST_DISALLOW_IP NODE_ARGS NODE_OPTIONS NODE_ENV
    NODE_EXTRA_CA_CERTS CLUSTER_MODE WORKER_MODE CACHE_DEFAULT_STORE CACHE_REDIS_URL CACHE_MEMORY_MAX PUBSUB_ADAPTER_REDIS_URL
    LOCK_ADAPTER_DEFAULT LOCK_ADAPTER_REDIS_URL QUEUE_ADAPTER QUEUE_ADAPTER_REDIS_URL REDIS_URL ASYNC_TASK_MAX_CONCURRENCY
    ASYNC_TASK_CONCURRENCY_MODE ASYNC_TASK_WORKER_MAX_OLD ASYNC_TASK_WORKER_MAX_YOUNG WORKFLOW_SCRIPT_WORKER_CONCURRENCY
    WORKFLOW_LOOP_LIMIT WORKFLOW_NODES_LIMIT WORKFLOW_SCRIPT_MODULES DB_DIALECT DB_HOST DB_PORT DB_DATABASE DB_USER DB_PASSWORD
    DB_SCHEMA DB_TABLE_PREFIX DB_UNDERSCORED DB_LOGGING DB_TIMEZONE DB_STORAGE DB_POOL_MAX DB_POOL_MIN DB_POOL_IDLE DB_POOL_ACQUIRE
    DB_POOL_EVICT DB_POOL_MAX_USES DB_SKIP_VERSION_CHECK DB_DIALECT_OPTIONS_SSL_MODE DB_DIALECT_OPTIONS_SSL_CA
    DB_DIALECT_OPTIONS_SSL_KEY DB_DIALECT_OPTIONS_SSL_CERT DB_DIALECT_OPTIONS_SSL_REJECT_UNAUTHORIZED COLLECTION_MANAGER_SCHEMA
    INIT_APP_LANG INIT_LANG INIT_ROOT_EMAIL INIT_ROOT_PASSWORD INIT_ROOT_NICKNAME INIT_ROOT_USERNAME APPEND_PRESET_BUILT_IN_PLUGINS
    APPEND_PRESET_LOCAL_PLUGINS PLUGIN_PACKAGE_PREFIX PLUGIN_URL_HASH_SALT NOCOBASE_PKG_URL NOCOBASE_PKG_USERNAME
    NOCOBASE_PKG_PASSWORD DISABLE_PKG_DOWNLOAD SKIP_SAME_VERSION_UPGRADE NOCOBASE_PROXY_PROVIDER NOCOBASE_PROXY_STORAGE_PATH
    NOCOBASE_PROXY_UPSTREAM_HOST NOCOBASE_PROXY_UPSTREAM_PORT NGINX_UPSTREAM_HOST LOGGER_TRANSPORT LOGGER_LEVEL LOGGER_FORMAT
    LOGGER_MAX_FILES LOGGER_MAX_SIZE AUDIT_LOGGER_TRANSPORT TELEMETRY_ENABLED TELEMETRY_SERVICE_NAME TELEMETRY_METRIC_READER
    TELEMETRY_TRACE_PROCESSOR SERVER_TSCONFIG_PATH
        """,
    )
)
"""Every name that NocoBase's own code, its image or its official plugins read."""

OTHERS = (
    dict(MISNAMED)
    | dict.fromkeys(UNREAD, "")
    | {
        "DB_TYPE": "DB_DIALECT",
        "DB_DRIVER": "DB_DIALECT",
        "DB_PASS": "DB_PASSWORD",
        "DB_SSL": "DB_DIALECT_OPTIONS_SSL_MODE",
        "DB_SSLMODE": "DB_DIALECT_OPTIONS_SSL_MODE",
        "DATABASE_URL": "DB_HOST",
        "DATABASE_HOST": "DB_HOST",
        "REDIS_HOST": "REDIS_URL",
        "REDIS_PORT": "REDIS_URL",
        "REDIS_PASSWORD": "REDIS_URL",
        "REDIS_DB": "REDIS_URL",
        "PUBSUB_ADAPTER": "PUBSUB_ADAPTER_REDIS_URL",
        "LOCK_ADAPTER": "LOCK_ADAPTER_DEFAULT",
        "QUEUE_ADAPTER_DEFAULT": "QUEUE_ADAPTER",
        "CACHE_STORE": "CACHE_DEFAULT_STORE",
        "APP_SECRET": "APP_KEY",
        "TIMEZONE": "TZ",
    }
)
"""Names that nothing of NocoBase's own reads, and the one that was meant; empty where there is none."""

_FAMILIES: dict[str, list[tuple[str, frozenset[str]]]] = {}
for _known in sorted(KNOWN):
    _FAMILIES.setdefault(_known.partition("_")[0], []).append((_known, frozenset(_known.split("_"))))
_FAMILY = re.compile(r"(?:DB|CACHE|LOCK_ADAPTER|PUBSUB|QUEUE|REDIS|WORKER|CLUSTER|SYNC)_[A-Z0-9_]+\Z")
_INJECTED = re.compile(r"_(?:SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)\Z")
_OTHER_ADDRESS = re.compile(r"_REDIS_URL\Z")
_LONGEST = 60


def meant(name: str) -> str:
    """Return the name that was meant by one that nothing reads; empty where it looks like none."""
    if name in OTHERS:
        return OTHERS[name]
    slip = _slip(name)
    if slip or len(name) > _LONGEST:
        return slip
    words = set(name.split("_"))
    best, shared = "", 1
    for known, its in _FAMILIES.get(name.partition("_")[0], ()):
        if len(words & its) > shared:
            best, shared = known, len(words & its)
    return best


def is_unread(name: str, value: str) -> bool:
    """Tell whether a name is none that NocoBase reads, and looks as if it were meant for it.

    What Kubernetes puts into the environment for each Service is nobody's mistake, and neither is the address of another plugin.
    """
    if name in KNOWN or len(name) > _LONGEST or value.startswith(("tcp://", "udp://")) or _INJECTED.search(name):
        return False
    if name in OTHERS:
        return True
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        return False
    return bool(_FAMILY.match(name) and not _OTHER_ADDRESS.search(name)) or bool(_slip(name))


def _without_one(name: str) -> set[str]:
    return {name[:at] + name[at + 1 :] for at in range(len(name))}


@cache
def _slips() -> dict[str, str]:
    """Return an index of known names by each name with one letter removed, for a fast search."""
    return {part: name for name in sorted(KNOWN, reverse=True) if len(name) > 3 for part in (*_without_one(name), name)}


@cache
def _edges() -> tuple[frozenset[str], frozenset[str]]:
    """Return the first three and the last three letters of all known names."""
    return frozenset(name[:3] for name in KNOWN), frozenset(name[-3:] for name in KNOWN)


def _slip(name: str) -> str:
    """Return the known name that differs by one letter, or by two that have changed places; empty for none."""
    if not 4 < len(name) <= _LONGEST:
        return ""
    starts, ends = _edges()
    # one slip leaves the first three letters or the last three as they are
    if len(name) > 6 and name[:3] not in starts and name[-3:] not in ends:
        return ""
    index = _slips()
    return next((index[part] for part in (name, *sorted(_without_one(name))) if part in index), "")
