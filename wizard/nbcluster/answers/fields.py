"""What can be asked: one declaration per answer, from which files, screens and environment variables are composed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from nbcluster.answers.secret import MASK, Secret
from nbcluster.answers.url import Url, holds_password, parse_url
from nbcluster.text import _
from nbcluster.text.clean import code_point, refused

if TYPE_CHECKING:
    from nbcluster.answers.answers import Answers


class Row(Mapping[str, "Value"]):
    """One line of a table, frozen: column name to value.

    A row that stands in answers knows the ``columns`` of its table, and ``get`` raises ``KeyError`` for any other name.
    """

    __slots__ = ("_cells", "_columns")

    def __init__(self, cells: Mapping[str, Value], columns: frozenset[str] | None = None) -> None:
        self._cells = dict(cells)
        self._columns = columns

    def __getitem__(self, column: str) -> Value:
        return self._cells[column]

    def get(self, column: str, default: Value = None) -> Value:  # type: ignore[override]  # a row has one type of value
        """Return a cell, or the default where it is empty; raises ``KeyError`` for a name that is no column of the table."""
        if self._columns is not None and column not in self._columns:
            raise KeyError(column)
        return self._cells.get(column, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and self._cells == other._cells

    def __hash__(self) -> int:
        return hash(tuple(sorted((k, repr(v)) for k, v in self._cells.items())))

    def __repr__(self) -> str:
        return f"Row({self._cells!r})"

    def with_(self, **cells: Value) -> Row:
        """Return the row with some cells replaced."""
        return Row({**self._cells, **cells}, self._columns)

    def in_table(self, columns: frozenset[str]) -> Row:
        """Return the row as one of a table with these columns."""
        return self if self._columns == columns else Row(self._cells, columns)

    @property
    def title(self) -> Value:
        """What a row is called: its name or its id, None where it has neither."""
        return self._cells.get("name") or self._cells.get("id")


Value = str | int | bool | Secret | Url | tuple[str, ...] | tuple[Row, ...] | None


class FieldKind(StrEnum):
    """How a value is typed and shown; each front end dispatches on it."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    MULTI = "multi"
    SECRET = "secret"  # noqa: S105 - the name of a kind, no password
    URL = "url"
    KEY = "key"
    """A secret that may also be one of the field's words (``generate``, ``keep``, ``from-storage``), or a literal."""
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to answer; ``label`` and ``why`` are message ids, ``others`` are older values that mean the same."""

    value: str
    label: str
    why: str = ""
    others: tuple[str, ...] = ()

    def means(self, value: Value) -> bool:
        """Tell whether a value is this answer."""
        return value == self.value or value in self.others


@dataclass(frozen=True, slots=True)
class Compound:
    """What a text means that holds several answers at once.

    ``values`` by key path (in a table by column); None resets an answer to its default. ``left`` names what no field takes,
    ``said`` are sentences on what means something else here.
    """

    values: tuple[tuple[str, Value], ...]
    left: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


def _always(_answers: Answers) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    ``path`` is its key path in the answers file. ``label``, ``why`` (why it is asked), ``otherwise`` (what goes wrong with a bad value)
    and ``pattern_hint`` are message ids. ``variable`` is the environment variable it ends in. ``in_file`` is False for what only the
    wizard and its session know, ``in_form`` for what only the file knows. ``numeric`` texts may stand as numbers in the file.
    ``reserved`` choices are legal and refused by a rule in its own words. ``stands_for`` is the key of the file that a wizard-only
    field answers for, ``nodes[].cores`` for that column of every row. ``words`` are what a key may be beside a literal. ``default``,
    ``choices`` and ``required`` may depend on the
    other answers; ``applies`` says whether the question makes sense at all.
    """

    path: str
    kind: FieldKind
    label: str
    why: str = ""
    otherwise: str = ""
    variable: str = ""
    default: Value | Callable[[Answers], Value] = None
    required: bool | Callable[[Answers], bool] = False
    applies: Callable[[Answers], bool] = _always
    choices: tuple[Choice, ...] | Callable[[Answers], tuple[Choice, ...]] = ()
    minimum: int | None = None
    maximum: int | None = None
    pattern: str = ""
    pattern_hint: str = ""
    placeholder: str = ""
    in_file: bool = True
    in_form: bool | Callable[[Answers], bool] = True
    numeric: bool = False
    reserved: tuple[str, ...] = ()
    stands_for: str = ""
    words: tuple[str, ...] = ()
    compound: Callable[[str], Compound | None] | None = None
    """Splits a text that holds more than this answer, as copied from elsewhere; returns None for any other text."""
    no_answer: Callable[[str], str] | None = None
    """Returns why a text cannot be the answer although its form is right; "" where it can."""
    scheme: str = ""
    """Scheme of an address that is typed without one."""
    guess: bool = False
    """Its default is unconfirmed: it is written to an answers file only after somebody has accepted it, with Enter for example."""
    section: str = ""
    """Heading above the field in a form, a message id; fields of one section follow each other."""
    short: str = ""
    """Label below that heading, at most 11 columns wide, a message id; empty where ``label`` itself is as short."""
    advanced: bool = False
    """Rarely needed: hidden in a form until asked for."""
    beside: bool = False
    """Short enough to share the row of the field before it."""
    length: int = 0
    """Columns that a typical answer needs; 0 where the kind decides."""
    all_label: str = ""
    """What ticks every choice at once is called, a message id; for kind MULTI."""
    example: bool = False
    """Whether ``placeholder`` could be mistaken for an answer and has to be marked as an example."""
    personal: bool = False
    """Not required, but only a person knows it: while it is empty, its step is not skipped."""

    @property
    def heading_label(self) -> str:
        """The label below the heading of the section, a message id; empty where the heading says it already."""
        return self.short or ("" if self.label == self.section else self.label)

    @property
    def column(self) -> str:
        """The last part of the key path."""
        return self.path.rsplit(".", 1)[-1]

    def default_for(self, answers: Answers) -> Value:
        """Return the default that holds among the given answers."""
        return self.default(answers) if callable(self.default) else self.default

    def choices_for(self, answers: Answers) -> tuple[Choice, ...]:
        """Return the choices that are open among the given answers."""
        return self.choices(answers) if callable(self.choices) else self.choices

    def required_for(self, answers: Answers) -> bool:
        """Tell whether the given answers need this one."""
        return self.required(answers) if callable(self.required) else self.required

    def in_form_for(self, answers: Answers) -> bool:
        """Tell whether forms ask this one among the given answers."""
        return self.applies(answers) and (self.in_form(answers) if callable(self.in_form) else self.in_form)


