"""Faults of the application's other settings: time zone, plugins, names that nothing reads, files that belong to one node (nocobase.md §2, §12)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from nbcluster import facts
from nbcluster.answers.importer.sources import Kind
from nbcluster.facts import ADAPTERS, IMAGE_FOLDER, NODE_LOCAL, RETIRED
from nbcluster.lint.application import Application, absent
from nbcluster.lint.model import EITHER, FAIL, WARN, Fault, Hit
from nbcluster.lint.names import is_unread, meant
from nbcluster.steps.license import short_name
from nbcluster.text import N_, _


def _not_production(found: Application) -> Iterator[Hit]:
    missing = found.kind is Kind.ENV and found.lacks("APP_ENV") and not found.in_docker
    if missing or found.value("APP_ENV") not in ("", "production"):
        yield found.at("APP_ENV")


def _listed(found: Application) -> list[str]:
    """Return the plugins of APPEND_PRESET_BUILT_IN_PLUGINS by their short names; blanks beside a comma count for nothing (nocobase.md §2.5)."""
    names = (name.strip() for name in found.value("APPEND_PRESET_BUILT_IN_PLUGINS").split(","))
    return [short_name(name) for name in names if name]


def _no_such_plugin(found: Application) -> Iterator[Hit]:
    known = {short_name(package) for package in ADAPTERS}
    if any(re.search(r"adapter|allocator", name) and name not in known and not name.startswith("@") for name in _listed(found)):
        hint = _("Known adapters are: {names}.").format(names=", ".join(sorted(known)))
        yield found.at("APPEND_PRESET_BUILT_IN_PLUGINS", hint=hint)


def _plugin_missing(found: Application) -> Iterator[Hit]:
    listed = set(_listed(found))
    # a plugin of somebody else may register all four (nocobase.md §19 #9)
    if not listed or any(re.search(r"cluster|adapter|allocator", name) and name.startswith("@") for name in listed):
        return
    queue = {"redis": facts.QUEUE_PLUGIN, "rabbitmq": facts.RABBITMQ_PLUGIN}.get(found.value("QUEUE_ADAPTER"), "")
    wanted = {
        "PUBSUB_ADAPTER_REDIS_URL": facts.PUBSUB_PLUGIN,
        "LOCK_ADAPTER_DEFAULT": facts.LOCK_PLUGIN if found.value("LOCK_ADAPTER_DEFAULT") == "redis" else "",
        "QUEUE_ADAPTER": queue,
        "REDIS_URL": facts.WORKER_ID_PLUGIN,
    }
    for name, plugin in wanted.items():
        if plugin and found.value(name) and short_name(plugin) not in listed:
            message = _("is read by {plugin}, which APPEND_PRESET_BUILT_IN_PLUGINS does not name.").format(
                plugin=short_name(plugin)
            )
            yield found.at(name, message)


def _retired(found: Application) -> Iterator[Hit]:
    for name, setting in found.last.items():
        if name.startswith("NOCOBASE_PKG_") and name in RETIRED and setting.value:
            yield found.there(setting)


def _read_by_nothing(found: Application) -> Iterator[Hit]:
    for name, setting in found.last.items():
        if is_unread(name, setting.value or ""):
            other = meant(name)
            yield found.there(setting, hint=_("The variable is {name}.").format(name=other) if other else "")


def _not_pm2(found: Application) -> Iterator[Hit]:
    if found.value("APP_LAUNCH_MODE") not in ("", "pm2"):
        yield found.at("APP_LAUNCH_MODE")


def _in_the_share(found: Application) -> Iterator[Hit]:
    storage = found.value("STORAGE_PATH").rstrip("/")
    for name in NODE_LOCAL:
        value = posixpath.normpath(found.value(name)) if found.value(name) else ""
        if value and (value == "storage" or value.startswith("storage/") or (storage and f"{value}/".startswith(f"{storage}/"))):
            yield found.at(name)
        elif storage.startswith("/") and found.on_host and found.lacks(name):
            yield found.at(
                name, _("is not set: its place is then inside the shared storage, where one node's start deletes the other's.")
            )


def _home(found: Application) -> Iterator[Hit]:
    value = found.value("PM2_HOME").rstrip("/") or ("/" if found.value("PM2_HOME") else "")
    if re.fullmatch(r"(?:~|\$HOME|/root|/home/[^/]+)(?:/\.pm2)?|/|/(?:etc|var|usr|opt|srv|home)", value):
        yield found.at("PM2_HOME")


def _no_share(found: Application) -> Iterator[Hit]:
    if found.on_host and not found.unknown("STORAGE_PATH") and not found.value("STORAGE_PATH").startswith("/"):
        yield found.at("STORAGE_PATH")


def _elsewhere(found: Application) -> Iterator[Hit]:
    storage = found.value("STORAGE_PATH").rstrip("/") or ("" if found.on_host else f"{IMAGE_FOLDER}/storage")
    for name in ("LOCAL_STORAGE_DEST", "PLUGIN_STORAGE_PATH", "APP_AES_SECRET_KEY_PATH"):
        if name == "APP_AES_SECRET_KEY_PATH" and found.value("APP_AES_SECRET_KEY"):
            continue
        value = posixpath.normpath(found.value(name)) if found.value(name) else ""
        inside = f"{value}/".startswith(("storage/", *((f"{storage}/",) if storage else ())))
        if value and not inside:
            yield found.at(name)


def _too_late(found: Application) -> Iterator[Hit]:
    if found.kind is Kind.ENV and not found.in_docker and found.value("NODE_EXTRA_CA_CERTS"):
        yield found.at("NODE_EXTRA_CA_CERTS")


def _alone(found: Application) -> Iterator[Hit]:
    if re.fullmatch(r"127\.\d+\.\d+\.\d+|localhost|::1", found.value("APP_HOST")):
        yield found.at("APP_HOST")


def _other_origin(found: Application) -> Iterator[Hit]:
    if re.match(r"https?://", found.value("API_BASE_URL")) and found.lacks("CORS_ORIGIN_WHITELIST"):
        yield found.at("API_BASE_URL")


def _public_files(found: Application) -> Iterator[Hit]:
    if found.value("LEGACY_LOCAL_STORAGE_PUBLIC_ACCESS") == "true":
        yield found.at("LEGACY_LOCAL_STORAGE_PUBLIC_ACCESS")


def _no_origin(found: Application) -> Iterator[Hit]:
    value = found.value("CORS_ORIGIN_WHITELIST")
    for origin in value.split(",") if value else ():
        if not re.fullmatch(r"https?://[^/\s]+", origin.strip()) and origin.strip() != "*":
            yield found.at("CORS_ORIGIN_WHITELIST")
            return


FAULTS: tuple[Fault, ...] = (
    Fault(
        "time-zone",
        FAIL,
        N_("TZ is no time zone"),
        N_("It decides how dates are stored."),
        remedy=N_("An IANA name such as UTC or Asia/Shanghai."),
        rule="time-zone",
    ),
    Fault(
        "time-zone-database",
        EITHER,
        N_("TZ and DB_TIMEZONE disagree"),
        N_("The start stops when they are different; an offset agrees with a zone of summer time half of the year only."),
        remedy=N_("Take DB_TIMEZONE out: it then follows TZ."),
        rule="time-zone",
        observed="… are different (the start stops)",
    ),
    Fault(
        "time-zone-absent",
        WARN,
        N_("No TZ"),
        N_("Every node takes its own machine's zone."),
        N_("is not set: every node takes its own machine's zone, and the zone decides how dates are stored."),
        N_("Set the same IANA zone on every node; an existing installation keeps the one it runs in."),
        variables=absent("TZ"),
        clustered=True,
    ),
    Fault(
        "app-env",
        WARN,
        N_("APP_ENV is not production"),
        N_("Logs are verbose and in another form. The image sets it by itself."),
        N_("is not production: logs are verbose and in another form."),
        N_("Set APP_ENV=production."),
        variables=_not_production,
    ),
    Fault(
        "plugin-list",
        WARN,
        N_("APPEND_PRESET_BUILT_IN_PLUGINS names what does not exist"),
        N_("A package that is not found is dropped silently: what it should do is not done."),
        N_("names an adapter that does not exist: such names are dropped silently."),
        remedy=N_(
            "pubsub-adapter-redis, lock-adapter-redis, queue-adapter-redis or queue-adapter-rabbitmq, workerid-allocator-redis."
        ),
        variables=_no_such_plugin,
        observed="(healthy; no row in applicationPlugins)",
    ),
    Fault(
        "deprecated",
        WARN,
        N_("NOCOBASE_PKG_* is deprecated"),
        N_("The licence key replaces it, and a failed login writes the password into the log."),
        N_("is deprecated, and a failed login writes it into the log in clear text."),
        N_("Take it out; the licence key in storage/.license replaces it."),
        variables=_retired,
    ),
    Fault(
        "unread-name",
        WARN,
        N_("A name that NocoBase does not read"),
        N_("The variable has no effect."),
        N_("is read by nothing of NocoBase's own."),
        N_("Take it out, unless another plugin reads it."),
        remedy=N_("The right name, or nothing."),
        variables=_read_by_nothing,
    ),
    Fault(
        "launch-mode",
        WARN,
        N_("APP_LAUNCH_MODE is not pm2"),
        N_("CLUSTER_MODE is then ignored."),
        N_("is not pm2: CLUSTER_MODE is ignored, and what ends is not started again."),
        N_("Take it out; pm2 is the default."),
        variables=_not_pm2,
    ),
    Fault(
        "local-files",
        WARN,
        N_("PM2_HOME or SOCKET_PATH in the shared storage"),
        N_("Each start deletes both: one node takes the other's away."),
        N_("lies inside the shared storage: one node's start deletes the other's."),
        N_("Name a folder of the node's own, such as run/ in the application's folder."),
        variables=_in_the_share,
        clustered=True,
    ),
    Fault(
        "plugin-missing",
        WARN,
        N_("A variable whose plugin is not in APPEND_PRESET_BUILT_IN_PLUGINS"),
        N_(
            "Only the plugin reads it: without the plugin locks fail and the rest stays in one process. It may have been enabled by hand, "
            "which an empty database forgets."
        ),
        hint=N_("Name the plugin in the list too, or make sure that it is enabled in the application."),
        variables=_plugin_missing,
        clustered=True,
        observed='Lock adapter "redis" not registered',
    ),
    Fault(
        "pm2-home",
        FAIL,
        N_("PM2_HOME is a home folder or its .pm2"),
        N_("Each start deletes PM2_HOME with everything in it, and other programs of the account keep theirs there."),
        N_("is deleted with everything in it at each start, and is not NocoBase's alone."),
        N_("Name a folder that nothing else uses, such as run/pm2 in the application's folder."),
        variables=_home,
    ),
    Fault(
        "storage-path",
        WARN,
        N_("No STORAGE_PATH on a host, or a relative one"),
        N_("storage/ is then a folder of the application on each machine, unless a share is mounted exactly there."),
        N_("is not set to an absolute path: storage/ is then in the application's own folder on each machine."),
        N_("Set it to the folder of the share, with PM2_HOME and SOCKET_PATH outside of it; in a container nothing is needed."),
        variables=_no_share,
        clustered=True,
    ),
    Fault(
        "outside-storage",
        FAIL,
        N_("Files that every node needs, outside of the shared storage"),
        N_(
            "Uploads, plugins or the key file lie on one node alone; a key file that is missing is made anew, another one on each node."
        ),
        N_("lies outside of the shared storage: each node has other files there."),
        N_(
            "Take it out or name a place inside of the storage; write a key file's 32 bytes as 64 hex digits into APP_AES_SECRET_KEY."
        ),
        variables=_elsewhere,
        clustered=True,
        observed="(healthy; a new key is generated and written there)",
    ),
    Fault(
        "too-late",
        WARN,
        N_("NODE_EXTRA_CA_CERTS in a .env"),
        N_("Node reads it when it starts, before NocoBase reads the .env: it has no effect there."),
        N_("has no effect in a .env: Node reads it before the file is read."),
        N_("Set it in the service's own environment: Environment= of the unit, or environment: of compose."),
        remedy=N_("The environment of the service: the unit, compose or the pod."),
        variables=_too_late,
    ),
    Fault(
        "app-host",
        FAIL,
        N_("APP_HOST is the node itself"),
        N_("The application then answers nobody from another machine, the load balancer among them."),
        N_("makes the application answer its own machine only: the load balancer does not reach it."),
        N_("Take it out, or write the address of the node that the load balancer uses."),
        remedy=N_("Take it out: the default is every IPv4 address."),
        variables=_alone,
        clustered=True,
        observed="502 Bad Gateway (of the load balancer)",
    ),
    Fault(
        "api-origin",
        WARN,
        N_("API_BASE_URL without CORS_ORIGIN_WHITELIST"),
        N_("Pages that come from another origin than the API are refused by the browser, and since 2.2.0 signing in is, too."),
        N_("names another origin for the API, and CORS_ORIGIN_WHITELIST does not admit the one of the pages."),
        N_(
            "Leave it empty where pages and API have one address; otherwise list the address of the pages in CORS_ORIGIN_WHITELIST."
        ),
        variables=_other_origin,
        observed="403 Invalid sign-in origin",
    ),
    Fault(
        "origin",
        WARN,
        N_("CORS_ORIGIN_WHITELIST holds something else than origins"),
        N_("An origin is scheme, host and port, without a path or a slash at the end; it is compared literally."),
        N_("holds something that is no origin: scheme, host and port, without a slash at the end."),
        N_("Write such as https://nocobase.example.com, further ones after commas."),
        variables=_no_origin,
        observed="403 Invalid sign-in origin",
    ),
    Fault(
        "public-files",
        WARN,
        N_("Uploads are public"),
        N_("Since 2.2.0 files need a sign-in; LEGACY_LOCAL_STORAGE_PUBLIC_ACCESS=true brings the old behaviour back."),
        N_("makes every upload readable without signing in."),
        N_("Take it out unless public forms, mails or web sites show uploads."),
        variables=_public_files,
    ),
)
