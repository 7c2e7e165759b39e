"""Faults of the database's variables (nocobase.md §2, §12)."""

from __future__ import annotations

from collections.abc import Iterator

from nbcluster.facts import DIALECTS
from nbcluster.lint.application import Application
from nbcluster.lint.model import FAIL, WARN, Fault, Hit
from nbcluster.text import N_, _


def _dialect(found: Application) -> Iterator[Hit]:
    if found.lacks("DB_DIALECT"):
        yield found.at(
            "DB_DIALECT", _("is not set: the application does not start."), _("Set postgres, mysql, mariadb or kingbase.")
        )
    elif found.value("DB_DIALECT") not in ("", *DIALECTS):
        yield found.at("DB_DIALECT")


def _underscored(found: Application) -> Iterator[Hit]:
    if found.value("DB_UNDERSCORED") not in ("", "true", "false"):
        yield found.at("DB_UNDERSCORED")


FAULTS: tuple[Fault, ...] = (
    Fault(
        "database-localhost",
        FAIL,
        N_("The database on localhost"),
        N_("localhost is another machine, or container, on every node."),
        N_("The address under which all nodes reach the server."),
        rule="database-localhost",
    ),
    Fault(
        "database-dialect",
        FAIL,
        N_("DB_DIALECT is missing or names no server"),
        N_("Without it the application does not start; a file such as SQLite's cannot be shared."),
        N_("postgres, mysql, mariadb or kingbase."),
        N_("names no database server that several nodes can share."),
        N_("Set postgres, mysql, mariadb or kingbase, in lower case."),
        variables=_dialect,
    ),
    Fault(
        "database-underscored",
        FAIL,
        N_("DB_UNDERSCORED is neither true nor false"),
        N_("Only the exact text true counts; 1, TRUE and yes are silently false."),
        N_("What the installation runs with today; never change it."),
        N_("is neither true nor false, written so: anything but true counts as false."),
        N_(
            "Write what the installation runs with today: false unless it was exactly true. Never change it after the installation."
        ),
        variables=_underscored,
    ),
    Fault(
        "database-password",
        WARN,
        N_("A blank at the edge of DB_PASSWORD"),
        N_("Some readers drop it."),
        N_("Make sure that it belongs to the password."),
        rule="database-password",
    ),
)
