"""The one way of the commands to a terminal: whatever is printed passes here, and nothing that a terminal would act on comes out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from nbcluster.clean import escaped_json, made_visible


class CleanStream:
    """A text stream in front of another one: what is written has its control, format and surrogate characters made visible."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write a text; line feeds stay. Returns the number of characters that were given."""
        self.stream.write(made_visible(text, lines=True))
        return len(text)

    def writelines(self, lines: Iterator[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def clean_streams() -> Iterator[None]:
    """Let standard output and standard error pass through ``CleanStream``, also what libraries write."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, CleanStream(stream)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


@contextmanager
def face_streams() -> Iterator[None]:
    """Give a face the terminal itself: it moves the cursor, and cleans its own text."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (stream.stream if isinstance(stream, CleanStream) else stream for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def print_json(document: Any) -> None:
    """Print one JSON document on stdout, every character that a terminal would act on as an escape."""
    import json

    sys.stdout.write(escaped_json(json.dumps(document, ensure_ascii=False, indent=2)) + "\n")
