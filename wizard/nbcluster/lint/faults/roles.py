"""Faults of the roles of Redis and RabbitMQ: cache, sync signal, lock, queue, worker ids (nocobase.md §1, §2, §12)."""

from __future__ import annotations

from collections.abc import Iterator

from nbcluster.errors import Severity
from nbcluster.facts import BROKER_VARIABLES
from nbcluster.lint.application import Application, absent
from nbcluster.lint.model import EITHER, FAIL, WARN, Fault, Hit
from nbcluster.text import N_


def _in_memory(found: Application) -> Iterator[Hit]:
    if found.lacks("CACHE_DEFAULT_STORE") or found.value("CACHE_DEFAULT_STORE") == "memory":
        yield found.at("CACHE_DEFAULT_STORE")


def _other_store(found: Application) -> Iterator[Hit]:
    store = found.value("CACHE_DEFAULT_STORE")
    if store not in ("", "memory", "redis"):
        misspelt = store.lower() in ("redis", "memory")
        yield found.at("CACHE_DEFAULT_STORE", severity=Severity.ERROR if misspelt else Severity.WARNING)


def _cache_nowhere(found: Application) -> Iterator[Hit]:
    if found.value("CACHE_DEFAULT_STORE") == "redis" and found.lacks("CACHE_REDIS_URL") and found.lacks("REDIS_URL"):
        yield found.at("CACHE_REDIS_URL")


def _local_lock(found: Application) -> Iterator[Hit]:
    if found.lacks("LOCK_ADAPTER_DEFAULT") or found.value("LOCK_ADAPTER_DEFAULT") not in ("", "redis"):
        yield found.at("LOCK_ADAPTER_DEFAULT")


def _lock_nowhere(found: Application) -> Iterator[Hit]:
    if found.value("LOCK_ADAPTER_DEFAULT") == "redis" and found.lacks("LOCK_ADAPTER_REDIS_URL"):
        yield found.at("LOCK_ADAPTER_REDIS_URL")


def _no_queue(found: Application) -> Iterator[Hit]:
    if found.lacks("QUEUE_ADAPTER") or found.value("QUEUE_ADAPTER") not in ("", "redis", "rabbitmq"):
        yield found.at("QUEUE_ADAPTER")


def _queue_nowhere(found: Application) -> Iterator[Hit]:
    if found.value("QUEUE_ADAPTER") == "redis" and found.lacks("QUEUE_ADAPTER_REDIS_URL"):
        yield found.at("QUEUE_ADAPTER_REDIS_URL")


def _broker_nowhere(found: Application) -> Iterator[Hit]:
    if found.value("QUEUE_ADAPTER") == "rabbitmq" and found.lacks(found.queue_variable):
        yield found.at(BROKER_VARIABLES[0])


