"""A secret gives its text to ``reveal`` alone, and a saved session can tell whether the same one came back."""

from __future__ import annotations

import copy
import hashlib
import json
import pickle

import pytest

from nbcluster.answers.secret import MASK, MissingSecret, Secret

TEXT = "hunter2 \udc80 päss"
SALT = "0011223344556677"


@pytest.mark.parametrize("secret", [Secret(TEXT), Secret(""), MissingSecret(SALT, "ab" * 16)])
def test_no_way_of_printing_shows_it(secret: Secret) -> None:
    assert MASK == "********"
    assert (str(secret), f"{secret}", f"{secret!s}", f"{secret!r}") == (MASK, MASK, MASK, f"Secret({MASK})")
    assert f"{secret:>10}|{secret:<9}|{secret:.3}" == f"  {MASK}|{MASK} |***"
    assert "%s" % secret == MASK  # noqa: UP031 - the old way, too
    assert str([secret]) == f"[Secret({MASK})]"


def test_it_is_revealed_on_request_only() -> None:
    secret = Secret(TEXT)
    assert secret.reveal() == TEXT
    assert not hasattr(secret, "__dict__") and not hasattr(secret, "text")


def test_an_empty_one_is_false() -> None:
    assert not Secret("") and Secret("x") and not MissingSecret(SALT, "ab")


def test_equality_and_hash_follow_the_text() -> None:
    assert Secret(TEXT) == Secret(TEXT) and Secret(TEXT) != Secret(TEXT + "x")
    assert hash(Secret(TEXT)) == hash(Secret(TEXT)) == hash(("Secret", TEXT))
    assert {Secret("a"), Secret("a"), Secret("b")} == {Secret("b"), Secret("a")}
    assert Secret(TEXT) != TEXT and Secret(TEXT).__eq__(TEXT) is NotImplemented
    assert Secret("\udc80") != Secret("\udc81")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("secret", [Secret(TEXT), MissingSecret(SALT, "ab")])
def test_it_is_not_pickled(secret: Secret, protocol: int) -> None:
    with pytest.raises(TypeError, match="not serialised"):
        pickle.dumps(secret, protocol)


@pytest.mark.parametrize("secret", [Secret(TEXT), MissingSecret(SALT, "ab")])
def test_it_is_not_json(secret: Secret) -> None:
    with pytest.raises(TypeError):
        json.dumps({"password": secret})


@pytest.mark.parametrize("secret", [Secret(TEXT), MissingSecret(SALT, "ab")])
def test_a_copy_is_the_secret_itself(secret: Secret) -> None:
    assert copy.copy(secret) is secret
    holder = {"password": secret, "list": [secret]}
    assert copy.deepcopy(holder) == holder and copy.deepcopy(holder)["password"] is secret


def test_the_fingerprint_is_a_salted_scrypt_digest() -> None:
    digest = Secret(TEXT).fingerprint(SALT)
    expected = hashlib.scrypt(TEXT.encode("utf-8", "surrogatepass"), salt=SALT.encode(), n=16384, r=8, p=1, dklen=16)
    assert digest == expected.hex()
    assert Secret(TEXT).fingerprint("77") != digest != Secret(TEXT + " ").fingerprint(SALT)


def test_a_missing_secret_knows_the_one_that_was_there() -> None:
    missing = MissingSecret(SALT, Secret(TEXT).fingerprint(SALT))
    assert missing.matches(Secret(TEXT)) is True
    assert missing.matches(Secret("another")) is False
    assert missing.matches(Secret("")) is False
    assert missing.reveal() == ""
    assert (missing.salt, missing.digest) == (SALT, Secret(TEXT).fingerprint(SALT))


def test_missing_secrets_are_equal_by_salt_and_digest() -> None:
    one, same = MissingSecret("a", "b"), MissingSecret("a", "b")
    assert one == same and hash(one) == hash(same) == hash(("a", "b"))
    assert one != MissingSecret("a", "c") and one != MissingSecret("c", "b") and one != MissingSecret("b", "a")
    assert one != Secret("") and one != "a" and one.__eq__(Secret("")) is False
    assert Secret("x") != one


@pytest.mark.parametrize("salt", ["\ud800", "\x1b]0;x\x07", ""])
def test_any_salt_that_a_file_may_hold_gives_a_digest(salt: str) -> None:
    assert MissingSecret(salt, Secret(TEXT).fingerprint(salt)).matches(Secret(TEXT))
