"""The files of a folder that hold its keys: which they are, how each is read, and which keys of them are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from nbcluster.answers.answers import Answers
from nbcluster.env import (
    Reader,
    UnreadableError,
    UnrepresentableError,
    docker_assignments,
    is_raw,
    read,
    reassign,
    without_raw_mark,
)
from nbcluster.errors import InvalidAnswersError, Problem
from nbcluster.facts import MADE_VARIABLES
from nbcluster.files.keys import Kept, KeyFolder, Known, has_word, kept_keys
from nbcluster.files.kubernetes.files import SECRET, VALUES
from nbcluster.files.kubernetes.readback import secret_values, values_of_helm
from nbcluster.steps.variables import reader_of
from nbcluster.system.inputfile import read_text
from nbcluster.text import _
from nbcluster.text.clean import clean

COMMON = ".env"
"""The env file of every node."""

FIXED = (COMMON, SECRET, VALUES)
"""The files of one name; a node that differs has one of its own beside them."""


def holds_keys(path: str) -> bool:
    """Tell whether a file of a set holds the keys."""
    return path in FIXED or (path.startswith("nodes/") and path.endswith(".env"))


def holders(paths: Iterable[str]) -> tuple[str, ...]:
    """Return those of some paths that hold the keys, the common file first."""
    order = {COMMON: 0, SECRET: 1, VALUES: 3}
    return tuple(sorted(filter(holds_keys, paths), key=lambda path: (order.get(path, 2), path)))


def reader_of_file(text: str, reader: Reader, *, ours: bool) -> Reader:
    """Return who reads an env file that stands there.

    What this program writes for docker says so in its first line; a file without that line is a host's if it is ``ours``, and
    otherwise of the form that ``reader`` takes.
    """
    if is_raw(text):
        return Reader.DOCKER
    return Reader.DOCKER if reader is Reader.DOCKER and not ours else Reader.DOTENV


def values_in(path: str, text: str, reader: Reader) -> dict[str, str]:
    """Return the variables that a file with keys sets; raises ``UnreadableError``."""
    if path == SECRET:
        return secret_values(text)
    return values_of_helm(text) if path == VALUES else read(reader, text)


def keys_in(path: str, text: str, reader: Reader) -> dict[str, str]:
    """Return the keys and the first password that a file holds; raises ``UnreadableError``."""
    values = values_in(path, text, reader)
    return {name: values[name] for name in MADE_VARIABLES.values() if values.get(name)}


def for_host(text: str) -> str:
    """Return docker's env file as a host reads it: the same values, quoted where they must be; raises ``UnreadableError``."""
    text = text.replace("\r\n", "\n")
    for found in reversed(list(docker_assignments(text))):
        try:
            line = reassign(found.name, found.value)
        except UnrepresentableError as fault:
            raise UnreadableError(f"{found.name}: {fault}") from None
        text = text[: found.start] + line + text[found.end :]
    return without_raw_mark(text)


def key_folder(answers: Answers, directory: Path) -> KeyFolder:
    """Return the keys that stand in a folder, whatever its deployment was.

    Raises ``InvalidAnswersError`` naming a file that cannot be read, ``NbclusterError`` (exit 7) for such a manifest.
    """
    from nbcluster.files.write import located
    from nbcluster.files.write.bundle import lacking
    from nbcluster.files.write.plan import digest, read_manifest

    last = read_manifest(directory)
    listed = last.files if last is not None else {}
    values: dict[str, Mapping[str, str]] = {}
    untouched: dict[str, str] = {}
    of_nodes = {f"nodes/{file.name}" for file in directory.glob("nodes/*.env")}
    of_nodes |= {path for path in listed if path.startswith("nodes/") and path.endswith(".env")}
    for path in (*FIXED, *sorted(of_nodes)):
        text = text_there(located(directory, path))
        if text is None:
            continue
        try:
            values[path] = keys_in(path, text, reader_of_file(text, reader_of(answers), ours=path in listed))
        except UnreadableError as fault:
            raise unreadable(directory / path, fault) from None
        if path in listed and listed[path] == digest(text.encode()):
            # two files of different values vouch for neither
            untouched |= {name: value if untouched.get(name, value) == value else "" for name, value in values[path].items()}
    missing = holders(lacking(directory)) if last is None else ()
    known = Known(holders(listed), last.keys, untouched) if last is not None else Known(missing) if missing else None
    return KeyFolder(str(directory), values, known)


def keys_there(
    answers: Answers, directory: Path, exported_to: str, base_env: Mapping[str, str], *, new_keys: bool = False
) -> tuple[KeyFolder, Kept]:
    """Return the target folder as far as keys go, and what of it, of the former folder and of the imported file is to be kept."""
    here = key_folder(answers, directory)
    wanted = [name for path, name in MADE_VARIABLES.items() if has_word(answers, path)]
    former = None
    if exported_to and not all(here.holders(name) for name in wanted):
        former = here if Path(exported_to) == directory else key_folder(answers, Path(exported_to))
    return here, kept_keys(answers, here, former, base_env, new_keys=new_keys)


def unreadable(path: Path, fault: UnreadableError) -> InvalidAnswersError:
    """Return the problem of an env file in the target folder that cannot be parsed."""
    message = _("{file} that stands there cannot be read: {reason}.").format(file=clean(str(path)), reason=fault)
    return InvalidAnswersError((Problem("export.directory", message, _("Fix it, or write into another folder.")),))


def text_there(path: Path) -> str | None:
    """Return the text of a file of the target folder, or None where there is none; raises ``InvalidAnswersError``."""
    try:
        if path.is_dir() or not path.exists():
            return None
    except OSError:
        pass  # reported below
    # this file is read several times, which a pipe cannot be
    return read_text(path, "export.directory", pipes=False)
