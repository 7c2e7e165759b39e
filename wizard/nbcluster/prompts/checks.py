"""The connection test as questions: run, see what was found, run again, skip by name."""

from __future__ import annotations

from collections.abc import Sequence

from nbcluster.answers.targets import Target
from nbcluster.checks.board import BoardRow, not_skipped
from nbcluster.checks.results import CheckResult, Status
from nbcluster.checks.run import run_checks
from nbcluster.prompts.asker import Asker, Back
from nbcluster.prompts.prompter import Option, Tone
from nbcluster.report import word_of, worst
from nbcluster.text import _, ngettext
from nbcluster.text.layout import pad
from nbcluster.wizard import Wizard

TIMEOUT = 5.0
_TONES = {Status.WARN: Tone.WARNING, Status.FAIL: Tone.PROBLEM, Status.ERROR: Tone.PROBLEM}
_BAD = (Status.FAIL, Status.ERROR, Status.WARN)


class Checks:
    """Runs checks and shows what they found."""

    def __init__(self, wizard: Wizard, asker: Asker) -> None:
        self.wizard = wizard
        self.asker = asker

    def ask(self) -> None:
        """Test what has no result yet, then ask until the user goes on; raises ``Back``, ``Steps`` or ``Leave``."""
        if not self.wizard.targets():
            self.asker.say(_("nothing to connect to yet"))
            return
        stale = self.wizard.stale_targets()
        if stale and self.asker.yes(_("Test the connections now? Nothing on the servers is changed."), True):
            self.run(stale)
        while True:
            self.show()
            options = [Option("go", _("go on")), Option("all", _("run all again"))]
            if self.bad():
                options += [Option("bad", _("run again what is not in order")), Option("skip", _("skip one, with a reason"))]
            if self._skipped():
                options += [Option("unskip", _("undo a skip"))]
            chosen = self.asker.choice(_("Connections"), options, "go")
            if chosen == "go":
                return
            if chosen == "skip":
                self._skip()
            elif chosen == "unskip":
                self._unskip()
            else:
                self.run(self.wizard.targets() if chosen == "all" else self._bad_targets())

    def run_stale(self) -> None:
        """Run what has no result of the present answers."""
        stale = self.wizard.stale_targets()
        if stale:
            self.run(stale)

    def run(self, targets: Sequence[Target]) -> None:
        """Run the checks of targets and keep their results."""
        count = len(targets)
        self.asker.say(ngettext("Checking {count} target", "Checking {count} targets", count).format(count=count))
        board = self.wizard.board
        prints = {target.id: board.fingerprint(target) for target in targets}
        report = run_checks(targets, timeout=TIMEOUT, program=self.wizard.probe)
        for target in targets:
            mine = tuple(result for result in report.results if result.id.startswith(f"{target.id}."))
            self.wizard.record(target, prints[target.id], mine)

    def show(self) -> None:
        """Show one line per target, and what is not in order with its remedy."""
        for row in self.wizard.board_rows():
            status = worst(row.results)
            self.asker.show(f"  {pad(_word(row, status), 6)}{row.target.id}  {row.target.shown}  {_latency(row)}".rstrip())
            for result in row.results:
                if row.state == "fresh" and result.status is not Status.OK and not _depends(row, result):
                    self._finding(result)

    def _finding(self, result: CheckResult) -> None:
        tone = _TONES.get(result.status, Tone.NORMAL)
        self.asker.say(f"{pad(word_of(result.status), 6)}{result.id}  {result.summary}", tone, indent="    ")
        for text in (result.detail, *result.hint.splitlines()):
            if text:
                self.asker.say(text, indent="          ")

    def bad(self) -> list[CheckResult]:
        """Return what is not in order."""
        return [result for row in self.wizard.board_rows() for result in row.results if result.status in _BAD]

    def _bad_targets(self) -> tuple[Target, ...]:
        ids = [result.id for result in self.bad()]
        return tuple(t for t in self.wizard.targets() if any(check.startswith(f"{t.id}.") for check in ids))

    def _skip(self) -> None:
        try:
            chosen = self.asker.choice(_("Which one?"), [Option(r.id, r.id, r.summary) for r in self.bad()])
            reason = self.asker.text(_("Why is {id} skipped? The reason stands in the report.").format(id=chosen)).strip()
        except Back:
            return
        if reason and not self.wizard.skip(chosen, reason):
            self.asker.say(not_skipped(chosen), Tone.PROBLEM)

    def _skipped(self) -> list[CheckResult]:
        return [result for row in self.wizard.board_rows() for result in row.results if result.id in row.skipped]

    def _unskip(self) -> None:
        try:
            options = [Option(r.id, r.id, r.summary) for r in self._skipped()]
            self.wizard.unskip(self.asker.choice(_("Which one?"), options))
        except Back:
            return


def _word(row: BoardRow, status: Status) -> str:
    return {"todo": "?", "stale": "?", "running": "?"}.get(row.state, word_of(status))


def _latency(row: BoardRow) -> str:
    return f"{row.latency_ms} ms" if row.state == "fresh" else _("not yet")


def _depends(row: BoardRow, result: CheckResult) -> bool:
    return result.status is Status.SKIP and not result.detail and not result.hint and result.id not in row.skipped
