"""What is judged alike in all databases: the number of connections, and a NocoBase that is there already."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Callable, Sequence

from nbcluster.probe.findings import Finding, Value, text, verdict


def judge_connections(needed: int, available: int, used: int, by: str = "max_connections") -> Finding:
    """Compare what the cluster may open (0: not known) with what its user may have open; ``by`` is the setting that limits it."""
    values: dict[str, Value] = {"needed": needed, "available": available, "used": used, "by": by}
    if needed > available:
        return verdict("database.connections.few", **values)
    if needed + used > available and needed:
        return verdict("database.connections.tight", **values)
    return verdict("database.connections.ok", **values) if needed else verdict("database.connections.known", **values)


def judge_encoding(found: str, whole: bool, wanted: str, collation: str = "?") -> Finding:
    """Tell whether the character set of the database holds every character."""
    if not found:
        return verdict("database.encoding.hidden")
    values: dict[str, Value] = {"found": found, "wanted": wanted, "collation": collation}
    return verdict("database.encoding.ok", **values) if whole else verdict("database.encoding.other", **values)


def judge_zone(minutes: int | None, shown: str, timezone: str) -> Finding:
    """Compare the server's offset from UTC, in minutes, with that of the cluster's time zone today."""
    if minutes is None or not timezone:
        return verdict("database.timezone.hidden")
    try:
        own = datetime.datetime.now(zoneinfo.ZoneInfo(timezone)).utcoffset()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return verdict("database.timezone.hidden")
    same = own is not None and round(own.total_seconds() / 60) == minutes
    values: dict[str, Value] = {"shown": shown or "?", "timezone": timezone}
    return verdict("database.timezone.ok", **values) if same else verdict("database.timezone.other", **values)


def installation(tables: Sequence[tuple[str, str]], schema: str, expected: str, version_of: Callable[[str, str], str]) -> Finding:
    """Compare the tables of NocoBase found as (schema, table) with the installation that was announced (new, existing or empty)."""
    here = [pair for pair in tables if pair[0] == schema] if schema else list(tables)
    if not here:
        if expected == "existing":
            return verdict("database.installation.missing", places=text(", ".join(f"{s}.{t}" for s, t in tables) or "-"))
        return verdict("database.installation.none")
    place, table = here[0]
    values = {"version": version_of(place, table), "place": f"{place}.{table}"}
    if expected == "new":
        return verdict("database.installation.unexpected", **values)
    return verdict("database.installation.found", **values)
