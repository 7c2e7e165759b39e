"""Files that set the variables of an existing installation: recognised by their content, read with line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from nbcluster.answers.importer.sources.model import (
    KNOWN_NAMES,
    OWN_NAMES,
    Fact,
    Kind,
    Loader,
    NothingSetError,
    Place,
    Scale,
    Setting,
    SettingsSource,
    Setup,
    SourceError,
    is_image,
    tag_of,
)
from nbcluster.env import assignments, docker_assignments, is_raw
from nbcluster.text import _

if TYPE_CHECKING:
    from nbcluster.answers.importer.sources.kubernetes import Part
    from nbcluster.answers.importer.sources.kustomize import Overlay

_BLOCK = re.compile(r"^[ \t]*[A-Za-z_][\w-]*(?:[ \t]+\"[^\"\n]*\")*[ \t]*\{[ \t]*$", re.MULTILINE)
"""A line that opens a block, of Nomad, Terraform or nginx: what looks like an assignment in it does not belong to an env file."""

_STRUCTURED = re.compile(
    r"^(?:---|(?:apiVersion|kind|services|version|configMap|replicaCount|image|name|resources|configMapGenerator|secretGenerator|x-[\w-]+)[ \t]*:)",
    re.MULTILINE,
)
_TABLE = re.compile(r"^[ \t]*\[{1,2}[\w.\"-]+\]{1,2}[ \t]*(?:#.*)?$", re.MULTILINE)
"""The head of a table: a TOML or INI file, whose lines only look like those of an env file."""


@dataclass(frozen=True)
class SourceFile:
    """A file to be read: its name, its text, and what reads the files that it names."""

    name: str
    text: str
    load: Loader = lambda _path: None


def read_sources(text: str, name: str, load: Loader = lambda _path: None) -> tuple[SettingsSource, ...]:
    """Return the variables of every application that a file describes, at least one.

    ``name`` only helps to tell an env file from YAML; ``load`` gives files that a compose file names. Raises ``SourceError``.
    """
    (found,) = read_together((SourceFile(name, text, load),))
    if isinstance(found, SourceError):
        raise found
    return found


def read_together(files: Sequence[SourceFile]) -> tuple[tuple[SettingsSource, ...] | SourceError, ...]:
    """Return what each of several files describes, or why it cannot be read; manifests of one folder are read as one set.

    The sources of such a set stand at its first file, and none at the others. A folder that defines an object twice holds more than one set.
    """
    out: list[tuple[SettingsSource, ...] | SourceError] = []
    folders: dict[PurePath, list[tuple[int, list[Part]]]] = {}
    for index, file in enumerate(files):
        try:
            found, parts = _read(file)
        except SourceError as fault:
            out.append(fault)
            continue
        out.append(found)
        if parts:
            folders.setdefault(PurePath(file.name).parent, []).append((index, parts))
    for members in folders.values():
        titles = [part.title for _index, parts in members for part in parts]
        sets = [members] if len(titles) == len(set(titles)) else [[member] for member in members]
        for one in sets:
            _put(out, files, one)
    for index, each in enumerate(out):
        if each == () and not any(index == at for members in folders.values() for at, _parts in members):
            out[index] = _nothing()
    return tuple(out)


def _put(
    out: list[tuple[SettingsSource, ...] | SourceError], files: Sequence[SourceFile], members: Sequence[tuple[int, list[Part]]]
) -> None:
    """Put the sources of one set of manifests at its first file; a set that sets nothing is reported at each."""
    from nbcluster.answers.importer.sources.kubernetes import read_manifests

    first = members[0][0]
    together = [part if index == first else replace(part, file=files[index].name) for index, parts in members for part in parts]
    sources = tuple(source for source in read_manifests(together) if source.settings or source.unread or source.setup.image)
    for index, _parts in members:
        before = out[index]
        if isinstance(before, tuple):
            own = sources if index == first else ()
            out[index] = (*own, *before) if sources or before else _nothing()


def _read(file: SourceFile) -> tuple[tuple[SettingsSource, ...], list[Part]]:
    """Return the sources of a file, and the objects of Kubernetes that it holds."""
    text, name = file.text.removeprefix("\ufeff"), file.name
    if text.lstrip().startswith("{") and '"envs"' in text:
        from nbcluster.answers.importer.sources.nbfile import read_home

        return tuple(read_home(text, file.load)), []
    if _is_env(text, name):
        if not _is_named_env(name) and (_BLOCK.search(text) or _TABLE.search(text)):
            return (), []
        # a text that says so is for docker, whose reader knows no quotes
        found_in = docker_assignments(text.replace("\r\n", "\n")) if is_raw(text) else assignments(text)
        settings = tuple(Setting(found.name, found.value, found.line, Place.ENV) for found in found_in)
        return ((SettingsSource(Kind.ENV, settings),) if settings else ()), []
    return _structured(text, name, file.load)


def _structured(text: str, name: str, load: Loader) -> tuple[tuple[SettingsSource, ...], list[Part]]:
    from nbcluster.answers.importer.sources import composefile, helm, kubernetes, kustomize
    from nbcluster.answers.importer.sources.yamlfile import child, documents, is_mapping

    sources: list[SettingsSource] = []
    parts: list[Part] = []
    for root in documents(text):
        if not is_mapping(root):
            continue
        if kustomize.is_kustomization(root, name):
            sources += _kustomized(kustomize.read_kustomization(root, load))
        elif kubernetes.is_manifest(root):
            parts += kubernetes.parts_of(root)
        elif is_mapping(child(root, "services")):
            sources += composefile.read_services(root, load)
        else:
            sources.append(helm.read_values(root))
    return tuple(_telling(sources)), parts


def _kustomized(overlay: Overlay) -> Iterable[SettingsSource]:
    from nbcluster.answers.importer.sources import kubernetes

    for source in kubernetes.read_manifests(overlay.parts, "", overlay.images, overlay.counts):
        yield replace(source, unread=(*source.unread, *overlay.unread))


def _telling(sources: Iterable[SettingsSource]) -> Iterable[SettingsSource]:
    return (source for source in sources if source.settings or source.unread or source.setup.image)


def _nothing() -> NothingSetError:
    return NothingSetError(
        _(
            "contains no variables of NocoBase: it is not a .env, compose file, ConfigMap or Secret, Helm values or configuration of nb."
        )
    )


def _is_env(text: str, name: str) -> bool:
    suffix = PurePath(name).suffix.lower()
    if suffix in (".yaml", ".yml", ".json"):
        return False
    return _is_named_env(name) or _STRUCTURED.search(text) is None


def _is_named_env(name: str) -> bool:
    path = PurePath(name.lower())
    return path.suffix == ".env" or path.name.startswith(".env")


__all__ = [
    "KNOWN_NAMES",
    "OWN_NAMES",
    "Fact",
    "Kind",
    "Loader",
    "NothingSetError",
    "Place",
    "Scale",
    "Setting",
    "SettingsSource",
    "Setup",
    "SourceError",
    "SourceFile",
    "is_image",
    "read_sources",
    "read_together",
    "tag_of",
]
