"""What each check of the database, the nodes, the storage and the load balancer looks at and sends."""

from __future__ import annotations

from nbcluster.checks.catalogue.model import Page
from nbcluster.text import N_

_TABLES = (
    "PostgreSQL: SELECT table_schema, table_name FROM information_schema.tables WHERE table_name LIKE '%applicationVersion'"
    " OR table_name LIKE '%application\\_version' ORDER BY 1, 2 LIMIT 20",
    "MySQL: SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema = database()"
    " AND (table_name LIKE '%applicationversion' OR table_name LIKE '%application\\_version') ORDER BY 2 LIMIT 20",
)
_DATABASE: tuple[Page, ...] = (
    Page(
        "database.reach",
        N_("The database accepts connections"),
        N_("Opens the TCP connection that all further checks share."),
        N_("Host, port, firewall, `listen_addresses`, `bind-address`."),
        families=("net",),
    ),
    Page(
        "database.tls",
        N_("TLS starts, and the certificate is good"),
        N_(
            "Only with database.tls = true. The name in the certificate is compared for PostgreSQL; MySQL's driver compares the authority only."
        ),
        N_("TLS of the server, tls.ca_file."),
        ("PostgreSQL: SSLRequest", "MySQL: SSLRequest"),
        families=("tls", "net"),
    ),
    Page(
        "database.login",
        N_("The login works, and the database is there"),
        N_("One endpoint for all nodes; the database is only read."),
        N_("User, password, `pg_hba.conf`, the host part of MySQL users, `CREATE DATABASE`."),
        ("PostgreSQL: startup", "MySQL: handshake", "MySQL: SET NAMES utf8mb4"),
        ("seen", "net"),
    ),
    Page(
        "database.version",
        N_("The version is one that NocoBase starts with"),
        N_("PostgreSQL 10, MySQL 8.0.17, MariaDB 10.9: with an older one NocoBase refuses to start."),
        N_("Upgrade the server."),
        ("PostgreSQL: SHOW server_version", "KingbaseES: SELECT version()", "MySQL: SELECT version()"),
        ("database",),
    ),
    Page(
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
    ),
    Page(
        "database.names",
        N_("Table names keep their case (MySQL, MariaDB)"),
        N_("With lower_case_table_names = 1 NocoBase needs DB_UNDERSCORED=true from its first start."),
        N_("`database.underscored = true` for a new installation."),
        ("SHOW VARIABLES LIKE 'lower_case_table_names'",),
        ("database",),
    ),
    Page(
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
    ),
    Page(
        "database.timezone",
        N_("The server's time zone beside the cluster's"),
        N_("Compares the offsets of today with app.timezone. A difference is told, and is no fault by itself."),
        N_("Nothing to do, unless SQL of yours computes times."),
        (
            "PostgreSQL: SELECT date_part('timezone', now())::int",
            "PostgreSQL: SHOW TimeZone",
            "MySQL: SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW())",
            "MySQL: SHOW VARIABLES LIKE 'time_zone'",
        ),
        ("database",),
    ),
    Page(
        "database.connections",
        N_("The server has enough connections"),
        N_("Each process of each node keeps a pool of its own (database.pool_max)."),
        N_("`max_connections`, database.pool_max, fewer processes."),
        (
            "PostgreSQL: SHOW max_connections",
            "PostgreSQL: SHOW superuser_reserved_connections",
            "PostgreSQL: SELECT count(*) FROM pg_stat_activity",
            "PostgreSQL: SELECT rolconnlimit, datconnlimit FROM pg_roles, pg_database"
            " WHERE rolname = current_user AND NOT rolsuper AND datname = current_database()",
            "MySQL: SHOW VARIABLES LIKE 'max_connections'",
            "MySQL: SHOW STATUS LIKE 'Threads_connected'",
            "MySQL: SHOW VARIABLES LIKE 'max_user_connections'",
        ),
        ("database",),
    ),
    Page(
        "database.installation",
        N_("Whether NocoBase is installed in this database"),
        N_("Looks for its table applicationVersion (with any prefix, with or without underscores), as NocoBase's own test does."),
        N_("Choose the installation that is there: new or existing."),
        (*_TABLES, "SELECT value FROM <that table> LIMIT 1"),
        ("database",),
    ),
)

_MACHINES: tuple[Page, ...] = (
    Page(
        "node.<name>.port",
        N_("The node's port is closed before the first boot"),
        N_(
            "Closed is right: nothing runs there yet. If something answers, the single node that is to become the cluster is often still up."
        ),
        N_("Stop what listens there before the first boot."),
        ("GET <public path>api/__health_check",),
        ("net",),
    ),
    Page(
        "storage.path",
        N_("The storage folder is a share that can be written"),
        N_(
            "Only where this machine has it mounted: makes, renames and removes one hidden file .nbcluster-probe-<random>."
            " That all nodes see the same files can only be shown on the nodes."
        ),
        N_("Mount the share on every node, at the same path."),
        ("create, write, fsync, rename and remove <path>/.nbcluster-probe-<random>",),
    ),
    Page(
        "storage.mount",
        N_("The share is mounted with sound options"),
        N_("Reads /proc/self/mountinfo of this machine; the nodes may mount it otherwise."),
        N_("hard, locks on the server, no noexec; the same on all nodes."),
        families=("storage.path",),
    ),
    Page(
        "storage.files",
        N_("Files can be renamed, linked and locked"),
        N_("On hidden files .nbcluster-probe-<random> of its own, which it removes. Tells whom they belong to."),
        N_("The kind of share, its export and its mount options."),
        ("create, rename, link, lock and remove <path>/.nbcluster-probe-<random>",),
        ("storage.path",),
    ),
    Page(
        "storage.contents",
        N_("Nothing lies there that belongs to one node or decides against the answers"),
        N_("Looks for .pm2, sockets, db/, apps/main/jwt_secret.dat and the versions of unpacked plugins. Reads no other file."),
        N_("Take away what belongs to one node; upgrade plugins with the application."),
        families=("storage.path",),
    ),
    Page(
        "storage.variable",
        N_("The name of RabbitMQ's variable is the one that the plugin reads"),
        N_("Only with RabbitMQ. The name is published nowhere: the server code of the unpacked plugin is searched for it."),
        N_("`queue.url_variable`."),
        families=("storage.path",),
    ),
    Page(
        "balancer.name",
        N_("The name that users type can be resolved"),
        N_("A look-up from this machine. A name that only users' DNS knows cannot be tested here."),
        N_("An address record for the load balancer."),
    ),
    Page(
        "balancer.port",
        N_("What listens where users will come"),
        N_("Before the set-up the port is closed, or the chosen program answers there. Asks for the health path once."),
        N_("A free port on the load balancer, or another name."),
        ("GET <public path>/api/__health_check",),
    ),
    Page(
        "balancer.syntax",
        N_("nginx or HAProxy accepts its file"),
        N_(
            "Only where that program is on this machine: nginx -t or haproxy -c with a copy in a folder of its own. Nothing is started."
        ),
        N_("A program that is recent enough."),
    ),
    Page(
        "balancer.certificate",
        N_("The load balancer's certificate and key fit together, the name and the calendar"),
        N_("Only where this machine has both files. Opens no connection: the handshake takes place in memory."),
        N_("A renewed certificate for the name that users type, with its own key."),
    ),
)

PAGES = _DATABASE + _MACHINES
