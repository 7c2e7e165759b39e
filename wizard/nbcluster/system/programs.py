"""Starts child processes of this package: which code they may import, and which environment they get."""

from __future__ import annotations

import os
import site
import sys
from pathlib import Path

_HOME = Path(__file__).absolute().parents[2]
"""The folder or zip file that this package was loaded from."""

# With -I the interpreter looks neither into the current folder nor into PYTHONPATH; what the paths lead to, this process
# would import as well.
_BOOT = (
    "import sys; module, *paths = sys.argv[1:]; sys.argv[1:] = []; sys.path[:0] = paths; "
    "import importlib; sys.exit(importlib.import_module(module).main())"
)

_PREFIX = "NBCLUSTER_"
_withheld: set[str] = set()


def withhold(name: str) -> None:
    """Keep an environment variable from every program that is started from now on: a secret may have been read from it."""
    _withheld.add(name)


def environment() -> dict[str, str]:
    """Return what a program of our own sees of the environment: all but the variables that secrets are read from."""
    return {name: value for name, value in os.environ.items() if name not in _withheld and not name.startswith(_PREFIX)}


def import_paths() -> list[str]:
    """Return where this process imports from, as absolute paths, without the current folder.

    The current folder stays where it is this package's own, or one of the interpreter's: who can write there needs no other way in.
    """
    installed = {_HOME, *map(Path, (*site.getsitepackages(), site.getusersitepackages()))}
    found = []
    for path in map(Path, sys.path):
        if _same(path, _HOME):
            found.append(_HOME)
        elif path.is_absolute() and (path in installed or not _same(path, Path())):
            found.append(path)
    if _HOME not in found:
        found.insert(0, _HOME)
    return [str(path) for path in dict.fromkeys(found)]


def leave_current_folder() -> None:
    """Import nothing more from the current folder where only the way in which this process was started put it in front.

    That is what ``python -m`` does, and an open end of PYTHONPATH. What stands behind the standard library was installed.
    """
    allowed, standard = set(import_paths()), Path(os.__file__).parent
    behind = False
    kept = []
    for path in sys.path:
        behind = behind or _same(Path(path), standard)
        if behind or str(Path(path)) in allowed or _same(Path(path), _HOME):
            kept.append(path)
    sys.path[:] = kept


def command(module: str) -> list[str]:
    """Return the command line that runs ``main()`` of a module of this package in an interpreter of its own."""
    modes = ["-X", "utf8"] if sys.flags.utf8_mode else []
    if sys.dont_write_bytecode:
        modes.append("-B")
    return [sys.executable, "-I", *modes, "-c", _BOOT, module, *import_paths()]


def _same(path: Path, other: Path) -> bool:
    try:
        return path.resolve() == other.resolve()
    except OSError:
        # the current folder was removed: nothing can be imported from there
        return False
