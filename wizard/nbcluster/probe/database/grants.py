"""What an account of MySQL or MariaDB may do in a database, read from its grants (MySQL manual, SHOW GRANTS)."""

from __future__ import annotations

import re
from collections.abc import Iterable

NEEDED = ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX", "REFERENCES")
"""Privileges to create, change and fill tables, as an installation and an upgrade do."""

_GRANT = re.compile(r"^GRANT (?P<what>.+?) ON (?P<database>\*|`(?:[^`]|``)+`)\.\* TO ", re.IGNORECASE)
_ROLE = re.compile(r"^GRANT (?P<roles>[`'\"][^()]*?) TO ", re.IGNORECASE)


def missing(grants: Iterable[str], database: str) -> tuple[str, ...]:
    """Return the privileges that no grant gives on all tables of a database; grants of single tables do not count."""
    held: set[str] = set()
    for line in grants:
        found = _GRANT.match(line)
        if found and _covers(found["database"], database):
            words = {word.strip().upper() for word in re.sub(r"\([^)]*\)", "", found["what"]).split(",")}
            if words & {"ALL", "ALL PRIVILEGES"}:
                return ()
            held |= words
    return tuple(name for name in NEEDED if name not in held)


def roles(grants: Iterable[str]) -> tuple[str, ...]:
    """Return the roles that were granted: what they give is not in the list."""
    found = (_ROLE.match(line) for line in grants if " ON " not in line.upper())
    return tuple(match["roles"].replace("`", "") for match in found if match)


def _covers(pattern: str, database: str) -> bool:
    """Tell whether the database of a grant means one: _ and % are wildcards there, a backslash takes that from them."""
    if pattern == "*":
        return True
    text, expression = pattern[1:-1].replace("``", "`"), ""
    position = 0
    while position < len(text):
        char = text[position]
        if char == "\\" and position + 1 < len(text):
            position += 1
            expression += re.escape(text[position])
        else:
            expression += {"_": ".", "%": ".*"}.get(char, re.escape(char))
        position += 1
    return re.fullmatch(expression, database, re.DOTALL) is not None


def account(current_user: str) -> str:
    """Return an account as a GRANT names it."""
    user, _at, host = current_user.rpartition("@")
    return "@".join("'" + part.replace("'", "''") + "'" for part in (user, host))
