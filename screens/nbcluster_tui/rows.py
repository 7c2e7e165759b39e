"""One field of a form: its label, its control by kind, and what is wrong with it in words below."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, RadioSet, Static

from nbcluster.answers.fields import Field
from nbcluster.errors import Problem, Severity
from nbcluster.text import _
from nbcluster.wizard import Wizard
from nbcluster_tui.inputs import TextInput, UrlInput
from nbcluster_tui.safe import shown
from nbcluster_tui.toggles import Radio, Radios, Tick


class FieldRow(Vertical):
    """A field on the screen; ``commit`` hands what is typed to the controller."""

    @dataclass
    class Committed(Message):
        """The answers may have changed."""

        row: FieldRow

    def __init__(self, field: Field, controller: Wizard) -> None:
        super().__init__(id=f"field-{field.path.replace('.', '-')}", classes="field")
        self.field = field
        self.controller = controller
        self.error = ""
        self.touched = False
        self.saved_unseen = False
        """Whether what is typed was saved while typing went on, before it was judged."""

    def compose(self) -> ComposeResult:
        """Lay out label, control and the line for problems."""
        with Horizontal(classes="line"):
            yield Static(shown(_(self.field.label)), classes="label")
            yield from self.controls()

    def controls(self) -> ComposeResult:
        """Yield the control of this kind."""
        yield Static(shown(self.controller.shown(self.field)))

    def commit(self) -> None:
        """Take what stands in the control; a row that only shows something has nothing to take."""

    def save_typed(self) -> None:
        """Save what is typed so far, where it is no secret; nothing on the screen changes."""

    def reload(self) -> None:
        """Show the present value where the user is not typing."""

    def renew(self) -> None:
        """Show an answer that came with another field's text."""
        self.reload()

    def show_problem(self, problem: Problem | None, *, always: bool = False) -> bool:
        """Show what is wrong, once the user has been here; returns whether it is an error."""
        if self.error:
            text, grave = self.error, True
        elif problem is not None and (self.touched or always):
            text, grave = f"{problem.message} {problem.hint}".strip(), problem.severity is Severity.ERROR
        else:
            for line in self.query(".problem"):
                line.display = False
            return problem is not None and problem.severity is Severity.ERROR
        line = self._problem_line()
        line.update(shown(f"{'!!' if grave else '!'} {text}"))
        line.set_class(grave, "-error")
        line.display = True
        return grave

    def _problem_line(self) -> Static:
        """Return the line below the control; most fields never need one, and each widget costs time at the first paint."""
        for line in self.query(".problem").results(Static):
            return line
        line = Static("", classes="problem")
        self.mount(line)
        return line

    def focus_control(self) -> None:
        """Put the cursor into the control."""
        for widget in self.query(Widget):
            if widget.focusable:
                widget.focus()
                return

    def say_notice(self) -> None:
        """Say what became of the text, and show the answers that it gave to other fields before they are committed."""
        if self.controller.notice:
            self.app.notify(self.controller.notice, markup=False)
            for row in self.screen.query(FieldRow):
                # what is being typed is left alone; another field may have the cursor already
                (row.reload if row is self else row.renew)()

    def take_text(self, text: str) -> None:
        """Hand a text to the controller, keeping what is wrong with it."""
        self.touched, self.saved_unseen = True, False
        self.error = self.controller.change_text(self.field, text)
        self.say_notice()
        self.post_message(self.Committed(self))


