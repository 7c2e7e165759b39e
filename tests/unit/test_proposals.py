"""Users of the Chinese wizard get matching defaults for a new installation, and keep what they type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nbcluster.answers.answers import Source
from nbcluster.answers.file import dump
from nbcluster.sessions.store import SessionStore
from nbcluster.steps.start import MIRROR
from nbcluster.text import set_language
from nbcluster.wizard import Wizard, from_import, from_nothing, from_session


@pytest.fixture
def chinese() -> Iterator[None]:
    set_language("zh_CN")
    yield
    set_language("en")


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path / "sessions")


def _proposed(wizard: Wizard) -> tuple[object, ...]:
    return tuple(wizard.answers[path] for path in ("output.language", "admin.language", "app.timezone", "app.image"))


@pytest.mark.usefixtures("chinese")
def test_a_new_cluster_is_proposed_chinese_documents_language_zone_and_registry(store: SessionStore) -> None:
    wizard = from_nothing("prod", store)
    assert _proposed(wizard) == ("zh_CN", "zh-CN", "Asia/Shanghai", None)
    wizard.change("app.deployment", "docker")
    wizard.change("app.version", "2.2.14")
    assert wizard.answers["app.image"] == f"{MIRROR}:2.2.14"
    text = dump(wizard.answers)
    assert all(word in text for word in ('"zh-CN"', '"Asia/Shanghai"', MIRROR, 'language = "zh_CN"'))


@pytest.mark.usefixtures("chinese")
def test_an_existing_installation_is_proposed_no_zone_no_image_and_no_first_account(store: SessionStore) -> None:
    wizard = from_nothing("prod", store)
    wizard.change("app.deployment", "kubernetes")
    wizard.change("app.installation", "existing")
    assert not {"admin.language", "app.timezone", "app.image"} & set(wizard.answers)
    wizard.change("app.installation", "new")
    assert wizard.answers["app.timezone"] == "Asia/Shanghai"


@pytest.mark.usefixtures("chinese")
def test_what_is_typed_stays_also_in_a_session_that_is_opened_again(store: SessionStore) -> None:
    wizard = from_nothing("prod", store)
    wizard.change("app.timezone", "Asia/Urumqi")
    wizard.change("app.deployment", "docker")
    wizard.close()
    again = from_session("prod", store)
    assert again.answers["app.timezone"] == "Asia/Urumqi" and again.answers.source("admin.language") is Source.DERIVED
    again.change("app.deployment", "host")
    assert "app.image" not in again.answers


def test_somebody_who_runs_it_in_english_is_proposed_nothing(store: SessionStore) -> None:
    assert _proposed(from_nothing("prod", store)) == ("en", "en-US", "UTC", None)


@pytest.mark.usefixtures("chinese")
def test_an_import_keeps_its_own_image_and_zone_and_writes_chinese_documents(store: SessionStore, tmp_path: Path) -> None:
    path = tmp_path / "compose.yaml"
    path.write_text(
        "services:\n  app:\n    image: nocobase/nocobase:2.2.15-full\n    environment:\n      DB_HOST: db\n      TZ: Europe/Berlin\n"
    )
    wizard = from_import(path, store)
    assert _proposed(wizard)[0] == "zh_CN" and "admin.language" not in wizard.answers
    assert (wizard.answers["app.image"], wizard.answers["app.timezone"]) == ("nocobase/nocobase:2.2.15-full", "Europe/Berlin")
    assert not any("app." in line for line in wizard.report), wizard.report
