"""A wizard run as it is saved: answers without their secrets, and where the user was."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbcluster.answers import Answers, Source
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.fields import Field, FieldKind, Row, Value
from nbcluster.secret import MissingSecret, Secret
from nbcluster.text import _
from nbcluster.url import Url, parse_url

SCHEMA = 1


@dataclass(frozen=True)
class Session:
    """A named run; ``exported_to`` is the folder of the last export, where the keys live."""

    name: str
    answers: Answers
    step: str = ""
    visited: tuple[str, ...] = ()
    exported_to: str = ""


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


def from_json(data: Any, fields: Mapping[str, Field], name: str) -> Session:
    """Return a session from saved data; raises ``NbclusterError`` for another version or damaged data."""
    try:
        if data["schema"] > SCHEMA:
            message = _("the session {name} was saved by a later version: open it with that one.")
            raise NbclusterError(ExitCode.INVALID, message.format(name=name))
        answers = Answers(fields)
        for path, entry in data["answers"].items():
            source = Source(entry["source"])
            kept = source if source is Source.DERIVED else Source.SESSION
            answers = answers.with_(str(path), _value(entry["value"], fields.get(path)), kept)
        return Session(
            name=str(data["name"]),
            answers=answers,
            step=str(data["step"]),
            visited=tuple(str(step) for step in data["visited"]),
            exported_to=str(data["exported_to"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NbclusterError(
            ExitCode.INVALID, _("the session {name} is damaged: its file is left as it is.").format(name=name)
        ) from None


def _value(raw: Any, declared: Field | None) -> Value:
    if isinstance(raw, dict) and "secret" in raw:
        return MissingSecret(str(raw["secret"]["salt"]), str(raw["secret"]["digest"]))
    if isinstance(raw, dict) and "url" in raw:
        password = raw["password"]
        url = parse_url(str(raw["url"]))
        return url if password is None else url.with_password(MissingSecret(str(password["salt"]), str(password["digest"])))
    if isinstance(raw, list):
        if raw and isinstance(raw[0], dict):
            return tuple(Row({str(key): _value(cell, None) for key, cell in row.items()}) for row in raw)
        return tuple(str(item) for item in raw)
    if raw is None or isinstance(raw, (str, int, bool)):
        if declared is not None and declared.kind is FieldKind.SECRET:
            raise ValueError("a secret in a session")
        return raw
    raise ValueError("no value of a session")
