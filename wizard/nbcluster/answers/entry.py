"""Typed text: a complete entry is checked, split and completed; a draft is saved while it is still being typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbcluster.answers import flow
from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.fields import Compound, Field, FieldError, FieldKind, Row, Table, Value, lacks_scheme, parse
from nbcluster.answers.host import HOST, may_be_password
from nbcluster.answers.url import Url
from nbcluster.errors import InvalidAnswersError
from nbcluster.system.inputfile import expanded
from nbcluster.text import _
from nbcluster.text.clean import clean


@dataclass(frozen=True)
class Entry:
    """The answers with a text taken, and a sentence that explains the result where it differs from the text."""

    answers: Answers
    notice: str = ""


def with_answer(answers: Answers, path: str, value: Value) -> Answers:
    """Return answers with one of them typed; None or an empty text goes back to the default."""
    return answers.without(path) if value is None or value == "" else answers.with_(path, value, Source.TYPED)


def ticks_of(field: Field, answers: Answers) -> list[str]:
    """Return the words of an answer as the choices of its field name them: a plugin without the prefix of its package."""
    return [word.rsplit("/plugin-", 1)[-1] for word in answers.words(field.path)]


def field_entry(field: Field, text: str, answers: Answers, before: Url | None) -> Entry:
    """Take a text for a field; raises ``FieldError`` with the sentence to show under it.

    ``before`` is the address that stood in the field: what the text leaves out of it stays.
    """
    parts, value = _meaning(field, text, answers, answers.fields)
    if parts is not None:
        for path, part in parts.values:
            answers = answers.without(path) if part is None else answers.with_(path, part, Source.TYPED)
        return Entry(answers, _notice(parts, answers.fields))
    if field.kind is FieldKind.PATH and isinstance(value, str):
        _require_path(field, value)
    if not isinstance(value, Url):
        return Entry(with_answer(answers, field.path, value))
    value = value.completed(before)
    # a password that came with its address is taken literally, whatever characters it has
    value = value if value.password is None else value.with_password(value.password)
    notice = _("Read as {address}.").format(address=clean(value.masked, 200)) if lacks_scheme(field, text) else ""
    return Entry(with_answer(answers, field.path, value), notice)


def field_draft(field: Field, text: str, answers: Answers, before: Url | None) -> Answers:
    """Take what is typed so far, if it has the form of an answer; raises ``FieldError`` where it has not.

    Nothing is taken apart, and the password of an address stays the one of ``before``.
    """
    value = _checked(field, text, answers)
    if isinstance(value, Url):
        # a half-typed address may show another user name, or none: the earlier one is not lost
        value = value.with_password(before.password if before is not None else None).completed(before)
    return with_answer(answers, field.path, value)


def cell_entry(table: Table, index: int, column: Field, text: str, answers: Answers) -> Entry:
    """Take a text for one cell of a table; raises ``FieldError`` with the sentence to show."""
    columns = {each.path: each for each in table.columns}
    parts, value = _meaning(column, text, answers, columns)
    if parts is not None:
        return Entry(_with_cells(table, index, parts.values, answers), _notice(parts, columns))
    return Entry(_with_cell(table, index, column, value, answers))


def cell_draft(table: Table, index: int, column: Field, text: str, answers: Answers) -> Answers:
    """Take what is typed so far into one cell; raises ``FieldError`` where that has not the form of an answer."""
    return _with_cell(table, index, column, _checked(column, text, answers), answers)


def _meaning(field: Field, text: str, answers: Answers, siblings: Mapping[str, Field]) -> tuple[Compound | None, Value]:
    """Return the several answers that a text holds, or the one that it is."""
    parts = flow.taken_apart(field, text, answers, siblings)
    return (parts, None) if parts is not None else (None, _checked(field, text, answers))


def _checked(field: Field, text: str, answers: Answers) -> Value:
    if (field.pattern == HOST or field.scheme) and may_be_password(text):
        raise FieldError(_("looks like a password, not a host name: write host names in lower case, or add the port"))
    try:
        value = parse(field, text)
        if value is not None:
            flow.check_value(field, value, answers)
    except FieldError as fault:
        why = field.no_answer(text.strip()) if field.no_answer is not None else ""
        raise FieldError(why or fault) from None
    return value


def _require_path(field: Field, path: str) -> None:
    try:
        expanded(path, field.path)
    except InvalidAnswersError as refused:
        raise FieldError(f"{refused.problems[0].message} {refused.problems[0].hint}") from None


def _with_cell(table: Table, index: int, column: Field, value: Value, answers: Answers) -> Answers:
    rows = list(answers.rows(table.path))
    cells = {name: cell for name, cell in rows[index].items() if name != column.path}
    rows[index] = Row(cells if value is None else {**cells, column.path: value})
    return with_answer(answers, table.path, tuple(rows))


def _with_cells(table: Table, index: int, values: Iterable[tuple[str, Value]], answers: Answers) -> Answers:
    rows = list(answers.rows(table.path))
    rows[index] = rows[index].with_(**dict(values))
    return with_answer(answers, table.path, tuple(rows))


def _notice(parts: Compound, siblings: Mapping[str, Field]) -> str:
    said = _("Split into: {parts}.").format(parts=clean(flow.parts_of(parts, siblings), 400))
    ignored = [_("Not taken: {names}.").format(names=clean(", ".join(parts.left), 200))] if parts.left else []
    return " ".join((said, *(clean(sentence, 300) for sentence in parts.said), *ignored))
