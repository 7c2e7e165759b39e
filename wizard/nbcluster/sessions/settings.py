"""Settings of the program itself, kept across sessions; nothing about a cluster."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

FILE = "settings.toml"
_LONGEST = 10_000
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def settings_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the settings are: ``$XDG_CONFIG_HOME/nbcluster/settings.toml``."""
    base = environ.get("XDG_CONFIG_HOME", "")
    folder = Path(base) if base.startswith("/") else Path(environ.get("HOME") or "/").expanduser() / ".config"
    return folder / "nbcluster" / FILE


def load_settings(path: Path | None = None) -> dict[str, str]:
    """Return the settings by name; a file that is missing, damaged or too long is one without settings."""
    path = path or settings_file()
    with suppress(OSError, ValueError):
        with path.open("rb") as file:
            found = tomllib.loads(file.read(_LONGEST).decode("utf-8"))
        return {name: value for name, value in found.items() if isinstance(value, str)}
    return {}


def save_setting(name: str, value: str, path: Path | None = None) -> bool:
    """Keep one setting, a word of letters, digits, hyphens and underscores; returns whether it could be written."""
    path = path or settings_file()
    kept = load_settings(path) | {name: value}
    text = "".join(f'{key} = "{word}"\n' for key, word in sorted(kept.items()) if word and {*key, *word} <= _WORD)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError:
        return False
    return True
