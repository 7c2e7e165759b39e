"""Verdicts on databases."""

from __future__ import annotations

from nbcluster.checks.catalogue.model import Outcome
from nbcluster.text import N_

OUTCOMES: dict[str, Outcome] = {
    "database.tls.off": Outcome(
        "fail",
        N_("the server does not offer TLS"),
        "",
        N_("Turn it on (PostgreSQL: ssl = on; MySQL, MariaDB: ssl_cert, ssl_key), or set tls = false."),
    ),
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
        N_("Grant it: GRANT ALL ON DATABASE {name} TO {user} (PostgreSQL), GRANT ALL ON {name}.* (MySQL, MariaDB)."),
    ),
    "database.login.host": Outcome(
        "fail",
        N_("the server does not let {user} in from this machine"),
        N_("The server said: {reason}"),
        N_(
            "Allow the addresses of this machine and of all nodes: pg_hba.conf, or the host part of the MySQL user. Some rules want tls = true."
        ),
    ),
    "database.login.missing": Outcome(
        "fail", N_("there is no database {name}"), "", N_("CREATE DATABASE {name}, owned by {user}, with UTF-8.")
    ),
    "database.login.full": Outcome(
        "fail",
        N_("the server has no free connection"),
        N_("The server said: {reason}"),
        N_("Raise max_connections, or find out who holds them."),
    ),
    "database.login.starting": Outcome(
        "error", N_("the server is starting or stopping"), N_("The server said: {reason}"), N_("Wait, then run the check again.")
    ),
    "database.login.clear": Outcome(
        "error",
        N_("not judged: the server asks for the password in clear text, over a line without TLS"),
        N_("This check does not send it. NocoBase would, and whoever is on the way could read it."),
        N_("Turn TLS on in the server and set tls = true, or let the server ask for scram-sha-256 or caching_sha2_password."),
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
            "The server wants the password encrypted with a key that it sends itself, and without TLS anybody on the way may send one. NocoBase takes it."
        ),
        N_("Set tls = true if the server offers it, or test on a node: mysql -h {host} -P {port} -u {user} -p {name}"),
    ),
    "database.login.other": Outcome(
        "fail", N_("the server refuses the login"), N_("The server said: {reason}"), N_("Read the log of the server.")
    ),
    "database.encoding.ok": Outcome("ok", N_("stores every character ({found})"), N_("Sorted by {collation}.")),
    "database.encoding.other": Outcome(
        "warn",
        N_("the database's character set is {found}"),
        N_("Characters that it does not have, such as emoji or Chinese ones, are refused or spoiled (inferred, unconfirmed)."),
        N_("Make the database anew with {wanted} before the first boot: it cannot be changed in place."),
    ),
    "database.encoding.hidden": Outcome("skip", N_("the server does not tell its character set")),
    "database.query": Outcome(
        "error",
        N_("the server does not answer a question"),
        N_("The server said: {reason}"),
        N_("A proxy or a user with few rights may be the reason."),
    ),
    "database.version.ok": Outcome("ok", N_("{product} {version}")),
    "database.version.kingbase": Outcome(
        "ok", N_("{version}"), N_("NocoBase names no minimum for KingbaseES. Its plugin has to be there (unconfirmed).")
    ),
    "database.version.old": Outcome(
        "fail", N_("{product} {version} is too old: NocoBase starts with {least} and later"), "", N_("Upgrade the server.")
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
    "database.rights.ok": Outcome("ok", N_("tables can be created in the schema {schema}")),
    "database.rights.schema_to_come": Outcome("ok", N_("the schema {schema} does not exist and may be created")),
    "database.rights.no_schema": Outcome(
        "fail",
        N_("there is no schema {schema}, and {user} may not create one"),
        "",
        N_("CREATE SCHEMA {schema} AUTHORIZATION {user}"),
    ),
    "database.rights.denied": Outcome(
        "fail",
        N_("{user} may not create tables in the schema {schema}"),
        N_("Since PostgreSQL 15, only the owner of a database may create in its schema public."),
        N_("GRANT ALL ON SCHEMA {schema} TO {user}, or make {user} the owner of the database."),
    ),
    "database.rights.replica": Outcome("fail", N_("this is a read-only replica"), "", N_("Use the address of the primary.")),
    "database.rights.read_only": Outcome(
        "fail",
        N_("transactions of {user} in {name} only read"),
        N_("default_transaction_read_only is on, for the server, the database or the user."),
        N_("ALTER DATABASE {name} RESET default_transaction_read_only; the same for ALTER ROLE {user}, or the server's setting."),
    ),
    "database.rights.foreign": Outcome(
        "warn",
        N_("{count} tables in the schema {schema} belong to {owner}: {user} cannot alter them"),
        N_("An upgrade alters tables, and only an owner may."),
        N_("REASSIGN OWNED BY {owner} TO {user} in this database, or GRANT {owner} TO {user}."),
    ),
    "database.rights.granted": Outcome("ok", N_("tables can be made and changed in {name}")),
    "database.rights.lacking": Outcome(
        "fail",
        N_("{user} lacks rights on {name}: {missing}"),
        N_("Installing and upgrading make, change and remove tables."),
        N_("GRANT {missing} ON `{name}`.* TO {account};"),
    ),
    "database.rights.role": Outcome(
        "skip",
        N_("{user} may have its rights on {name} through a role: {roles}"),
        N_("Not granted directly: {missing}. What a role gives is not in the list of grants."),
        N_("Make it a default role (SET DEFAULT ROLE), or grant the rights directly."),
    ),
    "database.timezone.ok": Outcome("ok", N_("the server's clock has the offset of {timezone}"), N_("Its time zone: {shown}.")),
    "database.timezone.other": Outcome(
        "ok",
        N_("the server's time zone is {shown}, the cluster's is {timezone}"),
        N_("NocoBase reads and writes times with its own; what SQL of yours computes follows the server (unconfirmed)."),
    ),
    "database.timezone.hidden": Outcome("skip", N_("the time zones cannot be compared")),
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
    "database.connections.ok": Outcome(
        "ok", N_("{needed} of {available} connections"), N_("The cluster may open {needed}; {used} are open now.")
    ),
    "database.connections.known": Outcome("ok", N_("{available} connections, {used} open now")),
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
    "database.installation.none": Outcome("ok", N_("no NocoBase in this database")),
    "database.installation.found": Outcome("ok", N_("NocoBase {version} is installed here"), N_("Found by its table {place}.")),
    "database.installation.unexpected": Outcome(
        "warn",
        N_("NocoBase {version} is installed here, and a new installation was chosen"),
        N_("Found by its table {place}. The first boot would upgrade it instead of installing."),
        N_("Choose `existing` as the installation, or an empty database."),
    ),
    "database.installation.missing": Outcome(
        "warn",
        N_("no NocoBase in this database, and an existing installation was chosen"),
        N_("Tables like its own elsewhere: {places}."),
        N_("Check the name of the database, the schema and the table prefix."),
    ),
}
