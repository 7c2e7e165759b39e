"""NocoBase's constants stand once; one list decides which names hold secrets; versions are compared with the reviewed ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from nbcluster import facts
from nbcluster.facts import beside_reviewed, is_secret_name

SECRET = """DB_PASSWORD APP_KEY APP_AES_SECRET_KEY INIT_ROOT_PASSWORD ENCRYPTION_FIELD_KEY AWS_SECRET_ACCESS_KEY AWS_ACCESS_KEY_ID
ALI_OSS_ACCESS_KEY_SECRET TX_COS_SECRET_ID X_TOKEN GITHUB_TOKEN SMTP_PWD DB_PWD PAYMENT_APIKEY PAYMENT_API_KEY ENCRYPTION_KEYS
WEBHOOK_PASSPHRASE MYSQL_PASS DBPASS DBPWD PASS PASSWD ROOT_PASSWD SENTRY_DSN GOOGLE_CREDENTIALS S3_CREDENTIAL SIGNING_KEYS PRIVATE_KEY
SSH_PRIVATEKEY DB_ENCRYPT REDIS_AUTH CLIENT_PASSCODE JWT_SALT LDAP_PW LOGIN_PIN MFA_OTP TLS_PEM DB_CREDS ADMIN_CRED STRIPE_PRIVATE
DATABASE_CONNECTION_STRING CONNECTIONSTRING dbPassword apiKey jwtSecret private-key api.key password KEY SECRETKEY ACCESSKEY MASTERKEYS
SECRET_KEY_BASE TOKEN PASSWORD_2 KEY1_KEY accessKey"""

OPEN = """APP_PORT DB_HOST DB_USER DB_DATABASE KEYBOARD KEYBOARD_LAYOUT MONKEY BYPASS PROXY_BYPASS COMPASS TURKEY HOTKEYS APP_KEY_PATH
APP_AES_SECRET_KEY_PATH PASSWORD_FILE TOKEN_TTL JWT_TOKEN_EXPIRES_IN PASSWORD_MIN_LENGTH KEY_NAME SECRET_NAME PUBLIC_KEY APP_PUBLIC_KEY
AUTH_USER SMTP_AUTH_METHOD TOKEN_URL CACHE_KEY_PREFIX ENCRYPTION_ALGORITHM PIN_ENABLED SPINNER AUTHOR PASSENGER KEYSTONE_HOST TZ _ -
SHIPPING PASSIVE_PORT secretName PRIVATELY TOKYO CLUSTER_MODE LOGGER_TRANSPORT NOCOBASE_PKG_USERNAME INIT_ROOT_EMAIL"""


@pytest.mark.parametrize("name", SECRET.split())
def test_it_holds_a_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", [*OPEN.split(), ""])
def test_it_holds_none(name: str) -> None:
    assert not is_secret_name(name)


def literals(tree: ast.AST) -> Iterator[tuple[int, object]]:
    """Yield the line and value of each text and of each collection that is written out in code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            yield node.lineno, node.value
        elif isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            try:
                yield node.lineno, ast.literal_eval(node)
            except (ValueError, TypeError):
                continue


def compared(value: object) -> object:
    """Return a value in a form in which order and kind of a collection make no difference."""
    if isinstance(value, Mapping):
        return frozenset(value.items())
    if isinstance(value, tuple | list | set | frozenset):
        return frozenset(value)
    return value


def test_no_fact_stands_a_second_time() -> None:
    known = {name: compared(value) for name, value in vars(facts).items() if name.isupper() and not name.startswith("_")}
    ordinary = {facts.NAME_PREFIX, facts.DOWNLOAD_SWITCH}
    names: dict[object, str] = {
        value: name
        for name, value in known.items()
        if isinstance(value, str | frozenset) and len(value) > 1 and value not in ordinary
    }
    found = []
    for path in Path(facts.__file__).parent.rglob("*.py"):
        if path.name == "facts.py" or "demo" in path.parts:
            continue
        for line, value in literals(ast.parse(path.read_text("utf-8"))):
            try:
                name = names.get(compared(value))
            except TypeError:
                continue
            if name is not None:
                found.append((path.name, line, name))
    assert found == []


@pytest.mark.parametrize(
    ("version", "place"),
    [
        ("2.1.40", -1),
        ("2.1.41", 0),
        ("v2.2.15", 0),
        ("2.2.15-full", 0),
        ("2.2.16", 1),
        ("2.10.0", 1),
        ("2", 0),
        ("2.1", 0),
        ("2.0", -1),
        ("3", 1),
        ("1.9.23", -1),
        ("", 0),
        ("latest", 0),
    ],
)
def test_a_version_beside_those_that_were_reviewed(version: str, place: int) -> None:
    assert beside_reviewed(version) == place
