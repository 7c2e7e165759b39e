"""Import of existing env files: what is answered, what is kept, what is explained, and that no key is replaced."""

from __future__ import annotations

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.flow import infer
from nbcluster.answers.importer import Imported, import_file
from nbcluster.answers.secret import Secret
from nbcluster.steps import new_answers
from tests.unit.scenarios import ANSWERS

WITH_KEYS = f"APP_KEY={'k' * 40}\nAPP_AES_SECRET_KEY={'ab' * 32}\nTZ=Europe/Berlin\nDB_DIALECT=mysql\nDB_PASSWORD='pa#ss'\nDB_UNDERSCORED=true\n"
WITH_UNKNOWN = (
    "NOCOBASE_PKG_USERNAME=me\nNOCOBASE_PKG_PASSWORD=secret1\nDB_TIMEZONE=+08:00\nFOO=bar\nREDIS_URL=redis://:p%23w@10.0.0.1:6379/0\n"
    "DB_PORT=many\nSTORAGE_PATH=storage\nQUEUE_ADAPTER=rabbitmq\nRABBITMQ_URL=amqp://u:p@mq/v\nDB_UNDERSCORED=TRUE\n"
)


def answers_of(imported: Imported) -> Answers:
    answers = new_answers()
    for path, value in imported.changes:
        answers = answers.with_(path, value, Source.IMPORTED)
    return infer(answers)


def test_a_published_key_and_no_aes_key_mean_the_files_on_the_share() -> None:
    imported = import_file((ANSWERS / "existing.env").read_text(), "/old/.env")
    answers = answers_of(imported)
    assert (answers["app.key"], answers["app.aes_key"]) == ("from-storage", "from-storage")
    assert answers["app.installation"] == "existing" and answers["app.base_env"] == "/old/.env"
    assert answers["app.timezone"] == "Asia/Shanghai" and answers["database.password"] == Secret("old-database-password")
    assert {note.path for note in imported.notes} == {"app.key", "app.aes_key", "app.version"}


def test_keys_of_the_file_are_kept() -> None:
    answers = answers_of(import_file(WITH_KEYS, "/old/.env"))
    assert (answers["app.key"], answers["app.aes_key"]) == ("keep", "keep")
    assert answers["database.password"] == Secret("pa#ss") and answers["database.underscored"] is True


def test_unknown_and_unreadable_values_are_kept_and_named() -> None:
    imported = import_file(WITH_UNKNOWN, "/old/.env")
    answers = answers_of(imported)
    assert imported.kept["FOO"] == "bar" and imported.kept["DB_TIMEZONE"] == "+08:00"
    assert {"database.port", "storage.path", "license.delivery"} <= {note.path for note in imported.notes}
    assert answers["queue.adapter"] == "rabbitmq" and answers["queue.url_variable"] == "RABBITMQ_URL"
    assert answers["database.underscored"] is False and answers["app.timezone"] == "Etc/GMT-8"
    url = answers.url("redis.worker_id")
    assert url is not None and url.password == Secret("p#w")


def test_a_blank_or_line_feed_at_the_edge_of_a_value_is_told() -> None:
    imported = import_file('DB_USER="noco\\n"\nDB_PASSWORD="hunter2-word\\n"\nTZ=UTC\nFOO="x "\n', "/old/.env")
    (note,) = [problem for problem in imported.notes if problem.path == "app.base_env"]
    assert "DB_USER" in note.message and "DB_PASSWORD" in note.message and "FOO" not in note.message
    assert "hunter2" not in note.message and answers_of(imported)["database.user"] == "noco"
    assert not [p for p in import_file(WITH_KEYS, "/old/.env").notes if p.path == "app.base_env"]
