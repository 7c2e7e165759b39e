"""The .gitignore of a written folder: files with secrets do not get into a repository by mistake."""

from __future__ import annotations

from pathlib import Path

from nbcluster.files.template import comment
from nbcluster.text import _, using

GITIGNORE = ".gitignore"
_MARK = "# nbcluster:gitignore"
_SECRET = ("/.env", "/nodes/*.env", "/kubernetes/secret.yaml", "/helm/values.yaml", "/backups/", "/.nbcluster-*")


def gitignore(language: str) -> str:
    """Return the file: every place where secrets or what was there before may stand, whatever kinds are written."""
    with using(language):
        said = comment(_("What holds secrets, and what was there before. Written only where there is no other .gitignore."))
    return "\n".join((_MARK, said, *_SECRET, ""))


def read_back(text: str) -> bool:
    """Tell whether git leaves out exactly what holds secrets."""
    return text.startswith(f"{_MARK}\n") and tuple(line for line in text.splitlines() if not line.startswith("#")) == _SECRET


def is_ours(directory: Path) -> bool:
    """Tell whether the file of a folder may be written: there is none, or this program made it."""
    try:
        with (directory / GITIGNORE).open("rb") as file:
            return file.read(len(_MARK)) == _MARK.encode()
    except FileNotFoundError:
        return True
    except OSError:
        return False
