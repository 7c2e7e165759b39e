"""``import``: every known format gives answers that load, without secrets, and none gives an old installation a new key."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.file import load_text
from nbcluster.answers.flow import infer, problems_for_file
from nbcluster.answers.importer import Imported, import_file
from nbcluster.answers.importer.disk import import_stream
from nbcluster.answers.secret import Secret
from nbcluster.errors import Severity
from nbcluster.steps import new_answers
from nbcluster.steps.model import Context
from tests.cli.program import nbcluster

FILES = Path(__file__).parent / "files"
SECRETS = ("pa$ss#1", "p#w", "p%23w", "0123456789abcdef", "production-key", "p'a", "from-values", "cGEjc3M", "pa#ss", "abababab")


def beside(name: str) -> str | None:
    path = FILES / name
    return path.read_text("utf-8") if path.is_file() else None


def imported_from(name: str) -> Imported:
    return import_file((FILES / name).read_text("utf-8"), str(FILES / name), beside)


def answers_of(imported: Imported) -> Answers:
    answers = new_answers()
    for path, value in imported.changes:
        answers = answers.with_(path, value, Source.IMPORTED)
    return infer(answers)


def notes_of(imported: Imported) -> set[str]:
    return {note.path for note in imported.notes}


@pytest.mark.parametrize("name", ["compose.yaml", "config.json", "manifests.yaml", "values.yaml"])
def test_the_printed_answers_load_and_hold_no_secret(name: str, tmp_path: Path) -> None:
    ended = nbcluster("import", FILES / name)
    assert ended.code == 0, ended.err
    assert not [secret for secret in SECRETS if secret in ended.out + ended.err]
    references = {word.split('"')[1] for word in ended.out.split("env = ")[1:]}
    answers = load_text(ended.out, "printed", tmp_path, dict.fromkeys(references, "x" * 40)).answers
    assert answers["app.installation"] == "existing" and "database.dialect" in answers
    assert answers["app.base_env"] == str(FILES / name)


def test_a_compose_file_gives_its_keys_and_names_what_is_not_carried_over() -> None:
    imported = imported_from("compose.yaml")
    answers = answers_of(imported)
    assert (answers["app.key"], answers["app.aes_key"]) == ("keep", "keep")
    assert (answers["app.deployment"], answers["app.image"], answers["app.version"]) == (
        "docker",
        "nocobase/nocobase:2.2.15",
        "2.2.15",
    )
    assert answers["database.password"] == Secret("pa$ss#1") and answers["app.timezone"] == "Europe/Berlin"
    cache = answers.url("redis.cache")
    assert cache is not None and cache.password == Secret("p#w")
    assert imported.kept["OTHER"] == "x"
    assert {"missing.env", "FROM_SHELL", "REDIS_URL"} == {unknown.what for unknown in imported.unknown}


def test_the_home_of_nb_gives_one_environment_and_asks_for_the_other_key() -> None:
    imported = imported_from("config.json")
    answers = answers_of(imported)
    assert answers["database.dialect"] == "mysql" and answers["database.underscored"] is True and answers["app.port"] == 13080
    assert answers["app.key"] == "keep" and answers["app.deployment"] == "docker"
    assert {"app.aes_key", "app.installation", "app.base_env"} <= notes_of(imported)


@pytest.mark.parametrize("name", ["manifests.yaml", "config.json"])
def test_a_key_that_is_not_found_is_asked_for(name: str) -> None:
    imported = imported_from(name)
    path = "app.key" if name == "manifests.yaml" else "app.aes_key"
    answers = answers_of(imported)
    assert path in notes_of(imported)
    assert f"{path} keys-kept" in {f"{p.path} {p.rule}" for p in problems_for_file(answers, Context())}


def test_an_env_file_without_app_key_is_a_question_and_never_a_fresh_key(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DB_DIALECT=postgres\nDB_PASSWORD=old\nTZ=UTC\n", "utf-8")
    ended = nbcluster("import", file)
    assert ended.code == 0 and "app.key:" in ended.err
    (tmp_path / "answers.toml").write_text(ended.out, "utf-8")
    rendered = nbcluster(
        "render",
        "--answers",
        tmp_path / "answers.toml",
        "--out",
        tmp_path / "out",
        environment={"NBCLUSTER_DATABASE_PASSWORD": "old"},
    )
    assert rendered.code == 2 and "app.key:" in rendered.err and not (tmp_path / "out" / ".env").exists()


def test_a_file_of_no_known_form_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text("services: [\n", "utf-8")
    ended = nbcluster("import", file)
    assert ended.code == 2 and str(file) in ended.err and ended.out == ""


def test_the_wizard_imports_every_form() -> None:
    from nbcluster.answers.importer.disk import import_path
    from nbcluster.wizard import from_nothing

    controller = from_nothing("imported")
    try:
        imported = import_path(FILES / "compose.yaml", "app.base_env")
        controller.take_import(imported)
        assert controller.answers["database.password"] == Secret("pa$ss#1") and imported.notes
    finally:
        controller.close()


COMPOSE = """\
services:
  app:
    image: registry.cn-shanghai.aliyuncs.com/nocobase/nocobase:2.2.15-full
    environment:
      APP_KEY: kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
      ENCRYPTION_FIELD_KEY: 'kept "of" #fields'
      SMTP_HOST: mail.example.com
      DB_TIMEZONE: Asia/Tokyo
      DB_HOST: postgres
      CLUSTER_MODE: 4
      WORKER_MODE: '!'
      LOGGER_TRANSPORT: console,dailyRotateFile
      APPEND_PRESET_BUILT_IN_PLUGINS: 'my-plugin, @nocobase/plugin-lock-adapter-redis'
      DB_DIALECT_OPTIONS_SSL_REJECT_UNAUTHORIZED: 'false'
      APP_AES_SECRET_KEY_PATH: /etc/noco/aes.bin
      LOCAL_STORAGE_DEST: /data/uploads
      PLUGIN_STORAGE_PATH: storage/plugins
    volumes: ['./storage:/app/nocobase/storage']
    ports: ['8080:80']
  postgres: {image: nocobase/postgres:16}
