"""A wizard run as it is saved: answers without their secrets, and where the user was."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.fields import Field, FieldKind, Row, Value
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.answers.url import Url, parse_url
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.text import _
from nbcluster.text.clean import clean

SCHEMA = 1

_WORD = re.compile(r"[a-z][a-z-]{0,19}\Z")
"""What may stand for a key; anything else may be one."""
_LARGEST = 10**12
"""Larger than any number in a session."""


@dataclass(frozen=True)
class Session:
    """A named run; ``exported_to`` is the folder of the last export, where the keys live.

    ``exported_state`` tells what that folder held then, empty where the session does not know it.
    """

    name: str
    answers: Answers
    step: str = ""
    visited: tuple[str, ...] = ()
    exported_to: str = ""
    exported_state: str = ""


@dataclass
class Fingerprints:
    """Salted digests of secrets, remembered by secret: a digest costs tens of milliseconds, a save happens at every field."""

    known: dict[Secret, dict[str, str]] = field(default_factory=dict)

    def of(self, secret: Secret) -> dict[str, str]:
        """Return salt and digest of a secret; one that is missing keeps those it came with."""
        if isinstance(secret, MissingSecret):
            return {"salt": secret.salt, "digest": secret.digest}
        if secret not in self.known:
            salt = secrets.token_hex(8)
            self.known[secret] = {"salt": salt, "digest": secret.fingerprint(salt)}
        return self.known[secret]


def to_json(session: Session, fingerprints: Fingerprints) -> dict[str, Any]:
    """Return the session as plain data; every secret is a salted digest."""
    answers = {
        path: {"value": _plain(answer.value, fingerprints), "source": answer.source.value}
        for path, answer in session.answers.items()
    }
    return {
        "schema": SCHEMA,
        "name": session.name,
        "step": session.step,
        "visited": list(session.visited),
        "exported_to": session.exported_to,
        "exported_state": session.exported_state,
        "answers": answers,
    }


def _plain(value: Value, fingerprints: Fingerprints) -> Any:
    if isinstance(value, Secret):
        return {"secret": fingerprints.of(value)}
    if isinstance(value, Url):
        password = None if value.password is None else fingerprints.of(value.password)
        return {"url": value.address, "password": password}
    if isinstance(value, tuple):
        return [{key: _plain(cell, fingerprints) for key, cell in v.items()} if isinstance(v, Row) else v for v in value]
    return value


def from_json(data: Any, blank: Answers, name: str) -> Session:
    """Return a session from saved data, on answers of which none is given; raises ``NbclusterError`` for another version or damaged data."""
    place = ""
    try:
        if data["schema"] > SCHEMA:
            message = _("the session {name} was saved by a later version: open it with that version.")
            raise NbclusterError(ExitCode.INVALID, message.format(name=name))
        answers = blank
        for path, entry in data["answers"].items():
            place = str(path)
            source = Source(entry["source"])
            kept = source if source is Source.DERIVED else Source.SESSION
            answers = answers.with_(place, _fitting(_value(entry["value"]), blank.fields.get(place)), kept)
        place = ""
        if not isinstance(data["exported_to"], str) or "\x00" in data["exported_to"]:
            raise ValueError("no folder")
        return Session(
            # what is saved goes into the file that was read, whatever name stands in it
            name=name,
            answers=answers.with_("name", name, answers.source("name")) if data["name"] != name else answers,
            step=str(data["step"]),
            visited=tuple(str(step) for step in data["visited"]),
            exported_to=data["exported_to"],
            # sessions of earlier versions have none
            exported_state=str(data.get("exported_state", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError):
        if place:
            message = _("the session {name} is damaged at {path}: its file is left as it is.")
            raise NbclusterError(ExitCode.INVALID, message.format(name=name, path=clean(place, 120))) from None
        raise NbclusterError(
            ExitCode.INVALID, _("the session {name} is damaged: its file is left as it is.").format(name=name)
        ) from None


def _value(raw: Any) -> Value:
    if isinstance(raw, dict) and "secret" in raw:
        return MissingSecret(str(raw["secret"]["salt"]), str(raw["secret"]["digest"]))
    if isinstance(raw, dict) and "url" in raw:
        password = raw["password"]
        url = parse_url(str(raw["url"]))
        return url if password is None else url.with_password(MissingSecret(str(password["salt"]), str(password["digest"])))
    if isinstance(raw, list):
        if raw and all(isinstance(row, dict) for row in raw):
            return tuple(Row({str(key): _cell(cell) for key, cell in row.items()}) for row in raw)
        if not all(isinstance(item, str) for item in raw):
            raise ValueError("no list of a session")
        return tuple(raw)
    return _cell(raw)


def _cell(raw: Any) -> str | int | None:
    if raw is None or isinstance(raw, str) or (isinstance(raw, int) and abs(raw) < _LARGEST):
        return raw
    raise ValueError("no value of a session")


def _fitting(value: Value, declared: Field | None) -> Value:
    """Return a value if it is one of its field's kind; a path without a field belongs to a table, or to another version."""
    if declared is None or value is None:
        return value
    kinds: dict[FieldKind, tuple[type, ...]] = {
        FieldKind.INTEGER: (int,),
        FieldKind.BOOLEAN: (bool,),
        FieldKind.MULTI: (tuple,),
        FieldKind.SECRET: (Secret,),
        FieldKind.KEY: (Secret, str),
        FieldKind.URL: (Url,),
    }
    if not isinstance(value, kinds.get(declared.kind, (str,))) or (
        isinstance(value, bool) and declared.kind is not FieldKind.BOOLEAN
    ):
        raise ValueError("a value of another kind")
    if declared.kind is FieldKind.MULTI and isinstance(value, tuple) and any(isinstance(part, Row) for part in value):
        raise ValueError("a list of another kind")
    if declared.kind is FieldKind.KEY and isinstance(value, str) and not _WORD.match(value):
        raise ValueError("a key in a session")
    return value
