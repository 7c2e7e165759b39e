"""The compiled templates are those of the templates, and one that is not up to date is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest

from nbcluster.files import template
from tests.packaging.templates import COMPILED, files, names

TIMER = "systemd/nocobase-health.timer"


@pytest.fixture
def fresh() -> Iterator[None]:
    """Templates are read anew, before the test and after it."""
    template.environment.cache_clear()
    yield
    template.environment.cache_clear()


def test_they_are_up_to_date() -> None:
    found = {path.name: path.read_text("utf-8") for path in COMPILED.glob("*.py") if path.name != "__init__.py"}
    assert found == files(), "run: make templates"


def test_each_template_has_a_module_of_its_own() -> None:
    assert len(files()) == len(names()) > 20


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.usefixtures("fresh")
def test_one_that_is_not_up_to_date_is_compiled(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    module = import_module(f"nbcluster.files.compiled.{template.module_of(f'{TIMER}.j2')}")
    text = template.render(TIMER, language, off="/etc/off")
    template.environment.cache_clear()
    monkeypatch.setattr(module, "STATE", "of another text")
    monkeypatch.setattr(module, "root", None)
    assert template.render(TIMER, language, off="/etc/off") == text


@pytest.mark.usefixtures("fresh")
def test_one_that_is_up_to_date_is_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template.environment(), "compile", None)
    assert "/etc/off" in template.render(TIMER, "en", off="/etc/off")
