"""Checks of Redis in each of its roles."""

from __future__ import annotations

from nbcluster.catalogue.model import Check, Outcome
from nbcluster.text import N_

_KEY = "main:nbcluster-probe:<random>"

_CHANNEL = "main.nbcluster-probe.<random>"

_LEASE = (
    "MULTI",
    f"SET {_KEY} <random> NX PX 30000",
    "EXEC",
    "DISCARD",
    f"GET {_KEY}",
    f"EXISTS {_KEY}",
    f"PEXPIRE {_KEY} 30000",
    f"EVALSHA <digest of no script> 1 {_KEY}",
    f"EVAL <compare and delete> 1 {_KEY} <random>",
    f"DEL {_KEY}",
)

_STREAM = (
    "MULTI",
    f"XADD {_KEY} * probe 1",
    f"PEXPIRE {_KEY} 30000",
    "EXEC",
    "DISCARD",
    f"XADD {_KEY} NOMKSTREAM * probe 1",
    f"XRANGE {_KEY} - + COUNT 1",
    f"XREAD COUNT 1 STREAMS {_KEY} 0",
    f"XGROUP CREATE {_KEY} probe 0",
    f"XREADGROUP GROUP probe probe COUNT 1 STREAMS {_KEY} >",
    f"XACK {_KEY} probe <entry>",
    f"DEL {_KEY}",
)

_COMMANDS = (
    *(
        f"cache: {line}"
        for line in ("MULTI", f"SET {_KEY} 1 PX 30000", "EXEC", "DISCARD", f"GET {_KEY}", f"MGET {_KEY}", f"PTTL {_KEY}")
    ),
    *(f"cache: {line}" for line in (f"INCRBY {_KEY} 1", f"MSET {_KEY} 1", f"PEXPIRE {_KEY} 30000")),
    *(f"cache: {line}" for line in (f"EVALSHA <digest of no script> 1 {_KEY}", f"DEL {_KEY}")),
    *(f"cache: {line}" for line in (f"ACL DRYRUN <user> KEYS {_KEY}*", "ACL DRYRUN <user> FLUSHDB")),
    *(f"cache: ACL DRYRUN <user> {line}" for line in ("SCRIPT LOAD return 1", f"INCRBY {_KEY} 1", f"MSET {_KEY} 1")),
    *(f"cache: COMMAND INFO {name}" for name in ("KEYS", "FLUSHDB", "SCRIPT", "INCRBY", "MSET")),
    "ACL GETUSER <user>",
    *(f"lock, worker_id: {line}" for line in _LEASE),
    *(f"pubsub: {line}" for line in (f"PUBLISH {_CHANNEL} probe", f"SUBSCRIBE {_CHANNEL}", f"UNSUBSCRIBE {_CHANNEL}")),
    *(f"pubsub, queue: {line}" for line in _STREAM),
    *(f"queue: {line}" for line in ("MULTI", f"RPUSH {_KEY}:list probe", f"PEXPIRE {_KEY}:list 30000", "EXEC", "DISCARD")),
    *(f"queue: {line}" for line in (f"ACL DRYRUN <user> RPUSH {_KEY}:list probe", "COMMAND INFO RPUSH")),
    *(f"queue: {line}" for line in (f"LPOP {_KEY}:list", f"DEL {_KEY}:list")),
)

_EXCHANGE = (
    "AUTH <user> <password>",
    "SELECT <number>",
    f"SET {_KEY} <random> PX 30000",
    f"SET {_KEY} <1 or 2> NX PX <60 or 30000>",
    f"GET {_KEY}",
    f"EVAL <compare and delete> 1 {_KEY} <1 or 2>",
    f"EXISTS {_KEY}",
    f"SUBSCRIBE {_CHANNEL}",
    f"PUBLISH {_CHANNEL} <random>",
    f"UNSUBSCRIBE {_CHANNEL}",
    "MULTI",
    f"XADD {_KEY} * probe 1",
    f"PEXPIRE {_KEY} 30000",
    "EXEC",
    f"XGROUP CREATE {_KEY} probe 0",
    f"XREADGROUP GROUP probe gone COUNT 1 STREAMS {_KEY} >",
    f"XPENDING {_KEY} probe - + 1",
    f"XCLAIM {_KEY} probe heir 0 <entry>",
    f"DEL {_KEY}",
)

