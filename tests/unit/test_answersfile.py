"""The answers file: read back what is written, every fault named, no secret inside."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import jsonschema
import pytest

from nbcluster.answers.file import dump, fill_secrets, json_schema, load, load_text, read_secrets, secret_variable
from nbcluster.answers.secret import Secret
from nbcluster.errors import ExitCode, InvalidAnswersError
from tests.unit.scenarios import ANSWERS, official, official_text


def faults(text: str, folder: Path = Path(), environment: dict[str, str] | None = None) -> dict[str, str]:
    with pytest.raises(InvalidAnswersError) as caught:
        load_text(text, "answers.toml", folder, environment or {})
    assert caught.value.code is ExitCode.INVALID
    return {problem.path: f"{problem.message} {problem.hint}" for problem in caught.value.problems}


def test_every_fault_is_reported_together_with_its_key_path() -> None:
    found = faults(
        "nme = 'x'\n[app]\nprot = 1\nport = 'x'\n[database]\nhost = 3\n[[nodes]]\nnam = 'x'\n[license]\nconfirmed = 'x'\n"
    )
    assert {"nme", "app.prot", "app.port", "database.host", "nodes[0].nam", "license.confirmed"} <= set(found)
    # everything else that is missing or malformed is reported in the same run, and nothing twice
    assert {"redis.cache", "database.password", "nodes[0].host"} <= set(found)
    assert not {"name", "nodes[0].name", "app.timezone"} & set(found)
    assert "app.port" in found["app.prot"] and "nodes[0].name" in found["nodes[0].nam"]


@pytest.mark.parametrize("text", ["a = ", "[app", "a = 1\na = 2", "= 3"])
def test_text_that_is_no_toml_names_the_file(text: str) -> None:
    assert set(faults(text)) == {"answers.toml"}


def test_a_later_schema_is_refused() -> None:
    assert set(faults("schema = 2\n[unheard]\nof = 1\n")) == {"schema"}


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", None])
def test_an_unreadable_file_is_named(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "answers.toml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InvalidAnswersError) as caught:
        load(path, {})
    assert caught.value.problems[0].path == str(path)


def test_references_are_resolved(tmp_path: Path) -> None:
    (tmp_path / "pw").write_bytes(b" pa#ss \n\n")
    text = '[database]\npassword = { file = "pw" }\nuser = { env = "WHO" }\n[redis]\ncache = { url = "redis://d@h:1/0", password = { env = "PW" } }\n'
    answers = load_text(text, "t", tmp_path, {"WHO": "me", "PW": "a/b#c"}).answers
    password, url = answers.secret("database.password"), answers.url("redis.cache")
    assert password is not None and password.reveal() == " pa#ss \n"
    assert answers["database.user"] == "me"
    assert url is not None and url.reveal() == "redis://d:a%2Fb%23c@h:1/0"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("database.user", '[database]\nuser = { env = "PW" }\npassword = { env = "PW" }\n'),
        (
            "database.user",
            '[database]\nuser = { env = "PW" }\n[redis]\ncache = { url = "redis://d@h:1/0", password = { env = "PW" } }\n',
        ),
        ("database.host", '[database]\nhost = { env = "DB_PASSWORD" }\n'),
        ("license.confirmed_by", '[license]\nconfirmed_by = { file = "api_token.txt" }\n'),
        ("license.confirmed[0]", '[license]\nconfirmed = [{ env = "MY_SECRET" }]\n'),
        ("nodes[0].host", '[[nodes]]\nhost = { env = "ADMIN_PASSWORD" }\n'),
    ],
)
def test_an_answer_that_is_shown_is_not_read_from_where_a_secret_is(key: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "api_token.txt").write_text("hunter2-word")
    names = ("PW", "DB_PASSWORD", "MY_SECRET", "ADMIN_PASSWORD")
    found = faults(text, tmp_path, dict.fromkeys(names, "hunter2-word"))
    assert key in found and not any("hunter2" in said for said in found.values())
    assert "hunter2" not in "".join(found)


def test_an_answer_that_is_shown_may_be_read_from_elsewhere(tmp_path: Path) -> None:
    text = '[database]\nhost = { env = "DB_HOST" }\nuser = { env = "WHO" }\npassword = { env = "PW" }\n[app]\nkey = { env = "APP_KEY" }\n'
    answers = load_text(text, "t", tmp_path, {"DB_HOST": "db", "WHO": "me", "PW": "me", "APP_KEY": "generate"}).answers
    assert (answers["database.host"], answers["database.user"], answers["app.key"]) == ("db", "me", "generate")


def test_references_that_lead_nowhere_name_key_and_variable(tmp_path: Path) -> None:
    found = faults('[database]\npassword = { env = "NB_NOT_SET" }\nhost = { file = "nowhere" }\n', tmp_path)
    assert "NB_NOT_SET" in found["database.password"] and "nowhere" in found["database.host"]


def test_an_address_whose_password_cannot_be_read_is_not_called_missing_as_well() -> None:
    table = {"url": "redis://10.0.0.5:6379/0", "password": {"env": "NB_NOT_SET"}}
    found = faults(official_text({"redis.cache": table}))
    assert "NB_NOT_SET" in found["redis.cache.password"] and "redis.cache" not in found
    assert "redis.cache" in faults(official_text({"database.password": {"env": "NB_NOT_SET"}}, ("redis.cache",)))


def test_a_literal_secret_is_not_in_what_is_written_and_comes_back_through_its_variable() -> None:
    written = dump(official({"redis.cache": "redis://default:hunter2@10.0.0.5:6379/0"}))
    for secret in ("hunter2", "s3cret-of-the-database", "correct-horse-battery", "0123456789abcdef"):
        assert secret not in written
    environment = {
        "NBCLUSTER_DATABASE_PASSWORD": "s3cret-of-the-database",
        "NBCLUSTER_REDIS_CACHE_PASSWORD": "hunter2",
        "NBCLUSTER_ADMIN_PASSWORD": "correct-horse-battery",
        "NBCLUSTER_APP_KEY": "0123456789abcdef" * 4,
        "NBCLUSTER_APP_AES_KEY": "fedcba9876543210" * 4,
    }
    again = load_text(written, "again", ANSWERS, environment).answers
    assert dump(again) == written
    url = again.url("redis.cache")
    assert url is not None and url.reveal() == "redis://default:hunter2@10.0.0.5:6379/0"


def test_generate_stays_generate() -> None:
    assert tomllib.loads(dump(official({"app.key": "generate"})))["app"]["key"] == "generate"


def test_the_schema_is_a_schema_and_takes_what_is_written() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for text in (official_text(), dump(official())):
        assert not list(validator.iter_errors(tomllib.loads(text)))
    assert list(validator.iter_errors({"app": {"prot": 1}}))


def test_cluster_mode_may_stand_as_a_number() -> None:
    text = official_text({"nodes": [{"name": "a", "host": "10.0.0.1", "cluster_mode": 4}]})
    assert load_text(text, "t", ANSWERS, {}).answers.rows("nodes")[0]["cluster_mode"] == "4"


def test_secrets_of_a_session_come_from_variables_or_a_private_file(tmp_path: Path) -> None:
    from nbcluster.answers.secret import MissingSecret

    answers = official().with_("database.password", MissingSecret("salt", "digest"))
    with pytest.raises(InvalidAnswersError) as caught:
        fill_secrets(answers, {})
    assert "NBCLUSTER_DATABASE_PASSWORD" in caught.value.problems[0].hint
    file = tmp_path / "secrets.toml"
    file.write_text('[database]\npassword = "x"\n')
    file.chmod(0o644)
    with pytest.raises(InvalidAnswersError):
        read_secrets(file)
    file.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert fill_secrets(answers, read_secrets(file))["database.password"] == Secret("x")


def test_variable_names() -> None:
    assert secret_variable("redis.cache.password") == "NBCLUSTER_REDIS_CACHE_PASSWORD"
