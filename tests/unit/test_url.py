"""Addresses: every row of nocobase.md §4.2 that a person can type, and what is written for the good ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbcluster.secret import Secret
from nbcluster.url import parse_url


@pytest.mark.parametrize(
    "text",
    [
        "redis://h:6379/0",
        "redis://h",
        "redis://h:6379/",
        "rediss://user:p%40ss@h:6380/1",
        "redis://u:p@ss@h",
        "redis://default:a:b@h",
        " redis://h ",
    ],
)
def test_forms_that_both_libraries_accept_have_no_fault(text: str) -> None:
    assert parse_url(text).faults == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("redis:/h:6379/2", "slashes"),
        ("redis://:p#w@h", "raw"),
        ("redis://:p/w@h", "raw"),
        ("redis://:p?w@h", "raw"),
        ("redis://:p%w@h", "percent"),
        ("redis://:%ff@h", "percent"),
        ("redis://[::1]:6379/0", "ipv6"),
        ("redis://h/1?family=6", "query"),
        ("redis://h/1#x", "fragment"),
        ("redis://h1:1,h2:2/0", "hosts"),
        ("h:6379", "scheme"),
        ("redis://", "host"),
        ("redis://h:70000", "port"),
        ("redis://h:0", "port"),
        ("redis://h:12x", "port"),
        ("redis://a b/0", "blank"),
    ],
)
def test_forms_that_one_library_misreads_are_named(text: str, fault: str) -> None:
    assert fault in parse_url(text).faults


@pytest.mark.parametrize(
    "text", ["redis://:hunter2secret#w@h", "redis://u:hunter2secret@h", "redis:/u:hunter2secret@h", "u:hunter2secret@h"]
)
def test_the_password_is_in_no_shown_form(text: str) -> None:
    url = parse_url(text)
    assert "hunter2secret" not in f"{url} {url!r} {url.masked} {url.address}"


def test_a_plain_literal_is_written_as_it_was_typed() -> None:
    assert parse_url("rediss://user:p%40ss@h:6380/1").reveal() == "rediss://user:p%40ss@h:6380/1"


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_any_password_survives_the_round_trip(password: str) -> None:
    url = parse_url("redis://default@10.0.0.5:6379/3").with_password(Secret(password))
    again = parse_url(url.reveal())
    assert again.faults == ()
    assert again.password is not None and again.password.reveal() == password
    assert (again.host, again.port, again.database) == ("10.0.0.5", 6379, 3)


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    url = parse_url(text)
    assert url.masked.count("***") <= 3 + text.count("***")
    assert url.database >= 0 and url.vhost


@pytest.mark.parametrize(
    ("text", "vhost"),
    [("amqp://h", "/"), ("amqp://h/", "/"), ("amqp://h/%2F", "/"), ("amqp://h/prod", "prod"), ("amqp://h/a%2Fb", "a/b")],
)
def test_virtual_hosts_are_read_as_amqplib_reads_them(text: str, vhost: str) -> None:
    assert parse_url(text).vhost == vhost


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("redis:/10.0.0.9:6379/0", "redis:/10.0.0.9:6379/0"),
        ("redis:/u:secret@h:1/0", "redis:/u@h:1/0"),
        ("redis://h:6379/0?db=1", "redis://h:6379/0?***"),
        ("redis://:secret@h:6379/0#x", "redis://h:6379/0#***"),
        ("h:6379", "h:6379"),
        ("redis://h:99999/0", "redis://h:99999/0"),
        ("redis://u:p/w@h:1/0", "redis://u@h:1/0"),
    ],
)
def test_what_is_wrong_is_shown_as_it_was_typed_without_the_password(typed: str, shown: str) -> None:
    url = parse_url(typed)
    assert url.faults and url.address == shown
    assert parse_url(url.address).faults == tuple(fault for fault in url.faults if fault != "raw")
    assert "secret" not in url.with_password(Secret("secret")).address
