"""Review and export as questions: everything once more, one act of writing, what to do next."""

from __future__ import annotations

from nbcluster.answers.flow import step_for
from nbcluster.checks.board import Tally
from nbcluster.controller import Controller, ExportResult
from nbcluster.errors import ExitCode, NbclusterError, Problem, Severity
from nbcluster.prompts.asking import Asker, Back, GoTo
from nbcluster.prompts.checks import Checks
from nbcluster.prompts.prompter import Option, Tone
from nbcluster.text import _, ngettext


def packed(outcome: ExportResult) -> list[str]:
    """Return what became of the archive."""
    if outcome.bundle is None:
        return []
    lines = [_("packed into {path}").format(path=outcome.bundle)]
    if outcome.left_out:
        lines.append(_("left out of it, because they hold secrets: {paths}").format(paths=", ".join(outcome.left_out)))
    return [f"  {line}" for line in lines]


def verdict(errors: int, checks: Tally, progress: str) -> list[str]:
    """Return what stands in the way, in a few lines: errors forbid writing, checks that failed or were not judged never do."""
    lines = []
    if errors:
        text = ngettext(
            "{count} error to mend before anything is written", "{count} errors to mend before anything is written", errors
        )
        lines.append(text.format(count=errors))
    if checks.fail:
        text = ngettext(
            "{count} check failed: the files can be written, but what it found keeps the cluster from working.",
            "{count} checks failed: the files can be written, but what they found keeps the cluster from working.",
            checks.fail,
        )
        lines.append(text.format(count=checks.fail))
    if checks.error:
        text = ngettext("{count} check could not be judged.", "{count} checks could not be judged.", checks.error)
        lines.append(text.format(count=checks.error))
    if checks.waiting:
        lines.append(progress)
    return lines


def progress_of(checks: Tally) -> str:
    """Return how many targets have no result of the present answers."""
    text = ngettext(
        "{count} of {total} targets without a result yet", "{count} of {total} targets without a result yet", checks.waiting
    )
    return text.format(count=checks.waiting, total=checks.targets)


def misgivings(checks: Tally) -> list[str]:
    """Return what is to be said once more before files are written that checks speak against."""
    lines = []
    if checks.fail:
        text = ngettext("{count} check failed: write all the same?", "{count} checks failed: write all the same?", checks.fail)
        lines.append(text.format(count=checks.fail))
    if checks.error:
        text = ngettext("{count} check could not be judged.", "{count} checks could not be judged.", checks.error)
        lines.append(text.format(count=checks.error))
    if checks.waiting:
        lines.append(progress_of(checks))
    return lines


