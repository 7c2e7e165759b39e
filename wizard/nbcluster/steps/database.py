"""Step 4: the one database that all nodes share: address, names, and how many connections the cluster may open (nocobase.md §2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.compound import database_host, no_database_host
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.answers.host import HOST
from nbcluster.answers.secret import MissingSecret
from nbcluster.answers.targets import Target, TargetKind
from nbcluster.answers.url import told
from nbcluster.errors import Problem, error, warning
from nbcluster.facts import UNQUOTED_PASSWORD
from nbcluster.steps.model import Context, Rule, Step, Variable
from nbcluster.steps.multicore import connections_of, process_count
from nbcluster.steps.nodes import localhost
from nbcluster.steps.start import in_docker, is_existing
from nbcluster.text import N_, _

AUTHORITY = "/etc/ssl/nbcluster-authority.pem"
"""Where the authority of ``tls.ca_file`` lies in a container of docker."""

_PORTS = {"postgres": 5432, "kingbase": 54321, "mysql": 3306, "mariadb": 3306}


def default_port(answers: Answers) -> int:
    """Return the port that the chosen dialect's servers use by default."""
    return _PORTS.get(answers.text("database.dialect"), 5432)


def has_schema(answers: Answers) -> bool:
    """Tell whether the dialect has schemas."""
    return answers["database.dialect"] in ("postgres", "kingbase")


def _local(answers: Answers, context: Context) -> Iterable[Problem]:
    yield from localhost(answers, context, "database.host", "database-localhost", answers.text("database.host"))


def _claimed(answers: Answers, context: Context) -> Iterable[Problem]:
    key = (answers.text("database.host").lower(), answers.number("database.port"), answers.text("database.name"))
    if key[0] and key in context.claims:
        yield error(
            "database.name",
            "database-claimed",
            _("database {name} on {host} belongs to the session {session}.").format(
                name=key[2], host=key[0], session=context.claims[key]
            ),
            _("Two clusters need two databases: choose another name."),
        )


def _kept(answers: Answers, context: Context) -> Iterable[Problem]:
    if not is_existing(answers):
        return
    pairs = (("database.table_prefix", "DB_TABLE_PREFIX"), ("database.schema", "DB_SCHEMA"), ("database.dialect", "DB_DIALECT"))
    for path, name in pairs:
        before = context.base_env.get(name, "")
        if before and before != answers.text(path):
            yield error(
                path,
                "database-kept",
                _("the installation has {name}={before}: with another value its tables are not found.").format(
                    name=name, before=told(before)
                ),
                _("Keep {before}.").format(before=told(before)),
            )
    underscored = context.base_env.get("DB_UNDERSCORED") == "true"
    if context.base_env and underscored != answers.flag("database.underscored"):
        yield error(
            "database.underscored",
            "database-kept",
            _("never change DB_UNDERSCORED after the installation: columns would not be found."),
            _("Keep {before}.").format(before="true" if underscored else "false"),
        )


def _verified(answers: Answers, context: Context) -> Iterable[Problem]:
    unverified = context.base_env.get("DB_DIALECT_OPTIONS_SSL_REJECT_UNAUTHORIZED", "")
    if unverified and unverified != "true" and answers.flag("database.tls"):
        yield warning(
            "database.tls",
            "database-verified",
            _(
                "today any certificate of the database is accepted (DB_DIALECT_OPTIONS_SSL_REJECT_UNAUTHORIZED={value}); the files that are written verify it."
            ).format(value=told(unverified, 40)),
            _(
                "Name the authority that signed it in tls.ca_file, unless a public one did; the connection test shows whether it is accepted."
            ),
        )


def _password(answers: Answers, _context: Context) -> Iterable[Problem]:
    secret = answers.secret("database.password")
    if secret is not None and not isinstance(secret, MissingSecret) and secret.reveal() != secret.reveal().strip():
        yield warning(
            "database.password",
            "database-password",
            _("begins or ends with a space."),
            _("Make sure that it belongs to the password."),
        )


