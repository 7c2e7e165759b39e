"""The parent of the probe program: single-threaded, forks a child a target, relays its lines, ends it in time."""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
from collections import deque
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from nbcluster.probe.child import ProbeOf, limit, probe_for, serve

MOST_CONNECTIONS = 64
"""At once: more of them make a switch or a firewall drop some, and servers look unreachable that are not."""

CONNECTIONS = {"redis": 2, "http": 2}
"""How many one target may open at a time, where it is not one."""

LONGEST_LINE = 64 * 1024
LONGEST_REQUEST = 1024 * 1024


@dataclass
class Child:
    """A process at work; ``connections`` is how many it may open, ``pending`` the unfinished line that it wrote."""

    number: int
    pid: int
    source: int
    deadline: float
    connections: int
    pending: bytearray = field(default_factory=bytearray)
    finished: bool = False


def _connections(request: dict[str, Any]) -> int:
    return CONNECTIONS.get(request["target"]["kind"], 1)


class Parent:
    """Reads requests ``{"run": N, "timeout": S, "target": {...}, "stages": [...]}`` and ``{"cancel": N}`` until stdin closes.

    ``probe_of`` returns the probe of a target.
    """

    def __init__(self, source: int = 0, sink: int = 1, probe_of: ProbeOf = probe_for) -> None:
        self._probe_of = probe_of
        self._source = source
        self._sink = sink
        # Unlike epoll, poll takes regular files, too.
        self._selector = selectors.PollSelector()
        self._input = bytearray()
        self._output = bytearray()
        self._queue: deque[tuple[float, dict[str, Any]]] = deque()
        self._children: dict[int, Child] = {}
        self._unreaped: set[int] = set()
        self._writing = False
        self._open = True

    def run(self) -> int:
        """Serve until stdin closes; returns the exit code."""
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.set_blocking(self._sink, False)
        self._selector.register(self._source, selectors.EVENT_READ)
        try:
            while self._open:
                for key, mask in self._selector.select(self._patience()):
                    self._act(key, mask)
                self._tick()
        except BrokenPipeError:
            return 0
        finally:
            for child in list(self._children.values()):
                self._end(child)
        return 0

    def _act(self, key: selectors.SelectorKey, mask: int) -> None:
        if key.fd == self._source:
            self._read_requests()
        elif isinstance(key.data, Child):
            # cancelled by a line that was read a moment before: its pipe is closed
            if self._children.get(key.data.number) is key.data:
                self._read_results(key.data)
        elif mask & selectors.EVENT_WRITE:
            self._flush()

    def _patience(self) -> float | None:
        ends = [child.deadline for child in self._children.values()] + [end for end, _request in self._queue]
        wait = min(ends) - monotonic() if ends else 3600.0
        return max(0.0, min(wait, 0.2) if self._unreaped else wait)

    def _tick(self) -> None:
        now = monotonic()
        for child in [child for child in self._children.values() if child.deadline <= now]:
            self._close(child, "probe.deadline")
        while self._queue and self._queue[0][0] <= now:
            self._finish(self._queue.popleft()[1]["run"], "probe.late")
        while self._queue and self._connections() + _connections(self._queue[0][1]) <= MOST_CONNECTIONS:
            self._fork(*self._queue.popleft())
        for pid in list(self._unreaped):
            if os.waitpid(pid, os.WNOHANG)[0]:
                self._unreaped.discard(pid)

    def _connections(self) -> int:
        return sum(child.connections for child in self._children.values())

    def _read_requests(self) -> None:
        data = os.read(self._source, 65536)
        self._input += data
        if not data or len(self._input) > LONGEST_REQUEST:
            self._open = False
            return
        *lines, rest = bytes(self._input).split(b"\n")
        self._input = bytearray(rest)
        taken: list[dict[str, Any]] = []
        for line in lines:
            self._take(line, taken)
        # Only now does their time begin: what it took to start and to import the clients is no server's fault.
        now = monotonic()
        for request in taken:
            self._say({"run": request["run"], "begun": True})
            self._queue.append((now + request["timeout"], request))

    def _take(self, line: bytes, taken: list[dict[str, Any]]) -> None:
        try:
            request = json.loads(line)
            if "cancel" in request:
                number = int(request["cancel"])
                for entry in [entry for entry in taken if entry["run"] == number]:
                    taken.remove(entry)
                    self._finish(number, "probe.cancelled")
                self._cancel(number)
                return
            number, target, seconds = int(request["run"]), request["target"], float(request["timeout"])
            # Imported before the fork: once for all children.
            self._probe_of(target["kind"], target["params"])
        except (ValueError, KeyError, TypeError):
            self._say({"problem": "request"})
            return
        taken.append(request | {"run": number, "timeout": seconds})

    def _cancel(self, number: int) -> None:
        if number in self._children:
            self._close(self._children[number], "probe.cancelled")
        for entry in [entry for entry in self._queue if entry[1]["run"] == number]:
            self._queue.remove(entry)
            self._finish(number, "probe.cancelled")

    def _fork(self, deadline: float, request: dict[str, Any]) -> None:
        # A collection in a child would copy every page that the parent shares with it.
        gc.freeze()
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._be_child(writing, deadline, request)
        os.close(writing)
        child = Child(request["run"], pid, reading, deadline, _connections(request))
        self._children[child.number] = child
        self._selector.register(reading, selectors.EVENT_READ, child)

    def _be_child(self, writing: int, deadline: float, request: dict[str, Any]) -> None:
        try:
            os.dup2(writing, 1)
            silence = os.open(os.devnull, os.O_RDWR)
            os.dup2(silence, 0)
            os.dup2(silence, 2)
            os.closerange(3, 256)
            request["timeout"] = max(0.05, deadline - monotonic())
            limit(request["timeout"])
            serve(request["run"], request, 1, self._probe_of)
        finally:
            os._exit(0)

    def _read_results(self, child: Child) -> None:
        data = os.read(child.source, 65536)
        if not data:
            self._close(child, "probe.died")
            return
        child.pending += data
        *lines, rest = bytes(child.pending).split(b"\n")
        child.pending = bytearray(rest)
        if len(rest) > LONGEST_LINE:
            self._close(child, "probe.died")
            return
        for line in lines:
            self._relay(child, line)

    def _relay(self, child: Child, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return
        if isinstance(message, dict) and message.get("run") == child.number:
            if message.get("done"):
                child.finished = True
            else:
                self._say(message)
        if child.finished:
            self._close(child, "")

    def _close(self, child: Child, reason: str) -> None:
        if child.number not in self._children:
            return
        self._end(child)
        del self._children[child.number]
        self._finish(child.number, "" if child.finished else reason)

    def _end(self, child: Child) -> None:
        self._selector.unregister(child.source)
        os.close(child.source)
        try:
            os.kill(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        # A child that hangs in a dead file system cannot be waited for.
        if not os.waitpid(child.pid, os.WNOHANG)[0]:
            self._unreaped.add(child.pid)

    def _finish(self, number: int, reason: str) -> None:
        self._say({"run": number, "done": True, "reason": reason})

    def _say(self, message: dict[str, Any]) -> None:
        self._output += json.dumps(message).encode() + b"\n"
        self._flush()

    def _flush(self) -> None:
        try:
            while self._output:
                del self._output[: os.write(self._sink, self._output)]
        except BlockingIOError:
            pass
        wanted = bool(self._output)
        if wanted and not self._writing:
            self._selector.register(self._sink, selectors.EVENT_WRITE)
        elif self._writing and not wanted:
            self._selector.unregister(self._sink)
        self._writing = wanted


def main() -> int:
    """Run the program; returns its exit code."""
    return Parent().run()
