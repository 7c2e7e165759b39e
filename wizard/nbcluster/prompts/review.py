"""The review as questions: rules, drawing, checks and files, and the way to the step of each problem."""

from __future__ import annotations

from nbcluster.answers.flow import step_for
from nbcluster.errors import NbclusterError, Problem, Severity, errors
from nbcluster.prompts.asker import Asker, Back, GoTo
from nbcluster.prompts.checks import Checks
from nbcluster.prompts.export import say_fault
from nbcluster.prompts.prompter import Option, Tone
from nbcluster.report import label_of, progress_of, verdict
from nbcluster.text import _
from nbcluster.wizard import Wizard


class Review:
    """Shows everything that is about to be written."""

    def __init__(self, wizard: Wizard, asker: Asker) -> None:
        self.wizard = wizard
        self.asker = asker

    def ask(self) -> None:
        """Show rules, picture and checks, then ask until the user goes on; raises ``Back``, ``Steps``, ``Leave`` or ``GoTo``."""
        checks = Checks(self.wizard, self.asker)
        while True:
            checks.run_stale()
            problems = self._problems()
            self.asker.show("\n".join(self.wizard.topology()))
            checks.show()
            options = [Option("go", _("go on"))]
            options += [Option("fix", _("go to where something can be fixed"))] if problems or checks.bad() else []
            options += [Option("files", _("show a file")), Option("diff", _("show what would change on disk"))]
            options += [Option("check", _("run all checks again"))] if self.wizard.targets() else []
            chosen = self.asker.choice(_("Review"), options, "go")
            if chosen == "go":
                return
            try:
                self._act(chosen, problems, checks)
            except Back:
                continue
            except NbclusterError as fault:
                say_fault(self.asker, fault, self.wizard.answers)

    def _act(self, chosen: str, problems: list[Problem], checks: Checks) -> None:
        if chosen == "fix":
            self._mend(problems, checks)
        elif chosen == "check":
            checks.run(self.wizard.targets())
        elif chosen == "diff":
            outlook = self.wizard.outlook()
            for problem in outlook.edited:
                self.asker.problem(problem, self.wizard.answers)
            text = "\n".join(line.rstrip("\n") for _path, lines in outlook.changes for line in lines)
            self.asker.show(text or _("Nothing would change in {folder}.").format(folder=outlook.directory))
        else:
            pages = dict(self.wizard.preview())
            path = self.asker.choice(_("Which one?"), [Option(name, name) for name in pages])
            self.asker.show(pages[path].rstrip("\n"))

    def _mend(self, problems: list[Problem], checks: Checks) -> None:
        ways = [(f"{label_of(self.wizard.answers, p.path)}: {p.message}", step_for(p, self.wizard.answers)) for p in problems]
        ways += [(f"{r.id}: {r.summary}", self.wizard.step_of_check(r.id)) for r in checks.bad()]
        options = [Option(str(number), text) for number, (text, _step) in enumerate(ways)]
        _text, step = ways[int(self.asker.choice(_("Which one?"), options))]
        if step is not None:
            raise GoTo(step.id)

    def _problems(self) -> list[Problem]:
        problems = sorted(self.wizard.all_problems(), key=lambda p: p.severity is not Severity.ERROR)
        for problem in problems:
            self.asker.problem(problem, self.wizard.answers)
        grave, checks = len(errors(tuple(problems))), self.wizard.tally()
        bad = bool(grave or checks.fail or checks.error)
        for line in verdict(grave, checks, progress_of(checks)) or [_("Nothing stands in the way.")]:
            self.asker.say(line, Tone.PROBLEM if bad else Tone.WARNING if checks.waiting else Tone.GOOD)
        return problems
