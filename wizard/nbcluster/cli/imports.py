"""``import``: the answers that an existing installation's file gives."""

from __future__ import annotations

import argparse
import sys

from nbcluster.cli.output import print_json, talk
from nbcluster.errors import ExitCode


def import_(options: argparse.Namespace) -> int:
    """Print the answers that a file of an existing installation gives, secrets as references; the report goes to stderr."""
    from nbcluster.answers.answers import Source
    from nbcluster.answers.file import dump
    from nbcluster.answers.flow import infer
    from nbcluster.answers.importer.disk import import_path, import_stream
    from nbcluster.answers.importer.report import as_json, lines
    from nbcluster.steps import new_answers
    from nbcluster.text import language

    name = str(options.file)
    imported = import_stream(sys.stdin.buffer, "<stdin>") if name == "-" else import_path(options.file, name)
    answers = new_answers().with_("output.language", language(), Source.IMPORTED)
    for path, value in imported.changes:
        answers = answers.with_(path, value, Source.IMPORTED)
    text = dump(infer(answers))
    if options.json:
        print_json(as_json(imported, text))
        return ExitCode.OK
    for line in lines(imported):
        talk(line)
    sys.stdout.write(text)
    return ExitCode.OK
