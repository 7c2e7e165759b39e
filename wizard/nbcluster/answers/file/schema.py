"""The JSON Schema (draft 2020-12) of the answers file, composed from the declared fields."""

from __future__ import annotations

from typing import Any

from nbcluster.answers.fields import Field, FieldKind
from nbcluster.steps import STEPS, Step, fields_by_path, new_answers, tables_by_path

_REFERENCE = {"$ref": "#/$defs/reference"}


def json_schema(steps: tuple[Step, ...] = STEPS) -> dict[str, Any]:
    """Return the schema as plain data."""
    root: dict[str, Any] = _object()
    root["properties"]["schema"] = {"const": 1}
    for path, field in fields_by_path(steps).items():
        if field.in_file:
            _place(root, path, _of(field))
    for path, table in tables_by_path(steps).items():
        row = _object()
        for column in table.columns:
            row["properties"][column.path] = _of(column)
        _place(root, path, {"type": "array", "items": row})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "nbcluster answers file",
        **root,
        "$defs": {
            "reference": {
                "description": "A text that stands elsewhere: an environment variable byte for byte, or a file without one final newline.",
                "oneOf": [_single("env"), _single("file")],
            }
        },
    }


def _single(name: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "string"}}, "required": [name], "additionalProperties": False}


def _object() -> dict[str, Any]:
    return {"type": "object", "properties": {}, "additionalProperties": False}


def _place(root: dict[str, Any], path: str, schema: dict[str, Any]) -> None:
    *parents, last = path.split(".")
    for part in parents:
        root = root["properties"].setdefault(part, _object())
    root["properties"][last] = schema


def _of(field: Field) -> dict[str, Any]:
    about = {"description": " ".join(part for part in (field.why, field.variable and f"Ends in {field.variable}.") if part)}
    match field.kind:
        case FieldKind.INTEGER:
            limits = {"minimum": field.minimum, "maximum": field.maximum}
            return {**about, "type": "integer", **{k: v for k, v in limits.items() if v is not None}}
        case FieldKind.BOOLEAN:
            return {**about, "type": "boolean"}
        case FieldKind.MULTI:
            return {**about, "type": "array", "items": {"anyOf": [{"type": "string"}, _REFERENCE]}}
        case FieldKind.URL:
            pair = _object()
            pair["properties"] = {
                "url": {"anyOf": [{"type": "string"}, _REFERENCE]},
                "password": {"anyOf": [{"type": "string"}, _REFERENCE]},
            }
            pair["required"] = ["url"]
            return {**about, "anyOf": [{"type": "string"}, _REFERENCE, pair]}
        case FieldKind.CHOICE:
            return {
                **about,
                "anyOf": [{"enum": [*(c.value for c in field.choices_for(new_answers())), *field.reserved]}, _REFERENCE],
            }
    text: dict[str, Any] = {"type": "string"}
    if field.pattern and field.kind is FieldKind.TEXT:
        text["pattern"] = f"^(?:{field.pattern.replace(chr(92) + 'Z', '$')})$"
    kinds = [text, {"type": "integer"}] if field.numeric else [text]
    if field.words:
        kinds = [{"enum": [*field.words]}, *kinds]
    return {**about, "anyOf": [*kinds, _REFERENCE]}
