"""Fields that hold a secret: a password, an address with its password, a key that may also be a word."""

from __future__ import annotations

from collections.abc import Collection

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from nbcluster.answers.fields import Choice, Field, FieldKind, parse_address
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.text import _
from nbcluster.wizard import Wizard
from nbcluster_tui.choices import RadioGroup
from nbcluster_tui.inputs import LONG, SecretInput, UrlInput
from nbcluster_tui.rows import BooleanRow, ChoiceRow, FieldRow, LabelledLine, MultiRow, TextRow, explained_choice, hint_of


def _mask(secret: Secret | None) -> str:
    if secret is None:
        return ""
    return _("type it again") if isinstance(secret, MissingSecret) else "••••••••"


def _clear(secret: Secret | None) -> str:
    """Return a secret in clear, to be shown for a moment."""
    return "" if secret is None or isinstance(secret, MissingSecret) else secret.reveal()


def _about_password() -> str:
    return _("Type it as it is; it is never stored in the session. ctrl+r shows it for 5 seconds.")


class SecretRow(FieldRow):
    """A password."""

    def controls(self) -> ComposeResult:
        """Yield the input, empty; what is stored shows as a placeholder of fixed length."""
        yield SecretInput(placeholder=_mask(self._secret()), stored=lambda: _clear(self._secret()))

    def _secret(self) -> Secret | None:
        return self.wizard.answers.secret(self.field.path)

    def commit(self) -> None:
        """Commit what was typed; an empty input changes nothing."""
        control = self.query_one(SecretInput)
        self.touched = True
        if control.value:
            self.take_text(control.value)
            if not self.error:
                with control.prevent(SecretInput.Changed):
                    control.value = ""
                control.placeholder = _mask(self._secret())
        else:
            self.post_message(self.Committed(self))

    def reload(self) -> None:
        """Show that a password came with another field's text."""
        control = self.query_one(SecretInput)
        if not control.is_revealed:
            control.placeholder = _mask(self._secret())


