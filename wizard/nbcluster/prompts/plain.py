"""Questions in plain text: choices by number, secrets unseen."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence

from nbcluster.answers.url import holds_password, parse_url
from nbcluster.prompts.dialogue import run_dialogue
from nbcluster.prompts.prompter import CLEAR, Option, Tone, safe, understood
from nbcluster.text import _
from nbcluster.text.layout import wrap
from nbcluster.wizard import Wizard

WIDTH = 78
_NO = ("n", "no", "0")
_YES = ("y", "yes", "1")


class PlainPrompter:
    """A face without control sequences."""

    @property
    def width(self) -> int:
        """Columns that a line may have."""
        return WIDTH

    def show(self, text: str = "", tone: Tone = Tone.NORMAL) -> None:
        """Show lines without colour, and send them out at once."""
        sys.stdout.write(safe(text) + "\n")
        sys.stdout.flush()

    def ask_text(self, prompt: str, default: str = "") -> str:
        """Return a line as it was typed; ``default`` is only shown."""
        shown = f" [{default}]" if default else ""
        typed = _line(f"{prompt}{shown}: ")
        if holds_password(typed):
            # the terminal itself has echoed the line: this face sends no sequence that could take it back
            self.show(
                _("The line above shows a password: clear the screen and its scrollback when you have finished."), Tone.WARNING
            )
        return typed

    def ask_address(self, prompt: str, default: str = "") -> str:
        """Return an address that was typed unseen, because it may hold a password; what may be seen of it is shown afterwards."""
        unseen = _("not shown while you type")
        typed = self.ask_secret(f"{prompt} ({unseen})" + (f" [{default}]" if default else ""))
        if typed.strip() not in ("", CLEAR):
            self.show(f"  {parse_url(typed).address}")
        return typed

    def ask_secret(self, prompt: str) -> str:
        """Return a line that was typed unseen."""
        sys.stdout.flush()
        typed = getpass.getpass(safe(f"{prompt}: "), stream=sys.stdout)
        return understood(typed)

    def ask_choice(self, prompt: str, options: Sequence[Option], default: str | None = None) -> str:
        """Return the value of the chosen option, asked by number."""
        self._list(options, (default,) if default is not None else ())
        values = [option.value for option in options]
        place = str(values.index(default) + 1) if default in values else ""
        wanted = place or _("a number")
        while True:
            typed = _line(f"{prompt} [{wanted}]: ").strip() or place
            if typed.isdecimal() and 1 <= int(typed) <= len(values):
                return values[int(typed) - 1]
            self.show(_("type a number from 1 to {count}").format(count=len(values)))

    def ask_multi(self, prompt: str, options: Sequence[Option], chosen: Sequence[str]) -> tuple[str, ...]:
        """Return the values of the ticked options, asked by their numbers."""
        self._list(options, chosen)
        values = [option.value for option in options]
        while True:
            typed = _line(prompt + " [" + _("numbers, all or none; leave it empty to keep the ticks") + "]: ").strip()
            if not typed:
                return tuple(value for value in values if value in chosen)
            if typed in ("all", "none"):
                return tuple(values) if typed == "all" else ()
            words = typed.replace(",", " ").split()
            if all(word.isdecimal() and 1 <= int(word) <= len(values) for word in words):
                wanted = {int(word) for word in words}
                return tuple(value for number, value in enumerate(values, 1) if number in wanted)
            self.show(_("type numbers from 1 to {count}").format(count=len(values)))

    def ask_bool(self, prompt: str, default: bool) -> bool:
        """Return yes or no, asked by a letter."""
        while True:
            typed = _line(f"{prompt} [{'Y/n' if default else 'y/N'}]: ").strip().lower()
            if not typed:
                return default
            if typed in _YES or typed in _NO:
                return typed in _YES
            self.show(_("type y or n"))

    def _list(self, options: Sequence[Option], ticked: Sequence[str]) -> None:
        for number, option in enumerate(options, 1):
            sign = "*" if option.value in ticked else " "
            self.show(wrap(f"{sign} {number}. {option.label}", WIDTH, "  "))


def _line(prompt: str) -> str:
    """Read a line with ``input`` and no line editor: readline sends sequences of its own."""
    sys.stdout.write(safe(prompt))
    sys.stdout.flush()
    typed = sys.stdin.readline()
    if not typed:
        raise EOFError
    return understood(typed.rstrip("\r\n"))


def run_plain(wizard: Wizard | None) -> int:
    """Ask everything in plain text; returns the exit code. Without a wizard it asks first which session."""
    return run_dialogue(wizard, PlainPrompter())
