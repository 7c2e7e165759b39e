"""Dialogs: each is modal, answers by ``dismiss``, and changes nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from nbcluster.answers.secret import Secret
from nbcluster.text import N_, _
from nbcluster_tui.inputs import SecretInput, TextInput
from nbcluster_tui.lines import Entries
from nbcluster_tui.look import State, button_label, mark
from nbcluster_tui.safe import shown
from nbcluster_tui.views import aside, give_keys
from nbcluster_tui.widgets import Prose

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """A dialog; a change of focus in it does not paint the whole screen again."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)


def push_button(text: str, name: str, *, primary: bool = False) -> Button:
    """Return a button of one row."""
    return Button(button_label(text), id=name, variant="primary" if primary else "default", compact=True)


class Confirm(Dialog[bool]):
    """A question with facts, and yes and no; ``y`` means yes, Enter the default."""

    # otherwise the first control would get the focus instead of the default
    AUTO_FOCUS = None
    BINDINGS: ClassVar = [Binding("y", "yes", show=False), Binding("n,escape", "no", show=False)]

    def __init__(self, question: str, yes: str, facts: Sequence[str | Content] = (), *, default: bool = True) -> None:
        super().__init__()
        self.question, self.facts, self.yes, self.default = question, facts, yes, default

    def compose(self) -> ComposeResult:
        """Lay out question, facts and buttons."""
        with Vertical(classes="dialog"):
            yield Prose(shown(self.question).stylize("bold"), classes="question")
            with VerticalScroll(can_focus=False, classes="facts"):
                for fact in self.facts:
                    yield Prose(fact)
            with Horizontal(classes="buttons"):
                yield push_button(_("Cancel"), "no")
                yield push_button(self.yes, "yes", primary=True)

    def on_mount(self) -> None:
        """Focus the default."""
        give_keys(self.query_one("#yes" if self.default else "#no"))

    @on(Button.Pressed, "#yes")
    def action_yes(self) -> None:
        """Answer yes."""
        self.dismiss(True)

    @on(Button.Pressed, "#no")
    def action_no(self) -> None:
        """Answer no."""
        self.dismiss(False)


