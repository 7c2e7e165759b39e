"""The files of a written folder that hold its keys, and how each is read."""

from __future__ import annotations

from collections.abc import Iterable

from nbcluster.env import RAW_MARK, Reader, UnreadableError, UnrepresentableError, docker_assignments, read, reassign
from nbcluster.facts import MADE_VARIABLES
from nbcluster.files.kubernetes.files import SECRET, VALUES
from nbcluster.files.kubernetes.readback import secret_values, values_of_helm

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
    if RAW_MARK in text:
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
    return text.replace(f"{RAW_MARK}\n", "")
