"""Helm values, wherever a chart keeps the variables of NocoBase."""

from __future__ import annotations

from dataclasses import replace

from nbcluster.answers.importer.sources.kubernetes import entries_of, env_of
from nbcluster.answers.importer.sources.model import (
    KNOWN_NAMES,
    Fact,
    Kind,
    Place,
    Scale,
    Setting,
    SettingsSource,
    Setup,
    is_image,
)
from nbcluster.answers.importer.sources.yamlfile import (
    YamlNode,
    child,
    is_mapping,
    is_null,
    is_scalar,
    is_sequence,
    line_of,
    pairs,
    text_of,
)
from nbcluster.text import _

_DEEPEST = 30


def read_values(root: YamlNode) -> SettingsSource:
    """Return the variables of Helm values: every mapping or name list that holds at least one of NocoBase's names.

    The official chart keeps them under ``configMap.data`` (nocobase.md §8); other charts under ``env``, ``extraEnv``, ``secret``.
    """
    settings: list[Setting] = []
    _walk(root, (), settings)
    repository, tag = child(root, "image", "repository"), text_of(child(root, "image", "tag"))
    name = "/".join(part for part in (text_of(child(root, "image", "registry")), text_of(repository)) if part)
    image = Fact(f"{name}:{tag}" if tag else name, line_of(repository)) if repository is not None else Fact()
    scale = Scale(_number(root, "replicaCount"), _most(root))
    return SettingsSource(
        Kind.HELM, tuple(settings), setup=Setup("kubernetes", image if is_image(image.value) else Fact(), scale=scale)
    )


def _number(root: YamlNode, *path: str) -> Fact:
    node = child(root, *path)
    return Fact(text_of(node), line_of(node)) if is_scalar(node) else Fact()


def _most(root: YamlNode) -> Fact:
    return _number(root, "autoscaling", "maxReplicas") if text_of(child(root, "autoscaling", "enabled")) == "true" else Fact()


def _walk(node: YamlNode, path: tuple[str, ...], settings: list[Setting]) -> None:
    if len(path) > _DEEPEST:
        return
    place = _place(path)
    if is_mapping(node):
        found = list(pairs(node))
        if {name for name, _key, value in found if is_scalar(value)} & KNOWN_NAMES:
            # null takes a default of the chart away
            nothing = {name for name, _key, value in found if is_null(value)}
            settings += [s for s in entries_of(node, place) if s.name.isupper() and s.name not in nothing]
        for name, _key, value in found:
            _walk(value, (*path, name), settings)
    elif is_sequence(node):
        named = [setting if "$(" not in (setting.value or "") else _with_reference(setting) for setting in env_of(node, place)]
        if {setting.name for setting in named} & KNOWN_NAMES:
            settings += named


def _with_reference(setting: Setting) -> Setting:
    return replace(setting, value=None, why=_("it names a variable that was not found."))


def _place(path: tuple[str, ...]) -> Place:
    words = " ".join(path).lower()
    return Place.SECRET if "secret" in words else Place.CONFIG_MAP if "configmap" in words else Place.VALUES
