"""The installation: version, time zone, deployment."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable
from datetime import datetime

from nbcluster.answers import Answers
from nbcluster.judge.common import error, is_existing, warning
from nbcluster.problems import Problem
from nbcluster.rules import Context, Rule
from nbcluster.text import _

_OFFSET = re.compile(r"[+-]\d{2}:\d{2}")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")


def _known(zone: str) -> bool:
    """Tell whether a zone exists; a machine without zone data cannot judge and lets it pass."""
    for name in (zone, "UTC"):
        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            continue
        return name == zone
    return True


def _time_zone(answers: Answers, context: Context) -> Iterable[Problem]:
    zone = answers.text("app.timezone")
    if not zone:
        return
    if not _ZONE.fullmatch(zone) or not _known(zone):
        yield error(
            "app.timezone",
            "time-zone",
            _("is no IANA time zone."),
            _("Write a name such as UTC, Europe/Berlin or Asia/Shanghai."),
        )
        return
    before = context.base_env.get("TZ", "")
    if is_existing(answers) and before and before != zone:
        yield error(
            "app.timezone",
            "time-zone-kept",
            _("the installation runs in {before}: another zone shifts its dates.").format(before=before),
            _("Keep {before}.").format(before=before),
        )
    elif is_existing(answers) and context.base_env and not before:
        yield warning(
            "app.timezone",
            "time-zone-kept",
            _("the imported file sets no TZ, so the old server's own zone was used."),
            _("Run `timedatectl` on the old server and write the zone that it shows."),
        )
    database_zone = context.base_env.get("DB_TIMEZONE", "")
    if database_zone and "/" in database_zone and database_zone != zone:
        yield error(
            "app.timezone",
            "time-zone-database",
            _("differs from DB_TIMEZONE={zone} of the imported file: the start stops.").format(zone=database_zone),
            _("Use the same zone in both."),
        )
    elif _OFFSET.fullmatch(database_zone):
        yield from _database_offset(zone, database_zone)


def _database_offset(zone: str, offset: str) -> Iterable[Problem]:
    known = _offsets(zone)
    if known and offset not in known:
        yield error(
            "app.timezone",
            "time-zone-database",
            _("is at {known}, DB_TIMEZONE of the imported file at {offset}: the start stops.").format(
                known=", ".join(known), offset=offset
            ),
            _("Choose the zone that the installation runs in, or take DB_TIMEZONE out of the file."),
        )
    elif len(known) > 1:
        yield warning(
            "app.timezone",
            "time-zone-database",
            _("has summer time, DB_TIMEZONE={offset} of the imported file has none: half of the year the start stops.").format(
                offset=offset
            ),
            _("Take DB_TIMEZONE out of the file: it then follows TZ."),
        )


def _offsets(zone: str) -> tuple[str, ...]:
    """Return the offsets of a zone in winter and summer as ``±HH:MM``; none where the zone is unknown here."""
    try:
        info = zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return ()
    shown = dict.fromkeys(datetime(2026, month, 1, tzinfo=info).strftime("%z") for month in (1, 7))
    return tuple(f"{text[:3]}:{text[3:]}" for text in shown)


def _version(answers: Answers, _context: Context) -> Iterable[Problem]:
    version = answers.text("app.version")
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found and tuple(map(int, found.groups())) < (2, 1, 41):
        yield warning(
            "app.version",
            "version",
            _("{version} is older than 2.1.41, the earliest advised for a cluster (unconfirmed).").format(version=version),
            _("Upgrade the single node first; cluster faults of the cache order, locks and queue were mended up to there."),
        )
    if found and int(found.group(1)) < 2:
        yield error(
            "app.version",
            "version",
            _("versions before 2.0 have no worker ids and another licence."),
            _("Upgrade the single node to 2.2 first."),
        )


def _image(answers: Answers, _context: Context) -> Iterable[Problem]:
    if answers["app.deployment"] == "host" and answers.text("app.image"):
        yield warning("app.image", "image", _("is not used by a host deployment."), _("Leave it out."))


RULES = (Rule("time-zone", _time_zone), Rule("version", _version), Rule("image", _image))
