"""Lines of an env file that are pasted into any field fill every field that they name, in every face; a bare password is not taken as a host."""

from __future__ import annotations

import pytest

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.compound import server_name
from nbcluster.answers.environment import assignments
from nbcluster.answers.host import may_be_password
from nbcluster.answers.importer.pasted import is_environment
from nbcluster.answers.secret import Secret
from nbcluster.answers.url import Url
from nbcluster.env import RAW_MARK
from nbcluster.prompts.asker import Asker
from nbcluster.prompts.dialogue import Dialogue
from nbcluster.prompts.prompter import Commanded, PastedText, understood
from nbcluster.sessions.session import Session
from nbcluster.wizard import Wizard, fresh_session
from tests.unit.scenarios import official
from tests.unit.test_prompts_checks import Face

ENV = """# the old node
DB_DIALECT=mysql
export DB_HOST=10.0.0.6
DB_PORT=3307
DB_PASSWORD="Db#p@ss"
TZ=Asia/Shanghai
SMTP_RELAY_HOST=mail
"""
COMPOSE = """environment:
  - DB_HOST=10.0.0.6
  - "DB_PORT=3307"
"""
MAPPING = """  DB_HOST: 10.0.0.6
  DB_PORT: "3307"
"""


@pytest.fixture
def wizard() -> Wizard:
    return Wizard(fresh_session())


def test_lines_fill_what_they_name_and_say_so_without_a_secret(wizard: Wizard) -> None:
    said = " ".join(wizard.paste(ENV))
    answers = wizard.answers
    assert (answers["database.dialect"], answers["database.host"], answers["database.port"]) == ("mysql", "10.0.0.6", 3307)
    assert answers["database.password"] == Secret("Db#p@ss") and answers["app.timezone"] == "Asia/Shanghai"
    assert answers.source("database.host") is Source.TYPED
    assert "SMTP_RELAY_HOST" in said and "Db#p@ss" not in said and "database." not in said
    assert answers["app.installation"] is None and not answers.rows("nodes")


@pytest.mark.parametrize("text", [COMPOSE, MAPPING])
def test_the_environment_of_a_compose_file_is_understood(wizard: Wizard, text: str) -> None:
    assert wizard.paste(text)
    assert (wizard.answers["database.host"], wizard.answers["database.port"]) == ("10.0.0.6", 3307)


@pytest.mark.parametrize(
    "text",
    ["10.0.0.6", "redis://h:6379/0", "A=1", "FOO=bar", "p=ass", "DB_HOST=a\nwhatever", "node1 10.0.0.1", "", "# note", "X: y"],
)
def test_what_is_no_environment_fills_nothing(wizard: Wizard, text: str) -> None:
    before = wizard.answers
    assert wizard.paste(text) == () and wizard.answers == before


def test_a_value_of_no_use_is_refused_by_its_label(wizard: Wizard) -> None:
    said = " ".join(wizard.paste("DB_PORT=many\nDB_HOST=h"))
    assert "DB_PORT" in said and wizard.answers["database.host"] == "h" and "database.port" not in wizard.answers


def test_one_redis_address_is_that_of_all_roles(wizard: Wizard) -> None:
    wizard.paste("REDIS_URL=redis://:pw@10.0.0.5:6379/4")
    cache, worker = wizard.answers.url("redis.cache"), wizard.answers.url("redis.worker_id")
    assert isinstance(cache, Url) and isinstance(worker, Url) and wizard.answers["redis.layout"] == "one"
    assert (cache.host, cache.database, worker.database) == ("10.0.0.5", 0, 4)


def test_several_redis_addresses_keep_their_numbers(wizard: Wizard) -> None:
    wizard.paste("CACHE_REDIS_URL=redis://a:6379/7\nPUBSUB_ADAPTER_REDIS_URL=redis://b:6379/1")
    cache, signal = wizard.answers.url("redis.cache"), wizard.answers.url("redis.pubsub")
    assert cache is not None and signal is not None and (cache.database, signal.host) == (7, "b")
    assert wizard.answers["redis.layout"] == "per-role"


def test_processes_are_those_of_all_nodes(wizard: Wizard) -> None:
    wizard.change("nodes", official().rows("nodes"))
    wizard.paste("CLUSTER_MODE=4")
    assert {row["cluster_mode"] for row in wizard.answers.rows("nodes")} == {"4"}


