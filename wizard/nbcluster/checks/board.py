"""Results of the live checks, kept under a fingerprint of exactly the answers they were made from."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import Target
from nbcluster.checks.results import CheckResult, Status, selects
from nbcluster.text import _


@dataclass(frozen=True)
class BoardRow:
    """One target and what is known of it; ``state`` is todo, running, fresh or stale, ``skipped`` the ids that were skipped by name."""

    target: Target
    results: tuple[CheckResult, ...]
    state: str
    skipped: frozenset[str] = frozenset()

    @property
    def latency_ms(self) -> int:
        """The longest stage, in milliseconds."""
        return max((r.elapsed_ms for r in self.results), default=0)


@dataclass(frozen=True)
class Tally:
    """How a cluster stands: what there is to look at, how many checks passed, and targets without a result of the present answers.

    ``warn``, ``fail`` and ``error`` count findings, ``answers`` warnings about the answers themselves: what is the same for several
    roles or rows counts once, as every list shows it once (``grouped``, ``alike``). ``ok``, ``skip`` and ``skipped`` count checks:
    ``skip`` cannot be tested from here, ``skipped`` was skipped by name; what only depends on another result is not counted.
    """

    ok: int = 0
    warn: int = 0
    fail: int = 0
    error: int = 0
    skip: int = 0
    skipped: int = 0
    waiting: int = 0
    targets: int = 0
    answers: int = 0

    @property
    def warnings(self) -> int:
        """How many warnings there are, of checks and about answers."""
        return self.warn + self.answers

    @property
    def judged(self) -> bool:
        """Whether there was something to check, and every check of it came to a verdict."""
        return bool(self.targets) and not (self.waiting or self.error)


def counted(results: Iterable[CheckResult]) -> Counter[str]:
    """Return how many results of each status there are; of what warns, fails or was not judged, how many findings."""
    found = tuple(results)
    told = [result for result in found if result.status not in (Status.OK, Status.SKIP)]
    passed = Counter(result.status.value for result in found if result.status in (Status.OK, Status.SKIP))
    return passed + Counter(group[0].status.value for group in grouped(told))


def tally(rows: Sequence[BoardRow], answers: int = 0) -> Tally:
    """Count the results; those of earlier answers do not count. ``answers`` is the number of warnings about answers."""
    fresh = [row for row in rows if row.state == "fresh"]
    of = counted(r for row in fresh for r in row.results if r.id not in row.skipped and r.code != "probe.needs")
    skipped = sum(result.id in row.skipped for row in fresh for result in row.results)
    waiting = len(rows) - len(fresh)
    return Tally(of["ok"], of["warn"], of["fail"], of["error"], of["skip"], skipped, waiting, len(rows), answers)


class Board:
    """Results by target; an edit of an answer makes them stale, never wrong."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._results: dict[str, tuple[str, tuple[CheckResult, ...]]] = {}
        self._running: set[str] = set()

    def fingerprint(self, target: Target) -> str:
        """Return a digest of exactly what a target was made from; it means nothing outside this process."""
        parts = [(k, v.reveal() if isinstance(v, Secret) else v) for k, v in sorted(target.params.items())]
        return hashlib.blake2b(
            repr((target.id, parts)).encode("utf-8", "surrogatepass"), key=self._salt, digest_size=16
        ).hexdigest()

    def set_running(self, target_ids: Sequence[str], running: bool = True) -> None:
        """Mark targets as being checked, or as not."""
        self._running = self._running | set(target_ids) if running else self._running - set(target_ids)

    def record(self, target: Target, fingerprint: str, results: Sequence[CheckResult]) -> None:
        """Keep the results of a target under the answers that they were made from."""
        self._running.discard(target.id)
        self._results[target.id] = (fingerprint, tuple(results))

    def unknown(self, targets: Iterable[Target]) -> tuple[Target, ...]:
        """Return the targets that have no result for the present answers and are not being checked."""
        return tuple(
            t for t in targets if t.id not in self._running and self._results.get(t.id, ("", ()))[0] != self.fingerprint(t)
        )

    def rows(self, targets: Iterable[Target], skips: Mapping[str, str]) -> tuple[BoardRow, ...]:
        """Return every target with what is known of it; results that were skipped by name say so."""
        return tuple(self._row(target, skips) for target in targets)

    def _row(self, target: Target, skips: Mapping[str, str]) -> BoardRow:
        fingerprint, results = self._results.get(target.id, ("", ()))
        fresh = fingerprint == self.fingerprint(target)
        state = "running" if target.id in self._running else "todo" if not results else "fresh" if fresh else "stale"
        named = frozenset(result.id for result in results if skip_of(result.id, skips) is not None)
        return BoardRow(target, tuple(_skipped(result, skips) for result in results), state, named)


def grouped(results: Iterable[CheckResult]) -> list[tuple[CheckResult, ...]]:
    """Group findings that are the same for several roles of one server, in the order of the first of each."""
    groups: dict[tuple[str, ...], list[CheckResult]] = {}
    for result in results:
        said = (result.status.value, result.id.rpartition(".")[2], result.summary, result.detail, result.hint)
        groups.setdefault(said, []).append(result)
    return [tuple(group) for group in groups.values()]


def not_skipped(check_id: str) -> str:
    """Return why a check cannot be skipped."""
    return _("{id} cannot be skipped: what it finds loses data or cannot work.").format(id=check_id)


def ids_of(group: Sequence[CheckResult]) -> str:
    """Return the ids of a group as one word: ``redis.cache+lock.version``."""
    first, *others = [result.id.split(".") for result in group]
    if others and all(len(parts) == 3 and (parts[0], parts[2]) == (first[0], first[2]) for parts in (first, *others)):
        return f"{first[0]}.{'+'.join(parts[1] for parts in (first, *others))}.{first[2]}"
    return ", ".join(result.id for result in group)


def skip_of(check_id: str, skips: Mapping[str, str]) -> str | None:
    """Return which of the skips, an id or a prefix of whole dotted parts, means a check."""
    return next((skip for skip in skips if selects(skip, check_id)), None)


def _skipped(result: CheckResult, skips: Mapping[str, str]) -> CheckResult:
    """Return a result that was skipped by name as such; what it had found stays, below the reason."""
    skip = skip_of(result.id, skips)
    if skip is None:
        return result
    found = "" if result.status is Status.OK else f"{result.status.value}: {result.summary}"
    return replace(result, status=Status.SKIP, summary=_("skipped: {reason}").format(reason=skips[skip]), detail=found, hint="")
