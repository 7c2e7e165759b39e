"""The step rail: the state of every step, by sign and word before colour."""

from __future__ import annotations

from textual.content import Content
from textual.widgets.option_list import Option

from nbcluster.errors import errors
from nbcluster.report import StepState
from nbcluster.steps import Step, StepFace
from nbcluster.text import _
from nbcluster.wizard import Wizard
from nbcluster_tui.lines import Entries
from nbcluster_tui.look import LOOK, State, sign, tint
from nbcluster_tui.safe import shown

STATES = {
    StepState.DONE: State.GOOD,
    StepState.WARNING: State.LOOK,
    StepState.PROBLEM: State.BAD,
    StepState.UNJUDGED: State.UNKNOWN,
    StepState.TODO: State.TODO,
    StepState.DEFAULT: State.DEFAULT,
}
WIDTH = 13
"""Columns of a title."""


class Rail(Entries, can_focus=False):
    """All steps in their order; F6 gives it the keyboard, Enter jumps."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(id="rail", compact=True, markup=False)
        self.wizard = wizard
        self._drawn: object = None

    def show(self, current: str) -> None:
        """Draw the steps with the present one marked, where something changed; a person who is moving in them keeps the place."""
        rows = tuple((_(step.title), self._state(step, current), step.id == current) for step in self.wizard.steps)
        drawn = (rows, self.has_focus, LOOK.ascii, LOOK.ansi)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        before = self.highlighted if self.has_focus else None
        ids = [step.id for step in self.wizard.steps]
        self.set_options([Option(_entry(*row, plain=self.has_focus), id=step_id) for row, step_id in zip(rows, ids, strict=True)])
        self.highlighted = ids.index(current) if before is None and current in ids else before

    def _state(self, step: Step, current: str) -> State:
        state = STATES[self.wizard.state(step)]
        if step.id != current or state is not State.BAD or step.face is not StepFace.FORM:
            return state
        # what is missing in the step that somebody is at is still being typed
        grave = errors(self.wizard.problems(step))
        return State.TODO if grave and all(problem.rule == "required" for problem in grave) else state

    def explanation(self) -> list[Content]:
        """Return the state of the step at the cursor, in words."""
        step = self.wizard.steps[self.highlighted or 0]
        state = self.wizard.state(step)
        return [
            Content.assemble((_(step.title), "bold"), "  ", (words_of(state), tint(STATES[state]))),
            shown(_(step.why)),
        ]

    def on_focus(self) -> None:
        """Draw without colours, which would be illegible on the cursor."""
        self.call_next(self.show, self.wizard.current)

    def on_blur(self) -> None:
        """Leave the tab order again, and a narrow window to the body."""
        self.can_focus = False
        self.call_next(self.show, self.wizard.current)
        self.screen.remove_class("-steps")


def words_of(state: StepState) -> str:
    """Return what the sign of a step means."""
    return {
        StepState.DONE: _("done"),
        StepState.WARNING: _("something to look at"),
        StepState.PROBLEM: _("something to fix"),
        StepState.UNJUDGED: _("not checked yet"),
        StepState.TODO: _("waits for you"),
        StepState.DEFAULT: _("all defaults, nothing to answer"),
    }[state]


def _entry(title: str, state: State, is_here: bool, *, plain: bool) -> Content:
    shown_state = State.HERE if is_here and state in (State.GOOD, State.TODO, State.DEFAULT) else state
    # the colour of text could not be told from the fill of the row where there are 16 colours
    is_plain = shown_state is State.HERE or (is_here and LOOK.ansi)
    style = "" if is_plain else tint(shown_state, "bold" if shown_state is not State.TODO else "")
    first = Content.styled(sign(shown_state), style)
    room = " " * (3 - first.cell_length if LOOK.ascii else 1)
    muted = "$text-muted" if state in (State.TODO, State.DEFAULT) and not is_here else ""
    entry = Content.assemble(first, room, (title, muted))
    return Content(entry.plain) if plain else entry
