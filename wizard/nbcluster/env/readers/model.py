"""The readers of env files, and the fault of a text that one of them rejects or would act upon."""

from __future__ import annotations

from enum import StrEnum


class Reader(StrEnum):
    """A program that takes variables from a text; the value is its name in messages and tables."""

    DOTENV = "npm dotenv 16.4.5"
    NB = "nb"
    DOCKER = "docker --env-file"
    COMPOSE = "compose env_file"
    BASH = "bash"
    SYSTEMD = "systemd EnvironmentFile"
    KUBERNETES = "Kubernetes Secret"


class UnreadableError(ValueError):
    """The reader stops at the text, or would expand or run a part of it; the message names the construct, never the value."""


JS_SPACE = "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What JavaScript's ``trim`` and ``\\s`` take (ECMA-262, WhiteSpace and LineTerminator); Python's sets differ."""

GO_SPACE = "\t\n\v\f\r \u0085\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""What Go's ``unicode.IsSpace`` takes."""


def whole(text: str) -> str:
    """Return the text; raises ``UnreadableError`` for what no environment holds: NUL and lone surrogates."""
    if "\0" in text:
        raise UnreadableError("NUL")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnreadableError("not UTF-8") from None
    return text
