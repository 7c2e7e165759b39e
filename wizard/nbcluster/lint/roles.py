"""What a cluster needs beside well-formed values: a server for every role, keys, and no leftovers of a single node (nocobase.md §1, §2, §12)."""

from __future__ import annotations

from collections.abc import Iterator

from nbcluster.facts import BROKER_VARIABLES
from nbcluster.lint.application import Application
from nbcluster.lint.judged import queue_variable
from nbcluster.lint.model import Finding
from nbcluster.problems import Severity
from nbcluster.text import _


def roles(found: Application) -> Iterator[Finding]:
    """Yield what is missing or left over from a single node."""
    yield from _cache(found)
    yield from _pubsub(found)
    yield from _lock(found)
    yield from _queue(found)
    if found.lacks("REDIS_URL"):
        yield found.at(
            "worker-id-absent",
            "REDIS_URL",
            _("is not set: every process draws a random worker id, and two with the same one make the same keys."),
            _("Set the Redis address for worker ids, in a database of its own: redis://HOST:6379/4."),
        )
    yield from _keys(found)


def _cache(found: Application) -> Iterator[Finding]:
    store = found.value("CACHE_DEFAULT_STORE")
    if found.lacks("CACHE_DEFAULT_STORE") or store == "memory":
        yield found.at(
            "cache-memory",
            "CACHE_DEFAULT_STORE",
            _("leaves the cache in each process's own memory: nodes show what others have changed already."),
            _("Set CACHE_DEFAULT_STORE=redis and CACHE_REDIS_URL."),
        )
    elif store and store != "redis":
        yield found.at(
            "cache-store",
            "CACHE_DEFAULT_STORE",
            _(
                "is neither redis nor memory, written in lower case: the application does not start with a store it does not know."
            ),
            _("Write redis, or make sure that an enabled plugin brings this store."),
            Severity.ERROR if store.lower() in ("redis", "memory") else Severity.WARNING,
        )
    elif store and found.lacks("CACHE_REDIS_URL") and found.lacks("REDIS_URL"):
        yield found.at(
            "cache-url-absent",
            "CACHE_REDIS_URL",
            _("is not set: the cache looks for Redis on the node itself, and the application does not start."),
            _("Set the Redis address of the cache: redis://HOST:6379/0."),
        )


def _pubsub(found: Application) -> Iterator[Finding]:
    if found.lacks("PUBSUB_ADAPTER_REDIS_URL"):
        yield found.at(
            "pubsub-absent",
            "PUBSUB_ADAPTER_REDIS_URL",
            _("is not set: nodes do not hear of each other's changes."),
            _("Set the Redis address of the sync signal: redis://HOST:6379/1."),
        )


def _lock(found: Application) -> Iterator[Finding]:
    adapter = found.value("LOCK_ADAPTER_DEFAULT")
    if found.lacks("LOCK_ADAPTER_DEFAULT") or (adapter and adapter != "redis"):
        yield found.at(
            "lock-adapter",
            "LOCK_ADAPTER_DEFAULT",
            _("is not redis: locks hold within one process only, whatever the lock's address says."),
            _(
                "Set LOCK_ADAPTER_DEFAULT=redis once the lock plugin is enabled; for the first start of one node alone, override it."
            ),
        )
    if adapter == "redis" and found.lacks("LOCK_ADAPTER_REDIS_URL"):
        yield found.at(
            "lock-url-absent",
            "LOCK_ADAPTER_REDIS_URL",
            _("is not set: the plugin looks for Redis on the node itself."),
            _("Set the Redis address of the locks: redis://HOST:6379/2."),
        )


def _queue(found: Application) -> Iterator[Finding]:
    adapter = found.value("QUEUE_ADAPTER")
    if found.lacks("QUEUE_ADAPTER") or (adapter and adapter not in ("redis", "rabbitmq")):
        yield found.at(
            "queue-adapter",
            "QUEUE_ADAPTER",
            _(
                "is neither redis nor rabbitmq, written in lower case: queued work stays in the memory of the process that took it."
            ),
            _("Set QUEUE_ADAPTER=redis and QUEUE_ADAPTER_REDIS_URL, and enable the queue plugin."),
        )
    elif adapter == "redis" and found.lacks("QUEUE_ADAPTER_REDIS_URL"):
        yield found.at(
            "queue-url-absent",
            "QUEUE_ADAPTER_REDIS_URL",
            _("is not set: the plugin looks for Redis on the node itself."),
            _("Set the Redis address of the queue: redis://HOST:6379/3."),
        )
    elif adapter == "rabbitmq" and found.lacks(queue_variable(found)):
        yield found.at(
            "queue-broker-absent",
            BROKER_VARIABLES[0],
            _("no variable has an amqp:// address; the name of the right one is unconfirmed."),
            _("Read the name from the installed plugin and set the broker's address."),
            Severity.WARNING,
        )


def _keys(found: Application) -> Iterator[Finding]:
    if found.lacks("APP_KEY") and "APP_KEY" not in found.decided:
        yield found.at(
            "app-key-absent",
            "APP_KEY",
            _("is not set: sessions are signed with a published constant unless a key file on the share decides."),
            _(
                "Set 64 random hex digits (openssl rand -hex 32), the same on every node. "
                "An installation that signs with storage/apps/main/jwt_secret.dat keeps that file on the share."
            ),
        )
    if found.lacks("APP_AES_SECRET_KEY") and found.lacks("APP_AES_SECRET_KEY_PATH") and "APP_AES_SECRET_KEY" not in found.decided:
        yield found.at(
            "aes-key-absent",
            "APP_AES_SECRET_KEY",
            _("is not set: the key that encrypts is a file, and nodes that start without it on the share each make their own."),
            _(
                "A fresh installation sets 64 random hex digits. An existing one turns the 32 bytes of storage/apps/main/aes_key.dat "
                "into digits (od -An -vtx1 aes_key.dat | tr -d ' \\n') or keeps that file on the share; another key loses what is encrypted."
            ),
            Severity.WARNING,
        )
