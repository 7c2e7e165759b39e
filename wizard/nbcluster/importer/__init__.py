"""An existing installation's env file turned into answers, as npm dotenv reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nbcluster.envfile import read_dotenv
from nbcluster.fields import Field, FieldError, FieldKind, Value, parse
from nbcluster.judge.common import warning
from nbcluster.judge.keys import WEAK_KEYS
from nbcluster.problems import Problem
from nbcluster.secret import Secret
from nbcluster.steps import STEPS, Step
from nbcluster.text import _
from nbcluster.url import parse_url

_QUEUE_CANDIDATES = ("QUEUE_ADAPTER_RABBITMQ_URL", "RABBITMQ_URL")
_NOT_TAKEN = frozenset(
    {"SOCKET_PATH", "PM2_HOME", "INIT_ROOT_EMAIL", "INIT_ROOT_PASSWORD", "INIT_APP_LANG", "APP_KEY", "APP_AES_SECRET_KEY"}
)


@dataclass(frozen=True)
class Imported:
    """The answers that a file gives, all its variables, and what a person should know about them."""

    changes: tuple[tuple[str, Value], ...]
    kept: Mapping[str, str]
    notes: tuple[Problem, ...]


def import_env(text: str, path: str, steps: tuple[Step, ...] = STEPS) -> Imported:
    """Read the answers that an env file gives; ``path`` is remembered so that its other variables are kept."""
    values = read_dotenv(text.lstrip("\ufeff"))
    notes: list[Problem] = []
    changes: list[tuple[str, Value]] = [("app.installation", "existing"), ("app.base_env", path)]
    fields = [field for step in steps for field in step.fields if field.in_file]
    changes += _declared(fields, values, notes)
    changes += _switches(values)
    changes += _keys(values, notes)
    notes += _advice(values)
    return Imported(tuple(changes), values, tuple(notes))


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
        for name in _QUEUE_CANDIDATES:
            if values.get(name):
                yield "queue.url", parse_url(values[name])
                yield "queue.url_variable", name
                break


def _keys(values: Mapping[str, str], notes: list[Problem]) -> Iterator[tuple[str, Value]]:
    key = values.get("APP_KEY", "")
    if key in WEAK_KEYS:
        yield "app.key", "from-storage"
        notes.append(
            warning(
                "app.key",
                "import",
                _("APP_KEY is empty or a published constant: the key file storage/apps/main/jwt_secret.dat most likely decides."),
                _("It is kept on the share; the Keys step says what else is possible."),
            )
        )
    else:
        yield "app.key", "generate"
    if values.get("APP_AES_SECRET_KEY"):
        yield "app.aes_key", "generate"
    else:
        yield "app.aes_key", "from-storage"
        notes.append(
            warning(
                "app.aes_key",
                "import",
                _("there is no APP_AES_SECRET_KEY: the key file storage/apps/main/aes_key.dat decides."),
                _("It must be on the share; without it encrypted values are lost."),
            )
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
