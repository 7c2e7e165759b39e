"""Which face a terminal gets."""

from __future__ import annotations

from typing import Protocol

import pytest

from nbcluster.system import terminal
from nbcluster.system.terminal import SMALLEST, SMALLEST_LIST, Front, Size, choose_front


class FrontFor(Protocol):
    """Tells which face a terminal gets."""

    def __call__(self, size: Size, requested: str | None = None, term: str = "xterm", **environ: str) -> Front: ...


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch) -> FrontFor:
    """A terminal of any size."""

    def found(size: Size, requested: str | None = None, term: str = "xterm", **environ: str) -> Front:
        with monkeypatch.context() as patch:
            patch.setattr(terminal, "_is_tty", lambda _stream: True)
            patch.setattr(terminal, "_terminal_size", lambda: size)
            patch.delenv("CI", raising=False)
            for name, value in {"TERM": term, **environ}.items():
                patch.setenv(name, value)
            return choose_front(requested)

    return found


@pytest.mark.parametrize("axis", [0, 1])
def test_a_window_gets_what_it_has_room_for(front: FrontFor, axis: int) -> None:
    def less(size: Size) -> Size:
        return (size[0] - (axis == 0), size[1] - (axis == 1))

    assert front(SMALLEST) is Front.TUI
    assert front(less(SMALLEST)) is Front.LINE
    assert front(SMALLEST_LIST) is Front.LINE
    assert front(less(SMALLEST_LIST)) is Front.PLAIN
    assert {front(size) for size in ((1, 1), (0, 0), (0, 24), (80, 0), (1, 200), (200, 1))} == {Front.PLAIN}


@pytest.mark.parametrize("requested", list(Front))
def test_a_wish_decides_but_where_the_terminal_takes_no_control_sequences(front: FrontFor, requested: Front) -> None:
    assert front((1, 1), requested) is requested and front((80, 24), requested, CI="1") is requested
    assert front((80, 24), requested, term="dumb") is Front.PLAIN and front((80, 24), CI="1") is Front.PLAIN