class UrlRow(FieldRow):
    """An address, and the password that belongs to it."""

    _lines: tuple[LabelledLine, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out two lines."""
        address, password = list(self.controls()), SecretInput(placeholder=self._placeholder(), stored=self._stored)
        self._lines = (
            LabelledLine(self.label_text, *address, classes="line -address"),
            LabelledLine(_("Password"), password, classes="line"),
        )
        yield from self._lines

    def controls(self) -> ComposeResult:
        """Yield the address."""
        control = UrlInput(self.wizard.shown(self.field), placeholder=hint_of(self.field))
        control.user_known = self._has_password()
        yield control

    def relabel(self) -> None:
        """Show whether the answer is required now."""
        self._lines[0].put_label(self.label_text)

    def on_descendant_focus(self) -> None:
        """Colour the label of the line that has the focus."""
        for line in self._lines:
            line.mark_here(self.screen.focused in line.children)

    def on_descendant_blur(self) -> None:
        """Take the colour away."""
        for line in self._lines:
            line.mark_here(False)

    def explanation(self) -> list[Content]:
        """Return what is wrong, then what the address means, or the password."""
        if isinstance(self.screen.focused, SecretInput):
            wrong = [self.problem] if self.problem is not None else []
            return [*wrong, Content(_about_password())]
        return super().explanation()

    def focus_for(self, paths: Collection[str]) -> None:
        """Put the cursor into the address, or into its password."""
        if f"{self.field.path}.password" in paths:
            self.query_one(SecretInput).focus()
        else:
            super().focus_for(paths)

    def help(self) -> tuple[str, str]:
        """Return the help for the address, or for its password."""
        if not isinstance(self.screen.focused, SecretInput):
            return super().help()
        parts = [_about_password()]
        if self.field.in_file:
            parts.append(_("Key in the answers file: {path}").format(path=f"{self.field.path}.password"))
        return _("{label}: password").format(label=_(self.field.label)), "\n\n".join(parts)

    def _mark_place(self) -> Widget:
        return self._lines[0]

    def _has_password(self) -> bool:
        url = self.wizard.answers.url(self.field.path)
        return url is not None and bool(url.username) and not url.user_doubtful

    def _stored(self) -> str:
        url = self.wizard.answers.url(self.field.path)
        return _clear(url.password) if url is not None else ""

    def _placeholder(self) -> str:
        url = self.wizard.answers.url(self.field.path)
        return _mask(url.password) if url is not None and url.password is not None else _("none")

    def _show_password(self) -> None:
        password = self.query_one(SecretInput)
        if not password.is_revealed:
            password.placeholder = self._placeholder()
        self.query_one(UrlInput).user_known = self._has_password()

    def commit(self) -> None:
        """Take address and password; one typed into the address moves to its own field, whatever characters it has."""
        address, password = self.query_one(UrlInput), self.query_one(SecretInput)
        is_new = self.saved_unseen or address.value != self.wizard.shown(self.field)
        self.touched, self.saved_unseen = True, False
        if is_new or (address.value.strip() and parse_address(self.field, address.value).password is not None):
            self.error = self.wizard.change_text(self.field, address.value)
            self.say_notice()
            if not self.error:
                with address.prevent(UrlInput.Changed):
                    address.value = self.wizard.shown(self.field)
        url = self.wizard.answers.url(self.field.path)
        if password.value and url is not None:
            self.wizard.change(self.field.path, url.with_password(Secret(password.value)))
            with password.prevent(SecretInput.Changed):
                password.value = ""
        self._show_password()
        self.post_message(self.Committed(self))

    def save_typed(self) -> None:
        """Save the address without the password that is being typed into it."""
        control = self.query_one(UrlInput)
        if control.value.strip() and control.value != self.wizard.shown(self.field):
            self.saved_unseen = self.wizard.keep_typed(self.field, parse_address(self.field, control.value).address)

    def reload(self) -> None:
        """Show an address that follows from others."""
        control = self.query_one(UrlInput)
        if not control.has_focus and not self.error and control.value != self.wizard.shown(self.field):
            with control.prevent(UrlInput.Changed):
                control.value = self.wizard.shown(self.field)
        self._show_password()


class KeyRow(FieldRow):
    """A key: generated, kept, or pasted."""

    def controls(self) -> ComposeResult:
        """Yield the choices and, for the literal, an input."""
        secret = self._secret()
        labels = [_(answer.label) for answer in self._answers()]
        yield Vertical(
            RadioGroup(labels, self._present(), flat=bool(self.field.heading_label)),
            SecretInput(placeholder=_mask(secret) or _("paste it here"), stored=lambda: _clear(self._secret()), length=LONG),
            classes="key",
        )

    def _secret(self) -> Secret | None:
        return self.wizard.answers.secret(self.field.path)

    def _answers(self) -> tuple[Choice, ...]:
        return self.field.choices_for(self.wizard.answers)

    def _present(self) -> int:
        value = self.wizard.answers[self.field.path]
        means = [c.means(value) or (c.value == "" and isinstance(value, Secret)) for c in self._answers()]
        return means.index(True) if True in means else -1

    def on_mount(self) -> None:
        """Show the input only for a literal."""
        self.query_one(SecretInput).display = self._chosen() == ""

    def _chosen(self) -> str | None:
        index = self.query_one(RadioGroup).chosen
        answers = self._answers()
        return answers[index].value if 0 <= index < len(answers) else None

    def explanation(self) -> list[Content]:
        """Return the explanation of the choice, then of the key."""
        wrong = [self.problem] if self.problem is not None else []
        return [*wrong, *explained_choice(self.field, self.query_one(RadioGroup), self._answers())]

    def commit(self) -> None:
        """Take the word, or the literal once one is typed."""
        chosen, control = self._chosen(), self.query_one(SecretInput)
        control.display = chosen == ""
        self.touched = True
        self.error = ""
        if chosen:
            if chosen != self.wizard.answers[self.field.path]:
                self.wizard.change(self.field.path, chosen)
        elif control.value:
            self.take_text(control.value)
            with control.prevent(SecretInput.Changed):
                control.value = ""
            control.placeholder = _mask(self._secret())
        elif chosen == "" and self._secret() is None:
            self.error = _("paste it, or choose another way")
        self.post_message(self.Committed(self))

    def on_radio_group_chosen(self, event: RadioGroup.Chosen) -> None:
        """Commit at once; a literal comes later."""
        event.stop()
        if self._chosen() == "" and not isinstance(self.wizard.answers[self.field.path], Secret):
            self.query_one(SecretInput).display = True
            return
        self.commit()

    def on_radio_group_settled(self, event: RadioGroup.Settled) -> None:
        """Go into the input of a literal, or on."""
        event.stop()
        if self._chosen() == "":
            self.query_one(SecretInput).focus()
        else:
            self.post_message(self.Finished(self))


def row_for(field: Field, wizard: Wizard, *, bare: bool = False) -> FieldRow:
    """Return the row that shows a field."""
    kinds: dict[FieldKind, type[FieldRow]] = {
        FieldKind.BOOLEAN: BooleanRow,
        FieldKind.CHOICE: ChoiceRow,
        FieldKind.MULTI: MultiRow,
        FieldKind.SECRET: SecretRow,
        FieldKind.URL: UrlRow,
        FieldKind.KEY: KeyRow,
    }
    return kinds.get(field.kind, TextRow)(field, wizard, bare=bare)
