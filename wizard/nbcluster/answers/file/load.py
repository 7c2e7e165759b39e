"""Reads an answers file: all faults are reported together, each with its key path."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbcluster.answers.answers import Answers, Reference, Source
from nbcluster.answers.fields import Field, FieldError, FieldKind, Row, Table, Value, lacks_scheme, parse_address
from nbcluster.answers.file.references import ReferenceFault, Resolver, UnsetVariable, place_of, reference_of
from nbcluster.answers.flow import infer, parts_of, problems_for_file, taken_apart
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.answers.url import Url, holds_password
from nbcluster.errors import InvalidAnswersError, Problem, Severity
from nbcluster.facts import is_secret_name
from nbcluster.steps import STEPS, Step, new_answers
from nbcluster.system.inputfile import expanded, read_text
from nbcluster.text import _
from nbcluster.text.clean import clean
from nbcluster.text.likeness import nearest

SCHEMA = 1
"""The version of the answers file that is written; older ones are read too."""

_LARGEST_NUMBER = 999_999_999
_MOST_ROWS = 1000


@dataclass(frozen=True)
class Loaded:
    """What a file held: answers before anything is derived."""

    answers: Answers
    notes: tuple[Problem, ...] = ()
    """What was read differently from how it is written: warnings for whoever uses the answers."""


Fill = Callable[[Answers, Path], tuple[Answers, tuple[Problem, ...]]]
"""Completes answers from another file that they name; is given the folder that relative paths count from."""


@dataclass(frozen=True)
class Recalled:
    """The text of a secret that was written before, or None and a sentence that says why the text that was found does not count."""

    text: str | None
    why: str = ""


Recall = Callable[[Answers, str], Recalled]
"""Looks for the secret of a key path (``redis.cache.password`` for one in an address) where it was written before."""


def load(
    path: Path,
    environment: Mapping[str, str] = os.environ,
    steps: tuple[Step, ...] = STEPS,
    fill: Fill | None = None,
    recall: Recall | None = None,
    spared: Collection[str] = (),
) -> Loaded:
    """Read an answers file; raises ``InvalidAnswersError`` with every problem found, those of ``fill`` among them.

    ``recall`` finds secrets whose variable is not set. Those at the key paths ``spared`` may be missing: a ``MissingSecret``
    stands in their place.
    """
    path = expanded(path, str(path))
    text = read_text(path, clean(str(path), 400))
    folder = _folder_of(path)
    return load_text(text, clean(str(path)), folder, environment, steps, fill, recall=recall, spared=spared)


def _folder_of(path: Path) -> Path:
    """Return the folder that relative paths count from: that of the file, the current one where the answers come through a pipe."""
    try:
        return path.resolve().parent if path.is_file() else Path.cwd()
    except OSError:
        return path.parent


def load_text(
    text: str,
    name: str,
    folder: Path,
    environment: Mapping[str, str] = os.environ,
    steps: tuple[Step, ...] = STEPS,
    fill: Fill | None = None,
    *,
    recall: Recall | None = None,
    spared: Collection[str] = (),
    resolver: Resolver | None = None,
) -> Loaded:
    """Read the text of an answers file as ``load`` does; ``name`` stands in messages; raises ``InvalidAnswersError``."""
    try:
        document = toml_document(text)
    except (ValueError, RecursionError) as fault:
        hint = _("Quote texts, and close every bracket.")
        raise InvalidAnswersError((Problem(name, _("is not TOML: {reason}.").format(reason=_why(fault)), hint),)) from None
    reader = _Reader(resolver or Resolver(environment, folder), steps)
    answers = reader.read(document)
    if fill is not None:
        answers, problems = fill(answers, folder)
        reader.problems += problems
    answers = reader.completed(answers, recall, spared)
    if reader.problems:
        raise InvalidAnswersError((*reader.problems, *_further(answers, reader.problems, reader.guessed)))
    return Loaded(answers, tuple(reader.notes))


_LONG_KEY = re.compile(
    r"""(?:^[ \t\[]*|[{,][ \t]*)(?:(?:[\w-]{1,200}|"[^"\n]{0,200}"|'[^'\n]{0,200}')[ \t]*\.[ \t]*){64}""", re.MULTILINE
)
"""A key with too many parts: the time of the standard library's reader grows with the square of their number."""


def toml_document(text: str) -> dict[str, Any]:
    """Read TOML; raises ``ValueError`` or ``RecursionError``, quickly also for input that is made to take long."""
    if _LONG_KEY.search(text):
        raise RecursionError
    return tomllib.loads(text)


def _why(fault: ValueError | RecursionError) -> str:
    if isinstance(fault, RecursionError):
        return _("it is nested too deeply")
    if isinstance(fault, tomllib.TOMLDecodeError):
        return clean(str(fault), 200)
    return _("it holds a number that is too large")


def _further(answers: Answers, known: Iterable[Problem], guessed: set[str]) -> tuple[Problem, ...]:
    """Return what else is missing or malformed, so that one run reports everything; not what is already reported under another name."""
    said = {problem.path for problem in known} | guessed
    found = problems_for_file(infer(answers))
    return tuple(
        problem
        for problem in found
        if problem.rule in ("required", "form")
        and not any(
            problem.path == path
            or problem.path.startswith((f"{path}.", f"{path}["))
            # an address whose password cannot be read is not missing
            or path.startswith(f"{problem.path}.")
            for path in said
        )
    )


class _Reader:
    def __init__(self, resolver: Resolver, steps: tuple[Step, ...]) -> None:
        self.resolver = resolver
        self.answers = new_answers(steps)
        self.fields = {path: field for path, field in self.answers.fields.items() if field.in_file}
        self.tables = self.answers.tables
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.guessed: set[str] = set()
        self.references: dict[str, Reference] = {}
        self.unset: dict[str, Problem] = {}
        self.secret_places: set[str] = set()
        self.open_places: dict[str, str] = {}

    def read(self, document: dict[str, Any]) -> Answers:
        version = document.pop("schema", SCHEMA)
        if not isinstance(version, int) or isinstance(version, bool) or abs(version) > _LARGEST_NUMBER:
            self._wrong("schema", _("a whole number"), version)
        elif version > SCHEMA or version < 1:
            problem = Problem(
                "schema",
                _("{version} is not known to this version.").format(version=version),
                _("Use an nbcluster that writes this schema."),
            )
            raise InvalidAnswersError((problem,))
        self._table(document, "")
        self._keep_closed()
        self._take_apart()
        return self.answers

    def completed(self, answers: Answers, recall: Recall | None, spared: Collection[str]) -> Answers:
        """Return the answers with the secrets whose variable is not set as far as they are found, and with all references."""
        for path, problem in self.unset.items():
            found = recall(answers, path) if recall is not None else Recalled(None)
            if found.text is not None:
                answers = self._put(answers, path, found.text)
            elif path not in spared:
                self.problems.append(replace(problem, message=f"{problem.message} {found.why}".rstrip()))
        for path, reference in self.references.items():
            if path in answers:
                answers = answers.with_reference(path, reference)
        return answers

    def _put(self, answers: Answers, path: str, text: str) -> Answers:
        parent = path.removesuffix(".password")
        field = self.fields.get(path)
        if field is None:
            url = answers.url(parent)
            return answers if url is None else answers.with_(parent, url.with_password(Secret(text)), Source.FILE)
        value = self._address(field, path, text, None) if field.kind is FieldKind.URL else Secret(text)
        return answers.with_(path, value, Source.FILE)

    def _take_apart(self) -> None:
        """Distribute the parts of a text that holds several answers, unless the file says something else there."""
        for path, field in self.fields.items():
            if field.compound is not None and path in self.answers:
                for part, value in self._parts(field, path, self.answers.text(path), self.fields, self.answers).items():
                    self.answers = self.answers.with_(part, value, Source.FILE)
        for path, table in self.tables.items():
            columns = {column.path: column for column in table.columns}
            rows = list(self.answers.rows(path))
            for index, row in enumerate(rows):
                for column in table.columns:
                    text = row.get(column.path)
                    if column.compound is not None and isinstance(text, str):
                        prefix = f"{path}[{index}]."
                        rows[index] = row.with_(**self._parts(column, f"{prefix}{column.path}", text, columns, row, prefix))
            if tuple(rows) != self.answers.rows(path):
                self.answers = self.answers.with_(path, tuple(rows), Source.FILE)

    def _parts(
        self,
        field: Field,
        path: str,
        text: str,
        siblings: Mapping[str, Field],
        present: Answers | Row,
        prefix: str = "",
    ) -> dict[str, Value]:
        try:
            found = taken_apart(field, text, self.answers, siblings)
        except FieldError as fault:
            self.problems.append(Problem(path, f"{fault}.", rule="form"))
            return {}
        if found is None:
            return {}
        values: dict[str, Value] = {part: value for part, value in found.values if value is not None}
        other = [part for part, value in values.items() if part != field.path and part in present and present[part] != value]
        if other:
            names = ", ".join(f"{prefix}{part}" for part in other)
            message = _("holds an answer to {names} as well, where the file says something else.").format(names=names)
            self.problems.append(Problem(path, message, _("Write each answer under its own key.")))
            return {}
        message = _("holds several answers, and is read as {parts}.").format(parts=parts_of(found, siblings, labels=False))
        if found.left:
            message += " " + _("Not taken: {names}.").format(names=clean(", ".join(found.left), 200))
        message = " ".join((message, *(clean(sentence, 300) for sentence in found.said)))
        self.notes.append(Problem(path, message, _("Write each answer under its own key."), Severity.WARNING, "compound"))
        return values

    def _table(self, table: dict[str, Any], prefix: str) -> None:
        for key, raw in table.items():
            path = f"{prefix}{key}"
            if path in self.fields:
                value = self._value(self.fields[path], path, raw)
                self._refer(path, raw, value)
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
        near = nearest(path[len(prefix) :], siblings, 0.5)
        guess = f"{prefix}{near}" if near else nearest(path, known)
        self.guessed.add(guess)
        hint = (
            _("Did you mean {name}?").format(name=guess) if guess else _("Known here: {names}.").format(names=", ".join(siblings))
        )
        self.problems.append(Problem(shown, _("is not a known key."), hint))

    def _rows(self, table: Table, raw: Any) -> None:
        if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
            self._wrong(table.path, _("a list of tables ([[{path}]])").format(path=table.path), raw)
            return
        columns = {c.path: c for c in table.columns}
        if len(raw) > _MOST_ROWS:
            problem = Problem(table.path, _("has more than {count} rows.").format(count=_MOST_ROWS), _("Write fewer."))
            self.problems.append(problem)
            return
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

    def _refer(self, path: str, raw: Any, value: Value) -> None:
        """Remember the reference that a secret was read through."""
        is_pair = isinstance(raw, dict) and "url" in raw
        if path in self.unset or isinstance(value, Secret) or (isinstance(value, Url) and value.password is not None):
            inner = raw.get("password", raw["url"]) if is_pair else raw
            found = reference_of(inner, whole=not (is_pair and "password" in raw))
            if found is not None:
                self.references[path] = found

    def _open(self, path: str, raw: Any) -> str | None:
        """Return the text of an answer that is shown in files and messages."""
        if (place := place_of(raw)) is not None:
            self.open_places[path] = place
        return self.resolver.text(path, raw)

    def _keep_closed(self) -> None:
        """Refuse answers that are shown and come from where a secret is, by its name or because a secret answer is read there too."""
        for path, place in self.open_places.items():
            if place in self.secret_places or is_secret_name(place.rpartition("/")[2].removesuffix(".txt")):
                message = _(
                    "is read from {place}, which holds a secret by its name or for another key; this answer is shown in files and messages."
                )
                hint = _("Write the answer itself, or take it from another variable.")
                self.problems.append(Problem(path, message.format(place=clean(place, 120)), hint, rule="open-secret"))
                self.answers = self.answers.without(path) if path in self.fields else self.answers

    def _secret(self, path: str, raw: Any) -> str | MissingSecret | None:
        """Return the text of a secret; one whose variable is not set is looked for when all else is known."""
        if (place := place_of(raw)) is not None:
            self.secret_places.add(place)
        try:
            return self.resolver.text(path, raw)
        except UnsetVariable as fault:
            self.unset[path] = fault.problem
            return MissingSecret("", path)

    def _typed(self, field: Field, path: str, raw: Any) -> Value:
        if isinstance(raw, int) and abs(raw) > _LARGEST_NUMBER:
            self.problems.append(Problem(path, _("is a number that is too large."), _("Write a smaller one.")))
            return None
        match field.kind:
            case FieldKind.INTEGER:
                return raw if isinstance(raw, int) and not isinstance(raw, bool) else self._wrong(path, _("a whole number"), raw)
            case FieldKind.BOOLEAN:
                return raw if isinstance(raw, bool) else self._wrong(path, _("true or false"), raw)
            case FieldKind.MULTI:
                return self._list(path, raw)
            case FieldKind.URL:
                return self._url(field, path, raw)
        if field.numeric and isinstance(raw, int) and not isinstance(raw, bool):
            return str(raw)
        is_secret = field.kind in (FieldKind.SECRET, FieldKind.KEY)
        text = self._secret(path, raw) if is_secret else self._open(path, raw)
        if isinstance(text, MissingSecret):
            return text
        if text is None:
            return self._wrong(path, _('a text, {{ env = "NAME" }} or {{ file = "PATH" }}').format(), raw)
        if field.kind is FieldKind.SECRET or (field.kind is FieldKind.KEY and text not in field.words):
            if "\x00" in text:
                self.problems.append(Problem(path, _("contains a NUL character."), _("Take it out.")))
                return None
            return Secret(text)
        is_compound = field.compound is not None and field.compound(text.strip()) is not None
        if holds_password(text) and not is_compound:
            message = _("holds an address with a password inside, which would be shown with the other answers.")
            self.problems.append(Problem(path, message, _("Write only what is asked; the password has a key of its own.")))
            return None
        return text

    def _list(self, path: str, raw: Any) -> tuple[str, ...] | None:
        if not isinstance(raw, list):
            self._wrong(path, _("a list of texts"), raw)
            return None
        texts = [self._open(f"{path}[{i}]", item) for i, item in enumerate(raw)]
        if any(text is None for text in texts):
            self._wrong(path, _("a list of texts"), raw)
        return tuple(text for text in texts if text is not None)

    def _url(self, field: Field, path: str, raw: Any) -> Url | None:
        if isinstance(raw, dict) and "url" in raw:
            extra = [key for key in raw if key not in ("url", "password")]
            for key in extra:
                self._unknown(f"{path}.{key}", f"{path}.", (f"{path}.url", f"{path}.password"))
            url = self.resolver.text(f"{path}.url", raw["url"])
            password = self._secret(f"{path}.password", raw["password"]) if "password" in raw else None
            if url is None or (password is None and "password" in raw):
                self._wrong(f"{path}.{'url' if url is None else 'password'}", _("a text or a reference"), raw.get("password"))
                return None
            return self._address(field, path, url, Secret(password) if isinstance(password, str) else password)
        text = self._secret(path, raw)
        if isinstance(text, MissingSecret):
            return None
        if text is None:
            self._wrong(path, _("an address, a reference, or {{ url = …, password = … }}").format(), raw)
            return None
        return self._address(field, path, text, None) if text else None

    def _address(self, field: Field, path: str, text: str, password: Secret | None) -> Url:
        url = parse_address(field, text, password)
        if lacks_scheme(field, text):
            message = _("has no scheme, and is read as {address}.").format(address=clean(url.masked, 200))
            hint = _("Write it with its scheme.")
            self.notes.append(Problem(path, message, hint, Severity.WARNING, "scheme"))
        return url

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
