"""Faults of the application's other settings: time zone, plugins, names that nobody reads, files of one node alone (nocobase.md §2, §12)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from nbcluster.answers.importer.sources import Kind
from nbcluster.facts import ADAPTERS, MISNAMED, NODE_LOCAL, RETIRED, UNREAD
from nbcluster.lint.application import Application, absent
from nbcluster.lint.model import EITHER, FAIL, WARN, Fault, Hit
from nbcluster.steps.license import short_name
from nbcluster.text import N_, _


def _not_production(found: Application) -> Iterator[Hit]:
    missing = found.kind is Kind.ENV and found.lacks("APP_ENV") and not found.in_docker
    if missing or found.value("APP_ENV") not in ("", "production"):
        yield found.at("APP_ENV")


def _no_such_plugin(found: Application) -> Iterator[Hit]:
    plugins = found.value("APPEND_PRESET_BUILT_IN_PLUGINS")
    known = {short_name(package) for package in ADAPTERS}
    names = plugins.split(",") if plugins else []
    if any(n != n.strip() or (re.search(r"adapter|allocator", n) and short_name(n) not in known) for n in names):
        hint = _("Known adapters are: {names}.").format(names=", ".join(sorted(known)))
        yield found.at("APPEND_PRESET_BUILT_IN_PLUGINS", hint=hint)


def _retired(found: Application) -> Iterator[Hit]:
    for name, setting in found.last.items():
        if name.startswith("NOCOBASE_PKG_") and name in RETIRED:
            yield found.there(setting)


def _read_by_nothing(found: Application) -> Iterator[Hit]:
    for name, setting in found.last.items():
        if name in MISNAMED:
            yield found.there(setting, hint=_("The variable is {name}.").format(name=MISNAMED[name]))
        elif name in UNREAD:
            yield found.there(setting)


def _not_pm2(found: Application) -> Iterator[Hit]:
    if found.value("APP_LAUNCH_MODE") not in ("", "pm2"):
        yield found.at("APP_LAUNCH_MODE")


def _in_the_share(found: Application) -> Iterator[Hit]:
    storage = found.value("STORAGE_PATH").rstrip("/")
    for name in NODE_LOCAL:
        value = posixpath.normpath(found.value(name)) if found.value(name) else ""
        if value and (value == "storage" or value.startswith("storage/") or (storage and f"{value}/".startswith(f"{storage}/"))):
            yield found.at(name)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "time-zone",
        FAIL,
        N_("TZ is no time zone"),
        N_("It decides how dates are stored."),
        N_("An IANA name such as UTC or Asia/Shanghai."),
        rule="time-zone",
    ),
    Fault(
        "time-zone-database",
        EITHER,
        N_("TZ and DB_TIMEZONE disagree"),
        N_("The start stops when they are different; an offset agrees with a zone of summer time half of the year only."),
        N_("Take DB_TIMEZONE out: it then follows TZ."),
        rule="time-zone",
    ),
    Fault(
        "time-zone-absent",
        WARN,
        N_("No TZ"),
        N_("Every node takes its own machine's zone."),
        N_("The same zone on every node."),
        N_("is not set: every node takes its own machine's zone, and the zone decides how dates are stored."),
        N_("Set the same IANA zone on every node; an existing installation keeps the one it runs in."),
        variables=absent("TZ"),
    ),
    Fault(
        "app-env",
        WARN,
        N_("APP_ENV is not production"),
        N_("Logs are verbose and in another form. The image sets it by itself."),
        N_("APP_ENV=production."),
        N_("is not production: logs are verbose and in another form."),
        N_("Set APP_ENV=production."),
        variables=_not_production,
    ),
    Fault(
        "plugin-list",
        WARN,
        N_("APPEND_PRESET_BUILT_IN_PLUGINS names what does not exist"),
        N_("Names are not trimmed, and a package that is not found is dropped silently."),
        N_("pubsub-adapter-redis, lock-adapter-redis, queue-adapter-redis or queue-adapter-rabbitmq, workerid-allocator-redis."),
        N_("names a plugin with a blank beside its comma, or an adapter that does not exist: such names are dropped silently."),
        variables=_no_such_plugin,
    ),
    Fault(
        "deprecated",
        WARN,
        N_("NOCOBASE_PKG_* is deprecated"),
        N_("The licence key replaces it, and a failed login writes the password into the log."),
        N_("Take it out."),
        N_("is deprecated, and a failed login writes it into the log in clear text."),
        N_("Take it out; the licence key in storage/.license replaces it."),
        variables=_retired,
    ),
    Fault(
        "unread-name",
        WARN,
        N_("A name that NocoBase does not read"),
        N_("The variable has no effect."),
        N_("The right name, or nothing."),
        N_("is read by nothing in NocoBase."),
        N_("Take it out."),
        variables=_read_by_nothing,
    ),
    Fault(
        "launch-mode",
        WARN,
        N_("APP_LAUNCH_MODE is not pm2"),
        N_("CLUSTER_MODE is then ignored."),
        N_("Take it out."),
        N_("is not pm2: CLUSTER_MODE is ignored, and what ends is not started again."),
        N_("Take it out; pm2 is the default."),
        variables=_not_pm2,
    ),
    Fault(
        "local-files",
        WARN,
        N_("PM2_HOME or SOCKET_PATH in the shared storage"),
        N_("Each start deletes both: one node takes the other's away."),
        N_("A folder of the node's own."),
        N_("lies inside the shared storage: one node's start deletes the other's."),
        N_("Name a folder of the node's own, such as run/ in the application's folder."),
        variables=_in_the_share,
    ),
)
