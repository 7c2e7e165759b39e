"""Addresses: every row of nocobase.md §4.2 that can be typed, and the written form of the valid ones."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.answers.url import HIDDEN, Url, holds_password, is_secret_value, missing_password, parse_url, told, veiled
from tests.unit.addresses import AMQP, DATABASE, PASSWORD, REDIS


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
        ("redis://6379/0", "number"),
        ("redis://10.0.5:6379/0", "number"),
        ("redis://010.0.0.5:6379/0", "number"),
        ("redis://0x7f000001:6379/0", "number"),
        ("redis://10.0.0.256:6379/0", "number"),
        ("redis://h/1?family=6", "query"),
        ("redis://h/1#x", "fragment"),
        ("redis://h1:1,h2:2/0", "hosts"),
        ("h:6379", "scheme"),
        ("redis://", "host"),
        ("redis://h:70000", "port"),
        ("redis://h:0", "port"),
        ("redis://h:12x", "port"),
        ("redis://a b/0", "blank"),
        ("redis://h/0 ", None),
        ("redis://h/ 0", "blank"),
        ("redis://h=x", "sign"),
        ("redis://h;x/0", "sign"),
        ("redis://pw%40h/0", "sign"),
        ("redis://pw＠h/0", "sign"),
        ("redis://h%/0", "sign"),
        ("amqp://h/中", "sign"),
        ("redis://h/abc", None),
        ("redis://h\u200b/0", "control"),
        ("redis://u\u202e:p@h/0", "control"),
        ("redis://u:p\u202e@h/0", None),
        ("redis://u%zz:p@h", "percent"),
        ("redis://h:65536", "port"),
        ("redis://h:1234567", "port"),
        ("redis://h:65535", None),
        ("redis://h:000080", "port"),
        ("redis://h:000065536", "port"),
        ("redis://h:٣", "port"),
        ("redis://h:1,2", "hosts"),
        ("redis://a,b", "hosts"),
        ("1redis://h", "scheme"),
        ("redis", "scheme"),
        ("//h:1", "scheme"),
        ("re_dis://h", "scheme"),
        ("redis://u@h?password=a@b", "query"),
    ],
)
def test_forms_that_one_library_misreads_are_named(text: str, fault: str | None) -> None:
    assert parse_url(text).faults == (() if fault is None else (fault,))


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


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("REDIS://h:6379/2", ("redis", "", None, "h", 6379, "/2")),
        ("rediss://u%40x:p%3Aq@h", ("rediss", "u@x", "p:q", "h", None, "")),
        ("redis://:@h", ("redis", "", "", "h", None, "")),
        ("redis://u:a:b@h", ("redis", "u", "a:b", "h", None, "")),
        ("redis://u:a@b@h:1/2", ("redis", "u", "a@b", "h", 1, "/2")),
        ("redis://u:p%w@h", ("redis", "u", "p%w", "h", None, "")),
        ("redis://%fe:%ff@h", ("redis", "%fe", "%ff", "h", None, "")),
        ("redis:/u:p@h:1/0", ("redis", "u", "p", "h", 1, "/0")),
        ("redis://", ("redis", "", None, "", None, "")),
        ("redis:/Xh:1/0", ("redis", "", None, "Xh", 1, "/0")),
        ("u:p@h:1/0", ("", "u", "p", "h", 1, "/0")),
        ("//u:p@h:1/0", ("", "u", "p", "h", 1, "/0")),
        ("redis://h:6379/0?password=a@b", ("redis", "", None, "h", 6379, "/0")),
        ("redis://u@h?password=a@b", ("redis", "u", None, "h", None, "")),
        ("redis://u:a?db=1@h", ("redis", "u", "a?db=1", "h", None, "")),
        ("redis://a/b@h:1", ("redis", "a/b", None, "h", 1, "")),
        ("redis://x%40h:1/0", ("redis", "x", None, "h", 1, "/0")),
        ("redis://h:1/0;x", ("redis", "", None, "h", 1, "/***")),
        ("redis://[::1]:1/0", ("redis", "", None, "[::1]", 1, "/0")),
        ("redis://[::g]:1/0", ("redis", "", None, "[", 1, "/***")),
        ("redis://h/abc", ("redis", "", None, "h", None, "/***")),
        ("rediss://h/abc", ("rediss", "", None, "h", None, "/***")),
        ("h/abc", ("", "", None, "h", None, "/***")),
        ("amqp://h/abc", ("amqp", "", None, "h", None, "/abc")),
        ("amqp://h/a/b~!$'()*+%2F-_.", ("amqp", "", None, "h", None, "/a/b~!$'()*+%2F-_.")),
        ("amqp://h/a=b", ("amqp", "", None, "h", None, "/***")),
    ],
)
def test_an_address_in_parts(text: str, parts: tuple[str, str, str | None, str, int | None, str]) -> None:
    url = parse_url(text)
    password = None if url.password is None else url.password.reveal()
    assert (url.scheme, url.username, password, url.host, url.port, url.path) == parts


@pytest.mark.parametrize(
    ("text", "tls", "port", "database", "server"),
    [
        ("redis://H.example", False, 6379, 0, ("h.example", 6379)),
        ("rediss://h/7", True, 6379, 7, ("h", 6379)),
        ("amqp://h", False, 5672, 0, ("h", 5672)),
        ("amqps://h", True, 5671, 0, ("h", 5671)),
        ("amqps://h:1/12345", True, 1, 12345, ("h", 1)),
        ("http://h/123456", False, 0, 0, ("h", 0)),
        ("redis://h/٣", False, 6379, 0, ("h", 6379)),
    ],
)
def test_what_follows_from_the_parts(text: str, tls: bool, port: int, database: int, server: tuple[str, int]) -> None:
    url = parse_url(text)
    assert (url.tls, url.effective_port, url.database, url.server) == (tls, port, database, server)


@pytest.mark.parametrize(
    ("text", "address", "masked"),
    [
        ("redis://h:1/0", "redis://h:1/0", "redis://h:1/0"),
        ("redis://u:pw@h:1/0", "redis://u@h:1/0", "redis://u:***@h:1/0"),
        ("redis://:pw@h", "redis://h", "redis://:***@h"),
        ("redis://u%40x:pw@h", "redis://u%40x@h", "redis://u%40x:***@h"),
        ("redis://a%2Fb:pw@h", "redis://a%2Fb@h", "redis://a%2Fb:***@h"),
        ("redis://pw@h", "redis://***@h", "redis://***@h"),
        ("redis://pw:@h", "redis://***@h", "redis://***@h"),
        ("redis://default@h", "redis://default@h", "redis://default@h"),
        ("amqp://guest@h", "amqp://guest@h", "amqp://guest@h"),
        ("redis://***@h", "redis://***@h", "redis://***@h"),
        ("redis://u%3Apw@h", "redis://***@h", "redis://***@h"),
        ("redis://u;x:pw@h", "redis://***@h", "redis://***@h"),
        ("redis://u：x:pw@h", "redis://***@h", "redis://***@h"),
        ("redis:/u:pw@h", "redis:/u@h", "redis:/u:***@h"),
        ("redis:/pw@h", "redis:/***@h", "redis:/***@h"),
        ("redis://u:pw@h:x", "redis://u@h:***", "redis://u:***@h:***"),
        ("redis://:", "redis://:", "redis://:"),
        ("redis://:x", "redis://:***", "redis://:***"),
        ("redis://h/x", "redis://h/***", "redis://h/***"),
        ("redis://h?", "redis://h?", "redis://h?"),
        ("u%zz:pw@h", "u%zz@h", "u%zz:***@h"),
    ],
)
def test_what_is_shown_and_stored(text: str, address: str, masked: str) -> None:
    url = parse_url(text)
    assert (url.address, url.masked, str(url), repr(url)) == (address, masked, masked, f"Url({masked})")
    again = parse_url(url.address)
    if url.password is not None:
        again = again.with_password(MissingSecret("salt", "digest") if url.password else url.password)
    assert again.address == address and again.user_doubtful is url.user_doubtful


def test_a_user_is_doubtful_until_a_password_stands_beside_it() -> None:
    alone = parse_url("redis://app@h:1/0")
    assert alone.user_doubtful and alone.address == "redis://***@h:1/0"
    for password in (Secret("pw"), MissingSecret("salt", "digest")):
        assert not alone.with_password(password).user_doubtful
        assert alone.with_password(password).address == "redis://app@h:1/0"
    assert alone.with_password(Secret("")).user_doubtful
    assert (
        not parse_url("redis://app@h", Secret("pw")).user_doubtful and parse_url("redis://app@h", Secret("pw")).username == "app"
    )
    assert parse_url(f"redis://{HIDDEN}@h", Secret("pw")).user_doubtful
    assert parse_url("redis://a%3Ab@h", Secret("pw")).user_doubtful
    assert not parse_url("redis://h").user_doubtful and not parse_url("redis://:pw@h").user_doubtful


@pytest.mark.parametrize("user", ["us%23er", "us%3Fer", "a%26b%3Dc", "a%20b", "a%2Cb", "a%5Cb", "a%3Bb", "a%7Cb", "%E4%BC%9A"])
@pytest.mark.parametrize("scheme", ["redis", "rediss", "amqp", "amqps"])
def test_a_percent_encoded_user_is_a_user(scheme: str, user: str) -> None:
    url = parse_url(f"{scheme}://{user}:pw@h:1/0")
    assert not url.user_doubtful and url.username == unquote(user) and not url.faults
    assert url.address == f"{scheme}://{user}@h:1/0" and url.reveal() == f"{scheme}://{user}:pw@h:1/0"
    # and stays one, however it is stored and changed
    again = parse_url(url.address, Secret("pw"))
    assert again.address == url.address and not again.user_doubtful
    assert not url.with_database(3).with_password(Secret("x")).user_doubtful
    assert not parse_url(f"{scheme}://{HIDDEN}@h:1/0").completed(url).user_doubtful
    # alone it may be a password like any other word
    assert parse_url(f"{scheme}://{user}@h").user_doubtful


@pytest.mark.parametrize("user", ["a,b", "a;b", "a&b", "a=b", "a|b", "a b", "a%3Ab", "a：b", "a%EF%BC%9Ab", "a%253Ab"])
def test_a_user_that_may_hold_more_is_not_shown(user: str) -> None:
    url = parse_url(f"redis://{user}:pw@h:1/0")
    assert url.user_doubtful and url.address == "redis://***@h:1/0"
    assert url.with_database(3).user_doubtful and parse_url("redis://***@h").completed(url).user_doubtful


def test_what_an_address_does_not_show_is_completed_from_the_one_before() -> None:
    before = parse_url("redis://app:pw@h:1/0")
    again = parse_url("redis://***@h:2/0").completed(before)
    assert (again.username, again.password, again.port) == ("app", Secret("pw"), 2)
    assert again.reveal() == "redis://app:pw@h:2/0"
    assert parse_url("redis://other@h").completed(before).username == "other"
    assert parse_url("redis://:new@h").completed(before).password == Secret("new")
    assert parse_url("redis://h").completed(None) == parse_url("redis://h")
    assert parse_url("redis://***@h").completed(parse_url("redis://:pw@h")).username == HIDDEN
    assert parse_url("redis://***@h").completed(parse_url("redis://app@h")).password is None
    faulty = parse_url("redis:/***@h").completed(parse_url("redis:/u%zz:pw@h"))
    assert faulty.address == "redis:/u%zz@h"
    assert parse_url("redis://***:p#w@h").completed(before).reveal() == "redis://app:p%23w@h"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("redis://u:p@h:1/0", "redis://u:p@h:1/0"),
        ("redis://u:p#w@h:1/0", "redis://u:p#w@h:1/0"),
        ("redis://u:p!w@h:1/0", "redis://u:p%21w@h:1/0"),
        ("redis://:p!w@h", "redis://:p%21w@h"),
        ("redis://u!@h", "redis://u%21@h"),
        ("redis://a%2Fb:p!@h", "redis://a%2Fb:p%21@h"),
        ("redis://h", "redis://h"),
        ("redis://:@h", "redis://:@h"),
        ("redis://u:p%61@h", "redis://u:p%61@h"),
        ("redis://u:%70!@h", "redis://u:p%21@h"),
        ("redis://u:p%3a!@h", "redis://u:p%3A%21@h"),
        ("REDIS:/u:%70!@h", "REDIS:/u:%70!@h"),
    ],
)
def test_what_is_written(text: str, written: str) -> None:
    assert parse_url(text).reveal() == written


def test_a_password_of_its_own_beats_the_one_inside() -> None:
    url = parse_url("redis://u:old@h:1/0", Secret("new/1"))
    assert url.reveal() == "redis://u:new%2F1@h:1/0" and url.literal is None


def test_another_database_or_password_keeps_the_rest() -> None:
    url = parse_url("redis://u:p#w@h:1/0")
    assert url.raw_characters == "#" and url.faults == ("raw",)
    other = url.with_password(Secret("x"))
    assert (other.faults, other.raw_characters, other.literal, other.reveal()) == ((), "", None, "redis://u:x@h:1/0")
    assert parse_url("redis:/u:p%w@h").with_password(None).faults == ("slashes",)
    assert parse_url("redis://h:1/0").with_database(7).reveal() == "redis://h:1/7"
    moved = parse_url("redis:/u:p@h:1/0").with_database(7)
    assert (moved.path, moved.literal, moved.address, moved.faults) == ("/7", None, "redis://u@h:1/7", ("slashes",))
    assert missing_password(url.with_password(MissingSecret("a", "b"))) and not missing_password(url)
    assert parse_url("redis://u\u200b?:p@h").raw_characters == "\u200b?"
    assert parse_url("redis://u:p#w/#@h").raw_characters == "#/"


@pytest.mark.parametrize("form", [*REDIS, *AMQP])
def test_a_password_is_in_no_form_of_an_address(form: str) -> None:
    url = parse_url(form)
    shown = f"{url} {url!r} {url.address} {url.masked} {url.host} {url.path} {url.with_database(3)} {url.server} {url.vhost}"
    assert not set(shown.split()) & {form} and "nry" not in shown and "unter2" not in shown
    assert url.faults or url.user_doubtful or url.password is not None or url.path == f"/{HIDDEN}"


@pytest.mark.parametrize("form", [*REDIS, *AMQP, *DATABASE])
def test_a_password_is_hidden_while_it_is_typed(form: str) -> None:
    start = form.index(PASSWORD)
    for end in range(len(form) + 1):
        typed = form[:end]
        drawn = veiled(typed, address=form not in DATABASE)
        assert len(drawn) == len(typed)
        if end > start + 1 and not form[:start].endswith(("//", "@", '"')):
            assert PASSWORD[: end - start] not in drawn
        if PASSWORD in typed and re.search(r"@|＠|%40", typed) and f"{PASSWORD}:@" not in form:
            assert PASSWORD not in drawn


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("", ""),
        ("redis:", "redis:"),
        ("redis://10.0.0.5:6379/0", "redis://10.0.0.5:6379/0"),
        (" redis://h", " redis://h"),
        ("rediss://h:6380", "rediss://h:6380"),
        ("redis://h:", "redis://h:"),
        ("redis://h:12345", "redis://h:12345"),
        ("redis://h:123456", "redis://h:••••••"),
        ("redis://:1", "redis://:•"),
        ("redis://u:p", "redis://u:•"),
        ("redis://u:p@h", "redis://u:•••"),
        ("redis://app@h:6379/0", "redis://•••@h:6379/0"),
        ("redis://default@h:6379/0", "redis://default@h:6379/0"),
        ("redis://default:p@h", "redis://default:•••"),
        ("redis://app＠h", "redis://•••＠h"),
        ("redis://app%40h", "redis://•••%40h"),
        ("redis://h/1?a", "redis://h/1?•"),
        ("redis://h/a", "redis://h/•"),
        ("h/a", "h/•"),
        ("amqp://h:5672/vh", "amqp://h:5672/vh"),
        ("amqp://h:5672/v@h", "amqp://h:5672/•••"),
        ("redis://app:@h", "redis://app:••"),
        ("10.0.0.5:6379/0", "10.0.0.5:6379/0"),
        ("u:pw@h", "u:••••"),
        ("redis:pw@h", "redis:••••"),
        ("10.0.0.7:/exports/nocobase", "10.0.0.7:/exports/nocobase"),
        ("10.0.0.7:/p@h", "10.0.0.7:/•••"),
        ("10.0.0.7://p", "10.0.0.7:/••"),
    ],
)
def test_what_is_drawn_of_an_address(typed: str, drawn: str) -> None:
    assert veiled(typed, address=True) == drawn


def test_a_user_name_is_drawn_where_its_password_is_known() -> None:
    assert veiled("redis://app@h:6379/0", address=True, user_known=True) == "redis://app@h:6379/0"
    assert veiled("redis://app:pw@h", address=True, user_known=True) == "redis://app:••••"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("db.example", "db.example"),
        ("u:pw@h", "u:pw@h"),
        ("10.0.0.5:5432", "10.0.0.5:5432"),
        ("https://nc.example.com", "https://nc.example.com"),
        ("https://nc.example.com:8443", "https://nc.example.com:8443"),
        ("https://nc.example.com:8443/a?b=c:d", "https://nc.example.com:8443/a?b=c:d"),
        ("see https://wiki.example:80, then", "see https://wiki.example:80, then"),
        ("https://nc.example.com:123456", "https://nc.example.com:••••••"),
        ("https://u@h/", "https://u@h/"),
        ("postgres://nocobase:Db%23p@h", "postgres://nocobase:••••••••"),
        ("postgres://u:1@h", "postgres://u:•••"),
        ("postgres://u：p", "postgres://u：•"),
        ("postgres://u%3Ap", "postgres://u%3A•"),
        ("x postgres://u:p a", "x postgres://u:•••"),
        ("postgres://h/d?sslmode=no&password=p", "postgres://h/d?sslmode=no&password=•"),
        ("postgres://h/d?token=p&a:b", "postgres://h/d?token=•••••"),
        ("http://h/?token=p&next=http://h", "http://h/?token=•••••••••••••••"),
        ("x://h/?token=p", "x://h/?token=•"),
        ("://h/?token=p", "://h/?token=p"),
        ("registry.example:5000/nocobase:2.2", "registry.example:5000/nocobase:2.2"),
        ("a?password=x", "a?password=x"),
        ("?password=x http://h", "?password=x http://h"),
    ],
)
def test_what_is_drawn_of_other_text(text: str, drawn: str) -> None:
    assert veiled(text, address=False) == drawn
    assert holds_password(text) is (drawn != text)


@pytest.mark.parametrize("form", DATABASE)
def test_an_address_of_a_database_holds_a_password(form: str) -> None:
    assert holds_password(form) and is_secret_value(form)


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        ("redis://h:6379/0", False),
        ("redis://u@h:6379/0", True),
        ("redis:/u:p@h", True),
        ("https://h/x@y", False),
        ("https://h:80/?a=b", False),
        ("-----BEGIN RSA PRIVATE KEY-----", True),
        ("-----BEGIN PRIVATE KEY-----", True),
        ("-----BEGIN CERTIFICATE-----", False),
        ("ops@example.com", False),
        ("http://h/?password=x", True),
        ("", False),
    ],
)
def test_values_that_are_secrets_whatever_their_name(value: str, secret: bool) -> None:
    assert is_secret_value(value) is secret


def test_a_message_names_a_value_clean_short_and_without_a_secret() -> None:
    assert told("Asia/\x1bShanghai") == "Asia/␛Shanghai"
    assert told("redis://u:p@h") == told("-----BEGIN PRIVATE KEY-----") == HIDDEN
    assert told("x" * 80) == "x" * 80 and told("x" * 81) == "x" * 80 + "…"
    assert told("abcd", 3) == "abc…"


def test_the_text_as_typed_does_not_count_for_equality() -> None:
    assert parse_url("redis:/h") == parse_url("redis:/h") and parse_url("redis://h") != parse_url("redis://h2")
    assert Url("redis", "", None, "h", None, "", typed=("a", "b", "c")) == Url("redis", "", None, "h", None, "")


@pytest.mark.parametrize("piece", ["x", "a.", "a:", "a:/", "a://h:1/", "a://u:", "?a=", "a@", "@a", "%3a", " ", "-----BEGIN "])
def test_a_long_text_is_judged_soon(piece: str) -> None:
    text = piece * (500_000 // len(piece))
    assert len(veiled(text, address=False)) == len(veiled(text, address=True)) == len(text)
    assert is_secret_value(text) or not holds_password(text)
    assert parse_url(text).address


def test_a_scheme_of_any_length_leads_to_a_password() -> None:
    assert holds_password("x" * 100 + "://u:p@h") and holds_password("9redis://u:p@h") and is_secret_value("x" * 100 + ":/u@h")
