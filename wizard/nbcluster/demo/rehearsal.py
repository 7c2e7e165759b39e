"""The probe program of the demo: requests, children, deadlines and lines are the probe's; its stages answer from tables.

Nothing is opened, whatever host was typed. A host in ``.demo`` chooses what goes wrong: ``refused.demo``, ``old.evicts.demo``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from nbcluster.answers.targets import TargetKind
from nbcluster.demo import database, machines, middleware
from nbcluster.demo.network import StageFindings
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import Finding
from nbcluster.probe.parent import Parent
from nbcluster.probe.stages import plan

DOMAIN = ".demo"
PAUSE = 0.02
"""Seconds that a stage takes, so that a person sees the checks running."""


@dataclass(frozen=True)
class Role:
    """What a kind of target answers; ``place`` is the parameter whose words choose.

    ``elsewhere`` is what answers otherwise where no word is chosen, as on a machine that does not have what is looked at.
    """

    healthy: Callable[[Probe], StageFindings]
    troubles: Callable[[Probe], Mapping[str, StageFindings]]
    place: str = "host"
    elsewhere: Callable[[Probe], StageFindings] | None = None


ROLES: dict[TargetKind, Role] = {
    TargetKind.REDIS: Role(middleware.redis, middleware.redis_troubles),
    TargetKind.RABBITMQ: Role(middleware.rabbitmq, middleware.rabbitmq_troubles),
    TargetKind.DATABASE: Role(database.healthy, database.troubles),
    TargetKind.NODE: Role(machines.node, machines.node_troubles),
    TargetKind.HTTP: Role(machines.http, machines.http_troubles),
    TargetKind.STORAGE: Role(machines.storage, machines.storage_troubles, "path", machines.storage_absent),
    TargetKind.BALANCER: Role(machines.balancer, machines.balancer_troubles, "server_name", machines.balancer_unknown),
}


def words_of(place: str) -> tuple[str, ...]:
    """Return the words before ``.demo`` in a host, a name or any part of a path."""
    parts = [part.removesuffix(DOMAIN) for part in place.lower().split("/") if part.endswith(DOMAIN)]
    return tuple(word for part in parts for word in part.split(".") if word)


class Rehearsed(Probe):
    """A target whose stages answer from its tables."""

    def __init__(self, kind: TargetKind, params: Mapping[str, object], seconds: float) -> None:
        super().__init__(params, seconds)
        self._kind = kind

    def stages(self) -> dict[str, Callable[[], Finding]]:
        """Return one answer a planned stage; one that the tables lack raises ``KeyError``, which is an error and never a verdict."""
        table = self.table()
        return {stage.name: partial(self._answer, table, stage.name) for stage in plan(self._kind, self.params)}

    def table(self) -> StageFindings:
        """Return what each stage answers, with the troubles that the place names, a later one over an earlier one."""
        role = ROLES[self._kind]
        words = words_of(self.text(role.place))
        if role.elsewhere is not None and not words:
            return {**role.healthy(self), **role.elsewhere(self)}
        troubles = role.troubles(self)
        table = dict(role.healthy(self))
        for word in words:
            table |= troubles.get(word, {})
        return table

    def _answer(self, table: StageFindings, stage: str) -> Finding:
        found = table[stage]
        # A silent server is given up only at the deadline.
        time.sleep(self.clock.left() if found.code == "net.unanswered" else PAUSE)
        return found


def rehearsed(kind: str, _params: dict[str, Any]) -> Callable[[Mapping[str, object], float], Probe]:
    """Return what makes the probe of a target; raises ``ValueError`` for an unknown kind."""
    return partial(Rehearsed, TargetKind(kind))


def main() -> int:
    """Run the program; returns its exit code."""
    return Parent(probe_of=rehearsed).run()
