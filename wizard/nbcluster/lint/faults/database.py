"""Faults of the database's variables (nocobase.md §2, §12, §19)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbcluster.answers.host import is_numbers
from nbcluster.errors import Severity
from nbcluster.facts import DIALECTS
from nbcluster.lint.application import Application
from nbcluster.lint.model import EITHER, FAIL, WARN, Fault, Hit
from nbcluster.text import N_, _

_PORTS = {"postgres": "5432", "mysql": "3306", "mariadb": "3306"}
_TLS = "DB_DIALECT_OPTIONS_SSL_"
_FORCED_TLS = re.compile(
    r"\.(?:rds\.amazonaws\.com|rds\.amazonaws\.com\.cn|(?:postgres|mysql|mariadb)\.database\.azure\.com|neon\.tech|supabase\.co|"
    r"aivencloud\.com|ondigitalocean\.com)\Z",
    re.IGNORECASE,
)
_POOLER = re.compile(r"pg-?bouncer|pgpool|pooler", re.IGNORECASE)


def _dialect(found: Application) -> Iterator[Hit]:
    if found.lacks("DB_DIALECT"):
        yield found.at(
            "DB_DIALECT", _("is not set: the application does not start."), _("Set postgres, mysql, mariadb or kingbase.")
        )
    elif found.value("DB_DIALECT") not in ("", *DIALECTS, *(("sqlite",) if found.alone else ())):
        yield found.at("DB_DIALECT")


def _absent(found: Application) -> Iterator[Hit]:
    if found.value("DB_DIALECT") == "sqlite":
        return
    for name in ("DB_HOST", "DB_DATABASE", "DB_USER", "DB_PASSWORD"):
        if found.lacks(name):
            # a server may admit an account without one
            yield found.at(name, severity=Severity.WARNING if name == "DB_PASSWORD" else Severity.ERROR)


def _no_host(found: Application) -> Iterator[Hit]:
    if re.search(r"[:/\s@]", found.value("DB_HOST").strip()) and found.value("DB_HOST").count(":") < 2:
        yield found.at("DB_HOST")
    elif is_numbers(found.value("DB_HOST")):
        yield found.at(
            "DB_HOST",
            _("is a number or a part of an IPv4 address, which the resolver reads as another address."),
            _("Write a host name or all four numbers of the address, and the port into DB_PORT."),
        )


def _other_port(found: Application) -> Iterator[Hit]:
    own = _PORTS.get(found.value("DB_DIALECT"))
    if own and found.value("DB_PORT") in {*_PORTS.values()} - {own}:
        yield found.at("DB_PORT")


def _underscored(found: Application) -> Iterator[Hit]:
    if found.value("DB_UNDERSCORED") not in ("", "true", "false"):
        yield found.at("DB_UNDERSCORED")


def _not_verified(found: Application) -> Iterator[Hit]:
    if found.value(f"{_TLS}REJECT_UNAUTHORIZED") not in ("", "true"):
        yield found.at(f"{_TLS}REJECT_UNAUTHORIZED")


def _plain(found: Application) -> Iterator[Hit]:
    if _FORCED_TLS.search(found.value("DB_HOST")) and found.complete and not any(name.startswith(_TLS) for name in found.last):
        yield found.at("DB_HOST")


def _pooler(found: Application) -> Iterator[Hit]:
    if found.value("DB_DIALECT") in ("postgres", ""):
        if found.value("DB_PORT") in ("6432", "6543"):
            yield found.at("DB_PORT")
        elif _POOLER.search(found.value("DB_HOST")):
            yield found.at("DB_HOST")


def _no_licence(found: Application) -> Iterator[Hit]:
    password = found.value("DB_PASSWORD")
    if len(password) > 1 and password[0] == password[-1] and password[0] in "'\"":
        return  # unintended quotes are a fault of their own
    if found.value("DB_DIALECT") in ("postgres", "kingbase") and (
        re.search(r"[\s\\]", password.strip()) or password.startswith(("'", '"'))
    ):
        yield found.at("DB_PASSWORD")


def _pool(found: Application) -> Iterator[Hit]:
    least, most = found.value("DB_POOL_MIN"), found.value("DB_POOL_MAX") or "5"
    if all(text.isascii() and text.isdecimal() and len(text) < 9 for text in (least, most)) and int(least) > int(most):
        yield found.at("DB_POOL_MIN")


FAULTS: tuple[Fault, ...] = (
    Fault(
        "database-localhost",
        FAIL,
        N_("The database on localhost"),
        N_("localhost is another machine, or container, on every node."),
        remedy=N_("The address under which all nodes reach the server."),
        rule="database-localhost",
        clustered=True,
        observed="attempt 1/10: Unable to connect to the database: connect ECONNREFUSED",
    ),
    Fault(
        "database-absent",
        EITHER,
        N_("No DB_HOST, DB_DATABASE, DB_USER or DB_PASSWORD"),
        N_("None of them has a default that serves: the application tries for minutes and stays unhealthy."),
        N_("is not set: the application cannot connect to its database."),
        N_("Set DB_HOST, DB_DATABASE, DB_USER and DB_PASSWORD, the same on every node."),
        variables=_absent,
        observed="attempt 1/10: Unable to connect to the database",
    ),
    Fault(
        "database-host",
        FAIL,
        N_("DB_HOST holds something else than a host"),
        N_(
            "A scheme, a port or a path in it becomes a part of the name, which nothing resolves; a bare number is read as an address."
        ),
        N_("holds more than a host name: a scheme, a port or a path is taken for a part of the name."),
        N_("Write the bare host name or address, and the port into DB_PORT."),
        variables=_no_host,
        observed="attempt 1/10: Unable to connect to the database: getaddrinfo ENOTFOUND",
    ),
    Fault(
        "database-port-dialect",
        WARN,
        N_("DB_PORT is the usual port of another kind of server"),
        N_("3306 is that of MySQL and MariaDB, 5432 that of PostgreSQL."),
        N_("is the usual port of another kind of server than DB_DIALECT names."),
        N_("Make sure that DB_DIALECT and DB_PORT belong to the same server."),
        variables=_other_port,
    ),
    Fault(
        "database-dialect",
        FAIL,
        N_("DB_DIALECT is missing or names no server"),
        N_("Without it the application does not start; a file such as SQLite's cannot be shared."),
        N_("names no database server that several nodes can share."),
        N_("Set postgres, mysql, mariadb or kingbase, in lower case."),
        variables=_dialect,
        observed="Error: DB_DIALECT is required.",
    ),
    Fault(
        "database-underscored",
        FAIL,
        N_("DB_UNDERSCORED is neither true nor false"),
        N_("Only the exact text true counts; 1, TRUE and yes are silently false."),
        N_("is neither true nor false, written so: anything but true counts as false."),
        N_(
            "Write what the installation runs with today: false unless it was exactly true. Never change it after the installation."
        ),
        variables=_underscored,
        observed="(healthy; columns are named packageName instead of package_name)",
    ),
    Fault(
        "database-password",
        WARN,
        N_("A blank at the edge of DB_PASSWORD"),
        N_("Some readers drop it."),
        remedy=N_("Make sure that it belongs to the password."),
        rule="database-password",
    ),
    Fault(
        "database-password-signs",
        WARN,
        N_("A blank, a backslash or a leading quote in the password of PostgreSQL"),
        N_("The licence's instance id is made through an unquoted connection string, which such a password breaks: no licence."),
        N_("has a blank, a backslash or a leading quote: the instance id of the licence cannot be made."),
        N_("Choose a password without these; # $ @ % = / : are fine."),
        variables=_no_licence,
        observed="invalid connection string",
    ),
    Fault(
        "database-tls-unverified",
        WARN,
        N_("The certificate of the database is not verified"),
        N_("Only the exact text true counts; with anything else the connection is encrypted and its other end may be anybody."),
        N_("is not true: any certificate is accepted, so that another server can pass for the database."),
        N_("Set it to true and name the authority that signed the certificate in DB_DIALECT_OPTIONS_SSL_CA."),
        variables=_not_verified,
    ),
    Fault(
        "database-tls-absent",
        WARN,
        N_("A managed database without TLS"),
        N_("Managed servers mostly refuse connections without TLS, Amazon RDS for PostgreSQL from 15 on by default."),
        N_("is a managed server, which most often admits TLS only, and no DB_DIALECT_OPTIONS_SSL_* is set."),
        N_("Set DB_DIALECT_OPTIONS_SSL_REJECT_UNAUTHORIZED=true, and the provider's authority in DB_DIALECT_OPTIONS_SSL_CA."),
        variables=_plain,
        observed="no pg_hba.conf entry for host …, no encryption",
    ),
    Fault(
        "database-pooler",
        WARN,
        N_("A connection pooler in front of PostgreSQL"),
        N_("NocoBase keeps state in a session (SET search_path): pooling by transaction hands it to others."),
        N_("looks like a pooler: NocoBase keeps state in its sessions, which pooling by transaction mixes up."),
        N_("Use pool_mode = session with room for DB_POOL_MAX × all processes, or connect to the server itself."),
        variables=_pooler,
    ),
    Fault(
        "database-pool",
        WARN,
        N_("DB_POOL_MIN is larger than DB_POOL_MAX"),
        N_("The pool cannot be made; DB_POOL_MAX is 5 where it is not set."),
        N_("is larger than DB_POOL_MAX, which is 5 where it is not set."),
        N_("Lower DB_POOL_MIN or raise DB_POOL_MAX; all processes together must fit into the server's limit."),
        variables=_pool,
    ),
)
