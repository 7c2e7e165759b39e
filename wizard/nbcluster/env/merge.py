"""Merging into an existing env file: comments, order, unknown variables, ``export``, duplicates and line ends stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbcluster.env.emit import assign
from nbcluster.env.grammar import Assignment, assignments
from nbcluster.env.readers import Reader, UnreadableError, read
from nbcluster.env.readers.line import docker_assignments
from nbcluster.text import _


@dataclass(frozen=True, slots=True)
class Block:
    """Assignments under one comment line; each is (name, value, comment above it)."""

    title: str
    entries: tuple[tuple[str, str, str], ...]


class MergeError(ValueError):
    """An existing file has a line that its reader refuses, or one (an open quote) that reaches into the lines after it."""

    def __init__(self) -> None:
        super().__init__(
            _("a line of the file cannot be read, or an open quote swallows the lines after it. Fix it there first.")
        )


def compose(blocks: Sequence[Block], reader: Reader = Reader.DOTENV) -> str:
    """Return a fresh env file for a reader, with LF line ends; every value is proven by reading it back."""
    return "\n".join(_block(block, reader) for block in blocks if block.entries)


def merge(text: str, blocks: Sequence[Block], remove: Mapping[str, str], reader: Reader = Reader.DOTENV) -> str:
    """Return an env file in which the blocks' variables have their values and everything else is unchanged.

    ``remove`` maps names to the reason that is written beside the line that is commented out. Merging twice changes nothing.
    ``reader`` is npm dotenv or ``docker --env-file``, whose lines have no quotes. Raises ``MergeError`` and ``UnrepresentableError``.
    """
    find = docker_assignments if reader is Reader.DOCKER else assignments
    line_end = "\r\n" if "\r\n" in text else "\n"
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    if reader is not Reader.DOCKER:
        text = text.replace("\r", "\n")  # a line end to npm dotenv, a character of the value to docker
    if text and not text.endswith("\n"):
        text += "\n"  # a name with a colon at the very end becomes an assignment by what follows it
    wanted = {name: value for block in blocks for name, value, _comment in block.entries}
    held = _held(text, reader)
    for found in reversed(list(find(text))):
        if found.name in remove and found.name not in wanted:
            text = _comment_out(text, found, remove[found.name])
        elif found.name in wanted and found.value != wanted[found.name]:
            text = _replace(text, found, wanted[found.name], reader)
    missing = [Block(block.title, tuple(e for e in block.entries if e[0] not in held)) for block in blocks]
    addition = compose(missing, reader)
    if addition:
        text = text.rstrip("\n") + ("\n\n" if text.strip() else "") + addition
    expected = {name: value for name, value in held.items() if name not in remove} | wanted
    if _held(text, reader) != expected:
        raise MergeError
    return text.replace("\n", line_end)


def _held(text: str, reader: Reader) -> dict[str, str]:
    try:
        return read(reader, text)
    except UnreadableError:
        raise MergeError from None


def _replace(text: str, found: Assignment, value: str, reader: Reader) -> str:
    line = ("export " if found.exported else "") + assign(found.name, value, reader)
    return text[: found.start] + line + text[found.end :]


def _comment_out(text: str, found: Assignment, reason: str) -> str:
    start = text.rfind("\n", 0, found.start) + 1
    end = text.index("\n", found.end)  # the text ends with one
    lines = text[start:end].split("\n")
    return text[:start] + f"# nbcluster: {reason}\n" + "\n".join(f"# {line}" for line in lines) + text[end:]


def _block(block: Block, reader: Reader) -> str:
    lines = [f"# {block.title}"] if block.title else []
    for name, value, comment in block.entries:
        if comment:
            lines.append(f"# {comment}")
        lines.append(assign(name, value, reader))
    return "\n".join(lines) + "\n"
