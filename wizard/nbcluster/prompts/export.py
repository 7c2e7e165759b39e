"""The export as questions: one act of writing, then what was written and what to do next."""

from __future__ import annotations

from nbcluster.answers.answers import Answers
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.files.export import ExportResult
from nbcluster.prompts.asker import Asker
from nbcluster.prompts.prompter import Tone
from nbcluster.report import fault_lines, misgivings, told_lines, warning_lines, written_lines
from nbcluster.text import _
from nbcluster.wizard import Wizard


class Export:
    """Writes the files after confirmation."""

    def __init__(self, wizard: Wizard, asker: Asker) -> None:
        self.wizard = wizard
        self.asker = asker

    def ask(self) -> bool:
        """Ask, then write the files; returns whether they are written."""
        try:
            outlook = self.wizard.outlook()
        except NbclusterError as fault:
            say_fault(self.asker, fault, self.wizard.answers)
            return False
        folder, edited = outlook.directory, outlook.edited
        changes = [path for path, _lines in outlook.changes]
        self.asker.show("\n".join(f"  {path}" for path in changes) or "  " + _("nothing changes"))
        for problem in edited:
            self.asker.problem(problem, self.wizard.answers)
        checks = self.wizard.tally()
        for line in misgivings(checks):
            self.asker.say(line, Tone.PROBLEM)
        if not self.asker.yes(_("Write to {folder}?").format(folder=folder), not checks.fail):
            return False
        try:
            self._report(self._written())
        except NbclusterError as fault:
            say_fault(self.asker, fault, self.wizard.answers)
            return False
        return True

    def _written(self) -> ExportResult:
        """Write, after one more question where the folder is not this user's alone."""
        from nbcluster.files.write import UnsafeFolderError

        try:
            return self.wizard.export()
        except UnsafeFolderError as doubt:
            for problem in doubt.problems:
                self.asker.problem(problem, self.wizard.answers)
            if not self.asker.yes(_("Others could change or redirect what is written there. Write anyway?"), False):
                raise NbclusterError(ExitCode.UNWRITABLE, _("Nothing was written.")) from None
        return self.wizard.export(trust=True)

    def _report(self, outcome: ExportResult) -> None:
        head, *files = written_lines(outcome)
        self.asker.say(head, Tone.GOOD)
        first, *warnings = warning_lines(outcome) or [""]
        if first:
            self.asker.say(first, Tone.WARNING)
        for line in warnings:
            self.asker.say(line.strip(), indent="  ")
        for line in files:
            self.asker.show(line)
        for line in told_lines(self.wizard.told(outcome)):
            self.asker.say(line)


def say_fault(asker: Asker, fault: NbclusterError, answers: Answers) -> None:
    """Show what went wrong; an error of the writing itself says what happened to the files."""
    if fault.code is not ExitCode.UNWRITABLE:
        asker.say(_("Nothing was written."), Tone.PROBLEM)
    asker.refuse(*fault_lines(fault, answers))
