"""Questions through questionary; commands are typed in a line, or chosen at the end of a list."""

from __future__ import annotations

import getpass
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

import questionary
from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from questionary import Choice, Separator

from nbcluster.answers.url import veiled
from nbcluster.prompts.dialogue import run_dialogue
from nbcluster.prompts.prompter import Command, Commanded, Option, Tone, safe, understood
from nbcluster.text import _
from nbcluster.wizard import Wizard

_STYLES = {
    Tone.NORMAL: "",
    Tone.TITLE: "bold",
    Tone.WARNING: "ansiyellow",
    Tone.PROBLEM: "ansired bold",
    Tone.GOOD: "ansigreen",
}
_YES = ("y", "yes")
_NO = ("n", "no")


class LinePrompter:
    """A face of prompts, one below the other."""

    @property
    def width(self) -> int:
        """Columns that a line may have."""
        return max(40, shutil.get_terminal_size().columns - 1)

    def show(self, text: str = "", tone: Tone = Tone.NORMAL) -> None:
        """Show lines in the colour of their tone."""
        questionary.print(safe(text), style=_STYLES[tone] or None)

    def ask_text(self, prompt: str, default: str = "") -> str:
        """Return a typed line; the password of an address inside it is shown as dots."""
        return _line(prompt, default, Veil(address=False))

    def ask_address(self, prompt: str, default: str = "") -> str:
        """Return a typed address; what may be a password is shown as dots."""
        return _line(prompt, default, Veil(address=True))

    def ask_secret(self, prompt: str) -> str:
        """Return a line that was typed unseen; questionary would show a star for each character."""
        typed = getpass.getpass(safe(f"> {prompt}: "))
        return understood(typed)

    def ask_choice(self, prompt: str, options: Sequence[Option], default: str | None = None) -> str:
        """Return the value of the chosen option."""
        choices = _choices(options)
        chosen = next((choice for choice in choices if choice.value == default), None)
        question = questionary.select(
            safe(prompt), [*choices, Separator(" "), *_commands()], default=chosen, qmark=">", instruction=" ", use_jk_keys=False
        )
        _bind(question, {})
        value: Any = question.unsafe_ask()
        if isinstance(value, Command):
            raise Commanded(value)
        return str(value)

    def ask_multi(self, prompt: str, options: Sequence[Option], chosen: Sequence[str]) -> tuple[str, ...]:
        """Return the values of the ticked options."""
        choices = _choices(options)
        for choice in choices:
            choice.checked = choice.value in chosen
        instruction = _("(space ticks, Enter goes on; ? help, < back, s steps, q save and leave)")
        question = questionary.checkbox(safe(prompt), choices, qmark=">", instruction=instruction, use_jk_keys=False)
        _bind(question, {"s": Command.STEPS, "q": Command.LEAVE})
        ticked: Any = question.unsafe_ask()
        if isinstance(ticked, Command):
            raise Commanded(ticked)
        return tuple(str(value) for value in ticked)

    def ask_bool(self, prompt: str, default: bool) -> bool:
        """Return yes or no; a line, so that commands can be typed."""
        while True:
            typed = _typed(questionary.text(safe(f"{prompt} [{'Y/n' if default else 'y/N'}]"), qmark=">")).strip().lower()
            if not typed:
                return default
            if typed in (*_YES, *_NO):
                return typed in _YES
            self.show(_("type y or n"), Tone.PROBLEM)


class Veil(Processor):
    """Draws dots in place of what may be a password while it is typed."""

    def __init__(self, *, address: bool) -> None:
        self.address = address

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Return the typed line as it may be seen; every character keeps its place."""
        typed = fragment_list_to_text(transformation_input.fragments)
        return Transformation([("", veiled(typed, address=self.address))])


def _line(prompt: str, default: str, veil: Veil) -> str:
    shown = f" [{default}]" if default else ""
    return _typed(questionary.text(safe(f"{prompt}{shown}"), qmark=">", input_processors=[veil]))


def _choices(options: Sequence[Option]) -> list[Choice]:
    return [Choice(safe(option.label), value=option.value) for option in options]


def _commands() -> list[Choice]:
    words = {
        Command.HELP: _("? help"),
        Command.BACK: _("< back"),
        Command.STEPS: _(":s list of steps"),
        Command.LEAVE: _(":q save and leave"),
    }
    return [Choice(word, value=command) for command, word in words.items()]


def _typed(question: questionary.Question) -> str:
    typed: str = question.unsafe_ask()
    return understood(typed)


def _bind(question: questionary.Question, more: Mapping[str, Command]) -> None:
    """Let single keys give commands where nothing can be typed."""
    bindings = question.application.key_bindings
    assert isinstance(bindings, KeyBindings)
    # questionary binds ctrl+c in lists, not the signal, which prompt_toolkit delivers as a key.
    bindings.add(Keys.SIGINT, eager=True)(_interrupt)
    bindings.add(Keys.ControlD, eager=True)(_end)
    for key, command in {"?": Command.HELP, "<": Command.BACK, **more}.items():

        def leave(event: KeyPressEvent, command: Command = command) -> None:
            event.app.exit(result=command)

        bindings.add(key, eager=True)(leave)


def _interrupt(event: KeyPressEvent) -> None:
    event.app.exit(exception=KeyboardInterrupt)


def _end(event: KeyPressEvent) -> None:
    event.app.exit(exception=EOFError)


def run_line(wizard: Wizard | None) -> int:
    """Ask everything by line prompts; returns the exit code. Without a wizard it asks first which session."""
    return run_dialogue(wizard, LinePrompter())
