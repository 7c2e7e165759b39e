"""Fields with something secret in them: a password, an address with its password, a key that may also be a word."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import RadioSet, Static

from nbcluster.answers.fields import Field, FieldKind, parse_address
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.text import _
from nbcluster.wizard import Wizard
from nbcluster_tui.inputs import SecretInput, UrlInput
from nbcluster_tui.rows import BooleanRow, ChoiceRow, FieldRow, MultiRow, TextRow
from nbcluster_tui.safe import shown
from nbcluster_tui.toggles import Radio, Radios


def _mask(secret: Secret | None) -> str:
    if secret is None:
        return ""
    return _("type it again") if isinstance(secret, MissingSecret) else "••••••••"


class SecretRow(FieldRow):
    """A password."""

    def controls(self) -> ComposeResult:
        """Yield the input, empty; what is stored shows as a placeholder of fixed length."""
        yield SecretInput(placeholder=_mask(self.controller.answers.secret(self.field.path)))

    def commit(self) -> None:
        """Take what was typed; nothing typed changes nothing."""
        control = self.query_one(SecretInput)
        self.touched = True
        if control.value:
            self.take_text(control.value)
            if not self.error:
                with control.prevent(SecretInput.Changed):
                    control.value = ""
                control.placeholder = _mask(self.controller.answers.secret(self.field.path))
        else:
            self.post_message(self.Committed(self))

    def reload(self) -> None:
        """Show that a password came with another field's text."""
        self.query_one(SecretInput).placeholder = _mask(self.controller.answers.secret(self.field.path))


class UrlRow(FieldRow):
    """An address, and the password that belongs to it."""

    def compose(self) -> ComposeResult:
        """Lay out two lines."""
        with Horizontal(classes="line"):
            yield Static(shown(_(self.field.label)), classes="label")
            yield from self.controls()
        with Horizontal(classes="line"):
            yield Static(shown("  " + _("password")), classes="label")
            yield SecretInput(placeholder=self._placeholder())

    def controls(self) -> ComposeResult:
        """Yield the address."""
        control = UrlInput(self.controller.shown(self.field), placeholder=self.field.placeholder)
        control.user_known = self._has_password()
        yield control

    def _has_password(self) -> bool:
        url = self.controller.answers.url(self.field.path)
        return url is not None and bool(url.username) and not url.user_doubtful

    def _placeholder(self) -> str:
        url = self.controller.answers.url(self.field.path)
        return _mask(url.password) if url is not None and url.password is not None else _("none")

    def commit(self) -> None:
        """Take address and password; one typed into the address moves to its own field, whatever signs it has."""
        address, password = self.query_one(UrlInput), self.query_one(SecretInput)
        is_new = self.saved_unseen or address.value != self.controller.shown(self.field)
        self.touched, self.saved_unseen = True, False
        if is_new or (address.value.strip() and parse_address(self.field, address.value).password is not None):
            self.error = self.controller.change_text(self.field, address.value)
            self.say_notice()
            if not self.error:
                with address.prevent(UrlInput.Changed):
                    address.value = self.controller.shown(self.field)
        url = self.controller.answers.url(self.field.path)
        if password.value and url is not None:
            self.controller.change(self.field.path, url.with_password(Secret(password.value)))
            with password.prevent(SecretInput.Changed):
                password.value = ""
        password.placeholder = self._placeholder()
        address.user_known = self._has_password()
        self.post_message(self.Committed(self))

    def save_typed(self) -> None:
        """Save the address without the password that is being typed into it."""
        control = self.query_one(UrlInput)
        if control.value.strip() and control.value != self.controller.shown(self.field):
            self.saved_unseen = self.controller.keep_typed(self.field, parse_address(self.field, control.value).address)

    def reload(self) -> None:
        """Show an address that follows from others."""
        control = self.query_one(UrlInput)
        if not control.has_focus and not self.error and control.value != self.controller.shown(self.field):
            with control.prevent(UrlInput.Changed):
                control.value = self.controller.shown(self.field)
        control.user_known = self._has_password()
        self.query_one(SecretInput).placeholder = self._placeholder()


class KeyRow(FieldRow):
    """A key: generated, kept, or pasted."""

    def controls(self) -> ComposeResult:
        """Yield the choices and, for the literal, an input."""
        answers = self.controller.answers
        value = answers[self.field.path]
        with Vertical(classes="key"):
            buttons = [
                Radio(shown(_(c.label)), value=c.means(value) or (c.value == "" and isinstance(value, Secret)), compact=True)
                for c in self.field.choices_for(answers)
            ]
            yield Radios(*buttons, compact=True, classes="tall")
            yield SecretInput(placeholder=_mask(answers.secret(self.field.path)) or _("paste it here"))

    def on_mount(self) -> None:
        """Show the input only for a literal."""
        self.query_one(SecretInput).display = self._chosen() == ""

    def _chosen(self) -> str | None:
        index = self.query_one(Radios).chosen_index
        choices = self.field.choices_for(self.controller.answers)
        return choices[index].value if 0 <= index < len(choices) else None

    def commit(self) -> None:
        """Take the word, or the literal once one is typed."""
        chosen, control = self._chosen(), self.query_one(SecretInput)
        control.display = chosen == ""
        self.touched = True
        self.error = ""
        if chosen:
            if chosen != self.controller.answers[self.field.path]:
                self.controller.change(self.field.path, chosen)
        elif control.value:
            self.take_text(control.value)
            with control.prevent(SecretInput.Changed):
                control.value = ""
            control.placeholder = _mask(self.controller.answers.secret(self.field.path))
        elif chosen == "" and self.controller.answers.secret(self.field.path) is None:
            self.error = _("paste it, or choose another way")
        self.post_message(self.Committed(self))

    def on_radio_set_changed(self, event: RadioSet.Changed) -> None:
        """Commit at once; a literal comes later."""
        event.stop()
        if self._chosen() == "" and not isinstance(self.controller.answers[self.field.path], Secret):
            self.query_one(SecretInput).display = True
            self.query_one(SecretInput).focus()
            return
        self.commit()


def row_for(field: Field, controller: Wizard) -> FieldRow:
    """Return the row that shows a field."""
    kinds: dict[FieldKind, type[FieldRow]] = {
        FieldKind.BOOLEAN: BooleanRow,
        FieldKind.CHOICE: ChoiceRow,
        FieldKind.MULTI: MultiRow,
        FieldKind.SECRET: SecretRow,
        FieldKind.URL: UrlRow,
        FieldKind.KEY: KeyRow,
    }
    return kinds.get(field.kind, TextRow)(field, controller)
