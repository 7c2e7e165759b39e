"""Whether a pooler stands before a database, what it makes of sessions, and how many connections it admits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from nbcluster.probe.findings import Finding, FindingValue, verdict

CONSOLE = "pgbouncer"
"""The database of the administration console, to which pgbouncer admits its ``admin_users`` and ``stats_users`` (pgbouncer.org, Usage)."""

CONFIG, DATABASES, POOLS = "SHOW CONFIG", "SHOW DATABASES", "SHOW POOLS"
"""What is asked there."""

Record = Mapping[str, str]


def judge(announced: int, served: int, second: int | None, needed: int) -> Finding:
    """Compare process numbers: the one announced at the login, the one that serves, and the one that serves a second connection.

    A server announces the process that serves; a pooler makes a number up (PostgreSQL, Frontend/Backend Protocol, BackendKeyData).
    Two connections that are open at once and served by one process share it, as they do when transactions are pooled. ``second`` is
    None where there was no second connection.
    """
    if announced == served:
        return verdict("database.pooler.none")
    values: dict[str, FindingValue] = {"needed": needed}
    if second is None:
        return verdict("database.pooler.unknown", **values)
    return verdict("database.pooler.transaction", **values) if second == served else verdict("database.pooler.session", **values)


def judge_limits(
    name: str, needed: int, config: Sequence[Record], databases: Sequence[Record], pools: Sequence[Record]
) -> Finding:
    """Compare what the cluster may open with what pgbouncer admits for a database, by its own figures.

    Pooling sessions, a connection of NocoBase keeps one of the pool for as long as it lives; otherwise only ``max_client_conn`` counts.
    """
    settings = {row.get("key", ""): row.get("value", "") for row in config}
    own = next((row for row in databases if row.get("name") == name), {})
    clients = _number(settings.get("max_client_conn", ""))
    if clients is None:
        return verdict("database.connections.pooler", needed=needed)
    limits = [(clients, "max_client_conn")]
    if (own.get("pool_mode") or settings.get("pool_mode", "")) == "session":
        size = _number(own.get("pool_size", "")) or _number(settings.get("default_pool_size", ""))
        reserve = _number(own.get("reserve_pool_size", own.get("reserve_pool", ""))) or 0
        limits += [(size + reserve, "default_pool_size")] if size else []
        most = (
            (own.get("max_connections", ""), "max_db_connections"),
            (settings.get("max_user_connections", ""), "max_user_connections"),
        )
        limits += [(number, by) for text, by in most if (number := _number(text))]
    available, by = min(limits)
    rows = pools if by == "max_client_conn" else [row for row in pools if row.get("database") == name]
    used = sum(_number(text) or 0 for text in chain(*((row.get("cl_active", ""), row.get("cl_waiting", "")) for row in rows)))
    values: dict[str, FindingValue] = {"needed": needed, "available": available, "used": used, "by": by}
    return verdict("database.connections.pool_few" if needed > available else "database.connections.pool", **values)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
