"""Nodes pasted as a list: one ``[name] host[:port]`` per line."""

from __future__ import annotations

from nbcluster.answers import Answers
from nbcluster.fields import Field, FieldError, Row, Table, Value, parse
from nbcluster.flow import check_value
from nbcluster.text import _


def read_rows(table: Table, text: str, answers: Answers) -> tuple[Row, ...]:
    """Return the rows that pasted lines mean; raises ``FieldError`` with the number of the line that is wrong."""
    columns = {c.path: c for c in table.columns}
    rows: list[Row] = []
    for number, line in enumerate((part.strip() for part in text.replace(",", "\n").splitlines()), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        name, place = (words[0], words[1]) if len(words) > 1 else (f"node{len(rows) + 1}", words[0])
        host, _colon, port = place.partition(":")
        typed = {"name": name, "host": host, "port": port or (words[2] if len(words) > 2 else "")}
        try:
            rows.append(
                Row({key: value for key, text_ in typed.items() if (value := _cell(columns[key], text_, answers)) is not None})
            )
        except FieldError as fault:
            raise FieldError(_("line {number}: {fault}").format(number=number, fault=fault)) from None
    if not rows:
        raise FieldError(_("no node in it: write one per line, as in: node1 172.31.0.1"))
    return tuple(rows)


def _cell(column: Field, text: str, answers: Answers) -> Value:
    value = parse(column, text)
    if value is not None:
        check_value(column, value, answers)
    return value
