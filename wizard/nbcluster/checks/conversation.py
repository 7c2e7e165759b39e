"""One run of checks as a conversation with the probe program: requests out, lines in, results in words."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count

from nbcluster.answers.secret import MASK, Secret
from nbcluster.answers.targets import Target
from nbcluster.catalogue import status_of
from nbcluster.checks.results import CheckResult, Report, Status, selects
from nbcluster.checks.words import no_match, words
from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.probe.stages import plan, with_needed
from nbcluster.text.clean import clean

LONGEST = 300
_numbers = count(1)


def checks_of(target: Target) -> tuple[str, ...]:
    """Return the ids of a target's checks, in the order in which they run."""
    return tuple(f"{target.id}.{stage.name}" for stage in plan(target.kind, target.params))


def known_ids(targets: Iterable[Target]) -> tuple[str, ...]:
    """Return the ids of all checks of all targets."""
    return tuple(check_id for target in targets for check_id in checks_of(target))


class Work:
    """The checks of one target, and their results so far."""

    def __init__(self, target: Target, only: Sequence[str], skip: Mapping[str, str]) -> None:
        self.target = target
        self.number = next(_numbers)
        self.ids = checks_of(target)
        wanted = [i for i in self.ids if not only or any(selects(s, i) for s in only)]
        self.skipped = {i: reason for i in wanted for s, reason in skip.items() if selects(s, i)}
        self.wanted = frozenset(i for i in wanted if i not in self.skipped)
        self.judged: dict[str, Status] = {}
        self.results: dict[str, CheckResult] = {}
        names = frozenset(i.removeprefix(f"{target.id}.") for i in self.wanted)
        self.stages = with_needed(plan(target.kind, target.params), names)
        self.done = not self.stages

    def request(self, timeout: float) -> bytes:
        """Return the line that asks for this work; secrets travel in it, over a pipe between two processes of one user."""
        params = {k: v.reveal() if isinstance(v, Secret) else v for k, v in self.target.params.items()}
        target = {"kind": self.target.kind.value, "params": params}
        message = {"run": self.number, "timeout": timeout, "stages": sorted(self.stages), "target": target}
        return json.dumps(message).encode() + b"\n"

    def tell(self, check_id: str, code: str, params: Mapping[str, str | int], elapsed_ms: int) -> CheckResult | None:
        """Turn a verdict into a result and keep it; returns it if it is new and has to be reported."""
        if check_id in self.results or check_id not in self.ids:
            return None
        verdict = Status(status_of(code))
        self.judged[check_id] = verdict
        if check_id not in self.wanted and check_id not in self.skipped and verdict not in (Status.FAIL, Status.ERROR):
            return None
        if check_id in self.skipped and code != "probe.skipped":
            return None
        values = {name: clean(v, LONGEST) if isinstance(v, str) else v for name, v in params.items()}
        summary, detail, hint = words(code, self.target, values)
        found = CheckResult(check_id, self.target.shown, "bastion", verdict, summary, detail, hint, elapsed_ms, code, values)
        self.results[check_id] = found
        return found

    def ordered(self) -> list[CheckResult]:
        """Return the results in the order of the stages."""
        return [self.results[check_id] for check_id in self.ids if check_id in self.results]

    def end(self, reason: str, said: str = "") -> list[CheckResult]:
        """Give up on what is missing: the first stage without a verdict is where it stopped, the others depend on it.

        ``said`` is what the program wrote to its standard error last.
        """
        self.done = True
        found: list[CheckResult | None] = []
        stopped = ""
        passed = [i for i in self.ids if self.judged.get(i) in (Status.OK, Status.WARN)]
        reached = ", ".join(i.removeprefix(f"{self.target.id}.") for i in passed)
        for check_id in self.ids:
            name = check_id.removeprefix(f"{self.target.id}.")
            if name not in self.stages or check_id in self.judged:
                continue
            if reason == "probe.cancelled":
                found.append(self.tell(check_id, reason, {}, 0))
            elif not stopped:
                stopped = name
                found.append(self.tell(check_id, reason, {"reached": reached or "-", "said": said or "-"}, 0))
            else:
                found.append(self.tell(check_id, "probe.needs", {"stage": stopped}, 0))
        return [result for result in found if result is not None]


class Conversation:
    """One run; raises ``NbclusterError`` for a selection that matches nothing.

    ``begun`` turns true when the program has started, which is when the time of the checks begins.
    """

    def __init__(
        self, targets: Sequence[Target], timeout: float, only: Sequence[str] = (), skip: Mapping[str, str] | None = None
    ) -> None:
        known = known_ids(targets)
        for selection in (*only, *(skip or {})):
            if not any(selects(selection, check_id) for check_id in known):
                raise NbclusterError(ExitCode.INVALID, no_match(selection, known))
        self.timeout = timeout
        self.begun = False
        self.started = datetime.now(UTC)
        self._clock = time.monotonic()
        self.works = {work.number: work for work in (Work(target, only, skip or {}) for target in targets)}

    def opening(self) -> list[CheckResult]:
        """Return the results that need no probe: the skipped ones."""
        found = [
            work.tell(check_id, "probe.skipped", {"reason": reason}, 0)
            for work in self.works.values()
            for check_id, reason in work.skipped.items()
        ]
        return [result for result in found if result is not None]

    def requests(self) -> bytes:
        """Return the lines to send."""
        return b"".join(work.request(self.timeout) for work in self.works.values() if not work.done)

    def cancellation(self) -> bytes:
        """Return the lines that stop what is not done."""
        return b"".join(json.dumps({"cancel": n}).encode() + b"\n" for n, work in self.works.items() if not work.done)

    @property
    def finished(self) -> bool:
        """Whether every target is judged."""
        return all(work.done for work in self.works.values())

    def feed(self, line: bytes) -> tuple[list[CheckResult], Work | None]:
        """Take a line of the probe program; returns the results that it brought, and the target that it ended."""
        self.begun = True
        try:
            message = json.loads(line)
            work = self.works[message["run"]]
            if work.done or message.get("begun"):
                return [], None
            if message.get("done"):
                return work.end(str(message.get("reason") or "probe.died")), work
            stage, code, params, elapsed_ms = message["result"]
            found = work.tell(f"{work.target.id}.{stage}", str(code), params, int(elapsed_ms))
        except (ValueError, KeyError, TypeError):
            return [], None
        return ([found] if found is not None else []), None

    def give_up(self, reason: str, said: str = "") -> list[CheckResult]:
        """End every target that is not judged; ``said`` is what the program wrote to its standard error last."""
        for secret in (
            value for work in self.works.values() for value in work.target.params.values() if isinstance(value, Secret)
        ):
            if secret:
                said = said.replace(secret.reveal(), MASK)
        return [result for work in self.works.values() if not work.done for result in work.end(reason, said)]

    def report(self) -> Report:
        """Return all results in the order of targets and stages."""
        elapsed = round((time.monotonic() - self._clock) * 1000)
        return Report(self.started, elapsed, tuple(r for work in self.works.values() for r in work.ordered()))
