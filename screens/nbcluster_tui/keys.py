"""Handles keys in the order in which they were typed.

Textual gives a letter to the focused widget at once, and a key that is bound to an action only after it went up to the application.
Over a slow line several keys arrive together: of ``secret``, Tab, ``name`` the last word would still go into the field of the secret.
So each key waits until the one before is done. A marker that goes the same way up tells when that is. What is typed while a step is
being built, at the start or between two steps, waits for it as well.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from textual import on
from textual.app import App
from textual.events import Event, Key, Paste
from textual.message import Message
from textual.widget import Widget

PATIENCE = 0.25
"""Seconds after which a waiting key checks whether the widget of the one before is still there to finish with it."""


ROUNDS = 4
"""How often the marker goes up: once behind the key, then behind the messages that each round led to, from a button to its form."""


class KeyDone(Message):
    """The key before this marker has been through the focused widget and everything above it."""

    def __init__(self, turn: int, target: Widget, rounds: int = ROUNDS) -> None:
        super().__init__()
        self.turn, self.target, self.rounds = turn, target, rounds


class OrderedKeys(App[int]):
    """An application that handles one key after the other."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting: deque[Event] = deque()
        self._turn = 0
        self._in_flight = False
        self._target: Widget | None = None

    @property
    def holds_keys(self) -> bool:
        """Whether keys wait, because what they are meant for is still being built; ``release_keys`` tells when it stands."""
        return False

    async def release_keys(self) -> None:
        """Go on with the keys that were typed ahead."""
        await self._next()
        if self._waiting:
            self._lose_patience_later()

    async def on_event(self, event: Event) -> None:
        """Let keys and pasted text queue; everything else goes its way."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        if isinstance(event, Paste):
            # most terminals send what the Enter key sends between the lines of what is pasted
            event.text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        self._waiting.append(event)
        await self._next()
        if self._waiting:
            self._lose_patience_later()

    async def _next(self) -> None:
        while self._waiting and not self._in_flight and not self.holds_keys:
            event = self._waiting.popleft()
            target: Widget = self.focused or self.screen
            self._in_flight = True
            self._turn += 1
            self._target = target
            await super().on_event(event)
            # One that was bound with priority is done by now, and was given to no widget.
            self._in_flight = event.is_forwarded and target.post_message(KeyDone(self._turn, target))

    @on(KeyDone)
    async def _done(self, done: KeyDone) -> None:
        again = KeyDone(done.turn, done.target, done.rounds - 1)
        if done.rounds <= 1 or done.turn != self._turn or not done.target.post_message(again):
            await self._release(done.turn)

    async def _release(self, turn: int) -> None:
        if turn != self._turn:
            return
        self._in_flight = False
        await self.release_keys()

    def _lose_patience_later(self) -> None:
        turn = self._turn
        self.set_timer(PATIENCE, lambda: self._lose_patience(turn))

    async def _lose_patience(self, turn: int) -> None:
        if turn != self._turn:
            return
        if self._in_flight and self._target is not None and self._target.is_attached:
            # slow, but there: its marker comes
            self._lose_patience_later()
        else:
            await self._release(turn)