class TextRow(FieldRow):
    """Text, a number or a path."""

    def controls(self) -> ComposeResult:
        """Yield the input."""
        # what is taken apart may have a password in it
        kind = TextInput if self.field.compound is None else UrlInput
        yield kind(self.controller.shown(self.field), placeholder=_(self.field.placeholder), id=f"in-{self.id}")

    def commit(self) -> None:
        """Take the text if it changed."""
        control = self.query_one(TextInput)
        if control.value != self.controller.shown(self.field) or self.error or self.saved_unseen:
            self.take_text(control.value)
        else:
            self.touched = True

    def save_typed(self) -> None:
        """Save the text if it has the form of its field."""
        control = self.query_one(TextInput)
        if control.value != self.controller.shown(self.field) and self.controller.keep_typed(self.field, control.value):
            self.saved_unseen = True

    def reload(self) -> None:
        """Show a default that follows from other answers."""
        if not self.query_one(TextInput).has_focus and not self.error:
            self.renew()

    def renew(self) -> None:
        """Show an answer that came with another field's text."""
        self.error = ""
        control = self.query_one(TextInput)
        if control.value != self.controller.shown(self.field):
            with control.prevent(TextInput.Changed):
                control.value = self.controller.shown(self.field)


class BooleanRow(FieldRow):
    """Yes or no."""

    def controls(self) -> ComposeResult:
        """Yield the tick box."""
        yield Tick(_("yes"), self.controller.answers.flag(self.field.path), compact=True)

    def commit(self) -> None:
        """Take the tick."""
        value = self.query_one(Checkbox).value
        self.touched = True
        if value != self.controller.answers.flag(self.field.path):
            self.controller.change(self.field.path, value)
        self.post_message(self.Committed(self))

    def renew(self) -> None:
        """Show an answer that came with another field's text."""
        tick = self.query_one(Checkbox)
        with tick.prevent(Checkbox.Changed):
            tick.value = self.controller.answers.flag(self.field.path)

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Commit at once."""
        event.stop()
        self.commit()


class ChoiceRow(FieldRow):
    """One of a few."""

    def controls(self) -> ComposeResult:
        """Yield the buttons, side by side where they are short."""
        choices = self.field.choices_for(self.controller.answers)
        value = self.controller.answers[self.field.path]
        buttons = [Radio(shown(_(c.label)), value=c.value == value, compact=True) for c in choices]
        wide = sum(len(_(c.label)) * (1 if _(c.label).isascii() else 2) + 5 for c in choices) > 42
        yield Radios(*buttons, compact=True, classes="tall" if wide else "flat")

    def commit(self) -> None:
        """Take the pressed button."""
        pressed = self.query_one(Radios).chosen_index
        self.touched = True
        choices = self.field.choices_for(self.controller.answers)
        if 0 <= pressed < len(choices) and choices[pressed].value != self.controller.answers[self.field.path]:
            self.controller.change(self.field.path, choices[pressed].value)
        self.post_message(self.Committed(self))

    def renew(self) -> None:
        """Press the button of an answer that came with another field's text."""
        choices = [choice.value for choice in self.field.choices_for(self.controller.answers)]
        value = self.controller.answers.text(self.field.path)
        buttons = list(self.query(Radio))
        if value in choices and len(buttons) == len(choices) and not buttons[choices.index(value)].value:
            buttons[choices.index(value)].value = True

    def on_radio_set_changed(self, event: RadioSet.Changed) -> None:
        """Commit at once."""
        event.stop()
        self.commit()


class MultiRow(FieldRow):
    """Several of a few, one tick each."""

    def controls(self) -> ComposeResult:
        """Yield a tick box per choice."""
        ticked = {word.rsplit("/plugin-", 1)[-1] for word in self.controller.answers.words(self.field.path)}
        with Vertical(classes="ticks"):
            for choice in self.field.choices_for(self.controller.answers):
                yield Tick(shown(choice.value), choice.value in ticked, compact=True)

    def commit(self) -> None:
        """Take the ticks; what the present choices do not show is kept."""
        choices = self.field.choices_for(self.controller.answers)
        shown = {choice.value for choice in choices}
        before = [word.rsplit("/plugin-", 1)[-1] for word in self.controller.answers.words(self.field.path)]
        boxes = list(self.query(Checkbox))
        now = [choice.value for choice, box in zip(choices, boxes, strict=True) if box.value]
        self.touched = True
        words = (*now, *(word for word in before if word not in shown))
        if set(words) != set(before):
            self.controller.change(self.field.path, words)
        self.post_message(self.Committed(self))

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Commit at once."""
        event.stop()
        self.commit()