def test_a_line_typed_into_a_field_is_taken_apart_and_never_saved_half(wizard: Wizard) -> None:
    name = wizard.answers.fields["database.name"]
    assert not wizard.keep_typed(name, "DB_PASSWORD=geheim")
    assert wizard.change_text(name, "DB_PASSWORD=geheim") == "" and wizard.notice
    assert wizard.answers["database.password"] == Secret("geheim") and wizard.answers["database.name"] == "nocobase"


def test_a_command_is_one_and_lines_are_others() -> None:
    with pytest.raises(Commanded):
        understood("<")
    with pytest.raises(PastedText) as pasted:
        understood("DB_PASSWORD=geheim")
    assert "geheim" not in str(pasted.value)
    assert understood("FOO=bar") == "FOO=bar"
    assert not is_environment("FOO=bar") and assignments("FOO=bar")


class Pasting(Face):
    """A face into which lines are pasted: an answer that is an environment is raised as such."""

    def ask_choice(self, prompt: str, options: object, default: str | None = None) -> str:
        return understood(super().ask_choice(prompt, options, default))  # type: ignore[arg-type]

    def ask_text(self, prompt: str, default: str = "") -> str:
        return understood(super().ask_text(prompt, default))

    def ask_secret(self, prompt: str) -> str:
        return understood(super().ask_secret(prompt))


def test_a_question_takes_lines_and_what_they_fill_is_not_asked_again() -> None:
    wizard = Wizard(fresh_session())
    # pasted at the first question of the database; port, TLS, name, user and password are left
    face = Pasting("DB_HOST=10.0.0.6\nDB_PASSWORD=x", None, None, None, None, None, *(None,) * 9)
    dialogue = Dialogue(wizard, Asker(face))
    wizard.visit("database")
    assert dialogue._from("database") == "connections"
    assert wizard.answers["database.host"] == "10.0.0.6"
    assert "x" not in [text for text, _tone in face.shown]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https://NC.example.com/", {"balancer.server_name": "nc.example.com", "balancer.public_url": "https://nc.example.com"}),
        (
            "https://nc.example.com:443",
            {"balancer.server_name": "nc.example.com", "balancer.public_url": "https://nc.example.com"},
        ),
        (
            "https://nc.example.com:8443/crm/",
            {
                "balancer.server_name": "nc.example.com",
                "balancer.public_url": "https://nc.example.com:8443/crm",
                "balancer.listen": 8443,
                "app.public_path": "/crm/",
            },
        ),
        (
            "http://nc.example.com:8080/crm",
            {"balancer.server_name": "nc.example.com", "balancer.listen": 8080, "app.public_path": "/crm/"},
        ),
        ("nc.example.com:8443", {"balancer.server_name": "nc.example.com", "balancer.listen": 8443}),
    ],
)
def test_the_address_that_users_type_is_taken_apart(text: str, wanted: dict[str, object]) -> None:
    found = server_name(text)
    assert found is not None and dict(found.values) == wanted
    assert bool(found.said) is text.startswith("https")


def test_what_is_taken_apart_has_no_error_of_its_own() -> None:
    wizard = Wizard(Session(name="official", answers=official()))
    assert wizard.change_text(wizard.answers.fields["balancer.server_name"], "https://nc.example.com:8443/crm/") == ""
    assert not [p for p in wizard.all_problems() if p.path in ("balancer.public_url", "balancer.server_name", "app.public_path")]


@pytest.mark.parametrize("text", ["nc.example.com", "ftp://h", "http://u:p@h/", "h:0", "h:x", "a b:1", "https://"])
def test_what_is_no_address_that_users_type(text: str) -> None:
    assert server_name(text) is None


@pytest.mark.parametrize(
    ("word", "doubtful"),
    [
        ("Sup3rSecret", True),
        ("hunterX2", True),
        ("Password1", True),
        ("redis", False),
        ("Redis", False),
        ("DBSRV01", False),
        ("node1", False),
        ("Sup3r.Secret", False),
        ("Sup3rSecret:6379", False),
        ("Ab1", False),
    ],
)
def test_a_bare_word_that_looks_like_a_password_is_told_from_a_host(word: str, doubtful: bool) -> None:
    assert may_be_password(word) is doubtful


@pytest.mark.parametrize("path", ["redis.address", "database.host", "balancer.server_name", "queue.url"])
def test_a_password_in_the_field_of_a_host_is_refused_and_not_saved(path: str, wizard: Wizard) -> None:
    field = wizard.answers.fields[path]
    assert wizard.change_text(field, "Sup3rSecret")
    assert not wizard.keep_typed(field, "Sup3rSecret") and path not in wizard.answers