class AskText(Dialog[str | None]):
    """One line of text, or None."""

    BINDINGS = [Binding("escape", "cancel", show=False)]  # noqa: RUF012 - Textual's form

    def __init__(self, question: str, value: str = "", check: Callable[[str], str] | None = None) -> None:
        super().__init__()
        self.question, self.value, self.check = question, value, check

    def compose(self) -> ComposeResult:
        """Lay out question, input and buttons."""
        with Vertical(classes="dialog"):
            yield Prose(self.question, classes="question")
            yield TextInput(self.value)
            yield Prose("", classes="problem")
            with Horizontal(classes="buttons"):
                yield push_button(_("OK"), "ok", primary=True)
                yield push_button(_("Cancel"), "cancel")

    def on_mount(self) -> None:
        """Begin in the input."""
        self.query_one(TextInput).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#ok")
    def accept(self) -> None:
        """Answer with the text, unless it is refused."""
        text = self.query_one(TextInput).value
        fault = self.check(text) if self.check is not None else "" if text.strip() else _("type something")
        if fault:
            self.query_one(".problem", Prose).put(mark(State.BAD, shown(fault)))
        else:
            self.dismiss(text)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Dismiss without an answer."""
        self.dismiss(None)


WIDEST_NAME = 32
"""Columns of the list of files at most."""


class TextViewer(Dialog[None]):
    """Texts to read: a list on the left where there are several, the text on the right; they may arrive after the dialog has opened."""

    BINDINGS = [Binding("escape,f3,q", "close", show=False)]  # noqa: RUF012 - Textual's form

    def __init__(self, pages: Sequence[tuple[str, str]] = (), first: str = "") -> None:
        super().__init__()
        self.pages, self.first = pages, first

    def compose(self) -> ComposeResult:
        """Lay out list and page."""
        with Horizontal(classes="reader"):
            yield Entries(compact=True, markup=False)
            with VerticalScroll():
                yield Static(shown(_("The files are being made ...")), id="page")
        yield Static(shown(_("up, down: file   tab: scroll the text   esc: close")), classes="keys")

    def on_mount(self) -> None:
        """Show the first page."""
        self.query_one(OptionList).focus()
        self.show_pages(self.pages)

    def show_pages(self, pages: Sequence[tuple[str, str]]) -> None:
        """Show texts, beginning with the requested one; before the dialog is mounted, they are kept for later."""
        self.pages = pages
        titles = [title for title, _text in pages]
        for entries in self.query(OptionList):
            rows = list(_by_folder(titles))
            entries.set_options(rows)
            # a long name folds rather than take the room of the text
            entries.styles.width = 2 + min(WIDEST_NAME, max((Content(str(row.prompt)).cell_length for row in rows), default=0))
            first = titles.index(self.first) if self.first in titles else 0
            entries.highlighted = entries.get_option_index(f"page{first}") if pages else None

    @on(OptionList.OptionHighlighted)
    def show_page(self, event: OptionList.OptionHighlighted) -> None:
        """Show the selected page."""
        number = int((event.option.id or "page0").removeprefix("page"))
        self.query_one("#page", Static).update(shown(self.pages[number][1]))

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)


def _by_folder(titles: Sequence[str]) -> Iterator[Option]:
    """Yield a row for each text, below the folder that it is in; a folder is no row to stop at."""
    before = ""
    for number, title in enumerate(titles):
        folder, slash, name = title.rpartition("/")
        if slash and folder != before:
            yield Option(shown(folder + slash).stylize("$text-muted"), disabled=True)
        before = folder
        yield Option(shown(f"  {name}" if slash else title), id=f"page{number}")


IMPORT_TITLE = N_("What the import has found")


class Notice(Dialog[None]):
    """Lines to read before going on; they scroll by keys."""

    BINDINGS = [Binding("escape,q,enter", "close", show=False)]  # noqa: RUF012 - Textual's form

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self.heading, self.lines = title, lines

    def compose(self) -> ComposeResult:
        """Lay out lines and button."""
        with Vertical(classes="dialog tall"):
            yield Prose(self.heading, classes="question")
            with VerticalScroll(id="report"):
                for line in self.lines:
                    yield Prose(line)
            with Horizontal(classes="buttons"):
                yield push_button(_("Go on"), "ok", primary=True)

    def on_mount(self) -> None:
        """Begin in the lines; Tab and Enter go on."""
        self.query_one("#report").focus()

    @on(Button.Pressed, "#ok")
    def action_close(self) -> None:
        """Go on."""
        self.dismiss(None)


class AskSecrets(Dialog[dict[str, Secret] | None]):
    """The secrets that a resumed session does not store; one that differs from the earlier one has to be typed twice or confirmed."""

    BINDINGS = [Binding("escape", "later", show=False)]  # noqa: RUF012 - Textual's form

    def __init__(self, asked: Sequence[tuple[str, str]], recognises: Callable[[str, Secret], bool]) -> None:
        super().__init__()
        self.asked, self.recognises = asked, recognises
        self._insisted: dict[str, Secret] = {}
        self._busy = False

    def compose(self) -> ComposeResult:
        """Lay out one input per secret."""
        with Vertical(classes="dialog tall"):
            yield Prose(_("A session stores no secret. Type these again; the rest is as you left it."), classes="question")
            with VerticalScroll(can_focus=False):
                for number, (_path, label) in enumerate(self.asked):
                    with Horizontal(classes="line"):
                        yield Static(shown(label), classes="label wide")
                        yield SecretInput(id=f"secret{number}")
            yield Prose("", classes="problem")
            with Horizontal(classes="buttons"):
                yield push_button(_("Go on"), "ok", primary=True)
                yield push_button(_("Later"), "later")

    def on_mount(self) -> None:
        """Begin in the first."""
        self.query(SecretInput).first().focus()

    @on(Input.Submitted)
    async def following(self, event: Input.Submitted) -> None:
        """Go to the next one, and on from the last, or from any where all that differs is meant."""
        event.stop()
        typed = self._typed()
        is_meant = bool(self._insisted) and all(typed.get(path) == secret for path, secret in self._insisted.items())
        if is_meant or event.input is self.query(SecretInput).last():
            await self.accept()
        else:
            self.focus_next()

    @on(Button.Pressed, "#ok")
    async def accept(self) -> None:
        """Answer with what was typed; what differs from before is asked once more."""
        if self._busy:
            return
        typed = self._typed()
        fresh = {path: secret for path, secret in typed.items() if self._insisted.get(path) != secret}
        self._busy = True
        try:
            differing = await aside(lambda: [path for path, secret in fresh.items() if not self.recognises(path, secret)])
        finally:
            self._busy = False
        if not differing:
            self.dismiss(typed)
            return
        self._insisted |= {path: typed[path] for path in differing}
        labels = ", ".join(label for path, label in self.asked if path in differing)
        message = _("Not the same as before: {labels}. Type it again, or press Enter once more to use it anyway.")
        self.query_one(".problem", Prose).put(mark(State.BAD, shown(message.format(labels=labels))))
        self._inputs()[differing[0]].focus()

    def _inputs(self) -> dict[str, SecretInput]:
        return {path: self.query_one(f"#secret{n}", SecretInput) for n, (path, _label) in enumerate(self.asked)}

    def _typed(self) -> dict[str, Secret]:
        return {path: Secret(control.value) for path, control in self._inputs().items() if control.value}

    @on(Button.Pressed, "#later")
    def action_later(self) -> None:
        """Answer nothing; the steps of these secrets ask again."""
        self.dismiss(None)
