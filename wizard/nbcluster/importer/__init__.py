"""An existing installation's settings turned into answers: an env file, a compose file, Kubernetes manifests, Helm values, or nb's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbcluster.clean import clean
from nbcluster.envfile import read_dotenv
from nbcluster.fields import Field, FieldError, FieldKind, Value, parse
from nbcluster.importer.keys import keys
from nbcluster.importer.sources import Kind, Loader, Source, SourceError, read_sources
from nbcluster.judge.common import warning
from nbcluster.judge.queue import URL_VARIABLES
from nbcluster.problems import Problem
from nbcluster.secret import Secret
from nbcluster.steps import STEPS, Step
from nbcluster.text import _
from nbcluster.url import HIDDEN, Url, parse_url

__all__ = ["Imported", "SourceError", "import_env", "import_file"]

_NOT_TAKEN = frozenset(
    {"SOCKET_PATH", "PM2_HOME", "INIT_ROOT_EMAIL", "INIT_ROOT_PASSWORD", "INIT_APP_LANG", "APP_KEY", "APP_AES_SECRET_KEY"}
)
_SWITCHES = frozenset(
    {
        *(
            "APP_ENV",
            "CACHE_DEFAULT_STORE",
            "LOCK_ADAPTER_DEFAULT",
            "QUEUE_ADAPTER",
            "DB_UNDERSCORED",
            "CLUSTER_MODE",
            "WORKER_MODE",
        ),
        *("INIT_ROOT_NICKNAME", "INIT_ROOT_USERNAME", "APPEND_PRESET_BUILT_IN_PLUGINS", "LOGGER_TRANSPORT", *URL_VARIABLES),
    }
    | _NOT_TAKEN
)
"""Variables that answers decide without a field of their own."""


@dataclass(frozen=True)
class Imported:
    """The answers that a file gives, all its variables, and what a person should know about them."""

    changes: tuple[tuple[str, Value], ...]
    kept: Mapping[str, str]
    notes: tuple[Problem, ...]


def import_file(text: str, path: str, load: Loader = lambda _path: None, steps: tuple[Step, ...] = STEPS) -> Imported:
    """Read the answers that a file of any known form gives.

    ``load`` gives the text of files that a compose file names. Raises ``SourceError`` for a file of no known form.
    """
    sources = read_sources(text, path, load)
    source = sources[0]
    if source.kind is Kind.ENV:
        return import_env(text, path, steps)
    complete = not source.unread and not any(setting.value is None for setting in source.last.values())
    imported = _import(source.values, complete, None, steps)
    return replace(imported, notes=(*imported.notes, *_about(sources, steps)))


def import_env(text: str, path: str, steps: tuple[Step, ...] = STEPS) -> Imported:
    """Read the answers that an env file gives; ``path`` is remembered so that its other variables are kept."""
    return _import(read_dotenv(text.lstrip("\ufeff")), True, path, steps)


def _import(values: Mapping[str, str], complete: bool, base: str | None, steps: tuple[Step, ...]) -> Imported:
    notes: list[Problem] = []
    changes: list[tuple[str, Value]] = [("app.installation", "existing")]
    if base is not None:
        changes.append(("app.base_env", base))
    fields = [field for step in steps for field in step.fields if field.in_file]
    changes += _declared(fields, values, notes)
    changes += _switches(values)
    changes += keys(values, notes, complete=complete, kept=base is not None)
    notes += _advice(values)
    notes += _doubtful(changes)
    return Imported(tuple(changes), values, tuple(notes))


def _about(sources: Sequence[Source], steps: tuple[Step, ...]) -> Iterator[Problem]:
    source = sources[0]
    if len(sources) > 1:
        yield warning(
            "app.installation",
            "import",
            _("the file describes more than one application: {titles}. The first was taken.").format(
                titles=", ".join(clean(other.title or other.kind.value, 80) for other in sources)
            ),
            _("Import a file with the one that becomes the cluster, or correct the answers."),
        )
    if source.unread:
        yield warning(
            "app.base_env",
            "import",
            _("variables also come from what was not read: {names}.").format(
                names=", ".join(clean(name, 200) for _line, name in source.unread)
            ),
            _("Look for APP_KEY, APP_AES_SECRET_KEY and passwords there."),
        )
    declared = {field.variable for step in steps for field in step.fields} | _SWITCHES
    others = [name for name in source.last if name not in declared and not name.startswith("NOCOBASE_PKG_")]
    if others:
        yield warning(
            "app.base_env",
            "import",
            _("is empty, so these variables of the file are not carried over: {names}.").format(
                names=", ".join(clean(name, 80) for name in others[:40])
            ),
            _("Write those that are still wanted into a .env and import that."),
        )


def _declared(fields: Iterable[Field], values: Mapping[str, str], notes: list[Problem]) -> Iterator[tuple[str, Value]]:
    for field in fields:
        raw = values.get(field.variable, "") if field.variable and field.variable not in _NOT_TAKEN else ""
        if not raw:
            continue
        try:
            yield field.path, Secret(raw) if field.kind is FieldKind.SECRET else parse(field, raw)
        except FieldError as fault:
            notes.append(warning(field.path, "import", f"{field.variable}: {fault}.", _("Type it again.")))


def _switches(values: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    if "DB_UNDERSCORED" in values:
        yield "database.underscored", values["DB_UNDERSCORED"] == "true"
    if any(name.startswith("DB_DIALECT_OPTIONS_SSL_") and value for name, value in values.items()):
        yield "database.tls", True
        authority = values.get("DB_DIALECT_OPTIONS_SSL_CA", "")
        if authority.startswith("/"):
            yield "tls.ca_file", authority
    if values.get("QUEUE_ADAPTER") == "rabbitmq":
        yield "queue.adapter", "rabbitmq"
        for name in URL_VARIABLES:
            if values.get(name):
                yield "queue.url", parse_url(values[name])
                yield "queue.url_variable", name
                break


def _doubtful(changes: Iterable[tuple[str, Value]]) -> Iterator[Problem]:
    for path, value in changes:
        if isinstance(value, Url) and HIDDEN in value.address:
            yield warning(
                path,
                "import",
                _("what may be a password in this address is left out ({hidden}).").format(hidden=HIDDEN),
                _("Write it as SCHEME://USER:PASSWORD@HOST:PORT, or user and password apart."),
            )


def _advice(values: Mapping[str, str]) -> Iterator[Problem]:
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
    if not values.get("TZ"):
        yield warning(
            "app.timezone",
            "import",
            _("the file sets no TZ, so the old server's own zone was used."),
            _("Run `timedatectl` on the old server and write the zone that it shows."),
        )
