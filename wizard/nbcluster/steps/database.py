"""Step 4: the one database that all nodes share."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.answers.compound import database_host
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.judge import database as judge
from nbcluster.steps.model import Step, Variable
from nbcluster.text import N_


def _variables(answers: Answers) -> tuple[Variable, ...]:
    out = [Variable("DB_UNDERSCORED", "true" if answers.flag("database.underscored") else "false")]
    if answers.flag("database.tls"):
        out.append(Variable("DB_DIALECT_OPTIONS_SSL_REJECT_UNAUTHORIZED", "true"))
        if answers.text("tls.ca_file"):
            out.append(Variable("DB_DIALECT_OPTIONS_SSL_CA", answers.text("tls.ca_file")))
    return tuple(out)


STEP = Step(
    id="database",
    title=N_("Database"),
    why=N_(
        "One endpoint for all nodes: fail-over has to be hidden behind it. The database is only read by the checks, never changed."
    ),
    fields=(
        Field(
            "database.dialect",
            FieldKind.CHOICE,
            N_("Dialect"),
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
            pattern=judge.HOST,
            pattern_hint=N_("write a host name or an IPv4 address"),
            compound=database_host,
            otherwise=N_("An address that only one node reaches leaves the others at 503 with an empty message."),
        ),
        Field(
            "database.port",
            FieldKind.INTEGER,
            N_("Port"),
            section=N_("Database server"),
            beside=True,
            variable="DB_PORT",
            default=judge.default_port,
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
            why=N_("Passed on as it is, not percent-encoded; the env file quotes it where needed."),
            otherwise=N_(
                "In a hand-written file a # cuts the value in half; the node then tries ten times and says 503 without a reason."
            ),
        ),
        Field(
            "database.schema",
            FieldKind.TEXT,
            N_("Schema"),
            advanced=True,
            variable="DB_SCHEMA",
            applies=judge.has_schema,
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
    rules=judge.RULES,
    targets=judge.targets,
    variables=_variables,
)
