"""One field of a form: its label, its control by kind, and a mark where something is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from nbcluster.answers.answers import Answers
from nbcluster.answers.entry import ticks_of
from nbcluster.answers.fields import Choice, Field, FieldKind
from nbcluster.errors import Problem, Severity
from nbcluster.report import said_of
from nbcluster.text import _
from nbcluster.text.layout import sentences, width_of
from nbcluster.wizard import Wizard
from nbcluster_tui.choices import RadioGroup, Ticks
from nbcluster_tui.inputs import LONG, MEDIUM, SHORT, TextInput, UrlInput
from nbcluster_tui.look import State, mark, sign, tint
from nbcluster_tui.safe import shown

WIDEST_LABEL = 11
"""Columns of the widest label; one more is for the mark."""
LENGTHS = {FieldKind.INTEGER: SHORT, FieldKind.URL: LONG, FieldKind.PATH: LONG}


def length_of(field: Field) -> int:
    """Return the columns of a field by the length of its answer."""
    return field.length or LENGTHS.get(field.kind, MEDIUM)


def hint_of(field: Field) -> str:
    """Return the placeholder of an empty field; an example is marked as one."""
    text = _(field.placeholder)
    return _("e.g. {example}").format(example=text) if text and field.example else text


def explained(field: Field, answer: Choice | None = None) -> list[Content]:
    """Return what the chosen answer means, else why the field is asked and what goes wrong with a bad answer."""
    variable = Content.styled(f"  {field.variable}", "$text-muted") if field.variable else Content("")
    if answer is not None and answer.why:
        return [Content.assemble((_(answer.label), "bold"), "  ", _(answer.why), variable)]
    return [shown(sentences(_(field.why), _(field.otherwise))) + variable]


def explained_choice(field: Field, choice: RadioGroup, answers: Sequence[Choice]) -> list[Content]:
    """Return what the label at the cursor means, and how it is chosen if it is not."""
    at, chosen = answers[choice.cursor] if choice.cursor < len(answers) else None, choice.chosen
    if at is None or choice.cursor == chosen:
        return explained(field, at)
    if chosen < 0:
        return [Content(_("Not chosen yet: space or a click chooses.")), *explained(field, at if choice.cursor else None)]
    about = explained(field, at) if at.why else [Content.styled(_(at.label), "bold")]
    return [*about, Content.styled(_("Space chooses it."), "$text-muted")]


def tells_unasked(problem: Problem, field: Field, answers: Answers, *, was_seen: bool) -> bool:
    """Return whether a field is marked before anybody was there: what is empty only waits, and a default is judged in a form seen before."""
    is_filled = answers[field.path] not in (None, "", ())
    return is_filled and problem.rule != "required" and (was_seen or field.path in answers)


def told(problem: Problem, field: Field, answers: Answers) -> Content:
    """Return what is wrong with the answer of a field, after its label."""
    said = said_of(problem, answers)
    state = State.BAD if problem.severity is Severity.ERROR else State.LOOK
    return mark(state, shown(_("{subject}: {found}").format(subject=_(field.label), found=said)))


@dataclass
class Said(Message):
    """A notice has to be shown once, above the explanation of the focus; ``is_lasting`` keeps it while keys typed ahead move on."""

    text: str
    is_lasting: bool = False


class LabelledLine(Horizontal):
    """Controls behind a label that the line draws itself: a widget for each label would cost a good part of every step change."""

    def __init__(self, label: str | None, *children: Widget, id: str | None = None, classes: str = "") -> None:  # noqa: A002 - Textual's name
        super().__init__(*children, id=id, classes=classes)
        self.label = label
        """The label; None where there is no column for one."""
        self._is_here = False
        if children:
            self.indent(children[0])

    @property
    def label_width(self) -> int:
        """The columns of the label."""
        if self.label is None:
            return 0
        return width_of(self.label) + 2 if self.has_class("-beside") else WIDEST_LABEL + 1

    def indent(self, first: Widget) -> None:
        """Leave room for the label in front of the first control."""
        if first.styles.margin.left != self.label_width:
            first.styles.margin = (0, 0, 0, self.label_width)

    def put_label(self, label: str) -> None:
        """Show another label."""
        if label != self.label:
            self.label = label
            for first in self.children[:1]:
                self.indent(first)
            self.refresh()

    def mark_here(self, is_here: bool) -> None:
        """Colour the label while something in the line has the focus."""
        if is_here != self._is_here:
            self._is_here = is_here
            # no more than the label: what stands beside it would go over the line, too
            self.refresh(Region(0, 0, self.label_width, 1))

    def render(self) -> Content:
        """Return the label."""
        label = shown(self.label or "").truncate(WIDEST_LABEL + 1)
        lead = " " if self.has_class("-beside") else ""
        return Content(lead) + label.stylize("$text-primary bold" if self._is_here else "$text-muted")


class FieldRow(LabelledLine):
    """A field on the screen; ``commit`` hands what is typed to the wizard."""

    @dataclass
    class Committed(Message):
        """The answers may have changed."""

        row: FieldRow

    @dataclass
    class Finished(Message):
        """Enter was pressed in it."""

        row: FieldRow

    def __init__(self, field: Field, wizard: Wizard, *, bare: bool = False) -> None:
        self.field = field
        self.wizard = wizard
        self.bare = bare or not field.heading_label
        """Whether there is no column for a label, because the heading is enough."""
        super().__init__(None if self.bare else "", id=f"field-{field.path.replace('.', '-')}", classes="field")
        self.error = ""
        self.touched = False
        self.was_seen = False
        """Whether the form was visited before this time."""
        self.saved_unseen = False
        """Whether the text was saved while it was still being typed, before it was checked."""
        self.problem: Content | None = None
        """What is wrong, as shown in the pane."""
        self.state: State | None = None
        """How grave that is."""
        self._sign: Static | None = None

    @property
    def label_text(self) -> str:
        """The label below the heading; a required answer is marked."""
        if self.field.kind is FieldKind.BOOLEAN:
            return ""
        text = _(self.field.heading_label)
        answers = self.wizard.answers
        is_wanted = self.field.required_for(answers) and answers[self.field.path] in (None, "", ())
        if not text or not is_wanted:
            return text
        # the widest labels leave one column
        return f"{text} *" if width_of(text) < WIDEST_LABEL else f"{text}*"

    def compose(self) -> ComposeResult:
        """Lay out the controls behind the label."""
        self.relabel()
        for index, control in enumerate(self.controls()):
            if index == 0:
                self.indent(control)
            yield control

    def controls(self) -> ComposeResult:
        """Yield the control of this kind."""
        yield Static(shown(self.wizard.shown(self.field)))

    def on_descendant_focus(self) -> None:
        """Colour the label."""
        self.mark_here(True)

    def on_descendant_blur(self) -> None:
        """Take the colour away."""
        self.mark_here(False)

    def explanation(self) -> list[Content]:
        """Return what is wrong, then what the field means."""
        return [*([self.problem] if self.problem is not None else []), *explained(self.field)]

    def help(self) -> tuple[str, str]:
        """Return the heading and all of the help for the control in focus."""
        from nbcluster_tui.help import about

        return _(self.field.label), about(self.field, self.wizard.answers)

    def commit(self) -> None:
        """Commit the content of the control; a read-only row has nothing to commit."""

    def save_typed(self) -> None:
        """Save what is typed so far, where it is no secret; nothing on the screen changes."""

    def reload(self) -> None:
        """Show the present value where the user is not typing."""

    def renew(self) -> None:
        """Show an answer that came with another field's text."""
        self.reload()

    def relabel(self) -> None:
        """Show whether the answer is required now."""
        if not self.bare:
            self.put_label(self.label_text)

    def show_problem(self, problem: Problem | None, *, always: bool = False) -> bool:
        """Mark what is wrong with an answer, and what is missing once the user has visited the field; returns whether it is an error."""
        self.relabel()
        grave = bool(self.error) or (problem is not None and problem.severity is Severity.ERROR)
        state = State.BAD if grave else State.LOOK
        if self.error:
            self._mark(state, mark(state, shown(self.error)))
        elif problem is not None and (self.touched or always or self._tells_unasked(problem)):
            self._mark(state, told(problem, self.field, self.wizard.answers))
        else:
            self._mark(None, None)
        return grave

    def _tells_unasked(self, problem: Problem) -> bool:
        # text that is still being typed is no answer yet
        return not self.saved_unseen and tells_unasked(problem, self.field, self.wizard.answers, was_seen=self.was_seen)

    def _mark(self, state: State | None, problem: Content | None) -> None:
        self.problem, self.state = problem, state
        self.set_class(state is State.BAD, "-bad")
        self.set_class(state is State.LOOK, "-look")
        if state is None:
            if self._sign is not None:
                self._sign.display = False
            return
        text = Content.styled(sign(state), tint(state, "bold"))
        if self._sign is None:
            # most fields never need one, and each widget costs time at the first paint
            self._sign = Static(text, classes="mark")
            self._mark_place().mount(self._sign)
        else:
            self._sign.update(text)
            self._sign.display = True

    def _mark_place(self) -> Widget:
        return self

    def focus_control(self) -> None:
        """Put the cursor into the control."""
        for widget in self.query(Widget):
            if widget.focusable:
                if isinstance(widget, Ticks):
                    widget.point_at_gap()
                widget.focus()
                return

    def focus_for(self, paths: Collection[str]) -> None:
        """Put the cursor into the control of some answers."""
        self.focus_control()

    def keeps_cursor(self) -> bool:
        """Commit the text; returns whether it is invalid, so that the cursor stays."""
        self.commit()
        return bool(self.error)

    def say_notice(self) -> None:
        """Show how the text was understood, and the answers that it gave to other fields before those are committed."""
        if self.wizard.notice:
            self.post_message(Said(self.wizard.notice))
            for row in self.screen.query(FieldRow):
                # what is being typed is left alone; another field may have the cursor already
                (row.reload if row is self else row.renew)()

    def take_text(self, text: str) -> None:
        """Hand a text to the wizard, keeping what is wrong with it."""
        self.touched, self.saved_unseen = True, False
        self.error = self.wizard.change_text(self.field, text)
        self.say_notice()
        self.post_message(self.Committed(self))