FAULTS: tuple[Fault, ...] = (
    Fault(
        "cache-memory",
        FAIL,
        N_("The cache is in each process's memory"),
        N_("The default store is the memory of one process. Other processes go on showing what was changed meanwhile."),
        N_("leaves the cache in each process's own memory: nodes show what others have changed already."),
        N_("Set CACHE_DEFAULT_STORE=redis and CACHE_REDIS_URL."),
        variables=_in_memory,
        clustered=True,
        observed="(healthy; other nodes go on showing what was changed)",
    ),
    Fault(
        "cache-store",
        EITHER,
        N_("CACHE_DEFAULT_STORE names another store"),
        N_("The core knows memory and redis in lower case; the application does not start with a store that is not registered."),
        N_("is neither redis nor memory, written in lower case: the application does not start with a store it does not know."),
        N_("Write redis, or make sure that an enabled plugin brings this store."),
        variables=_other_store,
        observed="Create cache failed, store type [Redis] is unavailable or not registered",
    ),
    Fault(
        "cache-url-absent",
        FAIL,
        N_("The cache is on Redis, and no address says where"),
        N_("Without CACHE_REDIS_URL and REDIS_URL it looks on the node itself."),
        N_("is not set: the cache looks for Redis on the node itself, and the application does not start."),
        N_("Set the Redis address of the cache: redis://HOST:6379/0."),
        variables=_cache_nowhere,
        observed="connect ECONNREFUSED 127.0.0.1:6379",
    ),
    Fault(
        "pubsub-absent",
        FAIL,
        N_("No PUBSUB_ADAPTER_REDIS_URL"),
        N_(
            "The sync signal tells the other nodes about changed collections and permissions. The plugin's default is the node itself."
        ),
        N_("is not set: nodes do not hear of each other's changes."),
        N_("Set the Redis address of the sync signal: redis://HOST:6379/1."),
        remedy=N_("Set the address, in a database that the cache does not use."),
        variables=absent("PUBSUB_ADAPTER_REDIS_URL"),
        clustered=True,
        observed="[PubSubManager] adapter is not exist or not connected, cannot publish message to channel main.sync…",
    ),
    Fault(
        "lock-adapter",
        FAIL,
        N_("LOCK_ADAPTER_DEFAULT is not redis"),
        N_("The default is local: a lock holds within one process. LOCK_ADAPTER_REDIS_URL alone changes nothing."),
        N_("is not redis: locks hold within one process only, whatever the lock's address says."),
        N_("Set LOCK_ADAPTER_DEFAULT=redis once the lock plugin is enabled; for the first start of one node alone, override it."),
        variables=_local_lock,
        clustered=True,
        observed="(healthy; a lock holds within one process)",
    ),
    Fault(
        "lock-url-absent",
        FAIL,
        N_("No LOCK_ADAPTER_REDIS_URL"),
        N_("The plugin's default is Redis on the node itself."),
        N_("is not set: the plugin looks for Redis on the node itself."),
        N_("Set the Redis address of the locks: redis://HOST:6379/2."),
        variables=_lock_nowhere,
        clustered=True,
    ),
    Fault(
        "queue-adapter",
        FAIL,
        N_("No queue adapter"),
        N_(
            "Without QUEUE_ADAPTER queued work stays in the memory of one process; WORKER_MODE on another node has nothing to do."
        ),
        N_("is neither redis nor rabbitmq, written in lower case: queued work stays in the memory of the process that took it."),
        N_("Set QUEUE_ADAPTER=redis and QUEUE_ADAPTER_REDIS_URL, and enable the queue plugin."),
        remedy=N_("QUEUE_ADAPTER=redis and QUEUE_ADAPTER_REDIS_URL, or rabbitmq and its address."),
        variables=_no_queue,
        clustered=True,
        observed="(healthy; queued work stays in the process that took it)",
    ),
    Fault(
        "queue-url-absent",
        FAIL,
        N_("No QUEUE_ADAPTER_REDIS_URL"),
        N_("The plugin's default is Redis on the node itself."),
        N_("is not set: the plugin looks for Redis on the node itself."),
        N_("Set the Redis address of the queue: redis://HOST:6379/3."),
        variables=_queue_nowhere,
        clustered=True,
    ),
    Fault(
        "queue-broker-absent",
        WARN,
        N_("The queue is on RabbitMQ, and no variable has its address"),
        N_("The name of the variable is published nowhere; any variable with an amqp:// address counts."),
        N_("no variable has an amqp:// address; the name of the right one is unconfirmed."),
        N_("Read the name from the installed plugin and set the broker's address."),
        variables=_broker_nowhere,
        clustered=True,
    ),
    Fault(
        "worker-id-absent",
        FAIL,
        N_("No REDIS_URL"),
        N_(
            "Worker ids are drawn at random from 32: of four processes two share one with a probability of 18 %, of eight with 61 %."
        ),
        N_("is not set: every process draws a random worker id, and two with the same one make the same keys."),
        N_("Set the Redis address for worker ids, in a database of its own: redis://HOST:6379/4."),
        variables=absent("REDIS_URL"),
        clustered=True,
        observed="(healthy; now and then a primary key that exists already)",
    ),
)
