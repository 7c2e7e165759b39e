"""The look: themes, signs of states, and which of them the terminal can show.

Colour says a state or the focus and nothing else; every state is said by a sign and a word as well.
"""

from __future__ import annotations

import codecs
import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from textual.content import Content
from textual.theme import BUILTIN_THEMES, Theme

from nbcluster.text import N_


class State(StrEnum):
    """What a sign stands for."""

    GOOD = "good"
    LOOK = "look"
    BAD = "bad"
    UNKNOWN = "unknown"
    TODO = "todo"
    DEFAULT = "default"
    HERE = "here"
    NONE = "none"


_SIGNS = {
    State.GOOD: ("✓", "ok"),
    State.LOOK: ("!", "!"),
    State.BAD: ("✗", "x"),
    State.UNKNOWN: ("?", "?"),
    State.TODO: ("◦", "."),
    State.DEFAULT: ("=", "="),
    State.HERE: ("▸", ">"),
    State.NONE: ("-", "-"),
}
"""Signs of one column everywhere (East Asian Width neutral), and what stands for them in ASCII."""

_COLOURS = {
    State.GOOD: "$text-success",
    State.LOOK: "$text-warning",
    State.BAD: "$text-error",
    State.UNKNOWN: "$text-warning",
    State.HERE: "$text",
}

CHOSEN, OPEN_CHOICE = ("◉", "(*)"), ("◦", "( )")
TICKED, UNTICKED = ("[x]", "[x]"), ("[ ]", "[ ]")
SHUT, UNFOLDED = ("▸", "+"), ("▾", "-")

THEMES = {
    "nbcluster-dark": N_("Dark colours"),
    "nbcluster-light": N_("Light colours"),
    "nbcluster-ansi": N_("The terminal's own 16 colours"),
}
"""The themes by name, with what the palette calls them."""


@dataclass
class Look:
    """What the terminal of this run shows."""

    ascii: bool = False
    ansi: bool = False

    def glyph(self, pair: tuple[str, str]) -> str:
        """Return the sign that the terminal has."""
        return pair[self.ascii]


LOOK = Look()
"""The look of this run."""


def sign(state: State) -> str:
    """Return the sign of a state."""
    return LOOK.glyph(_SIGNS[state])


def tint(state: State, more: str = "") -> str:
    """Return the style of a state; on 16 colours bold, which most such terminals show as the bright colour."""
    return f"{_COLOURS.get(state, '$text-muted')} {more}{' bold' if LOOK.ansi and state in _COLOURS else ''}".strip()


def filled(state: State) -> str:
    """Return the style of a filled block in the colour of a state."""
    colour = _COLOURS.get(state, "$text-muted")
    if LOOK.ansi:
        return f"{'ansi_white' if state is State.BAD else 'ansi_black'} on {colour}"
    return f"{colour} reverse bold"


def mark(state: State, text: str | Content = "", more: str = "") -> Content:
    """Return a sign and its words in the colour of the state; the words say it, the colour repeats it."""
    return Content.assemble((sign(state), tint(state, more)), *([" ", text] if text else [])).stylize(tint(state, more))


def block(state: State, word: str) -> Content:
    """Return a word as a filled block."""
    return Content.styled(f" {word} ", filled(state))


def button_label(text: str) -> Content:
    """Return the label of a button; where there are few colours, brackets say that it is one."""
    return Content(f"[{text}]" if LOOK.ansi or LOOK.ascii else text)


def _shade(name: str, dark: bool, colours: str, text: str) -> Theme:
    """Return a theme of the xterm palette only: the same on 256 colours as on true colour, and half the bytes of it."""
    background, rail, bar, chip, primary, success, warning, error, accent = colours.split()
    plain, muted, line = text.split()
    return Theme(
        name,
        primary=primary,
        secondary=accent,
        accent=accent,
        success=success,
        warning=warning,
        error=error,
        foreground=plain,
        background=background,
        surface=rail,
        panel=bar,
        boost=chip,
        dark=dark,
        variables={
            "text": plain,
            "text-muted": muted,
            "text-disabled": line,
            "text-primary": primary,
            "text-success": success,
            "text-warning": warning,
            "text-error": error,
            "text-accent": accent,
            "block-cursor-background": primary,
            "block-cursor-foreground": background,
            "block-cursor-blurred-background": chip,
            "block-cursor-blurred-foreground": plain,
            "block-hover-background": bar,
            "border": primary,
            "border-blurred": line,
            "input-cursor-background": plain,
            "input-cursor-foreground": background,
            "input-cursor-text-style": "none",
            "input-selection-background": primary,
            "input-selection-foreground": background,
            "scrollbar": line,
            "scrollbar-hover": line,
            "scrollbar-active": primary,
            "scrollbar-background": background,
            "scrollbar-background-hover": background,
            "scrollbar-background-active": background,
            "scrollbar-corner-color": background,
            "line": line,
            "field": bar,
            "field-focus": chip,
            "bar": bar,
            "bar-text": plain,
            "bar-muted": muted,
            "bar-key": primary,
            "rail": rail,
            "chip": chip,
            "chip-text": plain,
            "go-text": primary,
        },
    )


