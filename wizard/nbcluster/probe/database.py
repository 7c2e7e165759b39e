"""What is judged alike in all databases: the number of connections, and a NocoBase that is there already."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nbcluster.probe.findings import Finding, ok, skip, text, warn


def judge_connections(needed: int, available: int, used: int) -> Finding:
    """Compare what the cluster may open (0: not known) with what ordinary users may have open."""
    values = {"needed": needed, "available": available, "used": used}
    if needed > available:
        return warn("database.connections.few", **values)
    if needed + used > available and needed:
        return ok("database.connections.tight", **values)
    return ok("database.connections.ok", **values) if needed else ok("database.connections.known", available=available, used=used)


def judge_encoding(found: str, whole: bool, wanted: str) -> Finding:
    """Tell whether the character set of the database holds every character."""
    if not found:
        return skip("database.encoding.hidden")
    return ok("database.encoding.ok", found=found) if whole else warn("database.encoding.other", found=found, wanted=wanted)


def installation(tables: Sequence[tuple[str, str]], schema: str, expected: str, version_of: Callable[[str, str], str]) -> Finding:
    """Compare the tables of NocoBase found as (schema, table) with the installation that was announced (new, existing or empty)."""
    here = [pair for pair in tables if pair[0] == schema] if schema else list(tables)
    if not here:
        if expected == "existing":
            return warn("database.installation.missing", places=text(", ".join(f"{s}.{t}" for s, t in tables) or "-"))
        return ok("database.installation.none")
    place, table = here[0]
    values = {"version": version_of(place, table), "place": f"{place}.{table}"}
    if expected == "new":
        return warn("database.installation.unexpected", **values)
    return ok("database.installation.found", **values)
