"""What a probe found, as data: a status, a code of the catalogue and the values of its sentence."""

from __future__ import annotations

from dataclasses import dataclass

Value = str | int
LONGEST_VALUE = 300
MOST_VALUES = 16


@dataclass(frozen=True)
class Finding:
    """One verdict; ``elapsed_ms`` is set where the probe knows better than the clock around it."""

    status: str
    code: str
    params: dict[str, Value]
    elapsed_ms: int | None = None


class Stop(Exception):
    """A stage ends with a verdict from deep inside."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


class DeadlineReached(BaseException):
    """The time of the whole target is over; no client may swallow this."""


class Flood(BaseException):
    """A server sent more than any honest answer holds; no client may swallow this."""


def ok(code: str, **params: Value) -> Finding:
    """Return that all is well."""
    return Finding("ok", code, params)


def warn(code: str, **params: Value) -> Finding:
    """Return that it works, and what is not as it should be."""
    return Finding("warn", code, params)


def fail(code: str, **params: Value) -> Finding:
    """Return that it answered or refused, and cannot work."""
    return Finding("fail", code, params)


def error(code: str, **params: Value) -> Finding:
    """Return that nothing can be said."""
    return Finding("error", code, params)


def skip(code: str, **params: Value) -> Finding:
    """Return that it cannot be tested here."""
    return Finding("skip", code, params)


def text(value: object, limit: int = LONGEST_VALUE) -> str:
    """Return outside data as text of bounded length; what a terminal would act on is cleaned where it is shown."""
    if isinstance(value, bytes | bytearray):
        value = bytes(value[: limit * 4]).decode("utf-8", "backslashreplace")
    if not isinstance(value, str | int | float):
        value = type(value).__name__
    return str(value)[:limit].encode("utf-8", "backslashreplace").decode("utf-8")


def bounded(params: dict[str, Value]) -> dict[str, Value]:
    """Return values that fit on one line of the pipe."""
    kept = list(params.items())[:MOST_VALUES]
    return {name: value if isinstance(value, int) else text(value) for name, value in kept}
