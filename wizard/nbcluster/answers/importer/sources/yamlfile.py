"""YAML as nodes with the lines they stand in; nothing is constructed, so that tags and aliases can do no harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbcluster.answers.importer.sources.model import SourceError
from nbcluster.text import _
from nbcluster.text.clean import clean

YamlNode = Any
"""A node of ruamel.yaml, whose classes are loaded when the first file is read."""

_DEEPEST = 60
"""Levels of nesting; a pod's deepest field has about 15."""

_LONGEST = 1 << 20
"""Characters of a file; the pure parser takes seconds for as many."""

_LARGEST = 40_000
"""Nodes of a file with every alias put in; no file of settings comes near."""


def documents(text: str) -> tuple[YamlNode, ...]:
    """Return the root nodes of a stream's documents; raises ``SourceError`` with the line of a mistake.

    What is too long or nested too deeply is refused as soon as that is seen, before it costs time or memory.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import Composer
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if len(text) > _LONGEST:
        raise SourceError(_("is too large for YAML: more than 1 MiB."))

    class Limited(Composer):
        def __init__(self, loader: Any = None) -> None:
            super().__init__(loader)
            self.warn_double_anchors = False  # YAML allows them, and the last one counts
            self.depth = self.nodes = 0

        def compose_node(self, parent: YamlNode, index: YamlNode) -> YamlNode:
            self.depth, self.nodes = self.depth + 1, self.nodes + 1
            if self.depth > _DEEPEST or self.nodes > _LARGEST:
                line = self.parser.peek_event().start_mark.line + 1
                raise SourceError(_("is not a settings file: it is nested too deeply or contains too much."), line)
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

    yaml = YAML(typ="rt", pure=True)
    yaml.Composer = Limited
    try:
        roots = tuple(node for node in yaml.compose_all(text) if node is not None)
        sizes: dict[int, int] = {}
        if sum(_size(root, sizes) for root in roots) > _LARGEST:
            raise SourceError(_("is not a settings file: its aliases repeat too much."))
        return roots
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        reason = clean(str(fault.problem or fault.context or ""), 200)
        line = mark.line + 1 if mark else 0
        message, slip = _("is not YAML: {reason}.").format(reason=reason), _colon_without_blank(text, line)
        if slip:
            message += " " + _("A space is missing after the colon in line {line}.").format(line=slip)
        raise SourceError(message, line) from None
    except SourceError:
        raise
    except (YAMLError, RecursionError, ValueError) as fault:
        reason = clean(str(fault).splitlines()[0], 200) if str(fault) else type(fault).__name__
        raise SourceError(_("is not YAML: {reason}.").format(reason=reason)) from None


def _colon_without_blank(text: str, line: int) -> int:
    """Return the line of a ``key:value`` that is no pair to YAML, at a line that cannot be read or right before it; 0 for none."""
    lines = text.split("\n", line)[:line]
    for number in (line, line - 1):
        if 0 < number <= len(lines) and re.match(r"[ \t]*(?:-[ \t]+)?[\w.-]+:[^\s:/]", lines[number - 1]):
            return number
    return 0


def _size(node: YamlNode, sizes: dict[int, int]) -> int:
    known = sizes.get(id(node))
    if known is None:
        sizes[id(node)] = _LARGEST + 1  # what holds itself has no end
        parts = [part for pair in node.value for part in pair] if is_mapping(node) else items(node)
        known = sizes[id(node)] = min(1 + sum(_size(part, sizes) for part in parts), _LARGEST + 1)
    return known


def line_of(node: YamlNode) -> int:
    """Return the line of a node, counted from 1."""
    return int(node.start_mark.line) + 1


def is_mapping(node: YamlNode) -> bool:
    """Tell whether a node is a mapping."""
    return node is not None and node.id == "mapping"


def is_sequence(node: YamlNode) -> bool:
    """Tell whether a node is a sequence."""
    return node is not None and node.id == "sequence"


def is_scalar(node: YamlNode) -> bool:
    """Tell whether a node is a scalar."""
    return node is not None and node.id == "scalar"


def is_null(node: YamlNode) -> bool:
    """Tell whether a node is a scalar that says nothing."""
    return is_scalar(node) and str(node.tag).endswith(":null")


def is_text(node: YamlNode) -> bool:
    """Tell whether a node is a scalar that YAML takes as text, not as a number or a truth value."""
    return is_scalar(node) and str(node.tag).endswith(":str")


_TRUTH = frozenset({"y", "yes", "true", "on", "n", "no", "false", "off"})


def is_truth(node: YamlNode) -> bool:
    """Tell whether a scalar is a truth value to Kubernetes and Helm, whose YAML is of version 1.1: ``yes``, ``no``, ``on`` and ``off``, too."""
    return is_scalar(node) and not node.style and str(node.value).lower() in _TRUTH


_DIGITS = 300
"""Characters of a number that may still be meant as one."""


def passed_on(node: YamlNode) -> str:
    """Return what a program written in Go, such as compose, makes of a scalar: 0123 is an octal number, 1.10 is 1.1, TRUE is true."""
    text = text_of(node)
    if is_text(node) or not 0 < len(text) < _DIGITS:
        return text
    if str(node.tag).endswith(":bool"):
        return text.lower()
    plain = text.replace("_", "")
    octal = re.fullmatch(r"([-+]?)0o?([0-7]+)", plain)
    if octal:
        return str(int(octal[1] + octal[2], 8))
    if re.fullmatch(r"[-+]?(?:0[xX][0-9A-Fa-f]+|0[bB][01]+)", plain):
        return str(int(plain, 0))
    if re.fullmatch(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", plain):
        return _number(plain)
    return text


def _number(text: str) -> str:
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return str(int(text))
    value = float(text)
    return str(int(value)) if abs(value) < 1e21 and value == int(value) else repr(value)


def pairs(node: YamlNode, depth: int = 0) -> Iterator[tuple[str, YamlNode, YamlNode]]:
    """Yield key, key node and value node of a mapping; what ``<<`` merges in comes first, without the keys that the mapping sets itself.

    Of several mappings that are merged the first one that has a key gives it (https://yaml.org/type/merge.html).
    """
    if not is_mapping(node) or depth > _DEEPEST:
        return
    own = [(str(key.value), key, value) for key, value in node.value if is_scalar(key) and key.value != "<<"]
    taken = {name for name, _key, _value in own}
    for key, value in node.value:
        if is_scalar(key) and key.value == "<<":
            for part in value.value if is_sequence(value) else (value,):
                merged = [pair for pair in pairs(part, depth + 1) if pair[0] not in taken]
                taken |= {name for name, _key, _value in merged}
                yield from merged
    yield from own


def child(node: YamlNode, *keys: str) -> YamlNode:
    """Return the node under a path of keys, or None."""
    for key in keys:
        node = next((value for name, _key, value in reversed(list(pairs(node))) if name == key), None)
        if node is None:
            return None
    return node


def text_of(node: YamlNode) -> str:
    """Return a scalar's text; anything else is the empty text."""
    return str(node.value) if is_scalar(node) and not is_null(node) else ""


def items(node: YamlNode) -> tuple[YamlNode, ...]:
    """Return the items of a sequence; anything else has none."""
    return tuple(node.value) if is_sequence(node) else ()
