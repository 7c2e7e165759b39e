"""The sequence of the steps, and every way to leave it."""

from __future__ import annotations

import errno

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import Field, Table
from nbcluster.answers.secret import Secret
from nbcluster.errors import ExitCode, Problem, errors
from nbcluster.prompts.asker import Asker, Back, GoTo, Leave, Steps
from nbcluster.prompts.checks import Checks
from nbcluster.prompts.export import Export
from nbcluster.prompts.prompter import Option, PastedText, Prompter, Tone
from nbcluster.prompts.questions import Questions
from nbcluster.prompts.review import Review
from nbcluster.prompts.session import choose_session
from nbcluster.prompts.tables import Tables
from nbcluster.report import SIGNS, label_of
from nbcluster.steps import Step, StepFace
from nbcluster.system.signals import Ended, ending_signals, held_signals
from nbcluster.text import _
from nbcluster.wizard import LOST_SECRET, Wizard

_UNASKED, _FOLDED, _UNFOLDED = "unasked", "folded", "unfolded"
"""Whether what is rarely needed is asked: not decided yet, no, yes."""

_TERMINAL_GONE = (errno.EIO, errno.EPIPE, errno.EBADF)
"""Errors of writing to a closed terminal, whose signal comes later or not at all."""


def run_dialogue(wizard: Wizard | None, prompter: Prompter) -> int:
    """Ask everything; returns the exit code. The session is saved on every way out."""
    with ending_signals():
        try:
            return int(_outcome(wizard, Asker(prompter)))
        except Ended as ended:
            return int(ended.code)


def _outcome(wizard: Wizard | None, asker: Asker) -> ExitCode:
    try:
        wizard = wizard or choose_session(asker)
        if wizard is not None:
            Dialogue(wizard, asker).run()
    except EOFError:
        return ExitCode.OK
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except OSError as fault:
        if fault.errno not in _TERMINAL_GONE:
            raise
        return ExitCode.HANGUP
    finally:
        with held_signals():
            if wizard is not None:
                wizard.close()
    return ExitCode.OK


