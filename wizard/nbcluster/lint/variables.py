"""Single variables: names that nobody reads, values that mean something else than they seem to, secrets in the wrong place (nocobase.md §2, §12)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from nbcluster.artifacts.variables import RETIRED
from nbcluster.facts import ADAPTERS, DIALECTS, MISNAMED, NODE_LOCAL, UNREAD, is_secret_name
from nbcluster.importer.sources import Kind, Place, Setting
from nbcluster.judge.license import short_name
from nbcluster.lint.application import Application
from nbcluster.lint.model import Finding
from nbcluster.problems import Severity
from nbcluster.text import _
from nbcluster.url import is_secret_value


def variables(found: Application) -> Iterator[Finding]:
    """Yield what is wrong with single variables."""
    for setting in found.last.values():
        yield from _name(found, setting)
        yield from _place(found, setting)
        yield from _text(found, setting)
    yield from _database(found)
    yield from _application(found)
    yield from _node(found)


def _name(found: Application, setting: Setting) -> Iterator[Finding]:
    name = setting.name
    if name.startswith("NOCOBASE_PKG_") and name in RETIRED:
        yield found.there(
            "deprecated",
            setting,
            _("is deprecated, and a failed login writes it into the log in clear text."),
            _("Take it out; the licence key in storage/.license replaces it."),
            Severity.WARNING,
        )
    elif name in MISNAMED:
        yield found.there(
            "unread-name",
            setting,
            _("is read by nothing in NocoBase."),
            _("The variable is {name}.").format(name=MISNAMED[name]),
            Severity.WARNING,
        )
    elif name in UNREAD:
        yield found.there("unread-name", setting, _("is read by nothing in NocoBase."), _("Take it out."), Severity.WARNING)


def _place(found: Application, setting: Setting) -> Iterator[Finding]:
    value = setting.value or ""
    secret = is_secret_name(setting.name) or is_secret_value(value)
    if setting.place is Place.CONFIG_MAP and value and secret and not found.open:
        yield found.there(
            "secret-in-configmap",
            setting,
            _("is a secret in a ConfigMap: whoever may look at the namespace reads it."),
            _("Move it into a Secret and name that in envFrom (secretRef)."),
            Severity.WARNING,
        )
    if setting.bare and value and setting.place is not Place.VALUES:
        yield found.there(
            "not-text",
            setting,
            _("is a number or a truth value to YAML, and an environment variable has to be text: the file is refused."),
            _("Put the value into double quotes."),
        )


def _text(found: Application, setting: Setting) -> Iterator[Finding]:
    value = setting.value or ""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"`":
        yield found.there(
            "quotes-kept",
            setting,
            _("begins and ends with a quote that belongs to the value here: this reader takes none away."),
            _("Take the quotes out; in YAML, put them around the whole value only once."),
            Severity.WARNING,
        )


def _database(found: Application) -> Iterator[Finding]:
    dialect = found.value("DB_DIALECT")
    if found.lacks("DB_DIALECT"):
        yield found.at(
            "database-dialect",
            "DB_DIALECT",
            _("is not set: the application does not start."),
            _("Set postgres, mysql, mariadb or kingbase."),
        )
    elif dialect and dialect not in DIALECTS:
        yield found.at(
            "database-dialect",
            "DB_DIALECT",
            _("names no database server that several nodes can share."),
            _("Set postgres, mysql, mariadb or kingbase, in lower case."),
        )
    if found.value("DB_UNDERSCORED") not in ("", "true", "false"):
        yield found.at(
            "database-underscored",
            "DB_UNDERSCORED",
            _("is neither true nor false, written so: anything but true counts as false."),
            _(
                "Write what the installation runs with today: false unless it was exactly true. Never change it after the installation."
            ),
        )


def _application(found: Application) -> Iterator[Finding]:
    environment = found.value("APP_ENV")
    if (environment and environment != "production") or (
        found.kind is Kind.ENV and found.lacks("APP_ENV") and not found.in_docker
    ):
        yield found.at(
            "app-env",
            "APP_ENV",
            _("is not production: logs are verbose and in another form."),
            _("Set APP_ENV=production."),
            Severity.WARNING,
        )
    if found.lacks("TZ"):
        yield found.at(
            "time-zone-absent",
            "TZ",
            _("is not set: every node takes its own machine's zone, and the zone decides how dates are stored."),
            _("Set the same IANA zone on every node; an existing installation keeps the one it runs in."),
            Severity.WARNING,
        )
    plugins = found.value("APPEND_PRESET_BUILT_IN_PLUGINS")
    known = {short_name(package) for package in ADAPTERS}
    names = plugins.split(",") if plugins else []
    wrong = [n for n in names if n != n.strip() or (re.search(r"adapter|allocator", n) and short_name(n) not in known)]
    if wrong:
        yield found.at(
            "plugin-list",
            "APPEND_PRESET_BUILT_IN_PLUGINS",
            _(
                "names a plugin with a blank beside its comma, or an adapter that does not exist: such names are dropped silently."
            ),
            _("Known adapters are: {names}.").format(names=", ".join(sorted(known))),
            Severity.WARNING,
        )


def _node(found: Application) -> Iterator[Finding]:
    mode = found.value("CLUSTER_MODE")
    if mode and found.kind in (Kind.KUBERNETES, Kind.HELM):
        yield found.at(
            "cluster-mode-kubernetes",
            "CLUSTER_MODE",
            _("counts the cores of the whole host in a container, and Kubernetes already multiplies the processes."),
            _("Leave it out and set the number of replicas."),
            Severity.WARNING,
        )
    if found.value("APP_LAUNCH_MODE") not in ("", "pm2"):
        yield found.at(
            "launch-mode",
            "APP_LAUNCH_MODE",
            _("is not pm2: CLUSTER_MODE is ignored, and what ends is not started again."),
            _("Take it out; pm2 is the default."),
            Severity.WARNING,
        )
    storage = found.value("STORAGE_PATH").rstrip("/")
    for name in NODE_LOCAL:
        value = posixpath.normpath(found.value(name)) if found.value(name) else ""
        if value and (value == "storage" or value.startswith("storage/") or (storage and f"{value}/".startswith(f"{storage}/"))):
            yield found.at(
                "local-files",
                name,
                _("lies inside the shared storage: one node's start deletes the other's."),
                _("Name a folder of the node's own, such as run/ in the application's folder."),
                Severity.WARNING,
            )