_INFO = N_("This lets the checks see it:\nACL SETUSER {user} +info")

_ALLOW = N_("Allow it, then run the check again:\nACL SETUSER {user} {rules}")

_APPEND = N_("Run this, and write the same into redis.conf:\nCONFIG SET appendonly yes")

_ONE_PRIMARY = N_("Use the address of one primary server: behind this one stand several that do not share their data.")

OUTCOMES: dict[str, Outcome] = {
    "redis.state.loading": Outcome(
        "error", N_("the server is loading its data"), "", N_("Wait until it is done and run the check again.")
    ),
    "redis.state.masterdown": Outcome(
        "error", N_("this replica has lost its primary"), "", N_("Use the address of the primary.")
    ),
    "redis.state.busy": Outcome(
        "error", N_("the server is busy with a script"), "", N_("Look at what runs there: SCRIPT KILL ends it.")
    ),
    "redis.state.unknown": Outcome(
        "error",
        N_("the server does not know a command that every Redis has"),
        N_("It said: {reason}"),
        N_("A proxy or a service with renamed commands: ask whoever runs it what is left out."),
    ),
    "redis.state.uninformed": Outcome(
        "skip",
        N_("not judged: the server does not have INFO"),
        N_("It was taken away or renamed, or a proxy does not let it pass."),
        N_("Have INFO enabled for the time of the check, or ask whoever runs the server."),
    ),
    "redis.state.other": Outcome(
        "error", N_("the server answers with an error"), N_("It said: {reason}"), N_("Look at its log.")
    ),
}

