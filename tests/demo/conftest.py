"""Simulated servers of the demo, run in a thread of the test, beside the real ones that they stand for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

import pytest

USERS = [
    ["default", "on", ">pw", "~*", "&*", "+@all"],
    ["limited", "on", ">pw", "~main:*", "&*", "+@all", "-evalsha", "-config|get"],
]


class Simulated(Protocol):
    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int: ...

    async def close(self) -> None: ...


Run = Callable[[Simulated], int]


@contextmanager
def running(server: Simulated) -> Iterator[int]:
    """Run a simulated server in a thread of its own; yields its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(server: Simulated) -> None:
    await server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@pytest.fixture
def run_simulated() -> Iterator[Run]:
    """A function that runs a simulated server until the test ends and returns its port."""
    with ExitStack() as stack:
        yield lambda server: stack.enter_context(running(server))