class TextRow(FieldRow):
    """Text, a number or a path."""

    def controls(self) -> ComposeResult:
        """Yield the input."""
        # a text that is split may contain a password
        kind = TextInput if self.field.compound is None else UrlInput
        value = self.wizard.shown(self.field)
        yield kind(value, placeholder=hint_of(self.field), id=f"in-{self.id}", length=length_of(self.field))

    def commit(self) -> None:
        """Take the text if it changed."""
        control = self.query_one(TextInput)
        if control.value != self.wizard.shown(self.field) or self.error or self.saved_unseen:
            self.take_text(control.value)
        else:
            self.touched = True

    def save_typed(self) -> None:
        """Save the text if it has the form of its field."""
        control = self.query_one(TextInput)
        if control.value != self.wizard.shown(self.field) and self.wizard.keep_typed(self.field, control.value):
            self.saved_unseen = True

    def reload(self) -> None:
        """Show a default that follows from other answers."""
        if not self.query_one(TextInput).has_focus and not self.error:
            self.renew()

    def renew(self) -> None:
        """Show an answer that came with another field's text."""
        self.error = ""
        control = self.query_one(TextInput)
        if control.value != self.wizard.shown(self.field):
            with control.prevent(TextInput.Changed):
                control.value = self.wizard.shown(self.field)