CHECKS: tuple[Check, ...] = (
    Check(
        "redis.<role>.reach",
        N_("The Redis of this role accepts connections"),
        N_("Opens one TCP connection, which all further checks of the role share. Every address of the name is tried."),
        N_("Host, port, `bind` in redis.conf, firewall between this machine (and every node) and the server."),
        families=("net",),
    ),
    Check(
        "redis.<role>.tls",
        N_("TLS starts, and the certificate is good"),
        N_(
            "Only for rediss:// addresses. Trusts what this machine trusts and tls.ca_file, as a node does with NODE_EXTRA_CA_CERTS."
        ),
        N_("The TLS port, a certificate made out to the host, tls.ca_file for an authority of your own."),
        families=("tls", "net"),
    ),
    Check(
        "redis.<role>.login",
        N_("The user name and password are accepted"),
        N_("Logs in as NocoBase will. An answer to PING proves that it was enough, also where no password is given."),
        N_("User name, password, percent-encoding of reserved characters, `requirepass`, `ACL SETUSER`."),
        ("AUTH <user> <password>", "PING"),
        ("seen", "net", "redis.state"),
        outcomes={
            "redis.login.ok": Outcome("ok", N_("the login of {user} works")),
            "redis.login.open": Outcome(
                "ok",
                N_("no login is needed"),
                N_("Whoever reaches the port may do everything: a firewall has to keep others out."),
            ),
            "redis.login.refused": Outcome(
                "fail",
                N_("the server refuses the user name or password of {user}"),
                N_("Redis does not tell which of the two is wrong, or whether the user is disabled."),
                N_(
                    "Check both. In an address, reserved characters of the password are percent-encoded: @ is %40, # is %23, / is %2F."
                ),
            ),
            "redis.login.required": Outcome(
                "fail",
                N_("the server wants a password"),
                "",
                N_("Add it to the address: redis://default:PASSWORD@{host}:{port}/{db}"),
            ),
            "redis.login.unwanted": Outcome(
                "fail",
                N_("a password is given, and the server has none for the default user"),
                N_("NocoBase sends it too, and does not connect."),
                N_("Take it out of the address, or set requirepass on the server."),
            ),
            "redis.login.no_users": Outcome(
                "fail",
                N_("the server does not know user names, and {user} is one"),
                N_("User names exist from Redis 6.0 on."),
                N_("Leave the name out of the address (redis://:PASSWORD@host:port/0), or use a newer Redis."),
            ),
            "redis.login.protected": Outcome(
                "fail",
                N_("the server is in protected mode and answers no other machine"),
                N_("Redis without a password only talks to its own machine."),
                N_("Set a password (requirepass, or ACL SETUSER) and the bind address of the server."),
            ),
            "redis.login.full": Outcome(
                "fail",
                N_("the server has as many clients as it accepts"),
                "",
                N_("Raise maxclients, or find out who holds the connections: CLIENT LIST."),
            ),
        },
    ),
    Check(
        "redis.<role>.exposure",
        N_("What somebody on the network gets who is no part of the cluster"),
        N_("Looks at the address, at whether a password was wanted and at TLS; nothing is sent."),
        N_("A password and TLS (rediss://), or a network that nobody else is in."),
        outcomes={
            "redis.exposure.ok": Outcome("ok", N_("a password is wanted, and the line is encrypted")),
            "redis.exposure.home": Outcome("ok", N_("the connection does not leave this machine")),
            "redis.exposure.plain": Outcome(
                "warn",
                N_("the line is not encrypted"),
                N_(
                    "Whoever reads along on the network gets the password of {user}, and with it what lies there: cached data, locks, messages."
                ),
                N_("Turn TLS on in Redis and write rediss:// in the address, or keep others out of this network."),
            ),
            "redis.exposure.open": Outcome(
                "warn",
                N_("no password is wanted, and the port is open to the network"),
                N_(
                    "Whoever reaches it may read and delete everything, take over locks, send messages to the nodes, and change the settings of"
                    " the server."
                ),
                N_(
                    "Set a password (requirepass, or a user of its own) and write it into the address; let a firewall admit the nodes alone."
                ),
            ),
        },
    ),
    Check(
        "redis.<role>.ping",
        N_("How long an answer takes"),
        N_(
            "Fifty PINGs on the open connection, fewer where they are slow; the median counts. Over 50 ms is a warning: every lock and cached read pays it."
        ),
        N_("Run Redis near the nodes."),
        ("PING",),
        outcomes={
            "redis.ping.ok": Outcome(
                "ok", N_("answers in {median} ms"), N_("Median of {count} PINGs; the longest took {longest} ms.")
            ),
            "redis.ping.slow": Outcome(
                "warn",
                N_("answers take {median} ms"),
                N_("Median of {count} PINGs; the longest took {longest} ms. Every lock and every cached read pays this."),
                N_("Run Redis in the network of the nodes. This was measured from here: compare it with a node."),
            ),
        },
    ),
    Check(
        "redis.<role>.version",
        N_("Version and edition"),
        N_(
            "NocoBase's documentation asks for Redis 8; the only known reason is the Bloom filter, so that an older version is a warning."
            " Streams, which the plugins very likely use (unconfirmed), need Redis 5. Valkey, Dragonfly, KeyDB are named as what they are."
        ),
        N_("Redis 8."),
        ("INFO",),
        ("redis.state",),
        outcomes={
            "redis.version.ok": Outcome("ok", N_("Redis {version}, {mode}")),
            "redis.version.old": Outcome(
                "warn",
                N_("Redis {version}: NocoBase's documentation asks for 8.0"),
                N_("The only known reason is the Bloom filter, which has a check of its own."),
                N_("Plan an upgrade to Redis 8, or go on if the Bloom filter is there or not needed."),
            ),
            "redis.version.stack": Outcome(
                "warn",
                N_("Redis Stack {version}: NocoBase's documentation asks for Redis 8.0"),
                N_("The Bloom filter that this is about is a part of Redis Stack."),
                N_("Go on; plan an upgrade to Redis 8, which contains these modules."),
            ),
            "redis.version.ancient": Outcome(
                "fail", N_("Redis {version} has no streams"), "", N_("Upgrade the server to Redis 8.")
            ),
            "redis.version.edition": Outcome(
                "warn",
                N_("this is {edition} {version}, not Redis"),
                N_("It calls itself compatible with Redis {like}. NocoBase's documentation does not name it as supported."),
                N_("Test it with your plugins, or use Redis 8."),
            ),
            "redis.version.unknown": Outcome(
                "error",
                N_("the server does not tell a version"),
                N_("It said: {version}"),
                N_("Ask whoever runs it for the version."),
            ),
            "redis.version.hidden": Outcome(
                "skip",
                N_("not testable: {user} may not run INFO"),
                "",
                _INFO,
            ),
        },
    ),
    Check(
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
        outcomes={
            "redis.bloom.ok": Outcome("ok", N_("Bloom filters are there")),
            "redis.bloom.missing": Outcome(
                "warn",
                N_("no Bloom filter (BF.RESERVE is unknown)"),
                N_("NocoBase starts all the same; it then looks up every sign-in token in the database."),
                N_(
                    "Use Redis 8 with its modules, Redis Stack, or load the module redisbloom. A version of 8 alone does not bring it."
                ),
            ),
            "redis.bloom.denied": Outcome(
                "warn",
                N_("{user} may not use Bloom filters"),
                N_("Denied: {reason}. NocoBase's key is token-black-list, without prefix."),
                N_("Allow it:\nACL SETUSER {user} {rules}"),
            ),
            "redis.bloom.unasked": Outcome(
                "skip",
                N_("not judged: Bloom filters are there, and whether {user} may make one cannot be asked"),
                N_("Before Redis 7, and where a service hides ACL, only whoever runs the server can tell."),
                N_("From Redis 7 on, this lets the check ask:\nACL SETUSER {user} +acl|dryrun"),
            ),
            "redis.bloom.taken": Outcome(
                "warn",
                N_("the key {key} exists and is no Bloom filter"),
                N_("Another program uses this database."),
                N_("Give NocoBase a database of its own."),
            ),
        },
    ),
    Check(
        "redis.<role>.database",
        N_("The chosen database can be selected"),
        N_("Managed services and Redis Cluster often have database 0 only."),
        N_("Another number, `databases` in redis.conf, or another server."),
        ("SELECT <number>", "CONFIG GET databases"),
        outcomes={
            "redis.database.ok": Outcome("ok", N_("database {number} can be selected")),
            "redis.database.default": Outcome("ok", N_("database 0 is the one that a connection begins with")),
            "redis.database.range": Outcome(
                "fail",
                N_("there is no database {number}: the server has {count}"),
                "",
                N_(
                    "Choose a lower number, raise `databases` in redis.conf, or use a second server: managed services often have database 0 only."
                ),
            ),
            "redis.database.cluster": Outcome(
                "fail",
                N_("Redis Cluster has database 0 only"),
                "",
                N_("Use one Redis server without cluster mode: NocoBase cannot use Redis Cluster."),
            ),
            "redis.database.proxy": Outcome(
                "fail",
                N_("no SELECT here: database {number} cannot be reached"),
                N_("A proxy or a managed service that has database 0 alone."),
                N_("Use database 0 and a server of its own for each role, or an address without the proxy."),
            ),
            "redis.database.denied": Outcome(
                "fail", N_("{user} may not select database {number}"), "", N_("Allow it:\nACL SETUSER {user} +select")
            ),
        },
    ),
    Check(
        "redis.<role>.primary",
        N_("One primary server: no replica, no Cluster, no Sentinel"),
        N_("NocoBase does not follow MOVED answers, cannot ask a Sentinel, and has to write."),
        N_("The address of the primary, or a proxy that leads to it."),
        ("INFO",),
        ("redis.state",),
        outcomes={
            "redis.primary.ok": Outcome("ok", N_("a primary server, no cluster"), N_("Replicas: {replicas}.")),
            "redis.primary.replica": Outcome(
                "fail",
                N_("this is a read-only replica"),
                N_("Its primary: {primary}."),
                N_("Use the address of the primary. What hides fail-over (a virtual address, a proxy) has to lead to it."),
            ),
            "redis.primary.cluster": Outcome(
                "fail",
                N_("this is Redis Cluster, which NocoBase cannot use"),
                N_("It does not follow MOVED answers, and a cluster has database 0 only."),
                N_("Use one Redis server without cluster mode (cluster-enabled no)."),
            ),
            "redis.primary.sentinel": Outcome(
                "fail",
                N_("this is a Sentinel, not a Redis that keeps data"),
                N_("No form of the address makes NocoBase ask a Sentinel."),
                N_("Put a proxy or a virtual address in front of the primary and use that."),
            ),
            "redis.primary.unclear": Outcome(
                "skip",
                N_("not judged: the server says that it is a primary, and not whether it is part of a cluster"),
                "",
                N_("Ask whoever runs it: Redis Cluster cannot be used."),
            ),
            "redis.primary.hidden": Outcome(
                "skip",
                N_("not judged: the server does not tell {user} what role it has"),
                "",
                _INFO,
            ),
        },
    ),
    Check(
        "redis.<role>.commands",
        N_("What NocoBase does in this role is allowed and works"),
        N_(
            "Runs the role's commands on a key that gets its expiry (30 seconds) in the same transaction in which it is made, and removes it."
            " KEYS and FLUSHDB are never run: the check asks whether they may be (ACL DRYRUN; where that is missing, COMMAND INFO and ACL"
            " GETUSER). What the commercial plugins use is inferred (unconfirmed)."
        ),
        N_("`ACL SETUSER` with the commands that the finding names, and the keys `~main:*`."),
        _COMMANDS,
        outcomes={
            "redis.commands.ok": Outcome(
                "ok", N_("what this role does works"), N_("{count} commands on a key of the check's own, which is gone again.")
            ),
            "redis.commands.denied": Outcome(
                "fail",
                N_("{user} may not run {commands}"),
                N_("The role {role} cannot work without it."),
                _ALLOW,
            ),
            "redis.commands.partly": Outcome(
                "warn",
                N_("{user} may not run {commands}"),
                N_("Which of these the plugin for {role} really uses is not published (unconfirmed)."),
                _ALLOW,
            ),
            "redis.commands.keys": Outcome(
                "fail",
                N_("{user} may not use the keys of NocoBase"),
                N_("Denied: {commands} on a key that begins with main:"),
                _ALLOW,
            ),
            "redis.commands.some_keys": Outcome(
                "warn",
                N_("{user} may not do everything with the keys of NocoBase"),
                N_("Denied: {commands} on a key that begins with main:"),
                _ALLOW,
            ),
            "redis.commands.unasked": Outcome(
                "warn",
                N_("whether {user} may run {commands}, and whether the server has them, cannot be asked"),
                N_(
                    "NocoBase's cache needs them; the check never runs them. Before Redis 7, and where a service hides ACL, only whoever runs"
                    " the server can tell."
                ),
                N_("From Redis 7 on, the last word lets the check ask:\nACL SETUSER {user} {rules}"),
            ),
            "redis.commands.lacking": Outcome(
                "warn",
                N_("the server does not have {commands}: NocoBase's cache needs them"),
                N_("They are taken away or renamed (rename-command), or a proxy does not let them pass."),
                N_("Have the commands enabled; the rights of users (ACL SETUSER) keep others from running them."),
            ),
            "redis.commands.unknown": Outcome(
                "fail",
                N_("the server does not have {commands}"),
                N_("An old server, a service with renamed commands, or a proxy that lets only some pass."),
                N_("Use Redis 8, or have the commands enabled."),
            ),
            "redis.commands.memory": Outcome(
                "fail",
                N_("the server's memory is full: it refuses to write"),
                "",
                N_("Raise maxmemory, or find out what fills it: INFO memory, redis-cli --bigkeys."),
            ),
            "redis.commands.misconfigured": Outcome(
                "fail",
                N_("the server refuses to write because it cannot save"),
                N_("It said: {reason}"),
                N_("Look at the disk and the log of the server: it could not write its snapshot."),
            ),
            "redis.commands.lost": Outcome(
                "fail",
                N_("a key that was just written is not there"),
                N_("Behind this address stand servers that do not share their data, or one that evicts keys."),
                N_("Use the address of one primary, and maxmemory-policy noeviction."),
            ),
        },
    ),
    Check(
        "redis.<role>.eviction",
        N_("The server keeps its keys (all roles but the cache)"),
        N_(
            "With another policy than noeviction a full server throws away locks, messages and worker ids. Inferred (unconfirmed)."
        ),
        N_("`maxmemory-policy noeviction`."),
        ("INFO",),
        ("redis.state",),
        outcomes={
            "redis.eviction.ok": Outcome("ok", N_("keeps its keys (noeviction)"), N_("maxmemory: {memory}.")),
            "redis.eviction.evicts": Outcome(
                "warn",
                N_("may throw keys away (maxmemory-policy {policy})"),
                N_(
                    "Locks, queued messages and worker ids must stay. maxmemory: {memory} (0: no limit, nothing is thrown away until one is set)."
                ),
                N_(
                    "A cache that may evict goes on a server of its own. Run this, and write the same into redis.conf:\n"
                    "CONFIG SET maxmemory-policy noeviction"
                ),
            ),
            "redis.eviction.hidden": Outcome(
                "skip",
                N_("not judged: the server does not tell {user} its eviction policy"),
                "",
                _INFO,
            ),
        },
    ),
    Check(
        "redis.<role>.persistence",
        N_("Queued messages survive a restart of Redis (queue only)"),
        N_("Without an append-only file, messages since the last snapshot are gone. Inferred (unconfirmed)."),
        N_("`appendonly yes`."),
        ("INFO", "CONFIG GET save"),
        ("redis.state",),
        outcomes={
            "redis.persistence.ok": Outcome("ok", N_("writes go to the append-only file: queued messages survive a restart")),
            "redis.persistence.snapshots": Outcome(
                "warn",
                N_("only snapshots (save {rules}): messages since the last one are lost with a restart"),
                "",
                _APPEND,
            ),
            "redis.persistence.none": Outcome(
                "warn",
                N_("nothing is saved: queued messages are lost when the server restarts"),
                "",
                _APPEND,
            ),
            "redis.persistence.unasked": Outcome(
                "warn",
                N_("no append-only file: messages since the last snapshot, if one is made at all, are lost with a restart"),
                N_("Whether snapshots are made cannot be asked here (CONFIG GET)."),
                _APPEND,
            ),
            "redis.persistence.hidden": Outcome(
                "skip",
                N_("not judged: the server does not tell {user} how it saves"),
                "",
                _INFO,
            ),
        },
    ),
    Check(
        "redis.<role>.exchange",
        N_("Two connections do what two processes do"),
        N_(
            "Opens a second connection. Cache: one reads what the other wrote. Lock and worker id: a lease excludes, is released by its holder"
            " alone, and runs out. Sync signal: a message arrives. Queue: an unfinished message is taken over."
        ),
        N_("One primary server behind the address."),
        _EXCHANGE,
        ("net", "redis.state"),
        outcomes={
            "redis.exchange.shared": Outcome("ok", N_("what one connection writes, another reads")),
            "redis.exchange.exclusive": Outcome(
                "ok", N_("a lease excludes others, is released by its holder alone, and runs out")
            ),
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
                "skip",
                N_("not tested: {user} may not run what this takes"),
                N_("It said: {reason}"),
                N_("Allow what is missing of this:\nACL SETUSER {user} {rules}"),
            ),
            "redis.exchange.absent": Outcome(
                "skip",
                N_("not tested: the server does not have a command that this takes"),
                N_("It said: {reason}"),
                N_("redis.{role}.commands says whether the role can do without."),
            ),
        },
    ),
    Check(
        "redis.<role>.server",
        N_("One server behind the name, and no other name for it"),
        N_(
            "Asks every address of the name, and every role in the same database number at another address, for the server's run id."
            " Two servers behind one name share nothing; two names of one server hide that roles share a database."
        ),
        N_("One address of one primary server; a database number for each role."),
        ("INFO", "AUTH <user> <password>", "INFO server"),
        ("net", "redis.state"),
        outcomes={
            "redis.server.ok": Outcome("ok", N_("one server, and no other role in its database {db} by another name")),
            "redis.server.several": Outcome(
                "fail",
                N_("{host} is two servers: {first} and {second}"),
                N_(
                    "They reported different run IDs. A process uses whichever address it is given first, and none sees what the other holds."
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
                _INFO,
            ),
        },
    ),
    Check(
        "redis.<role>.limits",
        N_("The server takes the connections of the cluster"),
        N_("Two connections per process and role are counted, an estimate (unconfirmed)."),
        N_("`maxclients`."),
        ("INFO",),
        ("redis.state",),
        outcomes={
            "redis.limits.ok": Outcome(
                "ok", N_("{limit} connections, {used} in use; the cluster opens at least {needed} (estimated)")
            ),
            "redis.limits.few": Outcome(
                "warn",
                N_("{limit} connections, {used} in use, and the cluster opens at least {needed} (estimated)"),
                N_("Two connections per process and role are counted (unconfirmed)."),
                N_(
                    "Run this, write the same into redis.conf, and give the service enough open files:\nCONFIG SET maxclients {wanted}"
                ),
            ),
            "redis.limits.hidden": Outcome(
                "skip",
                N_("the server does not tell its limit of connections"),
                "",
                _INFO,
            ),
        },
    ),
    Check(
        "redis.<role>.clock",
        N_("The server's clock agrees with this machine's"),
        N_("More than two seconds are a warning."),
        N_("NTP on all machines."),
        ("TIME",),
        outcomes={
            "redis.clock.ok": Outcome("ok", N_("the server's clock agrees with this machine's")),
            "redis.clock.drift": Outcome(
                "warn",
                N_("the server's clock and this machine's are {drift} s apart"),
                N_("Logs no longer fit together, and what compares times across machines goes wrong."),
                N_("Run chrony or another NTP client on this machine, on the server and on all nodes."),
            ),
            "redis.clock.hidden": Outcome(
                "skip",
                N_("the server does not tell its time"),
                "",
                N_("This lets the check see it:\nACL SETUSER {user} +time"),
            ),
        },
    ),
    Check(
        "redis.<role>.keys",
        N_("No other installation lives in the database"),
        N_("Counts the keys and looks at one page of those that begin with main:, names only. Matters for a new installation."),
        N_("A database of its own for each role and installation."),
        ("DBSIZE", "SCAN 0 MATCH main:* COUNT 1000"),
        outcomes={
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
                N_("This lets the check see it:\nACL SETUSER {user} +dbsize +scan"),
            ),
        },
    ),
)