def _licence(answers: Answers, _context: Context) -> Iterable[Problem]:
    secret = answers.secret("database.password")
    if secret is None or isinstance(secret, MissingSecret) or answers["license.adapters"] == "other":
        return
    # of kingbase inferred
    if answers["database.dialect"] in ("postgres", "kingbase") and UNQUOTED_PASSWORD.search(secret.reveal()):
        yield warning(
            "database.password",
            "database-password-licence",
            _(
                "contains a space or a backslash, or begins with a quote: NocoBase can connect with it, but cannot make the "
                "instance ID, so there is no licence."
            ),
            _("Give the database user another password; all other characters are fine."),
        )


def connections(answers: Answers) -> int:
    """Return how many connections all processes together may open; before there is a node, those of one process."""
    return connections_of(max(1, process_count(answers)), answers.number("database.pool_max"))


def targets(answers: Answers) -> Iterable[Target]:
    """Return the database as a target, once its address and password are there."""
    host, password = answers.text("database.host"), answers.secret("database.password")
    # what is no host may be anything, also an address with its password
    if not re.fullmatch(HOST, host) or isinstance(password, MissingSecret):
        return
    dialect, port, name = answers.text("database.dialect"), answers.number("database.port"), answers.text("database.name")
    yield Target(
        "database",
        TargetKind.DATABASE,
        f"{dialect}://{answers.text('database.user')}:***@{host}:{port}/{name}",
        {
            "dialect": dialect,
            "host": host,
            "port": port,
            "name": name,
            "user": answers.text("database.user"),
            "password": password,
            "schema": answers.text("database.schema") or None,
            "tls": answers.flag("database.tls"),
            "ca_file": answers.text("tls.ca_file") or None,
            "connections": connections(answers),
            "installation": answers.text("app.installation"),
            "timezone": answers.text("app.timezone"),
            "table_prefix": answers.text("database.table_prefix"),
            "underscored": answers.flag("database.underscored"),
        },
        (
            "database.dialect",
            "database.host",
            "database.port",
            "database.name",
            "database.user",
            "database.password",
            "database.schema",
            "database.tls",
            "tls.ca_file",
            "database.pool_max",
            "nodes",
            "app.installation",
            "app.timezone",
            "database.table_prefix",
            "database.underscored",
        ),
    )


RULES = (
    Rule("database-localhost", _local),
    Rule("database-claimed", _claimed),
    Rule("database-kept", _kept),
    Rule("database-password", _password),
    Rule("database-password-licence", _licence),
    Rule("database-verified", _verified),
)


def _variables(answers: Answers) -> tuple[Variable, ...]:
    out = [Variable("DB_UNDERSCORED", "true" if answers.flag("database.underscored") else "false")]
    if answers.flag("database.tls"):
        out.append(Variable("DB_DIALECT_OPTIONS_SSL_REJECT_UNAUTHORIZED", "true"))
        if answers.text("tls.ca_file"):
            out.append(Variable("DB_DIALECT_OPTIONS_SSL_CA", AUTHORITY if in_docker(answers) else answers.text("tls.ca_file")))
    return tuple(out)