class BooleanRow(FieldRow):
    """Yes or no; the label beside the tick says what it means."""

    def controls(self) -> ComposeResult:
        """Yield the tick box."""
        yield Ticks([_(self.field.label)], {0} if self.wizard.answers.flag(self.field.path) else ())

    def commit(self) -> None:
        """Take the tick."""
        value = bool(self.query_one(Ticks).ticked)
        self.touched = True
        if value != self.wizard.answers.flag(self.field.path):
            self.wizard.change(self.field.path, value)
        self.post_message(self.Committed(self))

    def renew(self) -> None:
        """Show an answer that came with another field's text."""
        self.query_one(Ticks).put({0} if self.wizard.answers.flag(self.field.path) else ())

    def on_ticks_toggled(self, event: Ticks.Toggled) -> None:
        """Commit at once."""
        event.stop()
        self.commit()


class ChoiceRow(FieldRow):
    """One of a few."""

    def controls(self) -> ComposeResult:
        """Yield the choices, side by side where they are short."""
        # whole sentences are listed one below the other, however wide the screen is
        flat = bool(self.field.heading_label)
        yield RadioGroup([_(c.label) for c in self._answers()], self._chosen(), flat=flat)

    def _answers(self) -> tuple[Choice, ...]:
        return self.field.choices_for(self.wizard.answers)

    def _chosen(self) -> int:
        value = self.wizard.answers[self.field.path]
        return next((index for index, choice in enumerate(self._answers()) if choice.value == value), -1)

    def explanation(self) -> list[Content]:
        """Return what the chosen answer means, then the field."""
        wrong = [self.problem] if self.problem is not None else []
        return [*wrong, *explained_choice(self.field, self.query_one(RadioGroup), self._answers())]

    def commit(self) -> None:
        """Take what is chosen."""
        chosen = self.query_one(RadioGroup).chosen
        self.touched = True
        answers = self._answers()
        if 0 <= chosen < len(answers) and answers[chosen].value != self.wizard.answers[self.field.path]:
            self.wizard.change(self.field.path, answers[chosen].value)
            self.say_notice()
        self.post_message(self.Committed(self))

    def renew(self) -> None:
        """Show an answer that came with another field's text."""
        self.query_one(RadioGroup).put(self._chosen())

    def on_radio_group_chosen(self, event: RadioGroup.Chosen) -> None:
        """Commit at once."""
        event.stop()
        self.commit()

    def on_radio_group_settled(self, event: RadioGroup.Settled) -> None:
        """Go on."""
        event.stop()
        self.post_message(self.Finished(self))


