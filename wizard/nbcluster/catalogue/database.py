"""Checks of the database: the server, and the tables of an installed NocoBase."""

from __future__ import annotations

from nbcluster.catalogue.model import Check, Outcome
from nbcluster.text import N_

_TABLES = (
    "PostgreSQL: SELECT table_schema, table_name FROM information_schema.tables WHERE table_name LIKE '%applicationVersion'"
    " OR table_name LIKE '%application\\_version' ORDER BY 1, 2 LIMIT 20",
    "MySQL: SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema = database()"
    " AND (table_name LIKE '%applicationversion' OR table_name LIKE '%application\\_version') ORDER BY 2 LIMIT 20",
)

OUTCOMES: dict[str, Outcome] = {
    "database.query": Outcome(
        "error",
        N_("the server does not answer a question"),
        N_("The server said: {reason}"),
        N_("Look at the rights of the user; a proxy or pooler in between may hold questions back, too."),
    ),
}

CHECKS: tuple[Check, ...] = (
    Check(
        "database.reach",
        N_("The database accepts connections"),
        N_("Opens the TCP connection that all further checks share."),
        N_("Host, port, firewall, `listen_addresses`, `bind-address`."),
        families=("net",),
    ),
    Check(
        "database.tls",
        N_("TLS starts, and the certificate is good"),
        N_(
            "Only with database.tls = true. The name in the certificate is compared for PostgreSQL; MySQL's driver compares the authority only."
        ),
        N_("TLS of the server, tls.ca_file."),
        ("PostgreSQL: SSLRequest", "MySQL: SSLRequest"),
        families=("tls", "net"),
        outcomes={
            "database.tls.off": Outcome(
                "fail",
                N_("the server does not offer TLS"),
                "",
                N_("Turn it on (PostgreSQL: ssl = on; MySQL, MariaDB: ssl_cert, ssl_key), or set tls = false."),
            ),
        },
    ),
    Check(
        "database.login",
        N_("The login works, and the database is there"),
        N_("One endpoint for all nodes; the database is only read."),
        N_("User, password, `pg_hba.conf`, the host part of MySQL users, `CREATE DATABASE`."),
        ("PostgreSQL: startup", "MySQL: handshake", "MySQL: SET NAMES utf8mb4"),
        ("seen", "net"),
        outcomes={
            "database.login.ok": Outcome("ok", N_("{user} can log in to {name}")),
            "database.login.refused": Outcome(
                "fail",
                N_("the server refuses the user name or password of {user}"),
                "",
                N_("Check both. Database passwords are taken as they are: nothing is percent-encoded."),
            ),
            "database.login.denied": Outcome(
                "fail",
                N_("{user} may not use the database {name}"),
                N_("The server said: {reason}"),
                N_("Allow it:\n{command}"),
            ),
            "database.login.encryption": Outcome(
                "fail",
                N_("the server does not let {user} in without TLS"),
                N_("The server said: {reason}"),
                N_(
                    "Turn on database.tls, as managed servers want it; with an authority of your own, set tls.ca_file too. If the server"
                    " says the same with TLS, its rules leave out this machine or the nodes (pg_hba.conf)."
                ),
            ),
            "database.login.host": Outcome(
                "fail",
                N_("the server does not let {user} in from this machine"),
                N_("The server said: {reason}"),
                N_("Allow the addresses of this machine and of all nodes: pg_hba.conf, or the host part of the MySQL user."),
            ),
            "database.login.missing": Outcome(
                "fail", N_("there is no database {name}"), "", N_("Check the name, or make it:\n{command}")
            ),
            "database.login.full": Outcome(
                "fail",
                N_("the server has no free connection"),
                N_("The server said: {reason}"),
                N_("Raise max_connections, or find out who holds them."),
            ),
            "database.login.starting": Outcome(
                "error",
                N_("the server is starting or stopping"),
                N_("The server said: {reason}"),
                N_("Wait, then run the check again."),
            ),
            "database.login.clear": Outcome(
                "error",
                N_("not judged: the server asks for the password in clear text, over a line without TLS"),
                N_("This check does not send it. NocoBase would, and whoever is on the way could read it."),
                N_(
                    "Turn TLS on in the server and set tls = true, or let the server ask for scram-sha-256 or caching_sha2_password."
                ),
            ),
            "database.login.unknown": Outcome(
                "error",
                N_("not judged: the server asks for the password by the method {method}, over a line without TLS"),
                N_(
                    "This check does not send it: the method exposes the password on the line. NocoBase's client does not know the method."
                ),
                N_("Give the user another authentication plugin, and set tls = true if the server offers TLS."),
            ),
            "database.login.method": Outcome(
                "error",
                N_("not judged: this login cannot be tested without TLS"),
                N_(
                    "The server wants the password encrypted with a key that it sends itself, and without TLS anybody on the way may"
                    " send one. NocoBase takes it."
                ),
                N_(
                    "Set tls = true if the server offers it, or test on a node:\nmysql -h {host} -P {port} -u {user_word} -p {name_word}"
                ),
            ),
            "database.login.other": Outcome(
                "fail", N_("the server refuses the login"), N_("The server said: {reason}"), N_("Read the log of the server.")
            ),
        },
    ),
    Check(
        "database.exposure",
        N_("What somebody on the network gets who is no part of the cluster"),
        N_("Looks at the address and at TLS; nothing is sent."),
        N_("TLS, or a network that nobody else is in."),
        outcomes={
            "database.exposure.ok": Outcome("ok", N_("the line is encrypted")),
            "database.exposure.home": Outcome("ok", N_("the connection does not leave this machine")),
            "database.exposure.plain": Outcome(
                "warn",
                N_("the line is not encrypted"),
                N_("Whoever reads along on the network gets every record that is read or written, and may change it on the way."),
                N_("Turn TLS on in the server and database.tls here, or keep others out of this network."),
            ),
        },
    ),
    Check(
        "database.pooler",
        N_("Whether a pooler is in front of the server"),
        N_(
            "Compares the process that was announced at the login with the one that serves, and with the one that serves a second"
            " connection. pgbouncer, PgCat, Odyssey and the proxies of clouds make the first up."
        ),
        N_("Pooling of sessions, with as many connections as the cluster may open; or the server's own address."),
        ("PostgreSQL: SELECT pg_backend_pid()", "MySQL: SELECT CONNECTION_ID()"),
        ("database", "net"),
        outcomes={
            "database.pooler.none": Outcome("ok", N_("no pooler in between")),
            "database.pooler.session": Outcome(
                "ok",
                N_("a pooler answers; two connections at once are served by two processes, as when sessions are pooled"),
                N_("The cluster may open {needed} connections, and keeps them open: the pool has to hold as many."),
            ),
            "database.pooler.transaction": Outcome(
                "warn",
                N_("a pooler answers that hands its connections on after each transaction"),
                N_(
                    "NocoBase sets search_path once for each connection, and counts on what belongs to a session: another client may get"
                    " it, or NocoBase a connection without it."
                ),
                N_(
                    "Have it pool sessions for this database, with room for {needed} connections (pgbouncer: pool_mode = session), or use"
                    " the address of the server itself."
                ),
            ),
            "database.pooler.unknown": Outcome(
                "skip",
                N_("a pooler or proxy answers; how it pools cannot be seen from here"),
                "",
                N_("It has to pool sessions, and to hold {needed} connections: ask whoever runs it."),
            ),
            "database.pooler.unasked": Outcome("skip", N_("not judged: the server does not tell which process serves")),
        },
    ),
    Check(
        "database.version",
        N_("The version is one that NocoBase starts with"),
        N_("PostgreSQL 10, MySQL 8.0.17, MariaDB 10.9: with an older one NocoBase refuses to start."),
        N_("Upgrade the server."),
        ("PostgreSQL: SHOW server_version", "KingbaseES: SELECT version()", "MySQL: SELECT version()"),
        ("database",),
        outcomes={
            "database.version.ok": Outcome("ok", N_("{product} {version}")),
            "database.version.kingbase": Outcome(
                "ok", N_("{version}"), N_("NocoBase names no minimum for KingbaseES. Its plugin has to be there (unconfirmed).")
            ),
            "database.version.old": Outcome(
                "fail",
                N_("{product} {version} is too old: NocoBase starts with {least} and later"),
                "",
                N_("Upgrade the server."),
            ),
            "database.version.dialect": Outcome(
                "warn",
                N_("this is {product} {version}, and the dialect is {dialect}"),
                "",
                N_("Set database.dialect to what the server is."),
            ),
            "database.version.unknown": Outcome(
                "error", N_("the server does not tell a version"), N_("It said: {version}"), N_("Ask whoever runs it.")
            ),
        },
    ),
    Check(
        "database.rights",
        N_("Tables can be created and altered"),
        N_(
            "PostgreSQL: the right to create in the schema, who owns its tables, and whether this is a replica. MySQL, MariaDB: the grants on"
            " all tables of the database, and whether the server only reads. Nothing is created."
        ),
        N_("`GRANT`, or an owner; the address of the primary."),
        (
            "MySQL: SHOW VARIABLES LIKE 'read_only'",
            "MySQL: SHOW GRANTS",
            "MySQL: SELECT CURRENT_USER()",
            "SELECT pg_is_in_recovery()",
            "SHOW default_transaction_read_only",
            "SELECT 1 FROM pg_namespace WHERE nspname = <schema>",
            "SELECT has_database_privilege(current_database(), 'CREATE')",
            "SELECT has_schema_privilege(<schema>, 'CREATE')",
            "SELECT tableowner, count(*) FROM pg_tables WHERE schemaname = <schema> AND NOT pg_has_role(tableowner, 'USAGE')"
            " GROUP BY 1 ORDER BY 2 DESC LIMIT 1",
        ),
        ("database",),
        outcomes={
            "database.rights.ok": Outcome("ok", N_("tables can be created in the schema {schema}")),
            "database.rights.schema_to_come": Outcome("ok", N_("the schema {schema} does not exist and may be created")),
            "database.rights.no_schema": Outcome(
                "fail",
                N_("there is no schema {schema}, and {user} may not create one"),
                "",
                N_("Make it, in this database:\nCREATE SCHEMA {schema_sql} AUTHORIZATION {user_sql}"),
            ),
            "database.rights.denied": Outcome(
                "fail",
                N_("{user} may not create tables in the schema {schema}"),
                N_("Since PostgreSQL 15, only the owner of a database may create in its schema public."),
                N_("Make {user} the owner of the database, or run this in it:\nGRANT ALL ON SCHEMA {schema_sql} TO {user_sql}"),
            ),
            "database.rights.replica": Outcome(
                "fail", N_("this is a read-only replica"), "", N_("Use the address of the primary.")
            ),
            "database.rights.read_only": Outcome(
                "fail",
                N_("transactions of {user} in {name} only read"),
                N_("default_transaction_read_only is on, for the server, the database or the user."),
                N_(
                    "Take it back where it is set; in postgresql.conf if neither of these helps:\n"
                    "ALTER DATABASE {name_sql} RESET default_transaction_read_only\n"
                    "ALTER ROLE {user_sql} RESET default_transaction_read_only"
                ),
            ),
            "database.rights.foreign": Outcome(
                "warn",
                N_("{count} tables in the schema {schema} belong to {owner}: {user} cannot alter them"),
                N_("An upgrade alters tables, and only an owner may."),
                N_("Let {user} act as their owner:\nGRANT {owner_sql} TO {user_sql}"),
            ),
            "database.rights.granted": Outcome("ok", N_("tables can be made and changed in {name}")),
            "database.rights.lacking": Outcome(
                "fail",
                N_("{user} lacks rights on {name}: {missing}"),
                N_("Installing and upgrading make, change and remove tables."),
                N_("Allow it:\nGRANT {missing} ON {name_sql}.* TO {account}"),
            ),
            "database.rights.role": Outcome(
                "skip",
                N_("{user} may have its rights on {name} through a role: {roles}"),
                N_("Not granted directly: {missing}. What a role gives is not in the list of grants."),
                N_("Make it a default role (SET DEFAULT ROLE), or grant the rights directly."),
            ),
        },
    ),
    Check(
        "database.names",
        N_("Table names keep their case (MySQL, MariaDB)"),
        N_("With lower_case_table_names = 1 NocoBase needs DB_UNDERSCORED=true from its first start."),
        N_("`database.underscored = true` for a new installation."),
        ("SHOW VARIABLES LIKE 'lower_case_table_names'",),
        ("database",),
        outcomes={
            "database.names.ok": Outcome("ok", N_("table names keep their case (lower_case_table_names {setting})")),
            "database.names.lower": Outcome(
                "fail",
                N_("the server folds table names to lower case, and underscored is off"),
                N_("lower_case_table_names is 1."),
                N_("A new installation: set database.underscored = true. Never change it on an existing one."),
            ),
            "database.names.perhaps": Outcome(
                "warn",
                N_("the server folds table names to lower case"),
                N_("lower_case_table_names is 1: NocoBase then needs DB_UNDERSCORED=true from its first start."),
                N_("A new installation: set database.underscored = true. Never change it on an existing one."),
            ),
        },
    ),
    Check(
        "database.encoding",
        N_("The database stores every character"),
        N_("UTF8 in PostgreSQL, utf8mb4 in MySQL and MariaDB. Inferred from what people type (unconfirmed)."),
        N_("A database made with that character set."),
        (
            "PostgreSQL: SHOW server_encoding",
            "PostgreSQL: SELECT datcollate FROM pg_database WHERE datname = current_database()",
            "MySQL: SHOW VARIABLES LIKE 'character_set_database'",
            "MySQL: SHOW VARIABLES LIKE 'collation_database'",
        ),
        ("database",),
        outcomes={
            "database.encoding.ok": Outcome("ok", N_("stores every character ({found})"), N_("Sorted by {collation}.")),
            "database.encoding.other": Outcome(
                "warn",
                N_("the database's character set is {found}"),
                N_(
                    "Characters that it does not have, such as emoji or Chinese ones, are refused or spoiled (inferred, unconfirmed)."
                ),
                N_("Make the database anew with {wanted} before the first boot: it cannot be changed in place."),
            ),
            "database.encoding.hidden": Outcome("skip", N_("the server does not tell its character set")),
        },
    ),
    Check(
        "database.timezone",
        N_("The server's time zone beside the cluster's"),
        N_("Compares the offsets of today with app.timezone. A difference is reported, but is not a fault by itself."),
        N_("Nothing to do, unless SQL of yours computes times."),
        (
            "PostgreSQL: SELECT date_part('timezone', now())::int",
            "PostgreSQL: SHOW TimeZone",
            "MySQL: SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW())",
            "MySQL: SHOW VARIABLES LIKE 'time_zone'",
        ),
        ("database",),
        outcomes={
            "database.timezone.ok": Outcome(
                "ok", N_("the server's clock has the offset of {timezone}"), N_("Its time zone: {shown}.")
            ),
            "database.timezone.other": Outcome(
                "ok",
                N_("the server's time zone is {shown}, the cluster's is {timezone}"),
                N_("NocoBase reads and writes times with its own; what SQL of yours computes follows the server (unconfirmed)."),
            ),
            "database.timezone.hidden": Outcome("skip", N_("the time zones cannot be compared")),
        },
    ),
    Check(
        "database.connections",
        N_("The server has enough connections"),
        N_(
            "Each process of each node keeps a pool of its own (database.pool_max). Of a pooler its own limits count: pgbouncer is asked for"
            " them where it admits the user to its console."
        ),
        N_("`max_connections`, database.pool_max, fewer processes."),
        (
            "PostgreSQL: SHOW max_connections",
            "PostgreSQL: SHOW superuser_reserved_connections",
            "PostgreSQL: SELECT count(*) FROM pg_stat_activity",
            "PostgreSQL: SELECT rolconnlimit, datconnlimit FROM pg_roles, pg_database"
            " WHERE rolname = current_user AND NOT rolsuper AND datname = current_database()",
            "pgbouncer: SHOW CONFIG",
            "pgbouncer: SHOW DATABASES",
            "pgbouncer: SHOW POOLS",
            "MySQL: SHOW VARIABLES LIKE 'max_connections'",
            "MySQL: SHOW STATUS LIKE 'Threads_connected'",
            "MySQL: SHOW VARIABLES LIKE 'max_user_connections'",
        ),
        ("database",),
        outcomes={
            "database.connections.ok": Outcome(
                "ok", N_("{needed} of {available} connections"), N_("The cluster may open {needed}; {used} are open now.")
            ),
            "database.connections.known": Outcome("ok", N_("{available} connections, {used} open now")),
            "database.connections.pooler": Outcome(
                "skip",
                N_(
                    "not judged: the limits are those of the pooler, which does not tell this user; the cluster may open {needed}"
                ),
                N_("What the server behind it allows says nothing about the pool."),
                N_(
                    "Compare max_client_conn and default_pool_size of the pooler with {needed}. Of pgbouncer, one of its admin_users or"
                    " stats_users learns both:\npsql -h {host} -p {port} -U pgbouncer -d pgbouncer -c 'SHOW CONFIG' -c 'SHOW POOLS'"
                ),
            ),
            "database.connections.pool": Outcome(
                "ok",
                N_("{needed} of {available} connections of the pooler"),
                N_("{by} limits them; {used} are open now."),
            ),
            "database.connections.pool_few": Outcome(
                "warn",
                N_("the cluster may open {needed} connections, the pooler has {available}"),
                N_("{by} limits them; {used} are open now. One pool belongs to each process of each node."),
                N_("Raise {by} of the pooler, lower database.pool_max, or run fewer processes."),
            ),
            "database.connections.tight": Outcome(
                "ok",
                N_("{needed} of {available} connections, and {used} are open now"),
                N_("If those are not the connections of the node that moves in here, both together are too many."),
            ),
            "database.connections.few": Outcome(
                "warn",
                N_("the cluster may open {needed} connections, the server has {available}"),
                N_("{used} are open now. One pool belongs to each process of each node."),
                N_("Raise {by}, lower database.pool_max, or run fewer processes."),
            ),
        },
    ),
    Check(
        "database.installation",
        N_("Whether NocoBase is installed in this database"),
        N_("Looks for its table applicationVersion (with any prefix, with or without underscores), as NocoBase's own test does."),
        N_("Choose the installation that is there: new or existing."),
        (*_TABLES, "SELECT value FROM <that table> LIMIT 1"),
        ("database",),
        outcomes={
            "database.installation.none": Outcome("ok", N_("no NocoBase in this database")),
            "database.installation.found": Outcome(
                "ok", N_("NocoBase {version} is installed here"), N_("Found by its table {place}.")
            ),
            "database.installation.unexpected": Outcome(
                "warn",
                N_("NocoBase {version} is installed here, and a new installation was chosen"),
                N_("Found by its table {place}. The first boot would upgrade it instead of installing."),
                N_("Choose `existing` as the installation, or an empty database."),
            ),
            "database.installation.missing": Outcome(
                "fail",
                N_("no NocoBase in this database, and an existing installation was chosen"),
                N_(
                    "The first boot would make a fresh installation here, without your data, which stays behind where it is. Tables like its own"
                    " elsewhere: {places}."
                ),
                N_("Check the name of the database, the schema and the table prefix."),
            ),
            "database.installation.nowhere": Outcome(
                "fail",
                N_("no NocoBase in this database, and an existing installation was chosen"),
                N_(
                    "The first boot would make a fresh installation here, without your data, which stays behind where it is. "
                    "The user sees no tables like NocoBase's anywhere in this database."
                ),
                N_("Check the name of the database, the schema and the table prefix."),
            ),
        },
    ),
)

