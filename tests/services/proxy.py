"""A TCP proxy in a thread that does to a connection what networks do: delay, reset, silence, cut."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from enum import StrEnum
from types import TracebackType


class Fault(StrEnum):
    """What the proxy does to each connection."""

    NONE = "none"
    LATENCY = "latency"
    """Each piece of data waits ``delay`` seconds, in each direction."""
    RESET = "reset"
    """The connection is reset as soon as it is accepted."""
    SILENCE = "silence"
    """The connection is accepted and nothing is ever answered."""
    HALF_OPEN = "half-open"
    """After ``after`` bytes the server's answers are swallowed."""
    TRUNCATE = "truncate"
    """The server's first answer is cut after three bytes, then the connection is reset."""
    DRIP = "drip"
    """The server's answers arrive one byte each ``delay`` seconds."""


class FaultProxy:
    """A proxy on a free port of 127.0.0.1 in front of a server; use it as a context manager."""

    def __init__(self, host: str, port: int, fault: Fault = Fault.NONE, delay: float = 0.3, after: int = 0) -> None:
        self.fault = fault
        self.delay = delay
        self.after = after
        self.host = "127.0.0.1"
        self.port = 0
        self.connections = 0
        self._upstream = (host, port)
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="fault proxy", daemon=True)

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        if not self._up.wait(10):
            raise RuntimeError("the fault proxy did not start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _serve(self) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(asyncio.start_server(self._connection, self.host, 0))
        self.port = server.sockets[0].getsockname()[1]
        self._up.set()
        try:
            loop.run_forever()
        finally:
            server.close()
            tasks = asyncio.all_tasks(loop)
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            # Transports close in callbacks of their own: one more turn lets them finish.
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        upstream: asyncio.StreamWriter | None = None
        try:
            if self.fault is Fault.RESET:
                _reset(writer)
            elif self.fault is Fault.SILENCE:
                await asyncio.Event().wait()
            else:
                answers, upstream = await asyncio.open_connection(*self._upstream)
                await asyncio.gather(self._pump(reader, upstream, False), self._pump(answers, writer, True))
        except OSError:
            pass
        except asyncio.CancelledError:
            # The streams module reports a cancelled connection as an error of its own: end it quietly.
            pass
        finally:
            for side in (writer, upstream):
                if side is not None:
                    side.close()
                    with contextlib.suppress(OSError, asyncio.CancelledError):
                        await side.wait_closed()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, answers: bool) -> None:
        passed = 0
        while data := await source.read(65536):
            if self.fault is Fault.LATENCY:
                await asyncio.sleep(self.delay)
            if self.fault is Fault.HALF_OPEN and answers and passed >= self.after:
                continue
            if self.fault is Fault.TRUNCATE and answers:
                target.write(data[:3])
                await target.drain()
                _reset(target)
                return
            if self.fault is Fault.DRIP and answers:
                await self._drip(data, target)
                continue
            passed += len(data)
            target.write(data)
            await target.drain()
        target.close()

    async def _drip(self, data: bytes, target: asyncio.StreamWriter) -> None:
        for number in data:
            target.write(bytes([number]))
            await target.drain()
            await asyncio.sleep(self.delay)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset: no lingering, so that the kernel sends RST and what is unsent is lost."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