class Dialogue:
    """One run through the steps."""

    def __init__(self, wizard: Wizard, asker: Asker) -> None:
        self.wizard = wizard
        self.asker = asker
        self.questions = Questions(wizard, asker)
        self.tables = Tables(wizard, asker)

    def run(self) -> None:
        """Ask step after step until the files are written or the user leaves."""
        if self.wizard.simulated:
            self.asker.say(_("SIMULATED: nothing here is real"), Tone.WARNING)
            self.asker.say(_("Type a host such as refused.demo, password.demo or replica.demo to see a check fail."))
        at: str | None = self.wizard.current
        try:
            self._missing()
            while at is not None:
                at = self._from(at)
        except Leave:
            self.asker.say(_("saved; `nbcluster setup --session {name}` goes on").format(name=self.wizard.name))

    def _from(self, step_id: str) -> str | None:
        """Ask one step; returns the id of the next one, or None at the end."""
        step = self.wizard.step(step_id)
        self.wizard.visit(step_id)
        self._title(step)
        try:
            if self._step(step):
                return self.wizard.following(step_id)
            return step_id
        except Back:
            return self.wizard.previous_of(step_id) or step_id
        except GoTo as there:
            return there.step_id
        except PastedText as pasted:
            self._paste(pasted)
            return step_id
        except Steps:
            return self._choose_step(step_id)

    def _title(self, step: Step) -> None:
        number = [s.id for s in self.wizard.steps].index(step.id) + 1
        place = _("step {number} of {total}").format(number=number, total=len(self.wizard.steps))
        self.asker.show("")
        self.asker.say(f"== {_(step.title)} — {place} ==", Tone.TITLE)
        self.asker.say(_(step.why), indent="  ")

    def _step(self, step: Step) -> bool:
        """Ask what a step asks; returns whether it is done."""
        if step.face is StepFace.BOARD:
            Checks(self.wizard, self.asker).ask()
            return True
        if step.face is StepFace.REVIEW:
            Review(self.wizard, self.asker).ask()
            return True
        self._form(step)
        return Export(self.wizard, self.asker).ask() if step.face is StepFace.EXPORT else True

    def _form(self, step: Step) -> None:
        brief = self.wizard.is_brief and step.face is StepFace.FORM
        asked = [i.path for i in self._items(step, _FOLDED) if self.wizard.is_answered(i.path)] if brief else []
        folded = _FOLDED if brief else _UNASKED
        while True:
            item = next((i for i in self._items(step, folded) if i.path not in asked), None)
            if item is None and folded is _UNASKED:
                try:
                    folded = self._unfolded(step)
                except Back:
                    if not asked:
                        raise
                    asked.pop()
                continue
            if item is None:
                wrong = self._wrong(step)
                if not wrong:
                    return
                asked = [path for path in asked if not any(_belongs(problem, path) for problem in wrong)]
                if all(i.path in asked for i in self._items(step, folded)) and not self._go_on():
                    asked = []
                elif all(i.path in asked for i in self._items(step, folded)):
                    return
                continue
            try:
                if isinstance(item, Table):
                    self.tables.ask(item)
                else:
                    self.questions.ask(item)
                asked.append(item.path)
            except Back:
                if not asked:
                    raise
                asked.pop()
            except PastedText as pasted:
                before = self.wizard.answers
                self._paste(pasted)
                asked += [i.path for i in self._items(step, folded) if _is_filled(i.path, before, self.wizard.answers)]

    def _paste(self, pasted: PastedText) -> None:
        for sentence in self.wizard.paste(pasted.text):
            self.asker.say(sentence, indent="  ")

    def _items(self, step: Step, folded: str) -> list[Field | Table]:
        """Return what is asked; what is rarely needed only where it is wanted, or has an error."""
        wrong = [] if folded is _UNFOLDED else errors(self.wizard.problems(step))
        fields = [
            field
            for field in self.wizard.fields(step)
            if not field.advanced or folded is _UNFOLDED or any(_belongs(problem, field.path) for problem in wrong)
        ]
        return [*fields, *self.wizard.tables(step)]

    def _unfolded(self, step: Step) -> str:
        """Ask whether what is rarely needed is to be asked, too."""
        rare = [_(field.short or field.label) for field in self.wizard.fields(step) if field.advanced]
        if not rare:
            return _UNFOLDED
        question = _("Rarely needed: {labels}. Change any of them?").format(labels=", ".join(rare))
        return _UNFOLDED if self.asker.yes(question, False) else _FOLDED

    def _wrong(self, step: Step) -> list[Problem]:
        """Show what is wrong in a step and return its errors."""
        problems = self.wizard.problems(step)
        for problem in problems:
            self.asker.problem(problem, self.wizard.answers)
        for note in step.notes(self.wizard.answers):
            self.asker.say(note, indent="    ")
        for line in self.wizard.lines(step):
            self.asker.show(f"    {line}")
        # a postponed secret does not hold up this step: the export asks for it
        return [problem for problem in errors(problems) if problem.rule != LOST_SECRET]

    def _go_on(self) -> bool:
        """Ask about errors that no question of this step can fix."""
        return self.asker.yes(_("Go on anyway? Nothing is written while this is wrong."), True)

    def _choose_step(self, present: str) -> str:
        options = [
            Option(step.id, f"{SIGNS[self.wizard.state(step)]} {_(step.title)}")
            for step in self.wizard.steps
            if step.applies(self.wizard.answers)
        ]
        try:
            return self.asker.choice(_("Which step?"), options, present)
        except (Back, Steps):
            return present
        except PastedText as pasted:
            self._paste(pasted)
            return present

    def _missing(self) -> None:
        paths = self.wizard.missing()
        if paths:
            self.asker.say(_("A session stores no secret. Type these again; the rest is as you left it."))
        while paths:
            path = paths[0]
            try:
                typed = self.asker.secret(label_of(self.wizard.answers, path))
            except (Back, Steps):
                return
            except PastedText as pasted:
                self._paste(pasted)
                paths = self.wizard.missing()
                continue
            if typed:
                secret = Secret(typed)
                if not self.wizard.recognises(path, secret):
                    self.asker.say(
                        _("Not the same as before: {labels}.").format(labels=label_of(self.wizard.answers, path)), Tone.WARNING
                    )
                    if not self._insists():
                        continue
                self.wizard.set_secret(path, secret)
            rest = self.wizard.missing()
            if rest == paths and not typed:
                return
            paths = rest

    def _insists(self) -> bool:
        try:
            return self.asker.yes(_("Use it anyway?"), False)
        except (Back, PastedText):
            return False


def _is_filled(path: str, before: Answers, after: Answers) -> bool:
    return path in after and (path not in before or before[path] != after[path])


def _belongs(problem: Problem, path: str) -> bool:
    return problem.path == path or problem.path.startswith((f"{path}[", f"{path}."))
