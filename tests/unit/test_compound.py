"""Compound text pasted into one field is split: in the wizard with a notice, in an answers file with a warning."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nbcluster.answers.compound import database_host, node_host, storage_server
from nbcluster.answers.fields import FieldError, Value
from nbcluster.answers.file import load_text
from nbcluster.answers.file.load import Loaded
from nbcluster.answers.node_list import read_rows
from nbcluster.answers.secret import Secret
from nbcluster.errors import InvalidAnswersError, Severity
from nbcluster.steps import tables_by_path
from nbcluster.wizard import Wizard, fresh_session
from tests.unit.scenarios import ANSWERS, official, official_text

URL = "postgres://app:p%40s%2Fs@db.example.com:6432/nocobase?sslmode=require"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("db:5433", {"host": "db", "port": 5433}),
        ("[::1]:5432", {"host": "::1", "port": 5432}),
        ("[fd00::1]", {"host": "fd00::1"}),
        (URL, {"dialect": "postgres", "host": "db.example.com", "port": 6432, "name": "nocobase", "user": "app", "tls": True}),
        ("mysql://u:x@h/n?useSSL=false", {"dialect": "mysql", "host": "h", "port": None, "name": "n", "user": "u", "tls": False}),
        ("jdbc:postgresql://h:1/n?currentSchema=a", {"dialect": "postgres", "host": "h", "port": 1, "name": "n", "schema": "a"}),
        ("postgresql://u@[::1]:5432/n", {"dialect": "postgres", "host": "::1", "port": 5432, "name": "n", "user": "u"}),
        ("kingbase8://h", {"dialect": "kingbase", "host": "h", "port": None}),
        ("mariadb://u:a?b=c@h:1/n", {"dialect": "mariadb", "host": "h", "port": 1, "name": "n", "user": "u"}),
    ],
)
def test_a_database_address(text: str, wanted: Mapping[str, Value]) -> None:
    found = database_host(text)
    assert found is not None
    values = {path.removeprefix("database."): value for path, value in found.values}
    values.pop("password", None)
    assert values == wanted


@pytest.mark.parametrize(
    "text",
    ["db", "10.0.0.6", "::1", "db:", "db:0", "db:65536", "http://h/x", "postgres://", "postgres:///n", "mysql://a,b/n", "a b:1"],
)
def test_what_is_no_compound_database_address(text: str) -> None:
    assert database_host(text) is None


@pytest.mark.parametrize(
    ("password", "wanted"), [("p%40s%2Fs", "p@s/s"), ("p@s/s#?", "p@s/s#?"), ("100%", "100%"), ("a?b=c", "a?b=c"), ("%ff", "%ff")]
)
def test_the_password_of_a_url_is_decoded_and_ends_at_the_last_at_sign(password: str, wanted: str) -> None:
    found = database_host(f"postgres://u:{password}@h:1/n")
    assert found is not None and dict(found.values)["database.password"] == Secret(wanted)


def test_what_no_field_takes_is_named() -> None:
    found = database_host("postgres://h/n?application_name=x&sslmode=verify-full")
    assert found is not None and found.left == ("application_name",) and dict(found.values)["database.tls"] is True


@pytest.mark.parametrize(
    ("text", "server", "export"),
    [
        ("10.0.0.7:/exports/nocobase", "10.0.0.7", "/exports/nocobase"),
        ("nas.example.com:/", "nas.example.com", "/"),
        ("nfs://nas/exports", "nas", "/exports"),
        ("[fd00::7]:/exports", "[fd00::7]", "/exports"),
        ("mon1:6789,mon2:6789:/data", "mon1:6789,mon2:6789", "/data"),
        ("gluster1:volume0", "gluster1", "volume0"),
    ],
)
def test_a_server_with_its_export(text: str, server: str, export: str) -> None:
    found = storage_server(text)
    assert found is not None and dict(found.values) == {"storage.server": server, "storage.export": export}


@pytest.mark.parametrize("text", ["10.0.0.7", "/srv/x", "//nas/share", "nas:2049", "nas /exports"])
def test_what_is_no_server_with_an_export(text: str) -> None:
    assert storage_server(text) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("10.0.0.1:13001", {"host": "10.0.0.1", "port": 13001}),
        ("ops@10.0.0.1", {"host": "10.0.0.1", "ssh": "ops@10.0.0.1"}),
        ("ops@node:2222", {"host": "node", "ssh": "ops@node:2222"}),
        ("ssh://node:2222", {"host": "node", "ssh": "node:2222"}),
        ("ops@[::1]:2222", {"host": "::1", "ssh": "ops@[::1]:2222"}),
        ("http://node:13000/", {"host": "node", "port": 13000}),
    ],
)
def test_a_node_with_port_or_account(text: str, wanted: Mapping[str, Value]) -> None:
    found = node_host(text)
    assert found is not None and dict(found.values) == wanted


def controller() -> Wizard:
    return Wizard(fresh_session("test"), None)


def typed(run: Wizard, path: str, text: str) -> str:
    return run.change_text(run.answers.fields[path], text)


def test_a_url_typed_as_the_host_fills_the_step_and_is_said_without_its_password() -> None:
    run = controller()
    run.change("database.port", 1234)
    assert typed(run, "database.host", URL) == ""
    values = {path: run.answers[f"database.{path}"] for path in ("host", "port", "name", "user", "tls")}
    assert values == {"host": "db.example.com", "port": 6432, "name": "nocobase", "user": "app", "tls": True}
    assert run.answers.secret("database.password") == Secret("p@s/s")
    assert "db.example.com" in run.notice and "6432" in run.notice and "p@s" not in run.notice and "p%40" not in run.notice
    # without a port it means that of its kind
    assert typed(run, "database.host", "mysql://h/n") == "" and run.answers["database.port"] == 3306
    assert typed(run, "database.host", "plain") == "" and run.notice == ""


def test_a_part_without_its_fields_form_changes_nothing() -> None:
    run = controller()
    typed(run, "database.host", "db")
    for text in ("[::1]:5432", "postgres://u:hunter2@[::1]/n", "postgres://u:hunter2@a,b/n", "/srv/x"):
        fault = typed(run, "database.host", text)
        assert fault and "hunter2" not in fault and run.answers["database.host"] == "db"


def test_a_server_that_is_a_path_is_refused() -> None:
    run = controller()
    assert typed(run, "storage.server", "/srv/nocobase/storage") and typed(run, "storage.server", "//nas/share")
    assert typed(run, "storage.server", "10.0.0.7:/exports/nocobase") == ""
    assert (run.answers["storage.server"], run.answers["storage.export"]) == ("10.0.0.7", "/exports/nocobase")


@pytest.mark.parametrize(
    ("path", "text", "address"),
    [
        ("redis.address", "127.0.0.1:6391", "redis://127.0.0.1:6391"),
        ("redis.address", "redis:6379", "redis://redis:6379"),
        ("redis.address", "default:p#ss@w0rd/x@10.0.0.5:6379/3", "redis://default@10.0.0.5:6379/3"),
        ("queue.url", "nocobase:p#ss@w0rd/x@10.0.0.8", "amqp://nocobase@10.0.0.8"),
    ],
)
def test_an_address_without_a_scheme_is_given_it(path: str, text: str, address: str) -> None:
    run = controller()
    run.change("queue.adapter", "rabbitmq")
    assert typed(run, path, text) == "" and run.notice
    url = run.answers.url(path)
    assert url is not None and url.address == address and not url.faults
    assert url.password is None or url.password == Secret("p#ss@w0rd/x")
    assert "p#ss" not in run.notice


@pytest.mark.parametrize("text", ["http://h:1", "redis:/h", "redis-cli -h x", "/var/run/redis.sock", "unix:///x"])
def test_no_scheme_is_put_before_what_is_no_address(text: str) -> None:
    run = controller()
    typed(run, "redis.address", text)
    url = run.answers.url("redis.address")
    assert run.notice == "" and url is not None and f"redis://{text}" not in url.reveal()


def test_a_cell_with_port_and_account_fills_its_row() -> None:
    run = controller()
    table = dict(tables_by_path())["nodes"]
    columns = {column.path: column for column in table.columns}
    run.add_row(table)
    assert run.change_cell(table, 0, columns["host"], "ops@10.0.0.1") == "" and run.notice
    assert run.change_cell(table, 0, columns["host"], "10.0.0.1:13001") == ""
    (row,) = run.answers.rows("nodes")
    assert dict(row) == {"name": "node1", "host": "10.0.0.1", "port": 13001, "ssh": "ops@10.0.0.1"}


def loaded(changes: Mapping[str, object], without: tuple[str, ...] = ()) -> Loaded:
    return load_text(official_text(changes, without), "t", ANSWERS, {})


def test_an_answers_file_is_read_as_it_is_meant_with_a_warning_for_each() -> None:
    found = loaded(
        {
            "database.host": "db:6432",
            "storage.server": "10.0.0.7:/exports/nocobase",
            "redis.cache": "10.0.0.5:6379/0",
            "nodes": [{"name": "a", "host": "10.0.0.1:13001"}],
        },
    )
    answers = found.answers
    assert (answers["database.host"], answers["database.port"]) == ("db", 6432)
    assert (answers["storage.server"], answers["storage.export"]) == ("10.0.0.7", "/exports/nocobase")
    assert dict(answers.rows("nodes")[0]) == {"name": "a", "host": "10.0.0.1", "port": 13001}
    url = answers.url("redis.cache")
    assert url is not None and url.reveal() == "redis://10.0.0.5:6379/0"
    assert {note.path for note in found.notes} == {"database.host", "storage.server", "redis.cache", "nodes[0].host"}
    assert {note.severity for note in found.notes} == {Severity.WARNING}


def test_a_url_in_an_answers_file_is_never_said_with_its_password() -> None:
    found = loaded({"database.host": URL}, without=("database.password", "database.user", "database.name"))
    assert found.answers.secret("database.password") == Secret("p@s/s")
    assert not [note for note in found.notes if "p@s" in note.line() or "p%40" in note.line()]


def test_a_file_that_says_two_things_is_refused_at_the_key() -> None:
    with pytest.raises(InvalidAnswersError) as caught:
        loaded({"database.host": "db:6432", "database.port": 5432})
    assert [problem.path for problem in caught.value.problems] == ["database.host"]
    assert "database.port" in caught.value.problems[0].message
    assert loaded({"database.host": "db:5432", "database.port": 5432}).answers["database.host"] == "db"


LISTS = {
    "words": "node1 172.31.0.1\nnode2 172.31.0.2 13001",
    "one line": "node1 172.31.0.1, node2 172.31.0.2:13001",
    "csv": "name,host,port\nnode1,172.31.0.1,\nnode2,172.31.0.2,13001",
    "semicolons": "node1;172.31.0.1\nnode2;172.31.0.2;13001",
    "hosts": "127.0.0.1 localhost\n::1 ip6-localhost\n172.31.0.1\tnode1.example.com node1\n172.31.0.2:13001 node2 # the second",
    "upstream": "upstream nocobase {\n  least_conn;\n  server 172.31.0.1 max_fails=3;\n  server 172.31.0.2:13001;\n}",
    "inventory": "[nodes]\nnode1 ansible_host=172.31.0.1\nnode2 ansible_host=172.31.0.2:13001 ansible_port=22",
    "addresses": "172.31.0.1\nhttp://172.31.0.2:13001/",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS.keys())
def test_any_list_of_nodes_is_read(text: str) -> None:
    rows = read_rows(dict(tables_by_path())["nodes"], text, official())
    assert [dict(row) for row in rows] == [
        {"name": "node1", "host": "172.31.0.1"},
        {"name": "node2", "host": "172.31.0.2", "port": 13001},
    ]


def test_accounts_of_a_list_go_into_their_column() -> None:
    table = dict(tables_by_path())["nodes"]
    for text in (
        "ops@10.0.0.1",
        "node1 ops@10.0.0.1",
        "node1 10.0.0.1 ops@10.0.0.1",
        "node1 ansible_host=10.0.0.1 ansible_user=ops",
    ):
        (row,) = read_rows(table, text, official())
        assert dict(row) == {"name": "node1", "host": "10.0.0.1", "ssh": "ops@10.0.0.1"}


def test_the_port_of_ssh_in_a_list_is_kept_apart_from_the_one_of_the_node() -> None:
    table = dict(tables_by_path())["nodes"]
    (row,) = read_rows(table, "node1 ansible_host=10.0.0.1 ansible_user=ops ansible_port=2222", official())
    assert dict(row) == {"name": "node1", "host": "10.0.0.1", "ssh": "ops@10.0.0.1:2222"}
    (row,) = read_rows(table, "node1 ansible_host=10.0.0.1 ansible_port=2222", official())
    assert dict(row) == {"name": "node1", "host": "10.0.0.1", "ssh": "10.0.0.1:2222"}


@pytest.mark.parametrize("line", ["node1,10.0.0.1,13001,8", "node1 10.0.0.1:13001 8", "10.0.0.1 node1 13001 8"])
def test_a_second_number_in_a_line_is_not_taken_for_the_port(line: str) -> None:
    with pytest.raises(FieldError) as caught:
        read_rows(dict(tables_by_path())["nodes"], line, official())
    assert "8" in str(caught.value)


def test_a_list_names_the_line_and_the_word_at_fault() -> None:
    run = controller()
    fault = run.paste_rows(dict(tables_by_path())["nodes"], "node1 10.0.0.1\nNode_2 10.0.0.2")
    assert "2" in fault and "Node_2" in fault and run.answers.rows("nodes") == ()


def test_what_is_saved_of_an_address_that_does_not_show_its_user_keeps_the_user() -> None:
    run = controller()
    field = run.answers.fields["redis.address"]
    assert run.change_text(field, "redis://app:word@10.0.0.5:6379/0") == ""
    assert run.keep_typed(field, "redis://***@10.0.0.9:6379/0")
    url = run.answers.url("redis.address")
    assert url is not None and (url.username, url.password, url.host) == ("app", Secret("word"), "10.0.0.9")