STEP = Step(
    id="database",
    title=N_("Database"),
    why=N_(
        "One endpoint for all nodes: fail-over has to be hidden behind it. The checks only read the database and never change it."
    ),
    fields=(
        Field(
            "database.dialect",
            FieldKind.CHOICE,
            N_("Type"),
            section=N_("Database server"),
            variable="DB_DIALECT",
            default="postgres",
            required=True,
            why=N_("PostgreSQL 10, MySQL 8.0.17 or MariaDB 10.9 are the oldest that start; KingbaseES needs its plugin."),
            otherwise=N_("An older server ends the start with a message to change the version."),
            choices=(
                Choice("postgres", "PostgreSQL"),
                Choice("mysql", "MySQL"),
                Choice("mariadb", "MariaDB"),
                Choice("kingbase", "KingbaseES"),
            ),
        ),
        Field(
            "database.host",
            FieldKind.TEXT,
            N_("Host"),
            section=N_("Database server"),
            length=32,
            variable="DB_HOST",
            required=True,
            why=N_("Host name or address that every node can reach."),
            pattern=HOST,
            pattern_hint=N_("write a host name or an IPv4 address"),
            compound=database_host,
            no_answer=no_database_host,
            otherwise=N_("An address that only one node reaches leaves the others at 503 with an empty message."),
        ),
        Field(
            "database.port",
            FieldKind.INTEGER,
            N_("Port"),
            section=N_("Database server"),
            beside=True,
            variable="DB_PORT",
            default=default_port,
            required=True,
            minimum=1,
            maximum=65535,
            why=N_("Port of the database server."),
        ),
        Field(
            "database.tls",
            FieldKind.BOOLEAN,
            N_("TLS"),
            section=N_("Database server"),
            default=False,
            why=N_("Encrypts the connection and verifies the server's certificate."),
        ),
        Field(
            "database.name",
            FieldKind.TEXT,
            N_("Database"),
            section=N_("Database and account"),
            variable="DB_DATABASE",
            default="nocobase",
            required=True,
            why=N_("The licence is bound to this database; a move to another voids it."),
        ),
        Field(
            "database.user",
            FieldKind.TEXT,
            N_("User"),
            section=N_("Database and account"),
            variable="DB_USER",
            default="nocobase",
            required=True,
            why=N_("Must be allowed to create and alter tables."),
        ),
        Field(
            "database.password",
            FieldKind.SECRET,
            N_("Password"),
            section=N_("Database and account"),
            variable="DB_PASSWORD",
            required=True,
            why=N_("Type it as it is, without percent-encoding; the env file quotes it where needed."),
            otherwise=N_(
                "In a hand-written file a # cuts the value in half; the node then tries ten times and answers 503 without a reason."
            ),
        ),
        Field(
            "database.schema",
            FieldKind.TEXT,
            N_("Schema"),
            short=N_("DB schema"),
            advanced=True,
            variable="DB_SCHEMA",
            applies=has_schema,
            why=N_("PostgreSQL schema; empty for the server's default."),
        ),
        Field(
            "database.table_prefix",
            FieldKind.TEXT,
            N_("Table prefix"),
            short=N_("Prefix"),
            advanced=True,
            variable="DB_TABLE_PREFIX",
            why=N_("Put before every table name; an existing installation keeps its own."),
        ),
        Field(
            "database.underscored",
            FieldKind.BOOLEAN,
            N_("Underscored names"),
            advanced=True,
            variable="",
            default=False,
            why=N_(
                "DB_UNDERSCORED: column names with underscores. Needed on MySQL with lower_case_table_names=1; never change it after the installation."
            ),
            otherwise=N_("A change makes NocoBase look for tables under other names."),
        ),
        Field(
            "tls.ca_file",
            FieldKind.PATH,
            N_("Private CA file"),
            short=N_("CA file"),
            advanced=True,
            why=N_(
                "Certificate authority of your own servers: used by the checks, and on the nodes as NODE_EXTRA_CA_CERTS in the service unit."
            ),
            otherwise=N_("NODE_EXTRA_CA_CERTS has no effect in .env: it is read before the file is."),
        ),
        Field(
            "database.pool_max",
            FieldKind.INTEGER,
            N_("Connections per process"),
            short=N_("Pool size"),
            advanced=True,
            variable="DB_POOL_MAX",
            default=5,
            required=True,
            minimum=1,
            maximum=1000,
            why=N_("Every process opens up to this many; their sum must stay below the server's max_connections."),
        ),
    ),
    rules=RULES,
    targets=targets,
    variables=_variables,
)
