"""``schema``: the JSON Schema of the answers file."""

from __future__ import annotations

import argparse

from nbcluster.cli.output import print_json
from nbcluster.errors import ExitCode


def schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of the answers file."""
    from nbcluster.answers.file import json_schema

    print_json(json_schema())
    return ExitCode.OK
