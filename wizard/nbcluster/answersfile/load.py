"""Reading an answers file: every fault is named with its key path, all of them together."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbcluster.answers import Answers, Source
from nbcluster.answersfile.references import ReferenceFault, Resolver
from nbcluster.clean import clean
from nbcluster.errors import InvalidAnswersError
from nbcluster.fields import Field, FieldKind, Row, Table, Value
from nbcluster.problems import Problem
from nbcluster.secret import Secret
from nbcluster.steps import STEPS, Step, fields_by_path, tables_by_path
from nbcluster.text import _
from nbcluster.url import Url, holds_password, parse_url

SCHEMA = 1
"""The version of the answers file that is written; older ones are read too."""

_LIMIT = 4 << 20


@dataclass(frozen=True)
class Loaded:
    """What a file held: answers before anything is derived, and the folder that relative paths count from."""

    answers: Answers
    folder: Path


Fill = Callable[[Answers, Path], tuple[Answers, tuple[Problem, ...]]]
"""Completes answers from another file that they name; is given the folder that relative paths count from."""


def load(
    path: Path, environment: Mapping[str, str] = os.environ, steps: tuple[Step, ...] = STEPS, fill: Fill | None = None
) -> Loaded:
    """Read an answers file; raises ``InvalidAnswersError`` with every problem found, those of ``fill`` among them."""
    name = clean(str(path))
    try:
        data = path.read_bytes()[: _LIMIT + 1]
        if len(data) > _LIMIT:
            raise InvalidAnswersError((Problem(name, _("is larger than 4 MiB."), _("Name an answers file.")),))
        text = data.decode("utf-8-sig")
    except OSError as fault:
        problem = Problem(
            name, _("cannot be read: {reason}.").format(reason=fault.strerror or type(fault).__name__), _("Check the path.")
        )
        raise InvalidAnswersError((problem,)) from None
    except UnicodeDecodeError as fault:
        problem = Problem(name, _("is no UTF-8 text (byte {position}).").format(position=fault.start), _("Save it as UTF-8."))
        raise InvalidAnswersError((problem,)) from None
    return load_text(text, name, path.resolve().parent, environment, steps, fill)


def load_text(
    text: str,
    name: str,
    folder: Path,
    environment: Mapping[str, str] = os.environ,
    steps: tuple[Step, ...] = STEPS,
    fill: Fill | None = None,
) -> Loaded:
    """Read the text of an answers file; ``name`` stands in messages; raises ``InvalidAnswersError``."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        problem = Problem(
            name, _("is no TOML: {reason}.").format(reason=clean(str(fault), 200)), _("Quote texts, and close every bracket.")
        )
        raise InvalidAnswersError((problem,)) from None
    reader = _Reader(Resolver(environment, folder), steps)
    answers = reader.read(document)
    if fill is not None:
        answers, problems = fill(answers, folder)
        reader.problems += problems
    if reader.problems:
        raise InvalidAnswersError(tuple(reader.problems))
    return Loaded(answers, folder)


