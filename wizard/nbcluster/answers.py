"""Everything answered so far: a frozen store of key paths, each with its value and where it came from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from nbcluster.fields import Field, Row, Value
from nbcluster.secret import MissingSecret, Secret
from nbcluster.url import Url


class Source(StrEnum):
    """Where a value came from."""

    DEFAULT = "default"
    IMPORTED = "imported"
    SESSION = "session"
    FILE = "answers file"
    BASE = "base_env"
    TYPED = "typed"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class Answer:
    """A value and its source."""

    value: Value
    source: Source


class Answers:
    """A frozen set of answers; a change gives another object.

    A key path without an answer of its own has the default that its field declares; ``tables`` are those of lists, which have none.
    Asking for a key path that nothing declares is a mistake in the program and raises ``KeyError``.
    """

    __slots__ = ("_fields", "_own", "_tables")

    def __init__(
        self, fields: Mapping[str, Field], tables: Collection[str] = (), own: Mapping[str, Answer] | None = None
    ) -> None:
        self._fields = fields
        self._tables = tables
        self._own: Mapping[str, Answer] = MappingProxyType(dict(own or {}))

    @property
    def fields(self) -> Mapping[str, Field]:
        """The declared fields by key path."""
        return self._fields

    def __getitem__(self, path: str) -> Value:
        answer = self._own.get(path)
        if answer is not None:
            return answer.value
        field = self._fields.get(path)
        if field is not None:
            return field.default_for(self)
        if path in self._tables:
            return None
        raise KeyError(path)

    def __contains__(self, path: object) -> bool:
        return path in self._own

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answers) and dict(self._own) == dict(other._own)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._own)))

    def __repr__(self) -> str:
        return f"Answers({', '.join(f'{k}={a.value!r}' for k, a in self._own.items())})"

    def source(self, path: str) -> Source:
        """Return where the value of a key path came from."""
        answer = self._own.get(path)
        return answer.source if answer is not None else Source.DEFAULT

    def text(self, path: str) -> str:
        """Return a value as text; nothing is the empty text."""
        value = self[path]
        return value if isinstance(value, str) else "" if value is None else str(value)

    def number(self, path: str) -> int:
        """Return a value as a number; what is no number is 0."""
        value = self[path]
        return value if isinstance(value, int) else 0

    def flag(self, path: str) -> bool:
        """Return a value as yes or no."""
        return self[path] is True

    def url(self, path: str) -> Url | None:
        """Return an address, or None."""
        value = self[path]
        return value if isinstance(value, Url) else None

    def secret(self, path: str) -> Secret | None:
        """Return a secret, or None."""
        value = self[path]
        return value if isinstance(value, Secret) else None

    def words(self, path: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self[path]
        return tuple(v for v in value if isinstance(v, str)) if isinstance(value, tuple) else ()

    def rows(self, path: str) -> tuple[Row, ...]:
        """Return the rows of a table."""
        value = self[path]
        return tuple(v for v in value if isinstance(v, Row)) if isinstance(value, tuple) else ()

    def with_(self, path: str, value: Value, source: Source = Source.TYPED) -> Answers:
        """Return the answers with one of them changed."""
        return Answers(self._fields, self._tables, {**self._own, path: Answer(value, source)})

    def without(self, *paths: str) -> Answers:
        """Return the answers with some taken back to their defaults."""
        return Answers(self._fields, self._tables, {k: a for k, a in self._own.items() if k not in paths})

    def items(self) -> Iterable[tuple[str, Answer]]:
        """Return the answers that were given, defaults left out."""
        return self._own.items()


def missing_secrets(answers: Answers) -> tuple[str, ...]:
    """Return the key paths of secrets that a saved session knew and does not hold (``redis.cache.password`` for one in an address)."""
    found: list[str] = []
    for path, answer in answers.items():
        if isinstance(answer.value, MissingSecret):
            found.append(path)
        elif isinstance(answer.value, Url) and isinstance(answer.value.password, MissingSecret):
            found.append(f"{path}.password")
    return tuple(found)


def missing_secret(answers: Answers, path: str) -> MissingSecret | None:
    """Return what is known of a secret that is not held, by a key path of ``missing_secrets``; None where there is nothing to know."""
    given = {name: answer.value for name, answer in answers.items()}
    url = given.get(path.removesuffix(".password"))
    value = url.password if isinstance(url, Url) else given.get(path)
    return value if isinstance(value, MissingSecret) else None
