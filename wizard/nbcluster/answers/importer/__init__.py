"""An existing installation's settings turned into answers: an env file, a compose file, Kubernetes manifests, Helm values, or nb's own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.fields import Field, FieldError, FieldKind, Row, Value, check_openness, parse
from nbcluster.answers.importer.base import base_of, unknown_of
from nbcluster.answers.importer.keys import keys
from nbcluster.answers.importer.model import Base, Imported, Taken, Unknown
from nbcluster.answers.importer.notes import advice, of_setup, of_variables
from nbcluster.answers.importer.sources import Kind, Loader, Place, Setting, SettingsSource, SourceError, read_sources
from nbcluster.answers.importer.sources.model import Setup, tag_of
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import HIDDEN, Url, parse_url
from nbcluster.env import docker_assignments, is_raw, read_dotenv
from nbcluster.errors import Problem, Severity, warning
from nbcluster.facts import BROKER_VARIABLES, FIRST_ACCOUNT, IN_THE_IMAGE, KEY_VARIABLES, NODE_LOCAL, PER_NODE, RETIRED
from nbcluster.steps import STEPS, Step, new_answers
from nbcluster.steps.license import foreign
from nbcluster.steps.start import inherited_zone
from nbcluster.text import _
from nbcluster.text.clean import clean

__all__ = ["OWNED", "Base", "Imported", "SourceError", "base_of", "filled", "import_env", "import_file"]

_NOT_TAKEN = frozenset({*NODE_LOCAL, *FIRST_ACCOUNT, *KEY_VARIABLES.values(), "TZ"})
"""Variables of fields that are imported by code of their own, or not at all."""

OWNED = frozenset(
    {
        *(
            "APP_ENV",
            "CACHE_DEFAULT_STORE",
            "LOCK_ADAPTER_DEFAULT",
            "QUEUE_ADAPTER",
            "DB_UNDERSCORED",
            *PER_NODE,
        ),
        *(
            "INIT_ROOT_NICKNAME",
            "INIT_ROOT_USERNAME",
            "APPEND_PRESET_BUILT_IN_PLUGINS",
            "LOGGER_TRANSPORT",
            "DISABLE_PKG_DOWNLOAD",
        ),
        *("DB_DIALECT_OPTIONS_SSL_REJECT_UNAUTHORIZED", "DB_DIALECT_OPTIONS_SSL_CA", *BROKER_VARIABLES, *RETIRED, *IN_THE_IMAGE),
    }
    | _NOT_TAKEN
)
"""Variables that the written files set or leave out by themselves."""

_VERSION = re.compile(r"v?(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc|next)[.\w]*)?)(?:-[\w.-]+)?")
_NODE_NAME = re.compile(r"[^a-z0-9]+")
_NEVER_FILLED = frozenset({"app.installation", "app.base_env", *KEY_VARIABLES, "nodes"})


def import_file(text: str, path: str, load: Loader = lambda _path: None, steps: tuple[Step, ...] = STEPS) -> Imported:
    """Read the answers that a file of any known form gives; ``path`` becomes ``app.base_env``, empty where the text has none.

    ``load`` gives the text of files that a compose file names. Raises ``SourceError`` for a file of no known form.
    """
    return _import(read_sources(text, path, load), path, steps)


def import_env(text: str, path: str, steps: tuple[Step, ...] = STEPS) -> Imported:
    """Read the answers that an env file gives, whatever its name."""
    text = text.removeprefix("\ufeff")
    if is_raw(text):
        settings = [Setting(found.name, found.value, found.line, Place.ENV) for found in docker_assignments(text)]
    else:
        settings = [Setting(name, value, 0, Place.ENV) for name, value in read_dotenv(text).items()]
    return _import((SettingsSource(Kind.ENV, tuple(settings)),), path, steps)


def import_values(values: Mapping[str, str], steps: tuple[Step, ...] = STEPS) -> Imported:
    """Read the answers that variables give which stand in no file."""
    settings = tuple(Setting(name, value, 0, Place.ENV) for name, value in values.items())
    return _import((SettingsSource(Kind.ENV, settings),), "", steps)


def filled(answers: Answers, imported: Imported) -> tuple[Answers, tuple[Problem, ...]]:
    """Return answers with what ``base_env`` answers and the answers file leaves out, and what cannot be taken from it.

    The old node's own Redis and queue are never taken, the keys keep what was answered, and nodes are a new list.
    """
    given = set(answers)

    def open_to(path: str) -> bool:
        return path not in given and path not in _NEVER_FILLED and path.partition(".")[0] not in ("redis", "queue")

    for path, value in imported.changes:
        if open_to(path):
            answers = answers.with_(path, value, Source.BASE)
    return answers, tuple(replace(problem, severity=Severity.ERROR) for problem in imported.malformed if open_to(problem.path))


def _import(sources: Sequence[SettingsSource], path: str, steps: tuple[Step, ...]) -> Imported:
    source = sources[0]
    values, found = source.values, _Found(source)
    complete = source.kind is Kind.ENV or not (source.unread or any(setting.value is None for setting in source.last.values()))
    notes: list[Problem] = []
    found.add("app.installation", "existing", "")
    if path:
        found.add("app.base_env", path, "")
    malformed = _declared((field for step in steps for field in step.fields if field.in_file), found)
    _switches(found)
    _nodes(sources, found)
    for key_path, answer in keys(values, notes, complete=complete, kept=bool(path)):
        name = KEY_VARIABLES[key_path]
        # an answer that follows from a missing key comes from no line
        found.add(key_path, answer, name if values.get(name) else "")
    _running(source.setup, found)
    malformed += found.revealing
    answers = new_answers(steps)
    for key, value in found.changes:
        answers = answers.with_(key, value, Source.IMPORTED)
    owned = {field.variable for step in steps for field in step.fields} | OWNED
    kept = {name: value for name, value in values.items() if name not in owned}
    lost = {} if path else dict.fromkeys(kept, _("there is no file to keep it from."))
    unknown = lost | dict(unknown_of(source)) | {name: _("it was not read.") for _line, name in source.unread}
    notes += [
        *_edges(values, owned),
        *_doubtful(found.changes),
        *malformed,
        *of_setup(sources, answers),
        *of_variables(values, answers),
        *advice(source, answers, kept, path),
    ]
    return Imported(
        tuple(found.changes),
        kept if path else {},
        tuple(dict.fromkeys(notes)),
        tuple(found.read),
        tuple(Unknown(clean(name, 200), why) for name, why in unknown.items()),
        tuple(malformed),
    )


class _Found:
    """The answers of a source, each with the place that gave it."""

    def __init__(self, source: SettingsSource) -> None:
        self.source, self.values = source, source.values
        self.changes: list[tuple[str, Value]] = []
        self.read: list[Taken] = []
        self.revealing: list[Problem] = []

    def add(self, path: str, value: Value, variable: str, line: int = 0) -> None:
        try:
            for text in _texts(value) if variable else ():
                check_openness(text)
        except FieldError as fault:
            self.revealing.append(_malformed(path, variable, fault))
            return
        self.changes.append((path, value))
        setting = self.source.last.get(variable)
        if setting is not None:
            line = setting.line
        if variable:
            self.read.append(Taken(path, clean(variable, 80), line))


def _declared(fields: Iterable[Field], found: _Found) -> list[Problem]:
    """Take what a field's own variable says; returns what is no value of its field."""
    malformed: list[Problem] = []
    for field in fields:
        raw = found.values.get(field.variable, "") if field.variable and field.variable not in _NOT_TAKEN else ""
        if not raw:
            continue
        try:
            found.add(field.path, Secret(raw) if field.kind is FieldKind.SECRET else parse(field, raw), field.variable)
        except FieldError as fault:
            malformed.append(_malformed(field.path, field.variable, fault))
    return malformed


