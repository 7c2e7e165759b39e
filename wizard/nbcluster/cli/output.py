"""Everything that the commands print goes through here.

Whatever is printed passes here: no terminal escapes are printed, and a closed or full stream ends in a sentence
and an exit code, never in a trace.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from nbcluster.errors import ExitCode, NbclusterError, reason_of
from nbcluster.text import _
from nbcluster.text.clean import clean, escaped_json, made_visible

_LONGEST_TALK = 20_000
"""Characters of one message."""


class _Stream:
    """A text stream whose control, format and surrogate characters become visible; what is not defined here is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def bare(self) -> TextIO:
        """The stream itself, for a face that moves the cursor."""
        return self._stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def writelines(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.write(line)

    def write(self, text: str) -> int:
        raise NotImplementedError


class _Data(_Stream):
    """Standard output: what cannot be written is exit 7. A reader that has gone away (``| head``) has its own, quiet, way out."""

    def write(self, text: str) -> int:
        try:
            self._stream.write(made_visible(text, lines=True))
            return len(text)
        except BrokenPipeError:
            raise
        except OSError as fault:
            raise _unwritable(fault) from None

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as fault:
            raise _unwritable(fault) from None


class _Talk(_Stream):
    """Standard error: where it is closed nobody can be told, and the work goes on."""

    def write(self, text: str) -> int:
        try:
            self._stream.write(made_visible(text, lines=True))
        except OSError:
            _give_up(self._stream)
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            _give_up(self._stream)


def _unwritable(fault: OSError) -> NbclusterError:
    reason = reason_of(fault)
    return NbclusterError(ExitCode.UNWRITABLE, _("the standard output cannot be written: {reason}.").format(reason=reason))


@contextmanager
def standard_streams() -> Iterator[None]:
    """Let the standard streams have the faults above for the length of a block, and give a number to those that are closed."""
    before = sys.stdin, sys.stdout, sys.stderr
    # a file that is opened later must not get the number of a closed stream, and with it what is meant for that
    for number, flags in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)
    # what is typed and printed is text, also where a locale has no sign for it or a name is none
    for stream in before[1:]:
        if isinstance(stream, io.TextIOWrapper):
            # this sends out what is kept back; that a stream is full is said where it is written to
            with suppress(OSError):
                stream.reconfigure(errors="backslashreplace")
    # the interpreter gives None for a stream that was closed when it started
    sys.stdin = cast("TextIO | None", before[0]) or _open(0, "r")
    sys.stdout = cast("TextIO", _Data(cast("TextIO | None", before[1]) or _open(1, "w")))
    sys.stderr = cast("TextIO", _Talk(cast("TextIO | None", before[2]) or _open(2, "w")))
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def _open(number: int, mode: str) -> TextIO:
    return cast("TextIO", os.fdopen(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False))


def finish(code: int) -> int:
    """Send out what is still kept back; returns the exit code, which is another one where that fails."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up(sys.stdout)
    except NbclusterError as fault:
        _give_up(sys.stdout)
        if code != fault.code:
            talk(f"nbcluster: {fault.message}")
        code = code if code in (ExitCode.INTERNAL, ExitCode.HANGUP, ExitCode.INTERRUPTED, ExitCode.TERMINATED) else fault.code
    sys.stderr.flush()
    return int(code)


def _give_up(stream: TextIO) -> None:
    # The interpreter flushes once more on its way out, would say so, and end with 120.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def face_streams() -> Iterator[None]:
    """Give a face the terminal itself: it moves the cursor, and cleans its own text."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (stream.bare if isinstance(stream, _Stream) else stream for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def talk(line: str | None) -> None:
    """Print a message on stderr, unless it is empty."""
    if line is not None:
        sys.stderr.write(clean(line, _LONGEST_TALK, lines=True) + "\n")


def print_json(document: Any) -> None:
    """Print one JSON document on stdout, every character that a terminal would act on as an escape."""
    import json

    sys.stdout.write(escaped_json(json.dumps(document, ensure_ascii=False, indent=2)) + "\n")
