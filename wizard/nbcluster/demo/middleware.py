"""What a rehearsed Redis and a rehearsed RabbitMQ answer."""

from __future__ import annotations

from collections.abc import Mapping

from nbcluster.demo import network
from nbcluster.demo.network import ALIEN, StageFindings
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import Finding, FindingValue, verdict

DATABASES = 16
"""The default number of databases (redis.conf, ``databases``)."""

_EXCHANGE = {"cache": "shared", "lock": "exclusive", "worker_id": "exclusive", "pubsub": "heard", "queue": "taken"}
"""The outcome of the exchange for each role."""

_FAIL_WITHOUT_SCRIPTS = ("cache", "lock")


def redis(asked: Probe) -> StageFindings:
    """Return the answers of Redis 8 without its bundled modules, empty: the one warning that a look at the version would not give."""
    number, user = asked.number("db"), _redis_user(asked)
    there = number < DATABASES
    return {
        **network.healthy(asked),
        "login": verdict("redis.login.ok" if asked.text("password") else "redis.login.open", user=user),
        # nothing is contacted in the demo
        "exposure": verdict("redis.exposure.home"),
        "ping": Finding("redis.ping.ok", {"median": "0.6", "longest": "1.4", "count": 50}, 1),
        "version": verdict("redis.version.ok", version="8.2.3", mode="standalone"),
        "bloom": verdict("redis.bloom.missing"),
        "database": verdict("redis.database.ok", number=number) if there else _no_database(number),
        "primary": verdict("redis.primary.ok", replicas="0"),
        "server": verdict("redis.server.ok", count=1),
        "commands": verdict("redis.commands.ok", count=9),
        "exchange": verdict(f"redis.exchange.{_EXCHANGE.get(asked.text('role'), 'shared')}"),
        "eviction": verdict("redis.eviction.ok", policy="noeviction", memory="0B"),
        "persistence": verdict("redis.persistence.ok"),
        "limits": verdict("redis.limits.ok", needed=asked.number("connections"), used=4, limit=10000),
        "clock": verdict("redis.clock.ok", drift="0.0"),
        "keys": verdict("redis.keys.ok", number=number, count=0),
        "use": verdict("redis.use.ok", number=number, keys=12, connections=2 * asked.number("machines"), seen=network.ADDRESS),
    }


def redis_troubles(asked: Probe) -> Mapping[str, StageFindings]:
    """Return by word what a Redis answers otherwise."""
    number, user = asked.number("db"), _redis_user(asked)
    return {
        **network.troubles(asked),
        "ssh": {"login": verdict("seen.ssh", seen=ALIEN)},
        "password": {"login": verdict("redis.login.refused", user=user)},
        "full": {"login": verdict("redis.login.full")},
        "loading": {"login": verdict("redis.state.loading")},
        "slow": {"ping": Finding("redis.ping.slow", {"median": "84.0", "longest": "231.7", "count": 6}, 84)},
        "old": {"version": verdict("redis.version.old", version="7.0.15")},
        "bloom": {"bloom": verdict("redis.bloom.ok")},
        "replica": {"primary": verdict("redis.primary.replica", primary=f"primary.demo:{asked.port}")},
        "cluster": {
            "primary": verdict("redis.primary.cluster"),
            **({"database": verdict("redis.database.cluster", number=number)} if number else {}),
        },
        "several": {"server": verdict("redis.server.several", first=network.ADDRESS, second="192.0.2.11")},
        "denied": {"commands": _without_scripts(asked)},
        "evicts": {"eviction": verdict("redis.eviction.evicts", policy="allkeys-lru", memory="64M")},
        "unsaved": {"persistence": verdict("redis.persistence.none")},
        "few": {
            "limits": verdict(
                "redis.limits.few",
                needed=asked.number("connections"),
                used=118,
                limit=128,
                wanted=2 * (118 + asked.number("connections")),
            )
        },
        "drift": {"clock": verdict("redis.clock.drift", drift="41.3")},
        "taken": {"keys": _taken(asked)},
    }


def _redis_user(asked: Probe) -> str:
    return asked.text("username") or "default"


def _no_database(number: int) -> Finding:
    return verdict("redis.database.range", number=number, count=str(DATABASES))


def _taken(asked: Probe) -> Finding:
    values: dict[str, FindingValue] = {"number": asked.number("db"), "count": 214}
    is_new = asked.text("installation") == "new"
    return verdict("redis.keys.taken", **values, example="main:cache:roles") if is_new else verdict("redis.keys.ok", **values)


def _without_scripts(asked: Probe) -> Finding:
    """What a user without EVALSHA may not: roles that are made of scripts cannot work, worker ids are in part."""
    values: dict[str, FindingValue] = {"commands": "EVALSHA", "user": _redis_user(asked), "rules": "+evalsha"}
    role = asked.text("role")
    if role in _FAIL_WITHOUT_SCRIPTS:
        return verdict("redis.commands.denied", **values)
    return verdict("redis.commands.partly", **values) if role == "worker_id" else verdict("redis.commands.ok", count=9)


def rabbitmq(asked: Probe) -> StageFindings:
    """Return the answers of RabbitMQ 4, which lets ``guest`` in from its own machine alone."""
    user = asked.text("username") or "guest"
    return {
        **network.healthy(asked),
        "version": verdict("rabbitmq.version.ok", version="4.1.4"),
        "login": verdict("rabbitmq.login.guest") if user == "guest" else verdict("rabbitmq.login.ok", user=user),
        "vhost": verdict("rabbitmq.vhost.ok", vhost=_vhost(asked)),
        "exposure": verdict("rabbitmq.exposure.home"),
        "limits": verdict("rabbitmq.limits.ok", heartbeat=60, frame=131072, channels=2047),
        "queue": verdict("rabbitmq.queue.ok"),
        "redelivery": verdict("rabbitmq.redelivery.ok"),
        "consume": verdict("rabbitmq.consume.ok"),
        "latency": Finding("rabbitmq.latency.ok", {"median": "0.8", "longest": "2.3", "count": 25}, 1),
        "quorum": verdict("rabbitmq.quorum.ok"),
    }


def rabbitmq_troubles(asked: Probe) -> Mapping[str, StageFindings]:
    """Return by word what a RabbitMQ answers otherwise."""
    user, vhost = asked.text("username") or "guest", _vhost(asked)
    reason = f"ACCESS_REFUSED - configure access to queue 'main.nbcluster-probe' in vhost '{vhost}' refused for user '{user}'"
    return {
        **network.troubles(asked),
        "ssh": {"version": verdict("seen.ssh", seen=ALIEN)},
        "old": {"version": verdict("rabbitmq.version.old", version="3.10.8")},
        "password": {"login": verdict("rabbitmq.login.refused", user=user)},
        "vhost": {"vhost": verdict("rabbitmq.vhost.missing", vhost=vhost)},
        "stranger": {"vhost": verdict("rabbitmq.vhost.denied", vhost=vhost, user=user)},
        "denied": {"queue": verdict("rabbitmq.queue.configure", reason=reason, user=user)},
        "full": {"queue": verdict("rabbitmq.queue.blocked", reason="low on disk")},
        "slow": {"latency": Finding("rabbitmq.latency.slow", {"median": "92.5", "longest": "310.0", "count": 5}, 92)},
        "classic": {"quorum": verdict("rabbitmq.quorum.unknown", reason="PRECONDITION_FAILED - invalid arg 'x-queue-type'")},
    }


def _vhost(asked: Probe) -> str:
    return asked.text("vhost") or "/"