class MultiRow(FieldRow):
    """Several of a few, one tick each."""

    def controls(self) -> ComposeResult:
        """Yield a tick per choice."""
        yield Ticks([_(choice.label) for choice in self._answers()], self._ticked())

    def _answers(self) -> tuple[Choice, ...]:
        return self.field.choices_for(self.wizard.answers)

    def _words(self) -> Sequence[str]:
        return ticks_of(self.field, self.wizard.answers)

    def _ticked(self) -> set[int]:
        words = set(self._words())
        return {index for index, choice in enumerate(self._answers()) if choice.value in words}

    def explanation(self) -> list[Content]:
        """Return what the label at the cursor means, then the field."""
        answers, cursor = self._answers(), self.query_one(Ticks).cursor
        wrong = [self.problem] if self.problem is not None else []
        about = answers[cursor] if cursor < len(answers) else None
        return [*wrong, *explained(self.field, about)]

    def renew(self) -> None:
        """Show an answer that was changed elsewhere."""
        self.query_one(Ticks).put(self._ticked())

    def commit(self) -> None:
        """Take the ticks; what the present choices do not show is kept."""
        answers, ticked = self._answers(), self.query_one(Ticks).ticked
        open_values = {choice.value for choice in answers}
        before = self._words()
        now = [choice.value for index, choice in enumerate(answers) if index in ticked]
        self.touched = True
        words = (*now, *(word for word in before if word not in open_values))
        if set(words) != set(before):
            self.wizard.change(self.field.path, words)
        self.post_message(self.Committed(self))

    def on_ticks_toggled(self, event: Ticks.Toggled) -> None:
        """Commit at once."""
        event.stop()
        self.commit()