class _Reader:
    def __init__(self, resolver: Resolver, steps: tuple[Step, ...]) -> None:
        self.resolver = resolver
        self.fields = {path: field for path, field in fields_by_path(steps).items() if field.in_file}
        self.tables = dict(tables_by_path(steps))
        self.answers = Answers(fields_by_path(steps))
        self.problems: list[Problem] = []

    def read(self, document: dict[str, Any]) -> Answers:
        version = document.pop("schema", SCHEMA)
        if not isinstance(version, int) or isinstance(version, bool):
            self._wrong("schema", _("a whole number"), version)
        elif version > SCHEMA or version < 1:
            problem = Problem(
                "schema",
                _("{version} is not known to this version.").format(version=version),
                _("Use an nbcluster that writes this schema."),
            )
            raise InvalidAnswersError((problem,))
        self._table(document, "")
        return self.answers

    def _table(self, table: dict[str, Any], prefix: str) -> None:
        for key, raw in table.items():
            path = f"{prefix}{key}"
            if path in self.fields:
                value = self._value(self.fields[path], path, raw)
                if value is not None:
                    self.answers = self.answers.with_(path, value, Source.FILE)
            elif path in self.tables:
                self._rows(self.tables[path], raw)
            elif isinstance(raw, dict) and self._is_section(path):
                self._table(raw, f"{path}.")
            elif self._is_section(path):
                self._wrong(path, _("a table ([{path}])").format(path=path), raw)
            else:
                self._unknown(path, prefix, (*self.fields, *self.tables))

    def _is_section(self, path: str) -> bool:
        return any(known.startswith(f"{path}.") for known in (*self.fields, *self.tables))

    def _unknown(self, path: str, prefix: str, known: Iterable[str]) -> None:
        shown = clean(path, 120)
        siblings = {k[len(prefix) :].split(".")[0]: None for k in known if k.startswith(prefix)}
        near = difflib.get_close_matches(path[len(prefix) :], siblings, 1, 0.5)
        whole = difflib.get_close_matches(path, list(known), 1, 0.6)
        guess = f"{prefix}{near[0]}" if near else whole[0] if whole else ""
        hint = (
            _("Did you mean {name}?").format(name=guess) if guess else _("Known here: {names}.").format(names=", ".join(siblings))
        )
        self.problems.append(Problem(shown, _("is no known key."), hint))

    def _rows(self, table: Table, raw: Any) -> None:
        if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
            self._wrong(table.path, _("a list of tables ([[{path}]])").format(path=table.path), raw)
            return
        columns = {c.path: c for c in table.columns}
        rows: list[Row] = []
        for index, cells in enumerate(raw):
            prefix = f"{table.path}[{index}]."
            row: dict[str, Value] = {}
            for key, cell in cells.items():
                if key not in columns:
                    self._unknown(f"{prefix}{key}", prefix, [f"{prefix}{name}" for name in columns])
                elif (value := self._value(columns[key], f"{prefix}{key}", cell)) is not None:
                    row[key] = value
            rows.append(Row(row))
        self.answers = self.answers.with_(table.path, tuple(rows), Source.FILE)

    def _value(self, field: Field, path: str, raw: Any) -> Value:
        try:
            return self._typed(field, path, raw)
        except ReferenceFault as fault:
            self.problems.append(fault.problem)
            return None

    def _typed(self, field: Field, path: str, raw: Any) -> Value:
        match field.kind:
            case FieldKind.INTEGER:
                return raw if isinstance(raw, int) and not isinstance(raw, bool) else self._wrong(path, _("a whole number"), raw)
            case FieldKind.BOOLEAN:
                return raw if isinstance(raw, bool) else self._wrong(path, _("true or false"), raw)
            case FieldKind.MULTI:
                return self._list(path, raw)
            case FieldKind.URL:
                return self._url(path, raw)
        if field.numeric and isinstance(raw, int) and not isinstance(raw, bool):
            return str(raw)
        text = self.resolver.text(path, raw)
        if text is None:
            return self._wrong(path, _('a text, {{ env = "NAME" }} or {{ file = "PATH" }}').format(), raw)
        if field.kind is FieldKind.SECRET or (field.kind is FieldKind.KEY and text not in field.words):
            if "\x00" in text:
                self.problems.append(Problem(path, _("holds a NUL character."), _("Take it out.")))
                return None
            return Secret(text)
        if holds_password(text):
            message = _("holds an address with a password inside, which would be shown with the other answers.")
            self.problems.append(Problem(path, message, _("Write only what is asked; the password has a key of its own.")))
            return None
        return text

    def _list(self, path: str, raw: Any) -> tuple[str, ...] | None:
        if not isinstance(raw, list):
            self._wrong(path, _("a list of texts"), raw)
            return None
        texts = [self.resolver.text(f"{path}[{i}]", item) for i, item in enumerate(raw)]
        if any(text is None for text in texts):
            self._wrong(path, _("a list of texts"), raw)
        return tuple(text for text in texts if text is not None)

    def _url(self, path: str, raw: Any) -> Url | None:
        if isinstance(raw, dict) and "url" in raw:
            extra = [key for key in raw if key not in ("url", "password")]
            for key in extra:
                self._unknown(f"{path}.{key}", f"{path}.", (f"{path}.url", f"{path}.password"))
            url = self.resolver.text(f"{path}.url", raw["url"])
            password = self.resolver.text(f"{path}.password", raw["password"]) if "password" in raw else None
            if url is None or (password is None and "password" in raw):
                self._wrong(f"{path}.{'url' if url is None else 'password'}", _("a text or a reference"), raw.get("password"))
                return None
            return parse_url(url, None if password is None else Secret(password))
        text = self.resolver.text(path, raw)
        if text is None:
            self._wrong(path, _("an address, a reference, or {{ url = …, password = … }}").format(), raw)
            return None
        return parse_url(text) if text else None

    def _wrong(self, path: str, wanted: str, raw: Any) -> Value:
        names = {
            str: _("a text"),
            bool: _("true or false"),
            int: _("a whole number"),
            float: _("a decimal number"),
            list: _("a list"),
            dict: _("a table"),
        }
        got = names.get(type(raw), _("something else"))
        self.problems.append(
            Problem(
                clean(path, 120), _("must be {wanted}, but is {got}.").format(wanted=wanted, got=got), _("Write it in that form.")
            )
        )
        return None
