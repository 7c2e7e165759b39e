"""Verdicts and pages of what two connections do with a Redis, and of the server's room, clock and content."""

from __future__ import annotations

from nbcluster.checks.catalogue.model import Outcome, Page
from nbcluster.text import N_

_ONE_PRIMARY = N_("Use the address of one primary server: behind this one stand several that do not share their data.")

OUTCOMES: dict[str, Outcome] = {
    "redis.exchange.shared": Outcome("ok", N_("what one connection writes, another reads")),
    "redis.exchange.exclusive": Outcome("ok", N_("a lease excludes others, is released by its holder alone, and runs out")),
    "redis.exchange.heard": Outcome("ok", N_("a message that one connection sends arrives at another")),
    "redis.exchange.taken": Outcome("ok", N_("a message that one consumer left unfinished can be taken over by another")),
    "redis.exchange.split": Outcome("fail", N_("what one connection writes, another does not see"), "", _ONE_PRIMARY),
    "redis.exchange.both": Outcome("fail", N_("two connections hold the same lease"), "", _ONE_PRIMARY),
    "redis.exchange.release": Outcome(
        "fail",
        N_("a lease is not released by its holder alone"),
        N_("The script that compares and deletes did not do what it says."),
        N_("Use a server that runs Lua scripts as Redis does."),
    ),
    "redis.exchange.expiry": Outcome(
        "fail",
        N_("a key outlives its expiry by more than a second"),
        N_("Locks and worker ids of a dead process would stay."),
        N_("Use a server that removes expired keys when they are asked for, as Redis does."),
    ),
    "redis.exchange.unheard": Outcome(
        "fail",
        N_("a message that one connection sends does not arrive at another"),
        N_("Changes on one node would stay unknown to the others."),
        _ONE_PRIMARY,
    ),
    "redis.exchange.lost": Outcome(
        "fail",
        N_("a message that a consumer left unfinished cannot be taken over"),
        N_("Work of a node that dies would be lost."),
        N_("Use a server with streams and consumer groups (Redis 5 or later)."),
    ),
    "redis.exchange.denied": Outcome(
        "skip", N_("not tested: {user} may not run what this takes"), "", N_("redis.{role}.commands names what is denied.")
    ),
    "redis.server.ok": Outcome("ok", N_("one server, and no other role in its database {db} by another name")),
    "redis.server.several": Outcome(
        "fail",
        N_("{host} stands for two servers: {first} and {second}"),
        N_(
            "They told different run ids. A process uses whichever address it is given first, and none sees what the other holds."
        ),
        _ONE_PRIMARY,
    ),
    "redis.server.flushed": Outcome(
        "fail",
        N_("the same server and database {db} as {other}, which reaches it as {other_host}"),
        N_("'Clear cache' runs FLUSHDB: it deletes what both roles keep there."),
        N_("Give one of the two roles another database number."),
    ),
    "redis.server.shared": Outcome(
        "warn",
        N_("the same server and database {db} as {other}, which reaches it as {other_host}"),
        "",
        N_("Separate numbers keep them apart when one has to be inspected or emptied."),
    ),
    "redis.server.silent": Outcome(
        "warn",
        N_("{host} has other addresses that could not be judged: {second}"),
        N_("{first} answered. A node that is given another address may get none."),
        N_("Take addresses that serve nobody out of the name, or write the address itself."),
    ),
    "redis.server.hidden": Outcome(
        "skip",
        N_("the server does not tell its run id"),
        N_("Whether two names lead to one server cannot be seen."),
        N_("ACL SETUSER {user} +info lets the checks see it."),
    ),
    "redis.limits.ok": Outcome("ok", N_("{limit} connections, {used} in use; the cluster opens at least {needed} (estimated)")),
    "redis.limits.few": Outcome(
        "warn",
        N_("{limit} connections, {used} in use, and the cluster opens at least {needed} (estimated)"),
        N_("Two connections per process and role are counted (unconfirmed)."),
        N_("CONFIG SET maxclients, the same in redis.conf, and the limit of open files of the service."),
    ),
    "redis.limits.hidden": Outcome(
        "skip",
        N_("the server does not tell its limit of connections"),
        "",
        N_("ACL SETUSER {user} +info lets the checks see it."),
    ),
    "redis.clock.ok": Outcome("ok", N_("the server's clock agrees with this machine's")),
    "redis.clock.drift": Outcome(
        "warn",
        N_("the server's clock and this machine's are {drift} s apart"),
        N_("Logs no longer fit together, and what compares times across machines goes wrong."),
        N_("Run chrony or another NTP client on this machine, on the server and on all nodes."),
    ),
    "redis.clock.hidden": Outcome(
        "skip", N_("the server does not tell its time"), "", N_("ACL SETUSER {user} +time lets the checks see it.")
    ),
    "redis.keys.ok": Outcome("ok", N_("database {number} holds {count} keys")),
    "redis.keys.other": Outcome("ok", N_("database {number} holds {count} keys, none of them found to begin with main:")),
    "redis.keys.taken": Outcome(
        "warn",
        N_("database {number} holds keys of a NocoBase, such as {example}"),
        N_("Two installations of the name main in one database read each other's messages and drop each other's cache."),
        N_("Another database number or server; or empty this one if the installation is gone."),
    ),
    "redis.keys.hidden": Outcome(
        "skip",
        N_("{user} may not look at what lies in database {number}"),
        "",
        N_("ACL SETUSER {user} +dbsize +scan lets the checks see it."),
    ),
}

