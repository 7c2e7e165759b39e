"""Writes docs/answers.md: ``python -m nbcluster.answers.file.pages [FILE]``."""

from __future__ import annotations

import sys
from pathlib import Path

from nbcluster.answers.fields import Field, FieldKind
from nbcluster.steps import STEPS, Step, new_answers, tables_by_path
from nbcluster.text.layout import table_cell

_INTRODUCTION = """\
# Keys of the answers file

Written by `python -m nbcluster.answers.file.pages` from the declarations that the wizard asks by; `nbcluster schema` prints the same as
JSON Schema. How the file is made and used: [the answers file](reference/answers-file.md). `schema = 1` stands at the top. Any text may be a
reference: `{ env = "NAME" }` or `{ file = "path" }`, relative to the answers file.
"""
_KINDS = {
    FieldKind.TEXT: "text",
    FieldKind.INTEGER: "number",
    FieldKind.BOOLEAN: "true or false",
    FieldKind.CHOICE: "one of",
    FieldKind.MULTI: "list of texts",
    FieldKind.SECRET: "secret",
    FieldKind.URL: 'address, or `{ url = "...", password = "..." }`',
    FieldKind.KEY: "secret, or one of",
    FieldKind.PATH: "path",
}


def document(steps: tuple[Step, ...] = STEPS) -> str:
    """Return the whole page in Markdown, in English."""
    lines = [_INTRODUCTION]
    tables = tables_by_path(steps)
    for step in steps:
        fields = [field for field in step.fields if field.in_file]
        own = [tables[table.path] for table in step.tables if tables[table.path].columns and _first(steps, table.path) is step]
        if fields or own:
            lines += [f"## {step.title}", ""]
        if fields:
            lines += [*_table([(field.path, field) for field in fields]), ""]
        for table in own:
            lines += [f"Each `[[{table.path}]]`:", "", *_table([(column.path, column) for column in table.columns]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _first(steps: tuple[Step, ...], path: str) -> Step:
    return next(step for step in steps if any(table.path == path for table in step.tables))


def _table(fields: list[tuple[str, Field]]) -> list[str]:
    rows = ["| key | value | default | variable | why |", "|---|---|---|---|---|"]
    return rows + [
        f"| `{path}` | {_value(field)} | {_default(field)} | {f'`{field.variable}`' if field.variable else ''} | {table_cell(_why(field))} |"
        for path, field in fields
    ]


def _value(field: Field) -> str:
    open_list = field.kind is FieldKind.MULTI
    values = field.words or tuple(choice.value for choice in field.choices_for(new_answers()))
    words = "" if open_list else ", ".join(f"`{value}`" for value in values)
    return f"{_KINDS[field.kind]} {words}".rstrip()


def _default(field: Field) -> str:
    if field.guess:
        return ""
    if callable(field.default):
        return "follows from other answers"
    value = field.default
    if value is None or value == ():
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _why(field: Field) -> str:
    return " ".join(part for part in (field.why, field.otherwise) if part)


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/answers.md")
    path.write_text(document(), encoding="utf-8", newline="\n")
