"""The style sheet with a memory: what is drawn in the same place in the same state is styled once."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.css.model import RuleSet, SelectorType
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.dom import DOMNode
from textual.widget import Widget

LARGEST = 1 << 12
"""Places that are remembered at most."""
FLAGS = ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even")
"""What Textual notes of the rules that may apply to a node."""


@dataclass(frozen=True)
class Found:
    """The rules of a place, as they are found, and as a node without any has taken them."""

    flags: tuple[bool, ...]
    rules: RulesMap
    taken: RulesMap


class RememberedStylesheet(Stylesheet):
    """Textual's style sheet; the rules of a node are looked for once for the types, ids, classes and states on its path.

    Textual itself remembers them for the children of one parent only, and a step change would spend a third of its time on the search.
    Rules that depend on the order of siblings are looked for each time, as they are there.
    """

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._found: dict[Hashable, Found] = {}
        self._names: tuple[list[RuleSet], frozenset[str]] = ([], frozenset())

    def add_source(
        self,
        css: str,
        read_from: CSSLocation | None = None,
        is_default_css: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> None:
        """Add rules; those of a widget's class say nothing of what was styled before there was one of that class."""
        super().add_source(css, read_from, is_default_css, tie_breaker, scope)
        if not (is_default_css and scope):
            self._found.clear()

    def set_variables(self, variables: dict[str, str]) -> None:
        """Set other variables, which all rules may rest on."""
        super().set_variables(variables)
        self._found = {}

    def apply(self, node: DOMNode, *, animate: bool = False, cache: dict[tuple[Any, ...], Any] | None = None) -> None:
        """Apply the style sheet to a node."""
        place = self._place_of(node)
        if place is None:
            super().apply(node, animate=animate, cache=cache)
            return
        if len(self._found) > LARGEST:
            self._found.clear()
        found = self._found.get(place)
        if found is None:
            # Textual keeps here what depends on nothing but the place
            heard: dict[tuple[Any, ...], RulesMap] = {}
            super().apply(node, animate=animate, cache=heard)
            for rules in heard.values():
                flags = tuple(getattr(node, name) for name in FLAGS)
                self._found[place] = Found(flags, rules, node.styles.base.get_rules())
            return
        for name, is_set in zip(FLAGS, found.flags, strict=True):
            setattr(node, name, is_set)
        if node.styles.base.get_rules():
            self.replace_rules(node, found.rules, animate=animate)
        else:
            # nothing to compare with, so each rule need not be set by itself
            node.styles.base.merge_rules(found.taken)
            node.notify_style_update()
        self._process_component_classes(node)

    def _named(self) -> frozenset[str]:
        """Return the ids that any part of a selector names."""
        rules, names = self._names
        if rules is not self.rules:
            parts = (part for rule in self.rules for each in rule.selector_set for part in each.selectors)
            names = frozenset(part.name for part in parts if part.type is SelectorType.ID)
            self._names = (self.rules, names)
        return names

    def _place_of(self, node: DOMNode) -> Hashable | None:
        """Return what the rules of a node depend on; None where that is more than can be told."""
        if isinstance(node, Widget) and node.is_disabled:
            return None
        known = self._named()
        path: list[object] = []
        for each in node.css_path_nodes:
            if isinstance(each, Widget):
                name = each.id if each.id in known else None
                path += (type(each), name, each.classes, each.mouse_hover, each.has_focus)
            elif isinstance(each, App):
                path += (each.classes, each.app_focus, each.theme, each.native_ansi_color)
            else:
                path.append(each.classes)
        return tuple(path)
