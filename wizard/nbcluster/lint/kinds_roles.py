"""Kinds of faults about the servers and keys that a cluster needs."""

from __future__ import annotations

from nbcluster.lint.model import Kind
from nbcluster.problems import Severity
from nbcluster.text import N_

_FAIL, _WARN = (Severity.ERROR,), (Severity.WARNING,)

KINDS = (
    Kind(
        "lint.cache-memory",
        _FAIL,
        N_("The cache is in each process's memory"),
        N_("The default store is the memory of one process. Other processes go on showing what was changed meanwhile."),
        N_("CACHE_DEFAULT_STORE=redis and CACHE_REDIS_URL."),
    ),
    Kind(
        "lint.cache-store",
        (Severity.ERROR, Severity.WARNING),
        N_("CACHE_DEFAULT_STORE names another store"),
        N_("The core knows memory and redis in lower case; the application does not start with a store that is not registered."),
        N_("Write redis."),
    ),
    Kind(
        "lint.cache-url-absent",
        _FAIL,
        N_("The cache is on Redis, and no address says where"),
        N_("Without CACHE_REDIS_URL and REDIS_URL it looks on the node itself."),
        N_("Set CACHE_REDIS_URL."),
    ),
    Kind(
        "lint.pubsub-absent",
        _FAIL,
        N_("No PUBSUB_ADAPTER_REDIS_URL"),
        N_(
            "The sync signal tells the other nodes about changed collections and permissions. The plugin's default is the node itself."
        ),
        N_("Set the address, in a database that the cache does not use."),
    ),
    Kind(
        "lint.lock-adapter",
        _FAIL,
        N_("LOCK_ADAPTER_DEFAULT is not redis"),
        N_("The default is local: a lock holds within one process. LOCK_ADAPTER_REDIS_URL alone changes nothing."),
        N_("LOCK_ADAPTER_DEFAULT=redis, with the lock plugin enabled."),
    ),
    Kind(
        "lint.lock-url-absent",
        _FAIL,
        N_("No LOCK_ADAPTER_REDIS_URL"),
        N_("The plugin's default is Redis on the node itself."),
        N_("Set the address."),
    ),
    Kind(
        "lint.queue-adapter",
        _FAIL,
        N_("No queue adapter"),
        N_(
            "Without QUEUE_ADAPTER queued work stays in the memory of one process; WORKER_MODE on another node has nothing to do."
        ),
        N_("QUEUE_ADAPTER=redis and QUEUE_ADAPTER_REDIS_URL, or rabbitmq and its address."),
    ),
    Kind(
        "lint.queue-url-absent",
        _FAIL,
        N_("No QUEUE_ADAPTER_REDIS_URL"),
        N_("The plugin's default is Redis on the node itself."),
        N_("Set the address."),
    ),
    Kind(
        "lint.queue-broker-absent",
        _WARN,
        N_("The queue is on RabbitMQ, and no variable has its address"),
        N_("The name of the variable is published nowhere; any variable with an amqp:// address counts."),
        N_("Read the name from the installed plugin."),
    ),
    Kind(
        "lint.worker-id-absent",
        _FAIL,
        N_("No REDIS_URL"),
        N_(
            "Worker ids are drawn at random from 32: of four processes two share one with a probability of 18 %, of eight with 61 %."
        ),
        N_("Set REDIS_URL, in a database that the cache does not use."),
    ),
    Kind(
        "lint.app-key-absent",
        _FAIL,
        N_("No APP_KEY"),
        N_(
            "The command line then fills in a published constant, with which anybody can sign a session; "
            "storage/apps/main/jwt_secret.dat decides instead where it exists. A comment that begins with "
            "`# nbcluster: APP_KEY: left out` says that this is meant."
        ),
        N_("Set 64 random hex digits, the same on every node."),
    ),
    Kind(
        "lint.aes-key-absent",
        _WARN,
        N_("No APP_AES_SECRET_KEY"),
        N_(
            "The key that encrypts secrets is then storage/apps/main/aes_key.dat: right as long as the share holds it before any node starts. "
            "A comment that begins with `# nbcluster: APP_AES_SECRET_KEY: left out` says that this is meant."
        ),
        N_(
            "Write the 32 bytes of the file as 64 hex digits, or keep the file on the share. Never another key for an existing installation."
        ),
    ),
    Kind(
        "lint.app-key",
        _FAIL,
        N_("APP_KEY is weak"),
        N_(
            "A published constant or fewer than 32 characters: sessions can be forged. Two constants make NocoBase write a key file that wins ever after."
        ),
        N_("64 random hex digits; everybody signs in again."),
    ),
    Kind(
        "lint.aes-key",
        _FAIL,
        N_("APP_AES_SECRET_KEY is no key of 32 bytes"),
        N_("The application does not start with anything but 64 hex digits."),
        N_("Look for the right key; another one cannot read what is encrypted."),
    ),
    Kind(
        "lint.admin-password",
        (Severity.ERROR, Severity.WARNING),
        N_("INIT_ROOT_PASSWORD is the public default, or short"),
        N_("The first account of a fresh installation has all rights."),
        N_("Set another one before the first start."),
    ),
)
