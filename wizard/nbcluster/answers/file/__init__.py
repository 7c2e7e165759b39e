"""The answers file (TOML): read with every fault named, written without secrets, described as a JSON Schema."""

from __future__ import annotations

from nbcluster.answers.file.dump import dump, secret_variable, unwritten, written_fields
from nbcluster.answers.file.load import Loaded, Recall, Recalled, load, load_text
from nbcluster.answers.file.schema import json_schema
from nbcluster.answers.file.secrets import Variables, fill_secrets, read_secrets, unused_names

__all__ = [
    "Loaded",
    "Recall",
    "Recalled",
    "Variables",
    "dump",
    "fill_secrets",
    "json_schema",
    "load",
    "load_text",
    "read_secrets",
    "secret_variable",
    "unused_names",
    "unwritten",
    "written_fields",
]