_CAUSES = N_(
    "The usual causes: the node does not run; the share is not mounted there, so that it has no adapter plugins (findmnt); it was"
    " started with another env file, or not started again since the file changed; the plugin is not enabled (database.adapters)."
)

RUNNING: tuple[Check, ...] = (
    Check(
        "redis.<role>.use",
        N_("The running cluster uses the database"),
        N_(
            "Compares the addresses that are connected with those of the nodes, and counts keys; names of keys are not looked at. Its own"
            " connections and those of programs that watch the server are left out. Only in `nbcluster verify`."
        ),
        N_("The variable of the role, and its plugin."),
        ("CLIENT SETNAME nbcluster-probe", "DBSIZE", "CLIENT LIST"),
        ("net", "redis.state"),
        outcomes={
            "redis.use.ok": Outcome(
                "ok",
                N_("every node is connected to database {number}"),
                N_("{connections} connections from {seen}. {keys} keys."),
            ),
            "redis.use.missing": Outcome(
                "fail",
                N_("not connected to database {number}: {missing}"),
                N_("{connections} connections from {seen}. {keys} keys. What this role carries does not reach these nodes."),
                _CAUSES,
            ),
            "redis.use.unplaced": Outcome(
                "skip",
                N_("not judged: whether {missing} is among those connected to database {number}"),
                N_("{connections} connections from {seen}: addresses of no node, as translated ones are. {keys} keys."),
                N_(
                    "Compare the variable of this role in the env files of the nodes, or write the addresses that the server sees as hosts of the nodes."
                ),
            ),
            "redis.use.pods": Outcome(
                "skip",
                N_("not judged: from outside nobody can tell which pods are connected to database {number}"),
                N_("{connections} connections from {seen}. {keys} keys."),
                N_("All pods have the variable of this role from one Secret: look there."),
            ),
            "redis.use.nobody": Outcome(
                "fail",
                N_("nobody is connected to database {number}"),
                N_("{keys} keys. NocoBase keeps its connections open while it runs."),
                _CAUSES,
            ),
            "redis.use.empty": Outcome(
                "warn",
                N_("database {number} is empty"),
                N_("A running NocoBase keeps keys there. Who is connected cannot be seen by {user}."),
                N_("Check the variable of this role on the nodes, and whether its plugin is enabled (database.adapters)."),
            ),
            "redis.use.hidden": Outcome(
                "skip",
                N_("not judged: {user} may not see who is connected to database {number}"),
                N_("Keys in it: {keys}."),
                N_("This lets the check see it:\nACL SETUSER {user} +client|list +client|setname +dbsize"),
            ),
        },
    ),
)
