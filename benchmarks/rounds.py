"""A round of checks beside its slowest check, with healthy servers and with dead ones: ``python -m benchmarks.rounds``."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.screen import peak
from nbcluster.answers.secret import Secret
from nbcluster.answers.targets import Target
from nbcluster.checks.run import ProbeProcess
from tests.checks.conftest import misbehaving, redis_at, redis_of
from tests.checks.test_hostile import BEHAVIOURS
from tests.services.process import free_ports
from tests.services.redis_server import RedisServer, start_redis, stop_redis

ROUNDS = 15
TIMEOUT = 2.0
ROLES = ("cache", "pubsub", "lock", "queue", "worker_id")


async def seconds(probe: ProbeProcess, targets: Sequence[Target]) -> tuple[float, int]:
    """Run the targets once; returns seconds and the number of results."""
    start = time.perf_counter()
    report = await probe.run(targets, timeout=TIMEOUT)
    return time.perf_counter() - start, len(report.results)


async def healthy(server: RedisServer) -> None:
    """Print a round of five roles on one server beside its slowest role alone."""
    probe = ProbeProcess()
    targets = [redis_of(server, role) for role in ROLES]
    await seconds(probe, targets)
    alone = {t.id: statistics.median([(await seconds(probe, [t]))[0] for _ in range(ROUNDS)]) for t in targets}
    rounds = [await seconds(probe, targets) for _ in range(ROUNDS)]
    await probe.close()
    took, checks = statistics.median(took for took, _count in rounds), rounds[0][1]
    slowest = max(alone.values())
    print(f"healthy  slowest role alone {slowest * 1000:6.1f} ms  round of {checks} checks {took * 1000:6.1f} ms", end="  ")
    print(f"more per check {(took - slowest) / checks * 1000:5.2f} ms  (goal 5)")


async def many(server: RedisServer, count: int) -> None:
    """Print wall and processor time of a round of many healthy targets beside one target alone."""
    probe = ProbeProcess()
    targets = [redis_of(server, ROLES[n % 5]) for n in range(count)]
    await seconds(probe, targets[:1])
    alone = statistics.median([(await seconds(probe, targets[:1]))[0] for _ in range(5)])
    before = _processor(probe)
    times = [await seconds(probe, targets) for _ in range(3)]
    used = (_processor(probe) - before) / len(times)
    memory = peak(probe.pid or 0)
    await probe.close()
    took, checks = statistics.median(took for took, _count in times), times[0][1]
    print(f"healthy  {count:3} targets, {checks:4} checks: {took:5.2f} s wall ({took / alone:5.1f} x one target), ", end="")
    print(
        f"{used:5.2f} s processor, parent of the probes {memory:.0f} MiB, more per check {(took - alone) / checks * 1000:5.2f} ms"
    )


def _processor(probe: ProbeProcess) -> float:
    """Return the processor seconds of the probe program and the children that it has waited for (proc(5), stat)."""
    fields = Path(f"/proc/{probe.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


async def dead(server: RedisServer, silent: int, count: int) -> None:
    """Print a round in which half of the targets never answer beside the time-out."""
    probe = ProbeProcess()
    targets = [redis_of(server, ROLES[n % 5]) if n % 2 else redis_at(silent, ROLES[n % 5]) for n in range(count)]
    await seconds(probe, targets[1:2])
    times = [(await seconds(probe, targets))[0] for _ in range(3)]
    await probe.close()
    over = statistics.median(times) - TIMEOUT
    print(f"dead     {count:3} targets, half silent: time-out {TIMEOUT:.1f} s + {over:5.2f} s  (goal 0.2)")


async def prompt(server: RedisServer, silent: int) -> None:
    """Print how soon a refused port, a wrong password and a cancellation are told, beside a healthy role."""
    probe = ProbeProcess()
    healthy_role, refused = redis_of(server), redis_at(free_ports())
    wrong = redis_of(server, password=Secret("wrong"))
    await seconds(probe, [healthy_role])
    beside = statistics.median([(await seconds(probe, [healthy_role]))[0] for _ in range(ROUNDS)])
    for name, target in (("refused port", refused), ("wrong password", wrong)):
        took = statistics.median([(await seconds(probe, [target]))[0] for _ in range(ROUNDS)])
        print(f"prompt   {name:15} {took * 1000:6.1f} ms ({took / beside:4.2f} x a healthy role; goal 100 ms)")
    times = [await cancelled(probe, redis_at(silent)) for _ in range(ROUNDS)]
    await probe.close()
    print(f"prompt   cancellation    {max(times) * 1000:6.1f} ms at most of {ROUNDS} (goal 200 ms)")


async def cancelled(probe: ProbeProcess, target: Target) -> float:
    """Return how long a run goes on after it was cancelled, in seconds."""
    cancel, at = asyncio.Event(), [0.0]

    def stop(_result: object) -> None:
        at[0] = at[0] or time.perf_counter()
        cancel.set()

    await probe.run([target], timeout=TIMEOUT, on_result=stop, cancel=cancel)
    return time.perf_counter() - at[0]


def main() -> None:
    """Print all."""
    server = start_redis()
    try:
        asyncio.run(healthy(server))
        for count in (5, 40, 400):
            asyncio.run(many(server, count))
        with misbehaving(BEHAVIOURS["silent"]) as silent:
            asyncio.run(prompt(server, silent))
            for count in (10, 40):
                asyncio.run(dead(server, silent, count))
    finally:
        stop_redis(server)


if __name__ == "__main__":
    main()
