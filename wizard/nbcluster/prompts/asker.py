"""Asks a question until it is answered: help is shown and the question repeated, other commands end it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from nbcluster.answers.answers import Answers
from nbcluster.errors import Problem, Severity
from nbcluster.prompts.prompter import Command, Commanded, Option, Prompter, Tone
from nbcluster.report import problem_line
from nbcluster.text import _
from nbcluster.text.layout import wrap

T = TypeVar("T")
HelpText = Callable[[], str]


class Back(Exception):
    """Go back to the question before."""


class Steps(Exception):
    """Show the list of steps."""


class Leave(Exception):
    """Leave the wizard; what was answered is saved."""


class GoTo(Exception):
    """Go on at another step."""

    def __init__(self, step_id: str) -> None:
        super().__init__(step_id)
        self.step_id = step_id


def no_help() -> str:
    """Return the help of a question that has none of its own."""
    return _("? help   < back   :s list of steps   - takes an answer back   :q save and leave")


_WAYS: dict[Command, type[Exception]] = {Command.BACK: Back, Command.STEPS: Steps, Command.LEAVE: Leave}


class Asker:
    """A face, with commands understood."""

    def __init__(self, prompter: Prompter) -> None:
        self.prompter = prompter

    def say(self, text: str = "", tone: Tone = Tone.NORMAL, indent: str = "") -> None:
        """Show a text folded to the width of the terminal."""
        self.prompter.show(wrap(text, self.prompter.width, indent), tone)

    def show(self, text: str, tone: Tone = Tone.NORMAL) -> None:
        """Show lines as they are."""
        self.prompter.show(text, tone)

    def problem(self, problem: Problem, answers: Answers) -> None:
        """Show one problem, behind its sign, with the label of its answer."""
        error = problem.severity is Severity.ERROR
        self.say(problem_line(problem, answers), Tone.PROBLEM if error else Tone.WARNING, indent="  ")

    def refuse(self, *messages: str) -> None:
        """Show why something was not accepted."""
        for message in messages:
            self.say(f"!! {message}", Tone.PROBLEM, indent="  ")

    def text(self, prompt: str, default: str = "", help_: HelpText = no_help) -> str:
        """Ask for a line; ``default`` is what stands there."""
        return self._ask(lambda: self.prompter.ask_text(prompt, default), help_)

    def address(self, prompt: str, default: str = "", help_: HelpText = no_help) -> str:
        """Ask for an address, whose password is not seen."""
        return self._ask(lambda: self.prompter.ask_address(prompt, default), help_)

    def secret(self, prompt: str, help_: HelpText = no_help) -> str:
        """Ask for a line that is not seen."""
        return self._ask(lambda: self.prompter.ask_secret(prompt), help_)

    def choice(self, prompt: str, options: Sequence[Option], default: str | None = None, help_: HelpText = no_help) -> str:
        """Ask for one of several."""
        return self._ask(lambda: self.prompter.ask_choice(prompt, options, default), help_)

    def multi(self, prompt: str, options: Sequence[Option], chosen: Sequence[str], help_: HelpText = no_help) -> tuple[str, ...]:
        """Ask for some of several."""
        return self._ask(lambda: self.prompter.ask_multi(prompt, options, chosen), help_)

    def yes(self, prompt: str, default: bool, help_: HelpText = no_help) -> bool:
        """Ask for yes or no."""
        return self._ask(lambda: self.prompter.ask_bool(prompt, default), help_)

    def _ask(self, question: Callable[[], T], help_: HelpText) -> T:
        while True:
            try:
                return question()
            except Commanded as typed:
                if typed.command is not Command.HELP:
                    raise _WAYS[typed.command] from None
            self.say(help_(), indent="    ")