"""


def test_nothing_of_a_compose_file_is_lost_and_each_change_is_named() -> None:
    imported = import_file(COMPOSE, "/old/compose.yaml")
    answers = answers_of(imported)
    assert (answers["app.deployment"], answers["app.version"]) == ("docker", "2.2.15")
    assert answers["app.image"] == "registry.cn-shanghai.aliyuncs.com/nocobase/nocobase:2.2.15-full"
    assert answers["app.timezone"] == "Asia/Tokyo" and answers["license.plugins"] == ("my-plugin",)
    assert [dict(row) for row in answers.rows("nodes")] == [{"name": "node1", "cluster_mode": "4", "worker_mode": "!"}]
    assert set(imported.kept) == {
        *(
            "ENCRYPTION_FIELD_KEY",
            "SMTP_HOST",
            "DB_TIMEZONE",
            "APP_AES_SECRET_KEY_PATH",
            "LOCAL_STORAGE_DEST",
            "PLUGIN_STORAGE_PATH",
        )
    }
    found = [(note.path, note.rule) for note in imported.notes]
    assert {
        ("app.aes_key", "outside-storage"),
        ("storage.path", "outside-storage"),
        ("database.tls", "database-verified"),
    } <= set(found)
    assert {("database.host", "import"), ("app.port", "import"), ("storage.path", "import"), ("app.base_env", "base-env")} <= set(
        found
    )
    assert found.count(("nodes", "import")) == 2 and found.count(("storage.path", "outside-storage")) == 1
    assert ("app.timezone", "import") not in found


def test_the_file_of_another_key_is_asked_for_until_it_is_answered() -> None:
    imported = import_file("APP_KEY=" + "k" * 40 + "\nAPP_AES_SECRET_KEY_PATH=/etc/noco/aes.bin\nTZ=UTC\n", "/old/.env")
    answers, context = answers_of(imported), Context(base_env={"APP_AES_SECRET_KEY_PATH": "/etc/noco/aes.bin"})
    asked = ("app.aes_key", "outside-storage")
    assert asked in {(p.path, p.rule) for p in problems_for_file(answers, context)}
    answered = answers.with_("app.aes_key", Secret("ab" * 32), Source.FILE)
    assert asked not in {(p.path, p.rule) for p in problems_for_file(answered, context)}


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("2.2.15", "2.2.15"),
        ("2.2.15-full", "2.2.15"),
        ("2.3.0-beta.1", "2.3.0-beta.1"),
        ("2.3.0-beta.1-full", "2.3.0-beta.1"),
        ("latest", None),
        ("latest-full", None),
        ("", None),
    ],
)
def test_the_version_comes_from_the_tag_or_is_asked(tag: str, version: str | None) -> None:
    image = f"nocobase/nocobase:{tag}".rstrip(":")
    imported = import_file(f"services: {{a: {{image: '{image}', environment: {{TZ: UTC}}}}}}", "/old/compose.yaml")
    answers = answers_of(imported)
    assert (answers["app.version"], answers["app.image"]) == (version, image)
    asked = ("app.version", "required") in {(p.path, p.rule) for p in problems_for_file(answers, Context())}
    assert asked == (version is None) == ("app.version" in notes_of(imported))


@pytest.mark.parametrize(
    ("variables", "zone"),
    [
        ("TZ=Asia/Tokyo\nDB_TIMEZONE=+09:00\n", "Asia/Tokyo"),
        ("DB_TIMEZONE=Asia/Shanghai\n", "Asia/Shanghai"),
        ("DB_TIMEZONE=+08:00\n", "Etc/GMT-8"),
        ("DB_TIMEZONE=-03:00\n", "Etc/GMT+3"),
        ("DB_TIMEZONE=+00:00\n", "UTC"),
        ("DB_TIMEZONE=+05:30\n", "Asia/Kolkata"),
        ("DB_TIMEZONE=+05:20\n", None),
        ("DB_TIMEZONE=+8\n", None),
        ("DB_HOST=x\n", None),
    ],
)
def test_the_time_zone_is_that_of_nocobase(variables: str, zone: str | None) -> None:
    imported = import_file(variables, "/old/.env")
    answers = answers_of(imported)
    assert answers["app.timezone"] == zone and (zone is None) == ("app.timezone" in notes_of(imported))
    base = dict(line.split("=") for line in variables.split())
    answered = answers if zone else answers.with_("app.timezone", "Asia/Tokyo", Source.FILE)
    judged = [p for p in problems_for_file(answered, Context(base_env=base)) if p.path == "app.timezone"]
    assert (not judged) or base.get("DB_TIMEZONE") == "+05:20"


def test_a_password_that_compose_would_cut_is_named_and_never_written() -> None:
    text = (
        "services: {a: {image: nocobase, environment: {DB_PASSWORD: 'Blue$Whale', ENCRYPTION_FIELD_KEY: '${K:?x}', OTHER: $O}}}"
    )
    imported = import_file(text, "/old/compose.yaml")
    assert "database.password" not in answers_of(imported)
    assert {unknown.what for unknown in imported.unknown} == {"DB_PASSWORD", "ENCRYPTION_FIELD_KEY", "OTHER"}
    severities = {note.severity for note in imported.notes if note.path == "app.base_env"}
    assert severities == {Severity.ERROR, Severity.WARNING}


def test_services_of_one_cluster_are_its_nodes() -> None:
    text = (
        "services:\n  Web 1: {image: nocobase:2.2.15, environment: {TZ: UTC, APP_KEY: a, WORKER_MODE: '!'}}\n"
        "  work: {image: nocobase:2.2.15, environment: {TZ: UTC, APP_KEY: b, WORKER_MODE: '*'}}\n"
    )
    imported = import_file(text, "/old/compose.yaml")
    rows = [dict(row) for row in answers_of(imported).rows("nodes")]
    assert rows == [{"name": "web-1", "worker_mode": "!"}, {"name": "work", "worker_mode": "*"}]
    said = next(note.message for note in imported.notes if note.path == "app.installation")
    assert "APP_KEY" in said and "WORKER_MODE" not in said


def test_the_document_of_json(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE, "utf-8")
    document = nbcluster("import", tmp_path / "compose.yaml", "--json", "--lang", "zh_CN").json()
    assert set(document) == {"schema", "answers", "read", "kept", "unknown", "problems"} and document["schema"] == 1
    assert 'language = "zh_CN"' in document["answers"] and "kkkkkkkk" not in str(document)
    assert {"path": "app.timezone", "variable": "DB_TIMEZONE", "line": 8} in document["read"]
    assert "ENCRYPTION_FIELD_KEY" in document["kept"] and document["unknown"] == []
    assert {"path", "severity", "message", "hint", "rule"} == set(document["problems"][0])


def test_a_key_that_the_file_does_not_hold_was_read_nowhere() -> None:
    imported = import_file("DB_HOST=db\nAPP_KEY=" + "k" * 40 + "\n", "/old/.env")
    assert ("app.aes_key", "from-storage") in imported.changes
    assert {taken.path for taken in imported.read} == {"database.host", "app.key"}


def test_standard_input_has_no_file_to_keep_variables_from(tmp_path: Path) -> None:
    file = tmp_path / "input"
    file.write_text(COMPOSE, "utf-8")
    with file.open("rb") as stream:
        imported = import_stream(stream, "<stdin>")
    answers = answers_of(imported)
    assert "app.base_env" not in answers and answers["app.key"] == Secret("k" * 40) and imported.kept == {}
    assert "ENCRYPTION_FIELD_KEY" in {unknown.what for unknown in imported.unknown}
    assert any(note.severity is Severity.ERROR and "ENCRYPTION_FIELD_KEY" in note.message for note in imported.notes)


def test_no_name_of_a_file_reaches_the_terminal_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(
        'services: {"a\\e[1m": {image: "nocobase:1\\e", environment: {"K\\e[2J": x, "U\\x9b": $N}, ports: ["\\e"], volumes: ["\\e:/app/nocobase/storage"]},'
        " b: {image: nocobase}}\n",
        "utf-8",
    )
    ended = nbcluster("import", tmp_path / "compose.yaml")
    as_json = nbcluster("import", tmp_path / "compose.yaml", "--json")
    assert ended.code == 0 and not {"\x1b", "\x9b"} & set(ended.out + ended.err + as_json.out)