@dataclass(frozen=True, slots=True)
class Table:
    """A list of rows under one key (``nodes``); ``columns`` are fields whose path is the column name."""

    path: str
    label: str
    columns: tuple[Field, ...]
    can_add: bool = True
    in_form: bool | Callable[[Answers], bool] = True

    def in_form_for(self, answers: Answers) -> bool:
        """Tell whether forms ask this one among the given answers."""
        return self.in_form(answers) if callable(self.in_form) else self.in_form


class FieldError(ValueError):
    """A typed text that is not a value of its field; the message says what to type instead."""


def parse(field: Field, text: str) -> Value:
    """Turn typed text into the field's value; empty text is None; raises ``FieldError``."""
    if field.kind is FieldKind.SECRET or field.kind is FieldKind.KEY:
        return _parse_secret(field, text)
    text = text.strip()
    if text == "" and field.kind is not FieldKind.MULTI:
        return None
    match field.kind:
        case FieldKind.INTEGER:
            return _integer(field, text)
        case FieldKind.BOOLEAN:
            if text.lower() in ("true", "yes", "y", "1", "on"):
                return True
            if text.lower() in ("false", "no", "n", "0", "off"):
                return False
            raise FieldError(_("answer yes or no"))
        case FieldKind.URL:
            return parse_address(field, text)
        case FieldKind.MULTI:
            check_characters(text)
            return tuple(part.strip() for part in text.split(",") if part.strip())
        case _:
            check_text(field, text)
            return text


_BARE_ADDRESS = re.compile(r"(?:\S*@)?(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::[0-9]{1,5})?(?:/\S*)?\Z")


def parse_address(field: Field, text: str, password: Secret | None = None) -> Url:
    """Read an address; one without a scheme, as in ``10.0.0.5:6379``, is given that of the field."""
    return parse_url(f"{field.scheme}://{text.strip()}" if lacks_scheme(field, text) else text, password)


def lacks_scheme(field: Field, text: str) -> bool:
    """Tell whether a text is an address of the field's kind that lacks only its scheme."""
    return bool(field.scheme) and "://" not in text and _BARE_ADDRESS.match(text.strip()) is not None


def _parse_secret(field: Field, text: str) -> Value:
    if text == "":
        return None
    if "\x00" in text or "\n" in text or "\r" in text:
        raise FieldError(_("a password cannot contain a line break or NUL: take it out"))
    if text in field.words:
        return text
    return Secret(text)


def _integer(field: Field, text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise FieldError(_("must be a whole number"))
    number = int(text)
    check_range(field, number)
    return number


def check_range(field: Field, number: int) -> None:
    """Raise ``FieldError`` when a number is outside the field's limits."""
    low, high = field.minimum, field.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        if low is not None and high is not None:
            raise FieldError(_("must be between {low} and {high}").format(low=low, high=high))
        raise FieldError(
            _("must be at least {low}").format(low=low) if low is not None else _("must be at most {high}").format(high=high)
        )


def check_text(field: Field, text: str) -> None:
    """Raise ``FieldError`` when a text has an invisible character, contains a password, or does not have the field's form."""
    check_characters(text)
    check_openness(text)
    if field.pattern and not re.fullmatch(field.pattern, text):
        raise FieldError(_(field.pattern_hint))


def check_openness(text: str) -> None:
    """Raise ``FieldError`` for a text with a password inside, which would be shown with the other answers."""
    if holds_password(text):
        raise FieldError(_("holds an address with a password inside: write only what is asked, the password has its own field"))


def check_characters(text: str) -> None:
    """Raise ``FieldError`` for a character that no answer may hold: one that is invisible or reverses the direction of text."""
    char = refused(text)
    if char:
        message = _("contains {code_point}, an invisible character: type it again without")
        raise FieldError(message.format(code_point=code_point(char)))


def display(value: Any) -> str:
    """Return a value as a person reads it, secrets masked."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, tuple):
        return ", ".join(str(v) for v in value)
    return str(value)
