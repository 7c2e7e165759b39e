"""Dialogs: each is modal, answers by ``dismiss``, and changes nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from nbcluster.answers.secret import Secret
from nbcluster.text import _
from nbcluster_tui.inputs import SecretInput, TextInput
from nbcluster_tui.lines import Entries
from nbcluster_tui.safe import shown
from nbcluster_tui.views import aside


class Confirm(ModalScreen[bool]):
    """A question with yes and no; ``y`` means yes, Enter what the question begins on."""

    BINDINGS = [Binding("y", "yes", show=False), Binding("n,escape", "no", show=False)]  # noqa: RUF012 - Textual's form

    def __init__(self, question: str, yes: str, *, default: bool = True) -> None:
        super().__init__()
        self.question, self.yes, self.default = question, yes, default

    def compose(self) -> ComposeResult:
        """Lay out question and buttons."""
        with Vertical(classes="dialog"):
            with VerticalScroll(can_focus=False):
                yield Static(shown(self.question))
            with Horizontal(classes="buttons"):
                yield Button(self.yes, id="yes", variant="primary", compact=True)
                yield Button(_("Cancel"), id="no", compact=True)

    def on_mount(self) -> None:
        """Begin on what Enter means."""
        self.query_one("#yes" if self.default else "#no").focus()

    @on(Button.Pressed, "#yes")
    def action_yes(self) -> None:
        """Answer yes."""
        self.dismiss(True)

    @on(Button.Pressed, "#no")
    def action_no(self) -> None:
        """Answer no."""
        self.dismiss(False)


class AskText(ModalScreen[str | None]):
    """One line of text, or None."""

    BINDINGS = [Binding("escape", "cancel", show=False)]  # noqa: RUF012 - Textual's form

    def __init__(self, question: str, value: str = "", check: Callable[[str], str] | None = None) -> None:
        super().__init__()
        self.question, self.value, self.check = question, value, check

    def compose(self) -> ComposeResult:
        """Lay out question, input and buttons."""
        with Vertical(classes="dialog"):
            yield Static(shown(self.question))
            yield TextInput(self.value)
            yield Static("", classes="problem")
            with Horizontal(classes="buttons"):
                yield Button(_("OK"), id="ok", variant="primary", compact=True)
                yield Button(_("Cancel"), id="cancel", compact=True)

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
            self.query_one(".problem", Static).update(shown(f"!! {fault}"))
        else:
            self.dismiss(text)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


class Reader(ModalScreen[None]):
    """Texts to read: a list on the left where there are several, the text on the right; they may come later than the dialog."""

    BINDINGS = [Binding("escape,f3,q", "close", show=False)]  # noqa: RUF012 - Textual's form

    def __init__(self, pages: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self.pages = pages

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
        """Show texts, beginning with the first; before the dialog stands, they are kept for then."""
        self.pages = pages
        for entries in self.query(OptionList):
            entries.set_options([Option(shown(title)) for title, _text in pages])
            entries.highlighted = 0 if pages else None

    @on(OptionList.OptionHighlighted)
    def show_page(self, event: OptionList.OptionHighlighted) -> None:
        """Show the page that is pointed at."""
        self.query_one("#page", Static).update(shown(self.pages[event.option_index][1]))

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)


class Report(ModalScreen[None]):
    """Lines to read before going on; they scroll by keys."""

    BINDINGS = [Binding("escape,q,enter", "close", show=False)]  # noqa: RUF012 - Textual's form

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self.heading, self.lines = title, lines

    def compose(self) -> ComposeResult:
        """Lay out lines and button."""
        with Vertical(classes="dialog tall"):
            yield Static(shown(self.heading))
            with VerticalScroll(id="report"):
                for line in self.lines:
                    yield Static(shown(line))
            with Horizontal(classes="buttons"):
                yield Button(_("Go on"), id="ok", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Begin in the lines; Tab and Enter go on."""
        self.query_one("#report").focus()

    @on(Button.Pressed, "#ok")
    def action_close(self) -> None:
        """Go on."""
        self.dismiss(None)


class AskSecrets(ModalScreen[dict[str, Secret] | None]):
    """The secrets that a resumed session does not store; one that differs from the former one has to be typed twice or insisted on."""

    BINDINGS = [Binding("escape", "later", show=False)]  # noqa: RUF012 - Textual's form

    def __init__(self, asked: Sequence[tuple[str, str]], recognises: Callable[[str, Secret], bool]) -> None:
        super().__init__()
        self.asked, self.recognises = asked, recognises
        self._insisted: dict[str, Secret] = {}
        self._busy = False

    def compose(self) -> ComposeResult:
        """Lay out one input per secret."""
        with Vertical(classes="dialog tall"):
            yield Static(shown(_("A session stores no secret. Type these again; the rest is as you left it.")))
            with VerticalScroll(can_focus=False):
                for number, (_path, label) in enumerate(self.asked):
                    with Horizontal(classes="line"):
                        yield Static(shown(label), classes="label wide")
                        yield SecretInput(id=f"secret{number}")
            yield Static("", classes="problem")
            with Horizontal(classes="buttons"):
                yield Button(_("Go on"), id="ok", variant="primary", compact=True)
                yield Button(_("Later"), id="later", compact=True)

    def on_mount(self) -> None:
        """Begin in the first."""
        self.query(SecretInput).first().focus()

    @on(Input.Submitted)
    async def following(self, event: Input.Submitted) -> None:
        """Go to the next one, and on from the last."""
        event.stop()
        if event.input is self.query(SecretInput).last():
            await self.accept()
        else:
            self.focus_next()

    @on(Button.Pressed, "#ok")
    async def accept(self) -> None:
        """Answer with what was typed; what differs from before is asked once more."""
        if self._busy:
            return
        inputs = {path: self.query_one(f"#secret{n}", SecretInput) for n, (path, _label) in enumerate(self.asked)}
        typed = {path: Secret(control.value) for path, control in inputs.items() if control.value}
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
        message = _("Not the same as before: {labels}. Type it again, or press Enter once more to use it all the same.")
        self.query_one(".problem", Static).update(shown(f"!! {message.format(labels=labels)}"))
        inputs[differing[0]].focus()

    @on(Button.Pressed, "#later")
    def action_later(self) -> None:
        """Answer nothing; the steps of these secrets ask again."""
        self.dismiss(None)
