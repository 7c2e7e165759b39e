"""The database: address, names, and how many connections the cluster may open (nocobase.md §2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbcluster.answers.answers import Answers
from nbcluster.answers.rules import Context, Rule
from nbcluster.answers.secret import MissingSecret
from nbcluster.answers.targets import Target, TargetKind
from nbcluster.answers.url import told
from nbcluster.errors import Problem
from nbcluster.judge.common import error, is_loopback, spans_hosts, warning
from nbcluster.text import _

HOST = r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?"

_PORTS = {"postgres": 5432, "kingbase": 54321, "mysql": 3306, "mariadb": 3306}


def default_port(answers: Answers) -> int:
    """Return the port that the chosen dialect's servers use by default."""
    return _PORTS.get(answers.text("database.dialect"), 5432)


def has_schema(answers: Answers) -> bool:
    """Tell whether the dialect has schemas."""
    return answers["database.dialect"] in ("postgres", "kingbase")


def _local(answers: Answers, _context: Context) -> Iterable[Problem]:
    host = answers.text("database.host")
    if host and is_loopback(host) and spans_hosts(answers):
        yield error(
            "database.host",
            "database-localhost",
            _("{host} is another machine on every node.").format(host=host),
            _("Write the address under which all nodes reach this server."),
        )


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
    if answers["app.installation"] != "existing":
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
                "today any certificate of the database is taken (DB_DIALECT_OPTIONS_SSL_REJECT_UNAUTHORIZED={value}); the written files verify it."
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
            _("begins or ends with a blank."),
            _("Make sure that it belongs to the password."),
        )


def connections(answers: Answers) -> int:
    """Return how many connections all processes together may open (DB_POOL_MAX times processes)."""
    from nbcluster.judge.workers import processes

    return max(1, answers.number("database.pool_max")) * max(1, sum(p or 0 for p in processes(answers)))


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
    Rule("database-verified", _verified),
)
