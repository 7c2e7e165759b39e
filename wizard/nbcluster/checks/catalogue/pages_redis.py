"""Pages of the checks of Redis."""

from __future__ import annotations

from nbcluster.checks.catalogue.model import Page
from nbcluster.text import N_

KEY = "main:nbcluster-probe:<random>"
CHANNEL = "main.nbcluster-probe.<random>"

_LEASE = (
    "MULTI",
    f"SET {KEY} <random> NX PX 30000",
    "EXEC",
    "DISCARD",
    f"GET {KEY}",
    f"EXISTS {KEY}",
    f"PEXPIRE {KEY} 30000",
    f"EVALSHA <digest of no script> 1 {KEY}",
    f"EVAL <compare and delete> 1 {KEY} <random>",
    f"DEL {KEY}",
)
_STREAM = (
    "MULTI",
    f"XADD {KEY} * probe 1",
    f"PEXPIRE {KEY} 30000",
    "EXEC",
    "DISCARD",
    f"XRANGE {KEY} - + COUNT 1",
    f"XREAD COUNT 1 STREAMS {KEY} 0",
    f"XGROUP CREATE {KEY} probe 0",
    f"XREADGROUP GROUP probe probe COUNT 1 STREAMS {KEY} >",
    f"XACK {KEY} probe <entry>",
    f"DEL {KEY}",
)

_COMMANDS = (
    *(
        f"cache: {line}"
        for line in ("MULTI", f"SET {KEY} 1 PX 30000", "EXEC", "DISCARD", f"GET {KEY}", f"MGET {KEY}", f"PTTL {KEY}")
    ),
    *(f"cache: {line}" for line in (f"EVALSHA <digest of no script> 1 {KEY}", f"DEL {KEY}")),
    *(f"cache: {line}" for line in (f"ACL DRYRUN <user> KEYS {KEY}*", "ACL DRYRUN <user> FLUSHDB")),
    *(f"cache: {line}" for line in ("COMMAND INFO KEYS", "COMMAND INFO FLUSHDB", "ACL GETUSER <user>")),
    *(f"lock, worker_id: {line}" for line in _LEASE),
    *(f"pubsub: {line}" for line in (f"PUBLISH {CHANNEL} probe", f"SUBSCRIBE {CHANNEL}", f"UNSUBSCRIBE {CHANNEL}")),
    *(f"pubsub, queue: {line}" for line in _STREAM),
    *(f"queue: {line}" for line in ("MULTI", f"RPUSH {KEY}:list probe", f"PEXPIRE {KEY}:list 30000", "EXEC", "DISCARD")),
    *(f"queue: {line}" for line in (f"LPOP {KEY}:list", f"DEL {KEY}:list")),
)

PAGES: tuple[Page, ...] = (
    Page(
        "redis.<role>.reach",
        N_("The Redis of this role accepts connections"),
        N_("Opens one TCP connection, which all further checks of the role share. Every address of the name is tried."),
        N_("Host, port, `bind` in redis.conf, firewall between this machine (and every node) and the server."),
        families=("net",),
    ),
    Page(
        "redis.<role>.tls",
        N_("TLS starts, and the certificate is good"),
        N_(
            "Only for rediss:// addresses. Trusts what this machine trusts and tls.ca_file, as a node does with NODE_EXTRA_CA_CERTS."
        ),
        N_("The TLS port, a certificate made out to the host, tls.ca_file for an authority of your own."),
        families=("tls", "net"),
    ),
    Page(
        "redis.<role>.login",
        N_("The user name and password are accepted"),
        N_("Logs in as NocoBase will. An answer to PING proves that it was enough, also where no password is given."),
        N_("User name, password, percent-encoding of reserved signs, `requirepass`, `ACL SETUSER`."),
        ("AUTH <user> <password>", "PING"),
        ("seen", "net", "redis.state"),
    ),
    Page(
        "redis.<role>.ping",
        N_("How long an answer takes"),
        N_(
            "Fifty PINGs on the open connection, fewer where they are slow; the median counts. Over 50 ms is a warning: every lock and cached read pays it."
        ),
        N_("Run Redis near the nodes."),
        ("PING",),
    ),
    Page(
        "redis.<role>.version",
        N_("Version and edition"),
        N_(
            "NocoBase's documentation asks for Redis 8; the only known reason is the Bloom filter, so that an older version is a warning."
            " Streams, which the plugins very likely use (unconfirmed), need Redis 5. Valkey, Dragonfly, KeyDB are named as what they are."
        ),
        N_("Redis 8."),
        ("INFO",),
    ),
    Page(
        "redis.<role>.bloom",
        N_("Bloom filters for the token blacklist (cache only)"),
        N_(
            "NocoBase keeps signed-out tokens in the filter token-black-list. Without Bloom filters it starts and asks the database each time."
            " Judged by ability, not by version: some builds of Redis 8 lack it. The filter is asked for one word; nothing is made."
        ),
        N_("Redis 8 with its modules, Redis Stack, or the module redisbloom; rights on the key token-black-list."),
        (
            "COMMAND INFO BF.RESERVE",
            "BF.EXISTS token-black-list nbcluster-probe",
            "ACL DRYRUN <user> BF.RESERVE token-black-list 0.001 1000000",
            "ACL DRYRUN <user> BF.ADD token-black-list x",
            "ACL DRYRUN <user> BF.MADD token-black-list x",
            "COMMAND INFO BF.ADD",
            "COMMAND INFO BF.MADD",
            "ACL GETUSER <user>",
        ),
    ),
    Page(
        "redis.<role>.database",
        N_("The chosen database can be selected"),
        N_("Managed services and Redis Cluster often have database 0 only."),
        N_("Another number, `databases` in redis.conf, or another server."),
        ("SELECT <number>", "CONFIG GET databases"),
    ),
    Page(
        "redis.<role>.primary",
        N_("One primary server: no replica, no Cluster, no Sentinel"),
        N_("NocoBase does not follow MOVED answers, cannot ask a Sentinel, and has to write."),
        N_("The address of the primary, or a proxy that leads to it."),
        ("INFO",),
    ),
    Page(
        "redis.<role>.commands",
        N_("What NocoBase does in this role is allowed and works"),
        N_(
            "Runs the role's commands on a key that gets its expiry (30 seconds) in the same transaction in which it is made, and removes it."
            " KEYS and FLUSHDB are never run: the check asks whether they may be (ACL DRYRUN; where that is missing, COMMAND INFO and ACL"
            " GETUSER). What the commercial plugins use is inferred (unconfirmed)."
        ),
        N_("`ACL SETUSER` with the commands that the finding names, and the keys `~main:*`."),
        _COMMANDS,
    ),
    Page(
        "redis.<role>.eviction",
        N_("The server keeps its keys (all roles but the cache)"),
        N_(
            "With another policy than noeviction a full server throws away locks, messages and worker ids. Inferred (unconfirmed)."
        ),
        N_("`maxmemory-policy noeviction`."),
        ("INFO",),
    ),
    Page(
        "redis.<role>.persistence",
        N_("Queued messages survive a restart of Redis (queue only)"),
        N_("Without an append-only file, messages since the last snapshot are gone. Inferred (unconfirmed)."),
        N_("`appendonly yes`."),
        ("INFO", "CONFIG GET save"),
    ),
)
