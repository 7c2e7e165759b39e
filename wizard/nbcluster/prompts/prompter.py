"""The protocol of a face: showing text and asking six kinds of questions; and the commands that may be typed instead of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from nbcluster.answers.environment import assignments
from nbcluster.text.clean import clean

LONGEST_LINE = 4000
"""Longest line that is shown, in characters."""


class Command(StrEnum):
    """An entry that is no answer; the value is what is typed."""

    HELP = "?"
    BACK = "<"
    STEPS = ":s"
    LEAVE = ":q"


class Commanded(Exception):
    """A person typed a command where an answer was asked."""

    def __init__(self, command: Command) -> None:
        super().__init__(command.name)
        self.command = command


class PastedText(Exception):
    """Lines of an env file stand where an answer was asked; ``text`` may hold secrets."""

    def __init__(self, text: str) -> None:
        super().__init__(PastedText.__name__)
        self.text = text


CLEAR = "-"
"""The entry that takes an answer back to its default."""


class Tone(StrEnum):
    """How a text is meant; faces with colours may show it, the words say it anyway."""

    NORMAL = "normal"
    TITLE = "title"
    WARNING = "warning"
    PROBLEM = "problem"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Option:
    """One of several answers, in words of the active language."""

    value: str
    label: str
    why: str = ""


class Prompter(Protocol):
    """A face.

    Every ``ask`` raises ``Commanded`` for a command, ``PastedText`` for lines of an env file, ``EOFError`` at the end of input and
    ``KeyboardInterrupt`` for ctrl+c.
    """

    @property
    def width(self) -> int:
        """Columns that a line may have."""

    def show(self, text: str = "", tone: Tone = Tone.NORMAL) -> None:
        """Show lines of text as they are, what a terminal would act on made visible."""

    def ask_text(self, prompt: str, default: str = "") -> str:
        """Return a typed line; nothing typed is the empty text, ``default`` is only shown."""

    def ask_address(self, prompt: str, default: str = "") -> str:
        """Return a typed address; a password inside it is not seen while it is typed."""

    def ask_secret(self, prompt: str) -> str:
        """Return a line that was typed unseen."""

    def ask_choice(self, prompt: str, options: Sequence[Option], default: str | None = None) -> str:
        """Return the value of the chosen option; without a default there is none to accept by Enter."""

    def ask_multi(self, prompt: str, options: Sequence[Option], chosen: Sequence[str]) -> tuple[str, ...]:
        """Return the values of the ticked options, in their order."""

    def ask_bool(self, prompt: str, default: bool) -> bool:
        """Return what a question of yes or no was answered with; nothing typed is ``default``."""


def command_of(text: str) -> Command | None:
    """Return the command that a typed line is, when it is nothing else."""
    typed = text.strip()
    return next((command for command in Command if command.value == typed), None)


def understood(text: str) -> str:
    """Return what was typed; raises ``Commanded`` for a command and ``PastedText`` for lines of an env file."""
    command = command_of(text)
    if command is not None:
        raise Commanded(command)
    if assignments(text):
        from nbcluster.answers.importer.pasted import is_environment

        if is_environment(text):
            raise PastedText(text)
    return text


def safe(text: str) -> str:
    """Return text that a terminal shows and does not act on, line by line."""
    return "\n".join(clean(line, LONGEST_LINE) for line in text.split("\n"))
