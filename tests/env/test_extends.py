"""``extends`` of a compose file: followed within the folder, merged as compose merges (compose-spec, 05-services and 13-merge)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from nbcluster.answers.importer.sources import Place, SettingsSource, SourceError, read_sources
from tests.cli.program import nbcluster

BASE = """\
services:
  app:
    image: nocobase/nocobase:2.2.15
    env_file: [base.env]
    environment: {DB_DIALECT: postgres, TZ: UTC, DB_HOST: base, SHARED: "${FROM_PROJECT}"}
    ports: ["13000:80"]
    volumes: ["./storage:/app/nocobase/storage", "logs:/logs"]
    deploy: {replicas: 3, resources: {}}
"""
EXTENDS = "services:\n  app:\n    extends: {file: %s, service: %s}\n"


def read(files: Mapping[str, str]) -> SettingsSource:
    """Return the first application of ``compose.yaml`` among files by path."""
    (found, *_others) = read_sources(files["compose.yaml"], "compose.yaml", files.get)
    return found


def refusal(files: Mapping[str, str]) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(files)
    return caught.value


def test_a_variable_of_the_base_is_taken_away_by_its_name() -> None:
    files = {
        "compose.yaml": EXTENDS % ("base.yml", "app") + "    environment: {DB_HOST: !reset null, TZ: !reset x, DB_PORT: 1}\n",
        "base.yml": BASE,
        "base.env": "",
        ".env": "FROM_PROJECT=yes\n",
    }
    assert read(files).values == {"DB_DIALECT": "postgres", "SHARED": "yes", "DB_PORT": "1"}


def test_a_service_of_another_file_is_followed() -> None:
    files = {
        "compose.yaml": EXTENDS % ("parts/base.yml", "app")
        + "    environment: [DB_HOST=own, DB_PORT=5433]\n    env_file: own.env\n",
        "parts/base.yml": BASE,
        "parts/base.env": "DB_USER=of-base\nAPP_KEY=of-base\nTZ=from-file\n",
        "own.env": "APP_KEY=of-own\nDB_DIALECT=from-file\n",
        ".env": "FROM_PROJECT=yes\n",
        "parts/.env": "FROM_PROJECT=no\n",
    }
    found = read(files)
    assert found.values == {
        "DB_DIALECT": "postgres",
        "TZ": "UTC",
        "DB_HOST": "own",
        "SHARED": "yes",
        "DB_PORT": "5433",
        "DB_USER": "of-base",
        "APP_KEY": "of-own",
    }
    assert not found.unread
    places = {name: (setting.file, setting.line, setting.place) for name, setting in found.last.items()}
    assert places["DB_DIALECT"] == ("parts/base.yml", 5, Place.ENVIRONMENT)
    assert places["DB_HOST"] == ("", 4, Place.ENVIRONMENT)
    assert places["DB_USER"] == ("parts/base.env", 1, Place.ENV_FILE)
    assert [(setting.name, setting.value) for setting in found.settings].count(("DB_HOST", "own")) == 1
    assert "base" not in [setting.value for setting in found.settings]


def test_what_is_no_variable_is_merged_too() -> None:
    files = {
        "compose.yaml": EXTENDS % ("parts/base.yml", "app")
        + "    ports: ['8080:80']\n    volumes: ['cloud:/app/nocobase/storage/']\n",
        "parts/base.yml": BASE,
    }
    setup = read(files).setup
    assert (setup.image.value, setup.image.file, setup.image.line) == ("nocobase/nocobase:2.2.15", "parts/base.yml", 3)
    assert {port.value for port in setup.ports} == {"8080:80", "13000:80"}
    # a mount of the same place is replaced, not added
    assert (setup.storage.value, setup.scale.count.value) == ("cloud", "3")
    files["compose.yaml"] = EXTENDS % ("parts/base.yml", "app") + "    image: r/nocobase:2.2.1\n    deploy: {replicas: 2}\n"
    setup = read(files).setup
    assert (setup.image.value, setup.image.file) == ("r/nocobase:2.2.1", "") and setup.scale.count.value == "2"
    # seen from the file that is imported
    assert setup.storage.value == "./parts/storage"


def test_a_chain_through_folders_is_followed() -> None:
    files = {
        "compose.yaml": EXTENDS % ("a/one.yml", "x"),
        "a/one.yml": "services: {x: {extends: {file: b/two.yml, service: y}, environment: {TZ: Asia/Tokyo}}}\n",
        "a/b/two.yml": "services: {y: {extends: z}, z: {extends: {file: ../../three.yml, service: app}, environment: {DB_HOST: two}}}\n",
        "three.yml": BASE,
    }
    found = read(files)
    assert found.values == {"DB_DIALECT": "postgres", "TZ": "Asia/Tokyo", "DB_HOST": "two"}
    # what is not in the file itself is told at the line that leads there
    assert found.unread == ((3, "base.env"),)


def test_a_value_can_be_taken_away_or_put_in_the_place_of_all() -> None:
    files = {"parts/base.yml": BASE}
    own = "    environment: !override {DB_DIALECT: mysql}\n    env_file: !reset []\n    ports: !reset []\n"
    files["compose.yaml"] = EXTENDS % ("parts/base.yml", "app") + own
    found = read(files)
    assert found.values == {"DB_DIALECT": "mysql"} and not found.unread and not found.setup.ports


def test_what_a_service_sets_goes_before_its_own_files_also_where_it_is_inherited() -> None:
    text = (
        "services:\n  base: {image: nocobase/nocobase, environment: {TZ: UTC}, profiles: [never]}\n"
        "  app: {extends: base, env_file: own.env}\n"
    )
    sources = read_sources(text, "compose.yaml", {"own.env": "TZ=Asia/Tokyo\n"}.get)
    assert [source.values["TZ"] for source in sources] == ["UTC", "UTC"]


@pytest.mark.parametrize(
    "path",
    ["gone.yml", "../base.yml", "/srv/base.yml", "parts/../../base.yml", "https://x.example/base.yml", "~/b.yml", "'${NOT_SET}'"],
)
def test_a_file_that_is_not_there_or_outside_the_folder_is_named(path: str) -> None:
    loaded: list[str] = []

    def load(name: str) -> str | None:
        loaded.append(name)
        return None if name in ("gone.yml", ".env") else BASE

    text = EXTENDS % (path, "app")
    with pytest.raises(SourceError) as caught:
        read_sources(text, "compose.yaml", load)
    assert caught.value.line == 3 and path.strip("'") in str(caught.value)
    # with variables of its own the service is read, and what is missing stays known
    (found,) = read_sources(f"{text}    environment: {{DB_DIALECT: mysql}}\n", "compose.yaml", load)
    assert found.values == {"DB_DIALECT": "mysql"} and found.unread == ((3, path.strip("'")),)
    assert set(loaded) <= {"gone.yml", ".env"}


@pytest.mark.parametrize(
    ("other", "service", "named"),
    [
        ("services: [", "app", "base.yml:1"),
        ("services: {a: {}}", "app", "app"),
        ("just: text", "app", "base.yml"),
        ("", "app", "base.yml"),
        ("a" * ((1 << 20) + 1), "app", "base.yml"),
        ("services: {app: {extends: app}}", "app", "app"),
        ("services: {app: {extends: {file: compose.yaml, service: app}}}", "app", "app"),
    ],
)
def test_what_compose_refuses_is_refused_at_the_line_that_names_it(other: str, service: str, named: str) -> None:
    files = {"base.yml": other}
    files["compose.yaml"] = EXTENDS % ("base.yml", service) + "    environment: {DB_DIALECT: mysql}\n"
    found = refusal(files)
    assert found.line == 3 and named in str(found)


def test_a_long_chain_and_a_large_heap_of_files_are_refused() -> None:
    chain = {f"{number}.yml": f"services: {{app: {{extends: {{file: {number + 1}.yml, service: app}}}}}}" for number in range(30)}
    assert refusal({"compose.yaml": EXTENDS % ("0.yml", "app"), **chain}).line == 3
    read_files: list[str] = []
    filler = "#" * (200 << 10)

    def load(name: str) -> str | None:
        read_files.append(name)
        return None if name == ".env" else f"services: {{app: {{}}}}\n{filler}\n"

    services = "".join(f"  s{number}: {{extends: {{file: {number}.yml, service: app}}}}\n" for number in range(400))
    with pytest.raises(SourceError):
        read_sources(f"services:\n{services}", "compose.yaml", load)
    assert len(read_files) < 10


def test_a_file_is_read_once() -> None:
    read_files: list[str] = []

    def load(name: str) -> str | None:
        read_files.append(name)
        return BASE if name == "base.yml" else None

    services = "".join(f"  s{number}: {{extends: {{file: ./base.yml, service: app}}}}\n" for number in range(50))
    assert len(read_sources(f"services:\n{services}", "compose.yaml", load)) == 50
    assert read_files.count("base.yml") == 1


def test_the_commands_follow_it_and_name_what_they_cannot(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/base.yml").write_text(BASE.replace("TZ: UTC", "APP_KEY: short"))
    (tmp_path / "parts/base.env").write_text("DB_USER=of-base\n")
    file = tmp_path / "compose.yaml"
    file.write_text(EXTENDS % ("parts/base.yml", "app"))
    imported = nbcluster("import", file, "--json")
    assert imported.code == 0, imported.err
    read_by = {each["path"]: each["variable"] for each in imported.json()["read"]}
    assert {"database.host", "database.user", "app.image"} <= set(read_by)
    linted = nbcluster("lint", file, "--json")
    assert linted.code == 3 and any(
        result["target"].startswith("parts/base.yml:5 APP_KEY") for result in linted.json()["results"]
    ), linted.out
    file.write_text(EXTENDS % ("gone.yml", "app"))
    for command in ("import", "lint"):
        ended = nbcluster(command, file)
        assert ended.code == 2 and "gone.yml" in ended.err and "3" in ended.err, ended
