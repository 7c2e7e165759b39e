"""Checks that all databases share: encoding, time zone, connections, and an existing installation of NocoBase."""

from __future__ import annotations

import datetime
import zoneinfo
from abc import ABC, abstractmethod

from nbcluster.answers.targets import TargetKind
from nbcluster.catalogue import exposure
from nbcluster.probe.base import Probe
from nbcluster.probe.database.installation import Rows, judge_state, judge_tables
from nbcluster.probe.findings import Finding, FindingValue, text, verdict


def judge_connections(needed: int, available: int, used: int, by: str = "max_connections") -> Finding:
    """Compare what the cluster may open (0: not known) with what its user may have open; ``by`` is the setting that limits it."""
    values: dict[str, FindingValue] = {"needed": needed, "available": available, "used": used, "by": by}
    if needed > available:
        return verdict("database.connections.few", **values)
    if needed + used > available and needed:
        return verdict("database.connections.tight", **values)
    return verdict("database.connections.ok", **values) if needed else verdict("database.connections.known", **values)


def judge_encoding(found: str, whole: bool, wanted: str, collation: str = "?") -> Finding:
    """Tell whether the character set of the database holds every character."""
    if not found:
        return verdict("database.encoding.hidden")
    values: dict[str, FindingValue] = {"found": found, "wanted": wanted, "collation": collation}
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
    values: dict[str, FindingValue] = {"shown": shown or "?", "timezone": timezone}
    return verdict("database.timezone.ok", **values) if same else verdict("database.timezone.other", **values)


class DatabaseProbe(Probe, ABC):
    """The stages that all dialects share; a subclass per dialect runs the queries."""

    refusal: type[Exception]
    """What the client raises for a statement that the server refuses."""

    tables_query: str
    """Asks for schema and name of what may be the table in which NocoBase keeps its version."""

    has_schemas = False
    """Whether a database holds several schemas, of which NocoBase takes one."""

    _present = False

    @abstractmethod
    def ask(self, query: str) -> Rows:
        """Run one SELECT or SHOW and return its rows; raises ``refusal``."""

    @abstractmethod
    def quoted(self, name: str) -> str:
        """Return a name as it is written in a statement."""

    def exposure(self) -> Finding:
        """Tell what somebody on the way between a node and the server gets."""
        return verdict(exposure.of_line(TargetKind.DATABASE, self.params, home=self.at_home))

    def installation(self) -> Finding:
        """Tell whether NocoBase has tables here."""
        tables = [(text(schema, 64), text(table, 64)) for schema, table in self.ask(self.tables_query)]
        found = judge_tables(
            tables, self.text("schema") if self.has_schemas else "", self.text("installation"), self._installed_version
        )
        self._present = found.code in ("database.installation.found", "database.installation.unexpected")
        return found

    def state(self) -> Finding:
        """Tell what the installation that was found is like."""
        try:
            return judge_state(self.ask, self.text, self._present)
        except self.refusal:
            return verdict("database.state.unknown")

    def _installed_version(self, schema: str, table: str) -> str:
        try:
            rows = self.ask(f"SELECT value FROM {self.quoted(schema)}.{self.quoted(table)} LIMIT 1")  # noqa: S608 - both quoted
        except self.refusal:
            return "?"
        return text(rows[0][0], 40) if rows and rows[0] and rows[0][0] else "?"
