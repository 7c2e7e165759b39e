"""Files that set the variables of an existing installation: told apart by their content, read with line numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from nbcluster.answers.importer.sources.model import (
    KNOWN_NAMES,
    Kind,
    Loader,
    NothingSetError,
    Place,
    Setting,
    Source,
    SourceError,
)
from nbcluster.env import assignments, docker_assignments, is_raw
from nbcluster.text import _

_BLOCK = re.compile(r"^[ \t]*[A-Za-z_][\w-]*(?:[ \t]+\"[^\"\n]*\")*[ \t]*\{[ \t]*$", re.MULTILINE)
"""A line that opens a block, of Nomad, Terraform or nginx: what looks like an assignment in it is none of an env file."""

_STRUCTURED = re.compile(
    r"^(?:---|(?:apiVersion|kind|services|version|configMap|replicaCount|image|name|x-[\w-]+)[ \t]*:)", re.MULTILINE
)


def read_sources(text: str, name: str, load: Loader = lambda _path: None) -> tuple[Source, ...]:
    """Return the variables of every application that a file describes, at least one.

    ``name`` only helps to tell an env file from YAML; ``load`` gives files that a compose file names. Raises ``SourceError``.
    """
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith("{") and '"envs"' in text:
        from nbcluster.answers.importer.sources.nbfile import read_home

        return _some(tuple(read_home(text, load)))
    if _is_env(text, name):
        if _BLOCK.search(text) and not _is_named_env(name):
            return _some(())
        # a text that says so is for docker, whose reader knows no quotes
        found_in = docker_assignments(text.replace("\r\n", "\n")) if is_raw(text) else assignments(text)
        settings = tuple(Setting(found.name, found.value, found.line, Place.ENV) for found in found_in)
        return _some((Source(Kind.ENV, settings),)) if settings else _some(())
    return _some(_structured(text, load))


def _structured(text: str, load: Loader) -> tuple[Source, ...]:
    from nbcluster.answers.importer.sources import composefile, kubernetes
    from nbcluster.answers.importer.sources.yamlfile import child, documents, is_mapping

    roots = [root for root in documents(text) if is_mapping(root)]
    sources: list[Source] = []
    manifests = [root for root in roots if kubernetes.is_manifest(root)]
    if manifests:
        sources.append(kubernetes.read_manifests(manifests))
    for root in roots:
        if root in manifests:
            continue
        if is_mapping(child(root, "services")):
            sources += composefile.read_services(root, load)
        else:
            sources.append(kubernetes.read_values(root))
    return tuple(source for source in sources if source.settings or source.unread)


def _some(sources: Sequence[Source]) -> tuple[Source, ...]:
    if not sources:
        raise NothingSetError(
            _(
                "holds no variables of NocoBase: it is no .env, compose file, ConfigMap or Secret, Helm values or configuration of nb."
            )
        )
    return tuple(sources)


def _is_env(text: str, name: str) -> bool:
    suffix = PurePath(name).suffix.lower()
    if suffix in (".yaml", ".yml", ".json"):
        return False
    return _is_named_env(name) or _STRUCTURED.search(text) is None


def _is_named_env(name: str) -> bool:
    path = PurePath(name.lower())
    return path.suffix == ".env" or path.name.startswith(".env")


__all__ = ["KNOWN_NAMES", "Kind", "Loader", "NothingSetError", "Place", "Setting", "Source", "SourceError", "read_sources"]
