"""Translation of user-visible strings: gettext with catalogues that travel inside the package."""

from __future__ import annotations

import gettext as _gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""Languages that are shipped, by the code that ``--lang`` takes."""

_DOMAIN = "nbcluster"
_active: _gettext.NullTranslations = _gettext.NullTranslations()
_language = "en"
_block: ContextVar[tuple[str, _gettext.NullTranslations] | None] = ContextVar("language of a block", default=None)
"""What ``using`` chose: for its block and thread alone, because files are made beside a screen in another language."""


def N_(message: str) -> str:
    """Mark a message for extraction where it is declared and translate it where it is shown."""
    return message


def _(message: str) -> str:
    """Translate a message into the active language."""
    return _translations().gettext(message) if message else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate a message whose wording depends on a count."""
    return _translations().ngettext(singular, plural, count)


def _translations() -> _gettext.NullTranslations:
    chosen = _block.get()
    return _active if chosen is None else chosen[1]


def language() -> str:
    """Return the code of the active language."""
    chosen = _block.get()
    return _language if chosen is None else chosen[0]


def set_language(code: str) -> None:
    """Switch every later translation to a language of ``LANGUAGES``; an unknown code raises ``KeyError``."""
    global _active, _language
    _active, _language = _catalogue(code), code


@cache
def _catalogue(code: str) -> _gettext.NullTranslations:
    LANGUAGES[code]
    if code == "en":
        return _gettext.NullTranslations()
    # takes as long to import as everything else here together, and English and the probe program do not need it
    from importlib.resources import files

    catalogue = files("nbcluster") / "locale" / code / "LC_MESSAGES" / f"{_DOMAIN}.mo"
    return _gettext.GNUTranslations(BytesIO(catalogue.read_bytes()))


@contextmanager
def using(code: str) -> Iterator[None]:
    """Translate into another language for the length of a block, in this thread."""
    token = _block.set((code, _catalogue(code)))
    try:
        yield
    finally:
        _block.reset(token)


def language_of(environment: Mapping[str, str] = os.environ) -> str:
    """Choose the language a POSIX locale asks for (setlocale(3): LC_ALL, LC_MESSAGES, LANG; then LANGUAGE)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            if value.split(".")[0] in ("C", "POSIX"):
                return "en"
            value = environment.get("LANGUAGE", "").split(":")[0] or value
            return "zh_CN" if value.lower().startswith(("zh_cn", "zh_hans", "zh.")) or value.lower() == "zh" else "en"
    return "en"
