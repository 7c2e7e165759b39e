"""Diffs and previews show no secret, and say whether one changed."""

from __future__ import annotations

from nbcluster.diff import is_secret_name, masked_diff, masked_text
from nbcluster.secret import Secret

OLD = "A=1\nDB_PASSWORD='old pa#ss'\nREDIS_URL=redis://u:hunter2@h:6379/0\nAPP_KEY=kkkkkkkk\n"
NEW = "A=2\nDB_PASSWORD='fresh pa#ss'\nREDIS_URL=redis://u:hunter2@h:6379/1\nAPP_KEY=kkkkkkkk\n"


def test_secrets_say_only_whether_they_changed() -> None:
    text = "\n".join(masked_diff(".env", OLD, NEW, ()))
    assert "-A=1" in text and "+A=2" in text and "+DB_PASSWORD=•••• (changed)" in text and "APP_KEY=•••• (same)" in text
    assert "h:6379/1" in text
    assert not [secret for secret in ("old pa", "fresh pa", "hunter2", "kkkk") if secret in text]


def test_known_secrets_are_masked_in_any_file_and_encoding() -> None:
    text = masked_text("x.md", "plain p#w/1 encoded p%23w%2F1 url amqp://a:b@h", [Secret("p#w/1")])
    assert text == "plain •••• encoded •••• url amqp://a:••••@h"


def test_terminal_sequences_do_not_pass() -> None:
    assert "\x1b" not in masked_text(".env", "A='\x1b]0;x\x07'\n", ())


def test_names_of_secrets() -> None:
    assert all(map(is_secret_name, ("DB_PASSWORD", "APP_KEY", "APP_AES_SECRET_KEY", "X_TOKEN", "INIT_ROOT_PASSWORD")))
    assert not any(map(is_secret_name, ("APP_PORT", "DB_HOST", "KEYBOARD", "MONKEY")))
