"""Whether a pooler is in front of a database, and how it treats sessions: seen from outside, without asking the pooler."""

from __future__ import annotations

from nbcluster.probe.findings import Finding, Value, verdict


def judge(announced: int, served: int, second: int | None, needed: int) -> Finding:
    """Compare process numbers: the one announced at the login, the one that serves, and the one that serves a second connection.

    A server announces the process that serves; a pooler makes a number up (PostgreSQL, Frontend/Backend Protocol, BackendKeyData).
    Two connections that are open at once and served by one process share it, as they do when transactions are pooled. ``second`` is
    None where there was no second connection.
    """
    if announced == served:
        return verdict("database.pooler.none")
    values: dict[str, Value] = {"needed": needed}
    if second is None:
        return verdict("database.pooler.unknown", **values)
    return verdict("database.pooler.transaction", **values) if second == served else verdict("database.pooler.session", **values)
