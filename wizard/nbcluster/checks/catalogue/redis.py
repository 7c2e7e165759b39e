"""Verdicts on Redis."""

from __future__ import annotations

from nbcluster.checks.catalogue.model import Outcome
from nbcluster.text import N_

_CONNECTION: dict[str, Outcome] = {
    "redis.login.ok": Outcome("ok", N_("the login of {user} works")),
    "redis.login.open": Outcome(
        "ok", N_("no login is needed"), N_("Whoever reaches the port may do everything: a firewall has to keep others out.")
    ),
    "redis.login.refused": Outcome(
        "fail",
        N_("the server refuses the user name or password of {user}"),
        N_("Redis does not tell which of the two is wrong, or whether the user is disabled."),
        N_("Check both. In an address, reserved signs of the password are percent-encoded: @ is %40, # is %23, / is %2F."),
    ),
    "redis.login.required": Outcome(
        "fail", N_("the server wants a password"), "", N_("Add it to the address: redis://default:PASSWORD@{host}:{port}/{db}")
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
    "redis.ping.ok": Outcome("ok", N_("answers in {median} ms"), N_("Median of {count} PINGs; the longest took {longest} ms.")),
    "redis.ping.slow": Outcome(
        "warn",
        N_("answers take {median} ms"),
        N_("Median of {count} PINGs; the longest took {longest} ms. Every lock and every cached read pays this."),
        N_("Run Redis in the network of the nodes. This was measured from here: compare it with a node."),
    ),
    "redis.version.ok": Outcome("ok", N_("Redis {version}, {mode}")),
    "redis.version.old": Outcome(
        "warn",
        N_("Redis {version}: NocoBase's documentation asks for 8.0"),
        N_("The only known reason is the Bloom filter, which is judged by itself."),
        N_("Plan an upgrade to Redis 8, or go on if the Bloom filter is there or not needed."),
    ),
    "redis.version.stack": Outcome(
        "warn",
        N_("Redis Stack {version}: NocoBase's documentation asks for Redis 8.0"),
        N_("The Bloom filter that this is about is a part of Redis Stack."),
        N_("Go on; plan an upgrade to Redis 8, which contains these modules."),
    ),
    "redis.version.ancient": Outcome("fail", N_("Redis {version} has no streams"), "", N_("Upgrade the server to Redis 8.")),
    "redis.version.edition": Outcome(
        "warn",
        N_("this is {edition} {version}, not Redis"),
        N_("It calls itself compatible with Redis {like}. NocoBase's documentation does not name it as supported."),
        N_("Test it with your plugins, or use Redis 8."),
    ),
    "redis.version.unknown": Outcome(
        "error", N_("the server does not tell a version"), N_("It said: {version}"), N_("Ask whoever runs it for the version.")
    ),
    "redis.version.hidden": Outcome(
        "skip", N_("not testable: {user} may not run INFO"), "", N_("ACL SETUSER {user} +info lets the checks read the version.")
    ),
    "redis.bloom.ok": Outcome("ok", N_("Bloom filters are there")),
    "redis.bloom.missing": Outcome(
        "warn",
        N_("no Bloom filter (BF.RESERVE is unknown)"),
        N_("NocoBase starts all the same; it then looks up every sign-in token in the database."),
        N_("Use Redis 8 with its modules, Redis Stack, or load the module redisbloom. A version of 8 alone does not bring it."),
    ),
    "redis.bloom.denied": Outcome(
        "warn",
        N_("{user} may not use Bloom filters"),
        N_("Denied: {reason}. NocoBase's key is token-black-list, without prefix."),
        N_("ACL SETUSER {user} +bf.reserve +bf.add +bf.madd +bf.exists ~token-black-list"),
    ),
    "redis.bloom.unasked": Outcome(
        "skip",
        N_("not judged: Bloom filters are there, and whether {user} may make one cannot be asked"),
        N_("Before Redis 7, and where a service hides ACL, only whoever runs the server can tell."),
        N_("ACL SETUSER {user} +acl|dryrun"),
    ),
    "redis.bloom.taken": Outcome(
        "warn",
        N_("the key {key} exists and is no Bloom filter"),
        N_("Another program uses this database."),
        N_("Give NocoBase a database of its own."),
    ),
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
    "redis.database.denied": Outcome("fail", N_("{user} may not select database {number}"), "", N_("ACL SETUSER {user} +select")),
}

_STATE: dict[str, Outcome] = {
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
    "redis.primary.hidden": Outcome(
        "skip",
        N_("not testable: {user} may not ask what role the server has"),
        "",
        N_("ACL SETUSER {user} +info lets the checks see it."),
    ),
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
    "redis.state.other": Outcome(
        "error", N_("the server answers with an error"), N_("It said: {reason}"), N_("Look at its log.")
    ),
}

_ROLE: dict[str, Outcome] = {
    "redis.commands.ok": Outcome(
        "ok", N_("what this role does works"), N_("{count} commands on a key of the check's own, which is gone again.")
    ),
    "redis.commands.denied": Outcome(
        "fail",
        N_("{user} may not run {commands}"),
        N_("The role {role} cannot work without."),
        N_("ACL SETUSER {user} {rules}"),
    ),
    "redis.commands.partly": Outcome(
        "warn",
        N_("{user} may not run {commands}"),
        N_("Which of these the plugin for {role} really uses is not published (unconfirmed)."),
        N_("ACL SETUSER {user} {rules}"),
    ),
    "redis.commands.keys": Outcome(
        "fail",
        N_("{user} may not use the keys of NocoBase"),
        N_("Denied: {commands} on a key that begins with main:"),
        N_("ACL SETUSER {user} ~main:* &main* {rules}"),
    ),
    "redis.commands.some_keys": Outcome(
        "warn",
        N_("{user} may not do everything with the keys of NocoBase"),
        N_("Denied: {commands} on a key that begins with main:"),
        N_("ACL SETUSER {user} ~main:* &main* {rules}"),
    ),
    "redis.commands.unasked": Outcome(
        "warn",
        N_("whether {user} may run {commands} cannot be asked"),
        N_(
            "NocoBase lists and clears its cache with them; the check never runs them. Before Redis 7, and where a service hides ACL, only"
            " whoever runs the server can tell."
        ),
        N_("ACL SETUSER {user} +keys +flushdb +acl|dryrun"),
    ),
    "redis.commands.lacking": Outcome(
        "warn",
        N_("the server does not have {commands}: NocoBase cannot clear its cache"),
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
        N_("Behind this address stand servers that do not share their data, or one that throws keys away."),
        N_("Use the address of one primary, and maxmemory-policy noeviction."),
    ),
    "redis.eviction.ok": Outcome("ok", N_("keeps its keys (noeviction)"), N_("maxmemory: {memory}.")),
    "redis.eviction.evicts": Outcome(
        "warn",
        N_("may throw keys away (maxmemory-policy {policy})"),
        N_(
            "Locks, queued messages and worker ids must stay. maxmemory: {memory} (0: no limit, nothing is thrown away until one is set)."
        ),
        N_(
            "CONFIG SET maxmemory-policy noeviction, and the same in redis.conf; a cache that may evict goes on a server of its own."
        ),
    ),
    "redis.eviction.hidden": Outcome(
        "skip",
        N_("not testable: {user} may not ask for the eviction policy"),
        "",
        N_("ACL SETUSER {user} +info lets the checks see it."),
    ),
    "redis.persistence.ok": Outcome("ok", N_("writes go to the append-only file: queued messages survive a restart")),
    "redis.persistence.snapshots": Outcome(
        "warn",
        N_("only snapshots (save {rules}): messages since the last one are lost with a restart"),
        "",
        N_("CONFIG SET appendonly yes, and the same in redis.conf."),
    ),
    "redis.persistence.none": Outcome(
        "warn",
        N_("nothing is saved: queued messages are lost when the server restarts"),
        "",
        N_("CONFIG SET appendonly yes, and the same in redis.conf."),
    ),
    "redis.persistence.hidden": Outcome(
        "skip",
        N_("not testable: {user} may not ask how the server saves"),
        "",
        N_("ACL SETUSER {user} +info lets the checks see it."),
    ),
}

OUTCOMES = _CONNECTION | _STATE | _ROLE
