"""Everything answered so far: a frozen store of key paths, each with its value and where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from nbcluster.answers.fields import Field, Row, Table, Value
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.answers.url import Url

if TYPE_CHECKING:
    from nbcluster.steps.model import Step


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
class Reference:
    """Where an answers file says that a secret is kept: ``env`` or ``file`` and its target.

    ``whole``: it replaces the whole answer; otherwise the password of an address.
    """

    kind: str
    target: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """A value, its source, and the reference that its secret was read through, as long as it is that secret."""

    value: Value
    source: Source
    reference: Reference | None = field(default=None, compare=False)


class Answers:
    """A frozen set of answers; a change gives another object.

    A key path without an answer of its own has the default that its field declares; tables have none.
    Asking for a key path that nothing declares is a mistake in the program and raises ``KeyError``.
    """

    __slots__ = ("_fields", "_own", "_steps", "_tables")

    def __init__(
        self,
        steps: tuple[Step, ...],
        fields: Mapping[str, Field],
        tables: Mapping[str, Table],
        own: Mapping[str, Answer] | None = None,
    ) -> None:
        self._steps = steps
        self._fields = fields
        self._tables = tables
        self._own: Mapping[str, Answer] = MappingProxyType(dict(own or {}))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that ask for the answers, in their order."""
        return self._steps

    @property
    def fields(self) -> Mapping[str, Field]:
        """The declared fields by key path, those of tables left out."""
        return self._fields

    @property
    def tables(self) -> Mapping[str, Table]:
        """The declared tables by key path, each with the columns of all steps."""
        return self._tables

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
        """Return a value as text; "" where there is none."""
        value = self[path]
        return value if isinstance(value, str) else "" if value is None else str(value)

    def number(self, path: str) -> int:
        """Return a value as a number; 0 where it is not one."""
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
        before = self._own.get(path)
        reference = before.reference if before is not None and _same_secret(before, value) else None
        if path in self._tables and isinstance(value, tuple):
            columns = frozenset(column.path for column in self._tables[path].columns)
            value = tuple(row.in_table(columns) for row in value if isinstance(row, Row))
        return self._having({**self._own, path: Answer(value, source, reference)})

    def reference(self, path: str) -> Reference | None:
        """Return the reference that the secret of an answer was read through, or None."""
        answer = self._own.get(path)
        return answer.reference if answer is not None else None

    def with_reference(self, path: str, reference: Reference) -> Answers:
        """Return the answers with a reference to the secret of one that was given."""
        return self._having({**self._own, path: replace(self._own[path], reference=reference)})

    def without(self, *paths: str) -> Answers:
        """Return the answers with some reset to their defaults."""
        return self._having({k: a for k, a in self._own.items() if k not in paths})

    def _having(self, own: Mapping[str, Answer]) -> Answers:
        return Answers(self._steps, self._fields, self._tables, own)

    def items(self) -> Iterable[tuple[str, Answer]]:
        """Return the answers that were given, without defaults."""
        return self._own.items()


def _same_secret(before: Answer, value: Value) -> bool:
    """Tell whether the reference of an answer is still right for another value."""
    if isinstance(before.value, Url) and isinstance(value, Url) and before.reference is not None:
        same_place = not before.reference.whole or before.value.address == value.address
        return same_place and before.value.password == value.password
    return isinstance(value, Secret) and before.value == value


def missing_secrets(answers: Answers) -> tuple[str, ...]:
    """Return the key paths of secrets that a saved session knew and does not hold (``redis.cache.password`` for one in an address)."""
    found: list[str] = []
    for path, answer in answers.items():
        if isinstance(answer.value, MissingSecret):
            found.append(path)
        elif isinstance(answer.value, Url) and isinstance(answer.value.password, MissingSecret):
            found.append(f"{path}.password")
    return tuple(found)


def holds_secrets(answers: Answers) -> bool:
    """Tell whether there is a secret among the answers, or was one when they were saved."""
    values = (answer.value for _path, answer in answers.items())
    return any(isinstance(value.password if isinstance(value, Url) else value, Secret | MissingSecret) for value in values)


def missing_secret(answers: Answers, path: str) -> MissingSecret | None:
    """Return what is known of a secret that is not held, by a key path of ``missing_secrets``; None where there is nothing to know."""
    given = {name: answer.value for name, answer in answers.items()}
    url = given.get(path.removesuffix(".password"))
    value = url.password if isinstance(url, Url) else given.get(path)
    return value if isinstance(value, MissingSecret) else None
