"""The tables of NocoBase: whether they exist, their version, whether the installation is complete, and its adapters (nocobase.md §18)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nbcluster.probe.findings import Finding, FindingValue, text, verdict

Rows = Sequence[Sequence[object]]
Ask = Callable[[str], Rows]
Param = Callable[[str], str]


ABSENT = {
    "application": "database.application.absent",
    "whole": "database.whole.absent",
    "adapters": "database.adapters.absent",
}
"""What a missing table means for each stage."""


def stages(ask: Ask, param: Param) -> dict[str, Callable[[], Finding]]:
    """Return the methods by stage; ``ask`` runs a SELECT, ``param`` gives the questions and what is expected."""
    return {
        "application": lambda: application(ask, param),
        "whole": lambda: whole(ask, param),
        "adapters": lambda: adapters(ask, param),
    }


def application(ask: Ask, param: Param) -> Finding:
    """Compare the version of the tables with the wanted one."""
    rows, wanted = ask(param("version_query")), param("version")
    if not rows:
        return verdict("database.application.none", wanted=wanted)
    found = text(rows[0][0], 40)
    values = {"version": found, "wanted": wanted}
    return verdict("database.application.ok", **values) if found == wanted else verdict("database.application.other", **values)


def whole(ask: Ask, param: Param) -> Finding:
    """Distinguish a complete installation from an interrupted one: without roles nobody can sign in."""
    roles, broken = _count(ask(param("roles_query"))), _count(ask(param("broken_query")))
    if roles is None or broken is None:
        return verdict("database.whole.unknown")
    values = {"roles": roles, "broken": broken}
    return verdict("database.whole.ok", **values) if roles and not broken else verdict("database.whole.half", **values)


def adapters(ask: Ask, param: Param) -> Finding:
    """Compare the adapter plugins with those that the topology needs."""
    needed = [name for name in param("adapters").split(",") if name]
    found = {text(row[0], 120): (text(row[1], 40), _true(row[2])) for row in ask(param("adapters_query"))}
    missing = [name for name in needed if name not in found]
    off = [name for name in needed if name in found and not found[name][1]]
    if missing or off:
        return verdict("database.adapters.missing", missing=", ".join(missing) or "-", off=", ".join(off) or "-")
    others = [f"{name} {found[name][0]}" for name in needed if found[name][0] != param("version")]
    if others:
        return verdict("database.adapters.version", others=", ".join(others), wanted=param("version"))
    return verdict("database.adapters.ok", count=len(needed))


def judge_tables(tables: Sequence[tuple[str, str]], schema: str, expected: str, version_of: Callable[[str, str], str]) -> Finding:
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


def judge_state(ask: Ask, param: Param, present: bool) -> Finding:
    """Tell what an installation that is there before the set-up is like: broken off, of which version, with which adapters.

    Raises what ``ask`` raises for tables that are called otherwise than the answers say.
    """
    if not present:
        return verdict("database.state.none")
    found = whole(ask, param)
    rows = ask(param("version_query"))
    if found.status == "fail" or not rows:
        return verdict("database.state.half", **({"roles": "?", "broken": "?"} | found.params))
    needed = [name for name in param("adapters").split(",") if name]
    enabled = {text(row[0], 120) for row in ask(param("adapters_query")) if _true(row[2])}
    values: dict[str, FindingValue] = {"version": text(rows[0][0], 40), "wanted": param("version")}
    values |= {"on": len(enabled), "needed": len(needed), "off": ", ".join(name for name in needed if name not in enabled) or "-"}
    own, wanted = _numbers(values["version"]), _numbers(values["wanted"])
    if own and wanted and own > wanted:
        return verdict("database.state.newer", **values)
    return verdict("database.state.ok", **values) if own == wanted else verdict("database.state.older", **values)


def _numbers(version: FindingValue) -> tuple[int, ...]:
    found = re.match(r"v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})", str(version))
    return tuple(int(part) for part in found.groups()) if found else ()


def _count(rows: Rows) -> int | None:
    value = rows[0][0] if rows and rows[0] else None
    return value if isinstance(value, int) else None


def _true(value: object) -> bool:
    return value in (True, 1, b"\x01")