def _tls(url: str) -> tuple[Answers, str]:
    wizard = Wizard(Session(name="official", answers=official()))
    assert wizard.change_text(wizard.answers.fields["database.host"], url) == ""
    return wizard.answers, wizard.notice


@pytest.mark.parametrize(
    ("mode", "tls", "said"),
    [
        ("disable", False, False),
        ("verify-full", True, False),
        ("require", True, True),
        ("prefer", False, True),
        ("something", False, True),
    ],
)
def test_a_mode_of_tls_is_taken_or_refused_with_a_word(mode: str, tls: bool, said: bool) -> None:
    answers, notice = _tls(f"postgres://u:p@db.example.com/n?sslmode={mode}")
    assert answers.flag("database.tls") is tls
    assert (f"sslmode={mode}" in notice) is said


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("mongodb://u:geheim@h/n", "postgres://"),
        ("postgres://u:geheim@a:1,b:2/n", "several hosts"),
        ("postgres:///n", "no host"),
        ("db host", "host name"),
    ],
)
def test_a_database_address_is_refused_with_the_reason_and_without_its_password(url: str, word: str, wizard: Wizard) -> None:
    fault = wizard.change_text(wizard.answers.fields["database.host"], url)
    assert word in fault and "geheim" not in fault and "database.host" not in wizard.answers


def test_the_authority_of_a_database_url_is_taken() -> None:
    answers, notice = _tls("postgres://u:p@db.example.com/n?sslmode=verify-full&sslrootcert=/etc/ssl/ca.pem&application_name=x")
    assert answers["tls.ca_file"] == "/etc/ssl/ca.pem" and "application_name" in notice


@pytest.mark.parametrize(
    ("line", "password"),
    [
        ("DB_PASSWORD: pa#ss", "pa#ss"),
        ("DB_PASSWORD: pa'ss\"", "pa'ss\""),
        ("DB_PASSWORD: 'it''s # \"'   # the old one", "it's # \""),
        (r'DB_PASSWORD: "a\\b\"c#d"', r'a\b"c#d'),
        ("DB_PASSWORD: 0123", "0123"),
        ("DB_PASSWORD: true", "true"),
        ("- DB_PASSWORD=pa#ss'x\"", "pa#ss'x\""),
        ('- DB_PASSWORD="pa#ss"', '"pa#ss"'),
        (r"- DB_PASSWORD=a\nb$1", r"a\nb$1"),
        ("- 'DB_PASSWORD=it''s #1'", "it's #1"),
        (r'- "DB_PASSWORD=a\"b" # note', 'a"b'),
        ("- DB_PASSWORD=a=b=", "a=b="),
        ("DB_PASSWORD=pa#ss", "pa"),
        ("DB_PASSWORD='pa#ss'", "pa#ss"),
        ("export DB_PASSWORD=pass # note", "pass"),
    ],
)
def test_a_value_is_read_as_the_program_reads_it_that_its_line_is_for(line: str, password: str, wizard: Wizard) -> None:
    assert wizard.paste(f"DB_HOST=10.0.0.6\n{line}")
    assert (wizard.answers["database.password"], wizard.answers["database.host"]) == (Secret(password), "10.0.0.6")


@pytest.mark.parametrize("value", ["`tick`", '"open', "*gone", "[a, b]", "%d", "@x"])
def test_what_yaml_refuses_is_refused_and_not_cut(value: str, wizard: Wizard) -> None:
    said = " ".join(wizard.paste(f"DB_HOST: 10.0.0.6\nDB_PASSWORD: {value}"))
    assert "database.password" not in wizard.answers and wizard.answers["database.host"] == "10.0.0.6"
    assert "DB_PASSWORD" in said and value not in said


def test_a_variable_without_a_value_answers_nothing(wizard: Wizard) -> None:
    wizard.paste("DB_HOST: 10.0.0.6\nDB_PASSWORD:\nDB_USER: ~\n")
    assert "database.password" not in wizard.answers and "database.user" not in wizard.answers


def test_lines_of_a_file_for_docker_are_taken_as_they_are(wizard: Wizard) -> None:
    assert wizard.paste(f"{RAW_MARK}\nDB_PASSWORD='pa#ss'\n")
    assert wizard.answers["database.password"] == Secret("'pa#ss'")
