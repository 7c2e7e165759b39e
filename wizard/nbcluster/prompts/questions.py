"""One field as a question: its kind, its help behind ``?``, and how the answer is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from nbcluster.answers.entry import ticks_of
from nbcluster.answers.fields import Field, FieldError, FieldKind, parse, parse_address
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.answers.url import Url
from nbcluster.errors import NbclusterError
from nbcluster.prompts.asker import Asker, no_help
from nbcluster.prompts.prompter import CLEAR, Option
from nbcluster.report import fault_lines
from nbcluster.text import _
from nbcluster.wizard import Wizard

ALL = "*"
"""The value of the option that stands for all others."""


def help_of(field: Field, present: str = "", options: Sequence[Option] = ()) -> str:
    """Return why a field is asked, what each choice means, what goes wrong otherwise, the variable it ends in and the present answer."""
    lines = [_(field.why)] if field.why else []
    lines += [f"{option.label}: {option.why}" for option in options if option.why]
    if field.otherwise:
        lines.append(_("Otherwise: {what}").format(what=_(field.otherwise)))
    if field.variable:
        lines.append(_("Variable: {name}").format(name=field.variable))
    if present:
        lines.append(_("Present answer: {value}").format(value=present))
    return "\n".join([*lines, no_help()])


def hidden(secret: Secret | None) -> str:
    """Return the text that stands for a stored secret; it does not reveal the length."""
    if secret is None:
        return ""
    return _("to be typed again") if isinstance(secret, MissingSecret) else _("set, Enter keeps it")


class Questions:
    """Asks fields and hands the answers to the wizard."""

    def __init__(self, wizard: Wizard, asker: Asker) -> None:
        self.wizard = wizard
        self.asker = asker
        self._by_kind: dict[FieldKind, Callable[[Field], None]] = {
            FieldKind.BOOLEAN: self._boolean,
            FieldKind.CHOICE: self._choice,
            FieldKind.MULTI: self._multi,
            FieldKind.SECRET: self._secret,
            FieldKind.URL: self._url,
            FieldKind.KEY: self._key,
        }

    def ask(self, field: Field) -> None:
        """Ask one field until its answer has the right form; raises ``Back``, ``Steps`` or ``Leave``."""
        self._by_kind.get(field.kind, self._text)(field)

    def options(self, field: Field) -> list[Option]:
        """Return the choices of a field in the active language."""
        return [Option(c.value, _(c.label), _(c.why)) for c in field.choices_for(self.wizard.answers)]

    def _help(self, field: Field) -> Callable[[], str]:
        return lambda: help_of(field, self.wizard.shown(field), self.options(field))

    def _text(self, field: Field) -> None:
        while True:
            present = self.wizard.shown(field)
            label = _(field.label) + (f" ({_(field.placeholder)})" if field.placeholder and not present else "")
            typed = self.asker.text(label, present, self._help(field))
            if not typed.strip():
                return
            if typed.strip() == CLEAR:
                self.wizard.change(field.path, None)
                return
            fault = self.wizard.change_text(field, typed)
            if not fault:
                self._say_notice(field, typed)
                self._offer_import(field, typed.strip())
                return
            self.asker.refuse(fault)

    def _offer_import(self, field: Field, typed: str) -> None:
        if field.path != "app.base_env" or not self.asker.yes(_("Fill the answers from it?"), True):
            return
        try:
            report = self.wizard.import_file(Path(typed))
        except NbclusterError as fault:
            self.asker.refuse(*fault_lines(fault, self.wizard.answers))
            return
        for line in report:
            self.asker.say(line, indent="  ")

    def _say_notice(self, field: Field, typed: str) -> None:
        """Say how a typed text was understood where that is not obvious, and that a password in it was taken."""
        if self.wizard.notice:
            self.asker.say(self.wizard.notice, indent="  ")
        if field.kind is FieldKind.URL:
            taken = parse_address(field, typed).password is not None
        else:
            found = field.compound(typed.strip()) if field.compound is not None else None
            taken = found is not None and any(isinstance(value, Secret) for _path, value in found.values)
        if taken:
            self.asker.say(_("The password in the address is taken."), indent="  ")

    def _boolean(self, field: Field) -> None:
        present = self.wizard.answers.flag(field.path)
        answer = self.asker.yes(_(field.label), present, self._help(field))
        if answer is not present:
            self.wizard.change(field.path, answer)

    def _choice(self, field: Field) -> None:
        options = self.options(field)
        present = self.wizard.answers.text(field.path)
        known = present in {option.value for option in options}
        if len(options) == 1 and known:
            self.asker.say(f"{_(field.label)}: {options[0].label}")
            return
        answer = self.asker.choice(_(field.label), options, present if known else None, self._help(field))
        if answer != present:
            self.wizard.change(field.path, answer)
            if self.wizard.notice:
                self.asker.say(self.wizard.notice, indent="  ")

    def _multi(self, field: Field) -> None:
        options = self.options(field)
        present = ticks_of(field, self.wizard.answers)
        shown = [option.value for option in options]
        everything = [Option(ALL, _(field.all_label))] if field.all_label and len(options) > 1 else []
        chosen = [word for word in present if word in shown]
        ticked = self.asker.multi(_(field.label), [*everything, *options], chosen, self._help(field))
        ticked = tuple(shown) if ALL in ticked else ticked
        words = (*ticked, *(word for word in present if word not in shown))
        if set(words) != set(present):
            self.wizard.change(field.path, words)

    def _secret(self, field: Field) -> None:
        while True:
            present = self.wizard.answers.secret(field.path)
            typed = self.asker.secret(self._hidden_label(_(field.label), present), self._help(field))
            if typed == "":
                return
            if typed == CLEAR:
                self.wizard.change(field.path, None)
                return
            fault = self.wizard.change_text(field, typed)
            if not fault:
                return
            self.asker.refuse(fault)

    def _hidden_label(self, label: str, present: Secret | None) -> str:
        state = hidden(present)
        unseen = _("not shown")
        return f"{label} ({unseen}{'; ' + state if state else ''})"

    def _url(self, field: Field) -> None:
        """Ask the address, then the password; one that was typed into the address is taken from there."""
        while True:
            present = self.wizard.shown(field)
            label = _(field.label) + (f" ({field.placeholder})" if field.placeholder and not present else "")
            typed = self.asker.address(label, present, self._help(field)).strip()
            if typed == CLEAR:
                self.wizard.change(field.path, None)
                return
            fault = self.wizard.change_text(field, typed) if typed and typed != present else ""
            if not fault:
                break
            self.asker.refuse(fault)
        if typed and typed != present:
            self._say_notice(field, typed)
            if parse_address(field, typed).password is not None:
                return
        known = self.wizard.answers.url(field.path)
        if known is not None:
            self._url_password(field, known)

    def _url_password(self, field: Field, url: Url) -> None:
        while True:
            typed = self.asker.secret(self._hidden_label(_(field.label) + ": " + _("password"), url.password), self._help(field))
            if typed == "":
                return
            if typed == CLEAR:
                self.wizard.change(field.path, url.with_password(None))
                return
            try:
                secret = parse(replace(field, kind=FieldKind.SECRET), typed)
            except FieldError as fault:
                self.asker.refuse(str(fault))
                continue
            assert isinstance(secret, Secret)
            self.wizard.change(field.path, url.with_password(secret))
            return

    def _key(self, field: Field) -> None:
        """Ask where the key comes from; the empty choice stands for a literal."""
        while True:
            value = self.wizard.answers[field.path]
            meant = next((c.value for c in field.choices_for(self.wizard.answers) if c.means(value)), None)
            present = "" if isinstance(value, Secret) else meant
            chosen = self.asker.choice(_(field.label), self.options(field), present, self._help(field))
            if chosen:
                if chosen != value:
                    self.wizard.change(field.path, chosen)
                return
            secret = value if isinstance(value, Secret) else None
            typed = self.asker.secret(self._hidden_label(_(field.label), secret), self._help(field))
            if typed == "" and secret is not None:
                return
            fault = self.wizard.change_text(field, typed) if typed else _("paste it, or choose another way")
            if not fault:
                return
            self.asker.refuse(fault)