def _edges(values: Mapping[str, str], owned: Collection[str]) -> Iterator[Problem]:
    """Say which values have a blank or line feed at an edge: what is asked as a text goes on without it."""
    names = [name for name, value in values.items() if name in owned and value != value.strip()]
    if names:
        message = _("{names} begin or end with a blank or a line feed: passwords and keys are taken with it, all else without.")
        hint = _("Type again what is meant without it; echo adds a line feed where printf %s does not.")
        yield warning("app.base_env", "import", message.format(names=clean(", ".join(names), 300)), hint)


def _malformed(path: str, variable: str, fault: FieldError) -> Problem:
    return warning(path, "import", f"{variable}: {fault}.", _("Type it again."))


def _texts(value: Value) -> Iterator[str]:
    """Yield the texts of an answer from a variable, those of a list and of a table's rows among them."""
    for part in value if isinstance(value, tuple) else (value,):
        yield from (text for text in (part.values() if isinstance(part, Row) else (part,)) if isinstance(text, str))


def _switches(found: _Found) -> None:
    values = found.values
    zone = inherited_zone(values)
    if zone:
        found.add("app.timezone", zone, "TZ" if values.get("TZ") else "DB_TIMEZONE")
    if "DB_UNDERSCORED" in values:
        found.add("database.underscored", values["DB_UNDERSCORED"] == "true", "DB_UNDERSCORED")
    secured = next((name for name, value in values.items() if name.startswith("DB_DIALECT_OPTIONS_SSL_") and value), "")
    if secured:
        found.add("database.tls", True, secured)
        if values.get("DB_DIALECT_OPTIONS_SSL_CA", "").startswith("/"):
            found.add("tls.ca_file", values["DB_DIALECT_OPTIONS_SSL_CA"], "DB_DIALECT_OPTIONS_SSL_CA")
    if values.get("QUEUE_ADAPTER") == "rabbitmq":
        found.add("queue.adapter", "rabbitmq", "QUEUE_ADAPTER")
        for name in BROKER_VARIABLES:
            if values.get(name):
                found.add("queue.url", parse_url(values[name]), name)
                found.add("queue.url_variable", name, name)
                break
    plugins = foreign(values.get("APPEND_PRESET_BUILT_IN_PLUGINS", "").split(","))
    if plugins:
        found.add("license.plugins", plugins, "APPEND_PRESET_BUILT_IN_PLUGINS")


