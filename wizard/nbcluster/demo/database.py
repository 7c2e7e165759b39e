"""What a rehearsed database answers, in the dialect that was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbcluster.demo import network
from nbcluster.demo.network import ALIEN, StageFindings
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import Finding, FindingValue, verdict


@dataclass(frozen=True)
class _Product:
    name: str
    version: str
    old: str
    least: str
    charset: str
    collation: str
    zone: str


_POSTGRES = _Product("PostgreSQL", "16.4", "9.6.24", "10", "UTF8", "en_US.UTF-8", "Etc/UTC")
_PRODUCTS = {
    "mysql": _Product("MySQL", "8.4.3", "8.0.11", "8.0.17", "utf8mb4", "utf8mb4_0900_ai_ci", "SYSTEM"),
    "mariadb": _Product("MariaDB", "11.4.4", "10.6.18", "10.9.0", "utf8mb4", "utf8mb4_uca1400_ai_ci", "SYSTEM"),
}
"""What is refused, and the oldest that is not, by dialect (nocobase.md §2.4)."""

_KINGBASE = "KingbaseES V009R001C002B0014"


def healthy(asked: Probe) -> StageFindings:
    """Return the answers of an empty database, or of a whole installation where one was announced."""
    product = _product(asked)
    exists = asked.text("installation") == "existing"
    version, zone = asked.text("version") or "?", asked.text("timezone")
    return {
        **network.healthy(asked),
        "login": verdict("database.login.ok", **_account(asked)),
        "exposure": verdict("database.exposure.home"),
        "pooler": verdict("database.pooler.none"),
        "version": _version(asked),
        "rights": _rights(asked),
        "names": verdict("database.names.ok", setting="0"),
        "encoding": verdict("database.encoding.ok", found=product.charset, wanted=product.charset, collation=product.collation),
        "timezone": verdict("database.timezone.ok", shown=product.zone, timezone=zone)
        if zone
        else verdict("database.timezone.hidden"),
        "connections": verdict("database.connections.ok", **_connections(asked, 97)),
        "installation": verdict("database.installation.found", **_installed(asked))
        if exists
        else verdict("database.installation.none"),
        "state": verdict("database.state.ok", **_state(asked)) if exists else verdict("database.state.none"),
        "application": verdict("database.application.ok", version=version, wanted=version),
        "whole": verdict("database.whole.ok", roles=3, broken=0),
        "adapters": verdict("database.adapters.ok", count=len(_needed(asked))),
    }


def troubles(asked: Probe) -> Mapping[str, StageFindings]:
    """Return by word what a database answers otherwise."""
    product, account = _product(asked), _account(asked)
    half: dict[str, FindingValue] = {"roles": 0, "broken": 2}
    return {
        **network.troubles(asked),
        "plain": {"tls": verdict("database.tls.off")},
        "ssh": {"login": verdict("seen.ssh", seen=ALIEN)},
        "password": {"login": verdict("database.login.refused", **account)},
        "missing": {"login": verdict("database.login.missing", **account, command=_create(asked))},
        "full": {"login": verdict("database.login.full", reason="sorry, too many clients already")},
        "old": {"version": verdict("database.version.old", product=product.name, version=product.old, least=product.least)},
        "replica": {"rights": verdict("database.rights.replica")},
        "denied": {"rights": _denied(asked)},
        "folds": {"names": _folded(asked)},
        "latin": {"encoding": verdict("database.encoding.other", found="LATIN1", wanted=product.charset, collation="C")},
        "few": {"connections": verdict("database.connections.few", **_connections(asked, 17))},
        "taken": _taken(asked),
        "half": {
            "installation": _taken(asked)["installation"],
            "state": verdict("database.state.half", **half),
            "whole": verdict("database.whole.half", **half),
        },
    }


def _product(asked: Probe) -> _Product:
    return _PRODUCTS.get(asked.text("dialect"), _POSTGRES)


def _create(asked: Probe) -> str:
    name, user = asked.text("name"), asked.text("user")
    return f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4" if _is_mysql(asked) else f'CREATE DATABASE "{name}" OWNER "{user}"'


def _is_mysql(asked: Probe) -> bool:
    return asked.text("dialect") in _PRODUCTS


def _account(asked: Probe) -> dict[str, FindingValue]:
    return {"user": asked.text("user"), "name": asked.text("name")}


def _version(asked: Probe) -> Finding:
    if asked.text("dialect") == "kingbase":
        return verdict("database.version.kingbase", version=_KINGBASE)
    product = _product(asked)
    return verdict("database.version.ok", product=product.name, version=product.version)


def _rights(asked: Probe) -> Finding:
    """A schema of its own is not there yet, and may be made."""
    if _is_mysql(asked):
        return verdict("database.rights.granted", name=asked.text("name"))
    schema = asked.text("schema") or "public"
    return verdict("database.rights.ok" if schema == "public" else "database.rights.schema_to_come", schema=schema)


def _denied(asked: Probe) -> Finding:
    if _is_mysql(asked):
        user = asked.text("user")
        return verdict("database.rights.lacking", **_account(asked), missing="CREATE, ALTER", account=f"'{user}'@'%'")
    return verdict("database.rights.denied", schema=asked.text("schema") or "public", user=asked.text("user"))


def _folded(asked: Probe) -> Finding:
    if asked.flag("underscored"):
        return verdict("database.names.ok", setting="1")
    return verdict("database.names.lower") if "underscored" in asked.params else verdict("database.names.perhaps")


def _connections(asked: Probe, available: int) -> dict[str, FindingValue]:
    return {"needed": asked.number("connections"), "available": available, "used": 6, "by": "max_connections"}


def _installed(asked: Probe) -> dict[str, FindingValue]:
    place = asked.text("name") if _is_mysql(asked) else asked.text("schema") or "public"
    return {"version": asked.text("version") or "?", "place": f"{place}.{asked.text('table_prefix')}applicationVersion"}


def _taken(asked: Probe) -> StageFindings:
    is_new, values = asked.text("installation") == "new", _installed(asked)
    found = verdict("database.installation.unexpected", **values) if is_new else verdict("database.installation.found", **values)
    return {"installation": found, "state": verdict("database.state.ok", **_state(asked))}


def _needed(asked: Probe) -> list[str]:
    return [name for name in asked.text("adapters").split(",") if name]


def _state(asked: Probe) -> dict[str, FindingValue]:
    count = len(_needed(asked))
    version = asked.text("version") or "?"
    return {"version": version, "wanted": version, "on": count, "needed": count, "off": "-"}
