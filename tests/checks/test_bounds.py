"""Limits of a run of checks: what it uses of servers and of this machine, and that it leaves nothing behind."""

from __future__ import annotations

import asyncio
import random
import socket
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import redis

from nbcluster.checks.run import ProbeProcess, run_checks
from nbcluster.facts import ROLES
from nbcluster.probe.parent import MOST_CONNECTIONS
from nbcluster.probe.redis.commands import EXPIRY_MS
from tests.checks.conftest import Misbehave, node_at, rabbitmq_of, redis_at, redis_of
from tests.services.process import wait_until
from tests.services.rabbitmq import RabbitServer
from tests.services.redis_server import RedisServer

RUNS = 1000
BROKER_RUNS = 100


class Counting:
    """Counts the connections that are open at a time, and never answers."""

    def __init__(self) -> None:
        self.open = self.most = self.all = 0
        self._lock = threading.Lock()

    def talk(self, connection: socket.socket, _stop: threading.Event) -> None:
        with self._lock:
            self.open, self.all = self.open + 1, self.all + 1
            self.most = max(self.most, self.open)
        while connection.recv(65536):
            pass
        with self._lock:
            self.open -= 1


def test_no_more_connections_at_once_than_a_firewall_likes(misbehave: Misbehave) -> None:
    seen = Counting()
    port = misbehave(seen.talk)
    targets = [replace(redis_at(port), id=f"redis.lock.{n}") for n in range(40)]
    targets += [replace(node_at(port), id=f"node.n{n}") for n in range(100)]
    report = run_checks(targets, timeout=1.5)
    # neither a few at a time nor all at once
    assert MOST_CONNECTIONS / 2 <= seen.most <= MOST_CONNECTIONS, seen.most
    assert {result.id.rpartition(".")[0] for result in report.results} == {target.id for target in targets}


async def test_runs_that_are_cancelled_leave_no_key_that_stays(redis_plain: RedisServer) -> None:
    chance = random.Random(4)  # noqa: S311 - when to cancel is no secret
    probe = ProbeProcess()
    client = redis.Redis(port=redis_plain.port)
    await probe.start()
    assert probe.pid is not None
    pid, files = probe.pid, _files(probe.pid)
    ends: Counter[str] = Counter()
    for number in range(RUNS):
        target = redis_of(redis_plain, ROLES[number % 5])
        cancel = asyncio.Event()
        asyncio.get_running_loop().call_later(chance.uniform(0.001, 0.016), cancel.set)
        report = await probe.run([target], timeout=20, cancel=cancel)
        ends["cut" if any(r.code == "probe.cancelled" for r in report.results) else "whole"] += 1
    # a test that cancels nothing, or all before the first command, would show nothing
    assert ends["cut"] > RUNS / 4, ends
    wait_until(lambda: not _children(pid), 5)
    assert (probe.pid, _files(pid)) == (pid, files)
    await probe.close()
    left = {key: client.pttl(key) for key in client.scan_iter("*nbcluster-probe*")}
    client.close()
    assert all(0 < int(str(life)) <= EXPIRY_MS for life in left.values()), left


async def test_runs_that_are_cancelled_leave_no_queue(rabbitmq: RabbitServer) -> None:
    chance = random.Random(4)  # noqa: S311 - when to cancel is no secret
    probe = ProbeProcess()
    for _number in range(BROKER_RUNS):
        cancel = asyncio.Event()
        asyncio.get_running_loop().call_later(chance.uniform(0.01, 0.12), cancel.set)
        await probe.run([rabbitmq_of(rabbitmq)], timeout=20, cancel=cancel)
    await probe.close()
    left = [queue for queue in _queues(rabbitmq) if "nbcluster-probe" in queue["name"]]
    # exclusive ones go with the connection; one that cannot be exclusive expires
    lasting = [queue for queue in left if not queue.get("exclusive")]
    assert all(0 < queue["arguments"]["x-expires"] <= 60_000 for queue in lasting), lasting
    wait_until(lambda: not [q for q in _queues(rabbitmq) if "nbcluster-probe" in q["name"] and q.get("exclusive")], 60)


def _queues(broker: RabbitServer) -> list[dict[str, Any]]:
    found = broker.api("queues")
    assert isinstance(found, list)
    return found


def _files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _children(pid: int) -> list[str]:
    return [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
