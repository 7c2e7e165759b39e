"""What a person has to look at after an import: what changes, what is not taken over, what has to be answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from nbcluster.answers.answers import Answers
from nbcluster.answers.importer.base import unknown_of
from nbcluster.answers.importer.sources import Kind, SettingsSource
from nbcluster.answers.url import parse_url, told
from nbcluster.errors import Problem, error, warning
from nbcluster.facts import PER_NODE, RETIRED, is_secret_name
from nbcluster.steps import database, start, storage
from nbcluster.steps.model import Context
from nbcluster.steps.start import inherited_zone, untold
from nbcluster.text import _
from nbcluster.text.clean import clean

_ONE_SLASH = re.compile(r"rediss?:/(?!/)")
_ZONE_OF_NODE = "node -p 'Intl.DateTimeFormat().resolvedOptions().timeZone'"
_SHOWN = 40


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(clean(name, 80) for name in names[:_SHOWN])
    return f"{shown}, …" if len(names) > _SHOWN else shown


def of_setup(sources: Sequence[SettingsSource], answers: Answers) -> Iterator[Problem]:
    """Yield notes on how the application runs, as far as the file says, and on what it leaves open."""
    source, setup = sources[0], sources[0].setup
    if len(sources) > 1:
        others = [other for other in sources[1:] if other.values != source.values]
        differing = sorted({name for other in others for name in {**source.last, **other.last} if _differs(name, source, other)})
        message = _("the file describes more than one application: {titles}. The variables of the first were taken.").format(
            titles=_names([other.title or other.kind.value for other in sources])
        )
        if differing:
            message += " " + _("The others differ in: {names}.").format(names=_names(differing))
        yield warning(
            "app.installation", "import", message, _("Nodes of one cluster agree in all but WORKER_MODE and CLUSTER_MODE.")
        )
    if not answers.text("app.version"):
        yield warning(
            "app.version",
            "import",
            _("was not found."),
            _("Write the version that runs today: the cluster begins with exactly that one."),
        )
    if setup.deployment in ("docker", "kubernetes") and not answers.text("app.image"):
        yield warning(
            "app.image", "import", _("the image was not found."), _("Write it with registry and tag, as it runs today.")
        )
    for port in setup.ports:
        yield warning(
            "app.port",
            "import",
            _("the old container publishes {port}; a node of the cluster publishes {own}.").format(
                port=port.value, own=answers.number("app.port")
            ),
            _("Users reach the load balancer; whatever still uses the old port has to be changed."),
        )
    if setup.storage:
        yield warning(
            "storage.path",
            "import",
            _("the old storage is {source}.").format(source=told(setup.storage.value, 200)),
            _("The runbook copies it to the shared storage, whose path is answered here."),
        )
    yield from _neighbours(source, answers)


def _differs(name: str, one: SettingsSource, other: SettingsSource) -> bool:
    return name not in PER_NODE and one.values.get(name) != other.values.get(name)


def _neighbours(source: SettingsSource, answers: Answers) -> Iterator[Problem]:
    hosts = {"database.host": answers.text("database.host")}
    for path in ("redis.cache", "redis.pubsub", "redis.lock", "redis.queue", "redis.worker_id", "queue.url"):
        url = answers.url(path)
        hosts[path] = url.host if url is not None else ""
    for host in source.setup.neighbours:
        path, *others = [path for path, name in hosts.items() if name == host] or [""]
        if path:
            message = _("{host} is a service of the compose file: other machines do not know that name.")
            if others:
                message = _("{host} is a service of the compose file: other machines do not know that name (also {paths}).")
            message = message.format(host=clean(host, 80), paths=", ".join(others))
            yield warning(path, "import", message, _("Write an address that every node reaches."))


def of_variables(values: Mapping[str, str], answers: Answers) -> Iterator[Problem]:
    """Yield what the written files set in another way than the file does."""
    context = Context(base_env=values)
    for rule in (*start.RULES, *database.RULES, *storage.RULES):
        if rule.name in ("base-env", "database-verified", "outside-storage"):
            yield from rule.problems(answers, context)
    for name in PER_NODE:
        if values.get(name):
            yield warning(
                "nodes",
                "import",
                _("{name}={value} is set per node: give it to each node that needs it.").format(
                    name=name, value=told(values[name])
                ),
                _("An empty one means one process that serves requests and works on queues."),
            )
    authority = values.get("DB_DIALECT_OPTIONS_SSL_CA", "")
    if authority and not authority.startswith("/"):
        yield warning(
            "tls.ca_file",
            "import",
            _("DB_DIALECT_OPTIONS_SSL_CA holds the certificate itself or a relative path, which is not taken."),
            _("Save the certificate in a file and write its absolute path."),
        )
    if values.get("STORAGE_PATH") and not values["STORAGE_PATH"].startswith("/"):
        yield warning(
            "storage.path", "import", _("STORAGE_PATH was a folder of that node."), _("Write the path of the shared storage.")
        )
    if values.get("NOCOBASE_PKG_USERNAME") or values.get("NOCOBASE_PKG_PASSWORD"):
        yield warning(
            "license.delivery",
            "import",
            _("NOCOBASE_PKG_* is deprecated, and its password appears in logs: it is commented out."),
            _("Use the licence key."),
        )
    gone = [name for name in RETIRED if values.get(name) and not name.startswith("NOCOBASE_PKG_")]
    if gone:
        yield warning(
            "app.base_env",
            "import",
            _("these variables are commented out in the written files: {names}.").format(names=_names(gone)),
            _("The reason is given beside each."),
        )


def advice(source: SettingsSource, answers: Answers, kept: Mapping[str, str], path: str) -> Iterator[Problem]:
    """Yield what is not known, and what is lost unless somebody acts."""
    if not inherited_zone(source.values) and "TZ" not in dict(unknown_of(source)):
        in_container = answers["app.deployment"] in ("docker", "kubernetes")
        yield warning(
            "app.timezone",
            "import",
            _("the file sets neither TZ nor DB_TIMEZONE: the container's own zone is in use, mostly UTC.")
            if in_container
            else _("the file sets neither TZ nor DB_TIMEZONE, so the old server's own zone is in use."),
            _("In the running container, this prints it: {command}").format(command=_ZONE_OF_NODE)
            if in_container
            else _("Run `timedatectl` on the old server and write the zone that it shows."),
        )
    if source.unread and source.kind is not Kind.ENV:
        yield warning(
            "app.base_env",
            "import",
            _("variables also come from what was not read: {names}.").format(
                names=_names([name for _line, name in source.unread])
            ),
            _("Look for APP_KEY, APP_AES_SECRET_KEY and passwords there."),
        )
    unknown = [name for name, _why in unknown_of(source)]
    secret = [name for name in unknown if is_secret_name(name)]
    others = [name for name in unknown if name not in secret]
    hint = _("Write them into the .env beside a compose file, or the Secret into the same manifest, and import again.")
    yield from untold("import", _names(secret), _names(others), hint)
    broken = [name for name, value in source.values.items() if _ONE_SLASH.match(value)]
    if broken:
        yield error(
            "app.base_env",
            "import",
            _("the address has one slash behind redis: in {names}, which is read as a local socket file.").format(
                names=_names(broken)
            ),
            _("Write redis:// with two slashes."),
        )
    elif urls := [name for name in _addresses(source.values) if not parse_url(source.values[name]).host]:
        yield warning(
            "app.base_env", "import", _("no host was found in {names}.").format(names=_names(urls)), _("Type it again.")
        )
    if kept and not path:
        line = _("there is no file that these variables can be kept from: {names}.").format(names=_names(list(kept)))
        hint = _("Save the text in a file and import that.")
        loses = any(is_secret_name(name) for name in kept)
        yield error("app.base_env", "import", line, hint) if loses else warning("app.base_env", "import", line, hint)


def _addresses(values: Mapping[str, str]) -> list[str]:
    return [name for name, value in values.items() if name.endswith("REDIS_URL") and value]
