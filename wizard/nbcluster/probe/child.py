"""One target in a process of its own: limits, the stages in order, results as lines."""

from __future__ import annotations

import json
import os
import resource
import signal
import time
from collections.abc import Callable
from typing import Any

from nbcluster.answers.targets import TargetKind, parameter
from nbcluster.probe import faults
from nbcluster.probe.base import Probe
from nbcluster.probe.findings import DeadlineReached, Finding, Stop, bounded, verdict
from nbcluster.probe.stages import plan, with_needed

MEMORY_LIMIT = 96 * 1024 * 1024
PARTING_SECONDS = 0.15
Emit = Callable[[str, Finding, int], None]
ProbeOf = Callable[[str, dict[str, Any]], Callable[[dict[str, Any], float], Probe]]
"""Returns what makes the probe of a target from its kind and parameters; raises ``ValueError`` for an unknown kind."""


def _probe_class(kind: str) -> type[Probe]:
    """Return the probe of a kind of target, importing its client."""
    if kind == TargetKind.REDIS:
        from nbcluster.probe.redis.probe import RedisProbe

        return RedisProbe
    if kind == TargetKind.RABBITMQ:
        from nbcluster.probe.rabbitmq.probe import RabbitProbe

        return RabbitProbe
    if kind == TargetKind.NODE:
        from nbcluster.probe.node.port import NodeProbe

        return NodeProbe
    if kind == TargetKind.BALANCER:
        from nbcluster.probe.balancer.probe import BalancerProbe

        return BalancerProbe
    if kind == TargetKind.HTTP:
        from nbcluster.probe.node.application import HttpProbe

        return HttpProbe
    if kind == TargetKind.STORAGE:
        from nbcluster.probe.storage.probe import StorageProbe

        return StorageProbe
    raise ValueError(kind)


def probe_for(kind: str, params: dict[str, Any]) -> type[Probe]:
    """Return the probe of a target; raises ``ValueError`` for an unknown kind."""
    if kind == TargetKind.DATABASE:
        if parameter(params, "dialect") in ("mysql", "mariadb"):
            from nbcluster.probe.database.mysql import MysqlProbe

            return MysqlProbe
        from nbcluster.probe.database.postgres import PostgresProbe

        return PostgresProbe
    return _probe_class(kind)


def own_time(timeout: float) -> float:
    """Return how long a child judges by itself before its parent ends it, in seconds."""
    return max(0.02, timeout - min(0.25, timeout * 0.15))


def limit(timeout: float) -> None:
    """Limit the memory, the time and the output of this process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_LIMIT, MEMORY_LIMIT))
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_DFL)
    # A server that closes its end is a verdict (EPIPE), not the end of this process.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, _alarm.ring)
    signal.setitimer(signal.ITIMER_REAL, own_time(timeout))


class _Alarm:
    """Ends a stage at the deadline; between stages it only remembers that it rang."""

    armed = False
    rang = False

    def ring(self, _signal: int, _frame: object) -> None:
        self.rang = True
        if self.armed:
            self.armed = False
            raise DeadlineReached


_alarm = _Alarm()


def serve(number: int, request: dict[str, Any], sink: int, probe_of: ProbeOf) -> None:
    """Judge one target and write a line a result; never raises."""

    def emit(stage: str, finding: Finding, elapsed_ms: int) -> None:
        result = [stage, finding.code, bounded(finding.params), elapsed_ms]
        os.write(sink, json.dumps({"run": number, "result": result}, ensure_ascii=False).encode() + b"\n")

    target = request["target"]
    timeout = float(request["timeout"])
    stages = plan(target["kind"], target["params"])
    wanted = frozenset(request.get("stages") or [stage.name for stage in stages])
    probe = probe_of(target["kind"], target["params"])(target["params"], own_time(timeout))
    _run(probe, stages, wanted, emit)
    os.write(sink, json.dumps({"run": number, "done": True}).encode() + b"\n")


def _run(probe: Probe, stages: tuple[Any, ...], wanted: frozenset[str], emit: Emit) -> None:
    needed = with_needed(stages, wanted)
    methods = probe.stages()
    culprits: dict[str, str] = {}
    untested: dict[str, str] = {}
    late = ""
    for stage in stages:
        if stage.name not in needed:
            continue
        stopping = culprits | untested if stage.tested else culprits
        culprit = late or next((stopping[name] for name in stage.needs if name in stopping), "")
        if culprit:
            culprits[stage.name] = culprit
            emit(stage.name, verdict("probe.needs", stage=culprit), 0)
            continue
        started = time.monotonic()
        finding = _judge(probe, stage.name, methods[stage.name])
        elapsed = round((time.monotonic() - started) * 1000) if finding.elapsed_ms is None else finding.elapsed_ms
        if finding.status in ("fail", "error", "skip"):
            (untested if finding.status == "skip" else culprits)[stage.name] = stage.name
        if _alarm.rang or finding.code in ("probe.memory", "probe.announced", "probe.flood"):
            late = stage.name
        emit(stage.name, finding, elapsed)
    _part(probe)


def _part(probe: Probe) -> None:
    signal.setitimer(signal.ITIMER_REAL, PARTING_SECONDS)
    _alarm.armed = True
    try:
        probe.close()
    except (Exception, DeadlineReached):  # noqa: BLE001, S110 - every verdict is out; how the parting went is nobody's concern
        pass
    _alarm.armed = False


def _judge(probe: Probe, name: str, method: Callable[[], Finding]) -> Finding:
    fault: BaseException
    try:
        _alarm.armed = True
        if _alarm.rang:
            return verdict("probe.deadline")
        return method()
    except Stop as stop:
        return stop.finding
    except MemoryError:
        # without a look at the exception, whose frames hold what filled the memory
        return faults.exhausted(probe.memory, probe.language)
    except BaseException as raised:  # noqa: BLE001 - whatever a server makes a client raise is a verdict, never the end
        fault = raised
    finally:
        _alarm.armed = False
    return probe.judge(name, fault)