def _doubtful(changes: Iterable[tuple[str, Value]]) -> Iterator[Problem]:
    for path, value in changes:
        if isinstance(value, Url) and HIDDEN in value.address:
            yield warning(
                path,
                "import",
                _("what may be a password in this address is left out ({hidden}).").format(hidden=HIDDEN),
                _("Write it as SCHEME://USER:PASSWORD@HOST:PORT, or user and password apart."),
            )


def _nodes(sources: Sequence[SettingsSource], found: _Found) -> None:
    """Take the modes of a node, and the services of a compose file as nodes; their hosts are left to be answered."""
    nodes = [source for source in sources if not source.on_request] or list(sources[:1])
    rows: list[Row] = []
    for number, source in enumerate(nodes, 1):
        name = _NODE_NAME.sub("-", source.title.lower()).strip("-")[:40] if len(nodes) > 1 else ""
        modes = {"worker_mode": source.values.get("WORKER_MODE", "")}
        if source.setup.deployment != "kubernetes":
            modes["cluster_mode"] = source.values.get("CLUSTER_MODE", "")
        rows.append(Row({"name": name or f"node{number}", **{column: mode for column, mode in modes.items() if mode}}))
    named = "services" if len(nodes) > 1 else next((v for v in PER_NODE if found.values.get(v)), "")
    if (len(nodes) > 1 and nodes[0].kind is Kind.COMPOSE) or any(len(row) > 1 for row in rows):
        found.add("nodes", tuple(rows), named)


def _running(setup: Setup, found: _Found) -> None:
    """Take how the application runs: deployment, image, version, namespace."""
    if setup.deployment:
        found.add("app.deployment", setup.deployment, found.source.kind.value)
    if setup.image:
        found.add("app.image", setup.image.value, "image", setup.image.line)
        version = _VERSION.fullmatch(tag_of(setup.image.value)[1])
        if version:
            found.add("app.version", version[1], "image", setup.image.line)
    if setup.namespace:
        found.add("kubernetes.namespace", setup.namespace.value, "namespace", setup.namespace.line)
