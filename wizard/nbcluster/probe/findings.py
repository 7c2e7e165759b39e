"""A finding of a probe, as data: a code of the catalogue and the values of its text."""

from __future__ import annotations

from dataclasses import dataclass

from nbcluster.catalogue import status_of
from nbcluster.catalogue.model import StatusName

FindingValue = str | int
LONGEST_VALUE = 300
MOST_VALUES = 16


@dataclass(frozen=True)
class Finding:
    """One verdict; ``elapsed_ms`` is set where the probe knows better than the clock around it."""

    code: str
    params: dict[str, FindingValue]
    elapsed_ms: int | None = None

    @property
    def status(self) -> StatusName:
        """What the code means, as the catalogue says."""
        return status_of(self.code)


class Stop(Exception):
    """Ends a stage with a verdict from inside a nested call."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


class DeadlineReached(BaseException):
    """The time of the whole target is over; no client may swallow this."""


class Flood(BaseException):
    """A server sent more than any honest answer holds; no client may swallow this."""


def verdict(code: str, **params: FindingValue) -> Finding:
    """Return a finding; the catalogue has the status and the words of its code."""
    return Finding(code, params)


def text(value: object, limit: int = LONGEST_VALUE) -> str:
    """Return outside data as text of bounded length; what a terminal would act on is cleaned where it is shown."""
    if isinstance(value, bytes | bytearray):
        value = bytes(value[: limit * 4]).decode("utf-8", "backslashreplace")
    if not isinstance(value, str | int | float):
        value = type(value).__name__
    return str(value)[:limit].encode("utf-8", "backslashreplace").decode("utf-8")


def bounded(params: dict[str, FindingValue]) -> dict[str, FindingValue]:
    """Return values that fit on one line of the pipe."""
    kept = list(params.items())[:MOST_VALUES]
    return {name: value if isinstance(value, int) else text(value) for name, value in kept}