KEY = "main:nbcluster-probe:<random>"
CHANNEL = "main.nbcluster-probe.<random>"

_EXCHANGE = (
    "AUTH <user> <password>",
    "SELECT <number>",
    f"SET {KEY} <random> PX 30000",
    f"SET {KEY} <1 or 2> NX PX <60 or 30000>",
    f"GET {KEY}",
    f"EVAL <compare and delete> 1 {KEY} <1 or 2>",
    f"EXISTS {KEY}",
    f"SUBSCRIBE {CHANNEL}",
    f"PUBLISH {CHANNEL} <random>",
    f"UNSUBSCRIBE {CHANNEL}",
    "MULTI",
    f"XADD {KEY} * probe 1",
    f"PEXPIRE {KEY} 30000",
    "EXEC",
    f"XGROUP CREATE {KEY} probe 0",
    f"XREADGROUP GROUP probe gone COUNT 1 STREAMS {KEY} >",
    f"XPENDING {KEY} probe - + 1",
    f"XCLAIM {KEY} probe heir 0 <entry>",
    f"DEL {KEY}",
)

PAGES: tuple[Page, ...] = (
    Page(
        "redis.<role>.exchange",
        N_("Two connections do what two processes do"),
        N_(
            "Opens a second connection. Cache: one reads what the other wrote. Lock and worker id: a lease excludes, is released by its holder"
            " alone, and runs out. Sync signal: a message arrives. Queue: an unfinished message is taken over."
        ),
        N_("One primary server behind the address."),
        _EXCHANGE,
        ("net", "redis.state"),
    ),
    Page(
        "redis.<role>.server",
        N_("One server behind the name, and no other name for it"),
        N_(
            "Asks every address of the name, and every role in the same database number at another address, for the server's run id."
            " Two servers behind one name share nothing; two names of one server hide that roles share a database."
        ),
        N_("One address of one primary server; a database number for each role."),
        ("INFO", "AUTH <user> <password>", "INFO server"),
        ("net", "redis.state"),
    ),
    Page(
        "redis.<role>.limits",
        N_("The server takes the connections of the cluster"),
        N_("Two connections per process and role are counted, an estimate (unconfirmed)."),
        N_("`maxclients`."),
        ("INFO",),
    ),
    Page(
        "redis.<role>.clock",
        N_("The server's clock agrees with this machine's"),
        N_("More than two seconds are a warning."),
        N_("NTP on all machines."),
        ("TIME",),
    ),
    Page(
        "redis.<role>.keys",
        N_("No other installation lives in the database"),
        N_("Counts the keys and looks at one page of those that begin with main:, names only. Matters for a new installation."),
        N_("A database of its own for each role and installation."),
        ("DBSIZE", "SCAN 0 MATCH main:* COUNT 1000"),
    ),
)