class Closing:
    """The last two steps."""

    def __init__(self, controller: Controller, asker: Asker) -> None:
        self.controller = controller
        self.asker = asker

    def review(self) -> None:
        """Show rules, picture and checks, then ask until the user goes on; raises ``Back``, ``Steps``, ``Leave`` or ``GoTo``."""
        checks = Checks(self.controller, self.asker)
        while True:
            checks.run_stale()
            problems = self._problems()
            self.asker.show("\n".join(self.controller.topology()))
            checks.show()
            options = [Option("go", _("go on"))]
            options += [Option("mend", _("go to where something can be mended"))] if problems or checks.bad() else []
            options += [Option("files", _("show a file")), Option("diff", _("show what would change on disk"))]
            options += [Option("check", _("run all checks again"))] if self.controller.targets() else []
            chosen = self.asker.choice(_("Review"), options, "go")
            if chosen == "go":
                return
            try:
                self._act(chosen, problems, checks)
            except Back:
                continue
            except NbclusterError as fault:
                self.say_fault(fault)

    def _act(self, chosen: str, problems: list[Problem], checks: Checks) -> None:
        if chosen == "mend":
            self._mend(problems, checks)
        elif chosen == "check":
            checks.run(self.controller.targets())
        elif chosen == "diff":
            changes = self.controller.diff()
            text = "\n".join(line.rstrip("\n") for _path, lines in changes for line in lines)
            self.asker.show(text or _("Nothing would change in {folder}.").format(folder=self.controller.directory))
        else:
            pages = dict(self.controller.preview())
            path = self.asker.choice(_("Which one?"), [Option(name, name) for name in pages])
            self.asker.show(pages[path].rstrip("\n"))

    def _mend(self, problems: list[Problem], checks: Checks) -> None:
        ways = [(f"{p.path}: {p.message}", step_for(p, self.controller.answers)) for p in problems]
        ways += [(f"{r.id}: {r.summary}", self.controller.step_of_check(r.id)) for r in checks.bad()]
        options = [Option(str(number), text) for number, (text, _step) in enumerate(ways)]
        _text, step = ways[int(self.asker.choice(_("Which one?"), options))]
        if step is not None:
            raise GoTo(step.id)

    def _problems(self) -> list[Problem]:
        problems = sorted(self.controller.all_problems(), key=lambda p: p.severity is not Severity.ERROR)
        grave = sum(p.severity is Severity.ERROR for p in problems)
        for problem in problems:
            error = problem.severity is Severity.ERROR
            self.asker.say(f"{'!!' if error else '! '} {problem.line()}", Tone.PROBLEM if error else Tone.WARNING, indent="  ")
        checks = self.controller.tally()
        bad = bool(grave or checks.fail or checks.error)
        for line in verdict(grave, checks, progress_of(checks)) or [_("Nothing stands in the way.")]:
            self.asker.say(line, Tone.PROBLEM if bad else Tone.WARNING if checks.waiting else Tone.GOOD)
        return problems

    def export(self) -> bool:
        """Ask, then write the files; returns whether they are written."""
        try:
            outlook = self.controller.outlook()
        except NbclusterError as fault:
            self.say_fault(fault)
            return False
        folder, edited = outlook.directory, outlook.edited
        changes = [path for path, _lines in outlook.changes]
        self.asker.show("\n".join(f"  {path}" for path in changes) or "  " + _("nothing changes"))
        for problem in edited:
            self.asker.say(f"!  {problem.line()}", Tone.WARNING, indent="  ")
        checks = self.controller.tally()
        for line in misgivings(checks):
            self.asker.say(line, Tone.PROBLEM)
        if not self.asker.yes(_("Write to {folder}?").format(folder=folder), not checks.fail):
            return False
        try:
            self._report(self._written())
        except NbclusterError as fault:
            self.say_fault(fault)
            return False
        return True

    def _written(self) -> ExportResult:
        """Write, after one more question where the folder is not this user's alone."""
        from nbcluster.files.write import UnsafeFolderError

        try:
            return self.controller.export()
        except UnsafeFolderError as doubt:
            for problem in doubt.problems:
                self.asker.say(f"!  {problem.line()}", Tone.WARNING, indent="  ")
            if not self.asker.yes(_("Others could change or redirect what is written there. Write all the same?"), False):
                raise NbclusterError(ExitCode.UNWRITABLE, _("Nothing was written.")) from None
        return self.controller.export(trust=True)

    def say_fault(self, fault: NbclusterError) -> None:
        """Say what went wrong; a fault of the writing itself tells what became of the files."""
        if fault.code is not ExitCode.UNWRITABLE:
            self.asker.say(_("Nothing was written."), Tone.PROBLEM)
        for line in (fault.message, *(problem.line() for problem in fault.problems)):
            if line:
                self.asker.say(f"!! {line}", Tone.PROBLEM, indent="  ")

    def _report(self, outcome: ExportResult) -> None:
        done = outcome.result
        self.asker.say(_("Written to {folder}").format(folder=outcome.directory), Tone.GOOD)
        for path in done.written:
            self.asker.show(f"  {(outcome.directory / path).stat().st_mode & 0o777:04o}  {path}")
        if done.unchanged:
            same = len(done.unchanged)
            self.asker.show("  " + ngettext("{count} file unchanged", "{count} files unchanged", same).format(count=same))
        for path in done.removed:
            self.asker.show("  " + _("removed: {path}").format(path=path))
        for path in done.kept:
            self.asker.show("  " + _("kept, because it was edited: {path}").format(path=path))
        if done.backups:
            self.asker.say(_("what was there before is in {folder}").format(folder=outcome.directory / "backups"), indent="  ")
        for line in packed(outcome):
            self.asker.show(line)
        if outcome.warnings:
            self.asker.say(_("Warnings left:"), Tone.WARNING)
            for problem in outcome.warnings:
                self.asker.say(f"!  {problem.line()}", indent="  ")
        self.asker.say(_("What to do next:"), Tone.TITLE)
        for number, text in enumerate(outcome.next_steps, 1):
            self.asker.say(f"{number}. {text}", indent="  ")
