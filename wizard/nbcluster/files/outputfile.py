"""One file of an output set, rendered and not yet written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutputFile:
    """``path`` is relative with forward slashes; ``secret`` files get mode 0600, the others 0644."""

    path: str
    data: bytes
    secret: bool = False

    @property
    def text(self) -> str:
        """The content as text."""
        return self.data.decode("utf-8")