INSTALLED: tuple[Check, ...] = (
    Check(
        "database.state",
        N_("What the installation in the database is like"),
        N_("Before the set-up: whether it broke off, its version beside the wanted one, which adapters are enabled."),
        N_("A whole installation, or an empty database."),
        (
            "SELECT value FROM applicationVersion",
            "SELECT count(*) FROM roles",
            "SELECT count(*) FROM applicationPlugins WHERE enabled AND installed IS NOT TRUE",
            "SELECT packageName, version, enabled AND installed FROM applicationPlugins WHERE packageName IN (...)",
        ),
        ("database",),
        outcomes={
            "database.state.none": Outcome("ok", N_("no installation to look at")),
            "database.state.ok": Outcome(
                "ok",
                N_("whole, and of version {version}"),
                N_("{on} of {needed} adapters are enabled. The first boot enables: {off}."),
            ),
            "database.state.older": Outcome(
                "ok",
                N_("whole, of version {version}: the first boot upgrades it to {wanted}"),
                N_("{on} of {needed} adapters are enabled. The first boot enables: {off}."),
            ),
            "database.state.newer": Outcome(
                "warn",
                N_("the tables belong to version {version}, newer than {wanted}"),
                N_("What an older application makes of them is not known."),
                N_("Answer app.version with {version} or later."),
            ),
            "database.state.half": Outcome(
                "fail",
                N_("half an installation: {roles} roles, {broken} plugins broken off"),
                N_("An interrupted one looks healthy after the next start, and nobody can sign in."),
                N_(
                    "Drop the database, make an empty one, and choose a new installation; or restore the backup of the one that was whole."
                ),
            ),
            "database.state.unknown": Outcome(
                "skip",
                N_("the installation's tables do not answer under the names that the answers give them"),
                "",
                N_("Check the schema, the table prefix and whether names are underscored."),
            ),
        },
    ),
    Check(
        "database.application",
        N_("The tables belong to the wanted version"),
        N_("Nodes with CLUSTER_MODE never upgrade. Only in `nbcluster verify`."),
        N_("The runbook's upgrade."),
        ("SELECT value FROM applicationVersion",),
        ("database",),
        outcomes={
            "database.application.ok": Outcome("ok", N_("the tables are those of NocoBase {version}")),
            "database.application.other": Outcome(
                "warn",
                N_("the tables are those of NocoBase {version}; {wanted} was asked for"),
                "",
                N_("Nodes with CLUSTER_MODE upgrade nothing: follow the runbook's upgrade on one node."),
            ),
            "database.application.absent": Outcome(
                "fail",
                N_("NocoBase is not installed here: its table applicationVersion is not there"),
                N_("The server said: {reason}"),
                N_(
                    "Before the first boot that is right: run the runbook's first boot. Otherwise NocoBase uses another database, schema or"
                    " table prefix than the answers say."
                ),
            ),
            "database.application.none": Outcome(
                "fail",
                N_("the installation broke off before it wrote its version"),
                "",
                N_("Drop the database, make an empty one, and begin with the runbook's first boot."),
            ),
        },
    ),
    Check(
        "database.whole",
        N_("The installation is whole"),
        N_(
            "One that broke off and was started again looks healthy: that it has no roles is the only lasting sign. Only in `nbcluster verify`."
        ),
        N_("An empty database and the runbook's first boot."),
        ("SELECT count(*) FROM roles", "SELECT count(*) FROM applicationPlugins WHERE enabled AND installed IS NOT TRUE"),
        ("database",),
        outcomes={
            "database.whole.ok": Outcome("ok", N_("the installation is whole: {roles} roles")),
            "database.whole.half": Outcome(
                "fail",
                N_("half an installation: {roles} roles, {broken} plugins broken off"),
                N_("It may look healthy, and nobody can sign in."),
                N_("Drop the database, make an empty one, and begin with the runbook's first boot."),
            ),
            "database.whole.absent": Outcome("skip", N_("not judged: the tables are not there"), N_("The server said: {reason}")),
            "database.whole.unknown": Outcome(
                "error", N_("the tables do not answer as those of NocoBase do"), "", N_("Check schema, prefix and names.")
            ),
        },
    ),
    Check(
        "database.adapters",
        N_("The adapter plugins are enabled, in the version of the application"),
        N_("A variable without its plugin is ignored in silence. Only in `nbcluster verify`."),
        N_("Licence, APPEND_PRESET_BUILT_IN_PLUGINS, an upgrade on one node."),
        ("SELECT packageName, version, enabled AND installed FROM applicationPlugins WHERE packageName IN (...)",),
        ("database",),
        outcomes={
            "database.adapters.ok": Outcome("ok", N_("all {count} adapter plugins are enabled")),
            "database.adapters.missing": Outcome(
                "fail",
                N_("adapter plugins are not in force: missing {missing}; not enabled {off}"),
                N_("What they should carry stays on each node alone."),
                N_(
                    "Check the licence and APPEND_PRESET_BUILT_IN_PLUGINS, then upgrade on one node with CLUSTER_MODE empty, as the runbook says."
                ),
            ),
            "database.adapters.absent": Outcome(
                "skip", N_("not judged: the tables are not there"), N_("The server said: {reason}")
            ),
            "database.adapters.version": Outcome(
                "warn",
                N_("adapter plugins of another version than {wanted}: {others}"),
                "",
                N_("All plugins have the version of the application: upgrade them."),
            ),
        },
    ),
)