DARK = _shade(
    "nbcluster-dark",
    True,
    "#121212 #1c1c1c #262626 #3a3a3a #5fafff #87d787 #ffd75f #ff8787 #87d7d7",
    "#e4e4e4 #a8a8a8 #6c6c6c",
)
LIGHT = _shade(
    "nbcluster-light",
    False,
    "#ffffff #eeeeee #e4e4e4 #d0d0d0 #005faf #005f00 #875f00 #af0000 #005f5f",
    "#121212 #585858 #8a8a8a",
)
_PLAIN = BUILTIN_THEMES["ansi-dark"]
ANSI = replace(
    _PLAIN,
    name="nbcluster-ansi",
    primary="ansi_cyan",
    accent="ansi_cyan",
    variables=_PLAIN.variables
    | {
        "text": "ansi_default",
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
        "text-primary": "ansi_cyan",
        "text-success": "ansi_green",
        "text-warning": "ansi_yellow",
        "text-error": "ansi_red",
        "text-accent": "ansi_cyan",
        "block-cursor-background": "ansi_cyan",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-blurred-background": "ansi_default",
        "block-cursor-blurred-foreground": "ansi_default",
        "block-hover-background": "ansi_default",
        "border": "ansi_cyan",
        "border-blurred": "ansi_white",
        "input-cursor-background": "ansi_white",
        "input-cursor-foreground": "ansi_black",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
        "line": "ansi_white",
        "field": "ansi_default",
        "field-focus": "ansi_default",
        "bar": "ansi_blue",
        "bar-text": "ansi_white",
        "bar-muted": "ansi_white",
        "bar-key": "ansi_bright_white",
        "rail": "ansi_default",
        "chip": "ansi_white",
        "chip-text": "ansi_black",
        "go-text": "ansi_black",
    },
)

OWN_VARIABLES = {
    "line": "panel-lighten-2",
    "field": "panel",
    "field-focus": "boost",
    "bar": "panel",
    "bar-text": "foreground",
    "bar-muted": "foreground",
    "bar-key": "primary",
    "rail": "surface",
    "chip": "boost",
    "chip-text": "foreground",
    "go-text": "primary",
}
"""Our variables, and which variable of a theme that is not ours takes the place of each."""

_MANY_COLOURS = ("truecolor", "24bit")
_MANY_COLOUR_TERMS = ("256color", "direct", "kitty", "alacritty", "wezterm", "foot", "ghostty")


def has_many_colours(environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the terminal says that it has 256 colours or more, and nobody asked for none (https://no-color.org)."""
    if environ.get("NO_COLOR"):
        return False
    term = environ.get("TERM", "").lower()
    return environ.get("COLORTERM", "").lower() in _MANY_COLOURS or any(word in term for word in _MANY_COLOUR_TERMS)


def theme_for(kept: str = "", environ: Mapping[str, str] = os.environ) -> str:
    """Return the name of the theme: 16 colours where there are no more, else the one that was kept, else what the background asks for."""
    if not has_many_colours(environ):
        return ANSI.name
    if kept in THEMES:
        return kept
    ground = environ.get("COLORFGBG", "").rpartition(";")[2]
    # rxvt and its derivatives name the colours of text and background by number: 7 and 9 to 15 are light
    is_light = ground.isdecimal() and ground.isascii() and int(ground) in (7, *range(9, 16))
    return LIGHT.name if is_light else DARK.name


def needs_ascii(environ: Mapping[str, str] = os.environ, encoding: str | None = None) -> bool:
    """Tell whether signs beyond ASCII have no glyph: the console of Linux, and a locale whose characters are not UTF-8."""
    if environ.get("TERM", "") in ("linux", "vt100", "vt102", "vt220", "ansi"):
        return True
    try:
        return codecs.lookup(encoding or locale.getencoding()).name != "utf-8"
    except LookupError:
        return True
