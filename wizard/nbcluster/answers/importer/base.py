"""``app.base_env`` of any known form as an env file: a compose file or manifest is converted into one, so that the rest of the code sees one form."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from nbcluster.answers.importer.model import Base
from nbcluster.answers.importer.sources import Kind, Loader, SettingsSource, SourceError, read_sources
from nbcluster.env import UnrepresentableError, docker_assignments, is_raw, reassign, without_raw_mark
from nbcluster.steps import Step
from nbcluster.text import _
from nbcluster.text.clean import clean

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_HEAD = "# Variables of the imported installation.\n"


def base_of(text: str, path: str, load: Loader, steps: tuple[Step, ...]) -> Base:
    """Return the variables of a file as an env file; one that npm dotenv reads stays as it is, with its comments and order.

    Raises ``SourceError`` for a file of no known form, and for a value that no line of an env file can hold.
    """
    sources = read_sources(text, path, load)
    source = sources[0]
    if source.kind is Kind.ENV:
        return Base(_plain(text) if is_raw(text) else text)
    owned = {field.variable for step in steps for field in step.fields}
    unread = {name: _("it was not read.") for _at, name in source.unread}
    return Base(_HEAD + "".join(_lines(source, owned)), dict(unknown_of(source)) | unread, source.setup.neighbours)


def unknown_of(source: SettingsSource) -> Iterator[tuple[str, str]]:
    """Yield the variables whose values a source does not give, and why."""
    for name, setting in source.last.items():
        if setting.value is None:
            yield name, setting.why or _("its value is not in the file.")


def _lines(source: SettingsSource, owned: Collection[str]) -> Iterator[str]:
    for name, value in source.values.items():
        if not _NAME.fullmatch(name):
            raise SourceError(_("{name} is not the name of an environment variable.").format(name=clean(name, 80)))
        try:
            yield f"{reassign(name, value)}\n"
        except UnrepresentableError as fault:
            # an answer writes its own value, in the form of the file that it stands in
            if name not in owned:
                raise SourceError(f"{clean(name, 80)}: {fault}") from None


def _plain(text: str) -> str:
    """Return a file that docker reads, in which quotes mean nothing, as npm dotenv has to find it; raises ``SourceError``."""
    lines = text.replace("\r\n", "\n").split("\n")
    for found in docker_assignments(text.replace("\r\n", "\n")):
        if _NAME.fullmatch(found.name):
            try:
                lines[found.line - 1] = reassign(found.name, found.value)
            except UnrepresentableError as fault:
                raise SourceError(f"{clean(found.name, 80)}: {fault}", found.line) from None
    return without_raw_mark("\n".join(lines), "#\n")
