"""Diffs and previews show no secret, and say whether one changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbcluster.answers.secret import Secret
from nbcluster.cli.main import main
from nbcluster.files.diff import DOTS, declared, masked_diff, masked_text
from tests.unit.scenarios import official_text

OLD = "APP_PORT=1\nDB_PASSWORD='old pa#ss'\nREDIS_URL=redis://u:hunter2@h:6379/0\nAPP_KEY=kkkkkkkk\n"
NEW = "APP_PORT=2\nDB_PASSWORD='fresh pa#ss'\nREDIS_URL=redis://u:hunter2@h:6379/1\nAPP_KEY=kkkkkkkk\n"


def test_secrets_say_only_whether_they_changed() -> None:
    text = "\n".join(masked_diff(".env", OLD, NEW, ()))
    assert "-APP_PORT=1" in text and "+APP_PORT=2" in text
    assert "-DB_PASSWORD=•••• (before)" in text and "+DB_PASSWORD=•••• (changed)" in text and "APP_KEY=•••• (same)" in text
    assert "+REDIS_URL=redis://u:••••@h:6379/1 (same)" in text
    assert not [secret for secret in ("old pa", "fresh pa", "hunter2", "kkkk") if secret in text]


def test_a_new_file_has_nothing_before_it() -> None:
    lines = masked_diff(".env", None, NEW, ())
    assert lines[:2] == ["--- /dev/null", "+++ .env"] and "+DB_PASSWORD=•••• (changed)" in lines
    assert masked_diff(".env", "", NEW, ())[0] == "--- .env (before)"


CANARY = "canary-7"
UNDECLARED = ("SMTP_PWD", "PAYMENT_APIKEY", "ENCRYPTION_KEYS", "WEBHOOK_PASSPHRASE", "HARMLESS", "lower", "With.dots-and")


@pytest.mark.parametrize("path", [".env", "nodes/node1.env"])
@pytest.mark.parametrize(
    "line",
    [
        *(f"{name}={CANARY}" for name in UNDECLARED),
        f"export SMTP_PWD='{CANARY}'",
        f"SMTP_PWD: {CANARY}",
        f"SMTP_PWD=x {CANARY} # {CANARY}",
        f"SMTP_PWD=x#{CANARY}",
        f'SMTP_PWD="first\n{CANARY}"',
        f"# SMTP_PWD={CANARY}",
        f"#SMTP_PWD={CANARY}",
        f"  # old: SMTP_PWD = {CANARY}",
        f"# APP_PORT=1 SMTP_PWD={CANARY}",
        f"# export SMTP_PWD={CANARY}",
        f"# smtp_password: {CANARY}",
        f"APP_PORT=13000 # was SMTP_PWD={CANARY}",
        f"APP_PORT={CANARY} redis://u:{CANARY}@h",
        f"DB_HOST=postgres://u:{CANARY}@h",
        f"# DB_HOST=postgres://u:{CANARY}@h",
        f"TZ='postgres://u:{CANARY}'",
        f"SMTP_KEY=-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----",
        f"what is {CANARY}",
        f"REDIS_URL=redis://u:{CANARY}@h:6379/0",
        f"REDIS_URL=redis://{CANARY}@h:6379/0",
        f"REDIS_URL=redis://h:6379,password={CANARY}",
        f"REDIS_URL={CANARY}",
        f"DB_PASSWORD={CANARY}",
        f"APP_KEY={CANARY}",
        f"INIT_ROOT_PASSWORD={CANARY}",
    ],
)
def test_no_value_that_no_step_declares_is_shown(path: str, line: str) -> None:
    before = f"APP_ENV=production\n{line}\nTZ=UTC\n"
    assert CANARY not in masked_text(path, before, ())
    for old, new in ((before, "TZ=UTC\n"), ("", before), (None, before), (before, before.replace(CANARY, "x"))):
        text = "\n".join(masked_diff(path, old, new, ()))
        assert CANARY not in text and DOTS in text


def test_what_steps_declare_is_shown() -> None:
    text = (
        "# The same on every node. Written by nbcluster.\n\nAPP_PORT=13000 # the port\nexport TZ='Asia/Shanghai'\n# DB_HOST=db.example\n"
        "# nbcluster: APP_KEY: left out, the key file on the share decides\nSKIP_SAME_VERSION_UPGRADE=\n"
    )
    assert masked_text(".env", text, ()) == text
    assert (
        masked_text(".env", "QUEUE_ADAPTER=redis\n", (), declared(composed={"QUEUE_ADAPTER": "redis"})) == "QUEUE_ADAPTER=redis\n"
    )
    names = declared(composed={"MY_BROKER": Secret("x"), "DB_PASSWORD": Secret("y")})
    assert masked_text(".env", "MY_BROKER=amqp://u:pw@h/v\nDB_PASSWORD=amqp://u:pw@h/v\n", (), names) == (
        "MY_BROKER=amqp://u:••••@h/v\nDB_PASSWORD=••••\n"
    )
    assert "REDIS_URL" in names.addresses and "DB_HOST" in names.open and "" not in names.open | names.addresses


def test_line_ends_do_not_matter() -> None:
    assert masked_text(".env", "SMTP_PWD=a\r\nAPP_PORT=1\rX=b", ()) == "SMTP_PWD=••••\nAPP_PORT=1\nX=••••"


@pytest.mark.parametrize("path", ["kubernetes/configmap.yaml", "kubernetes/secret.yaml", "helm/values.yaml"])
def test_variables_in_yaml(path: str) -> None:
    head = "configMap:\n  data:\n" if path.startswith("helm") else "stringData:\n" if "secret" in path else "data:\n"
    old = f'{head}  APP_PORT: "13000"\n  SMTP_PWD: "{CANARY}"\n  MORE: |\n    {CANARY}\n  DB_HOST: "postgres://u:{CANARY}@h"\n  NULL_ONE: null\n'
    shown = masked_text(path, old, ())
    assert (
        CANARY not in shown and '  APP_PORT: "13000"' in shown and "  SMTP_PWD: ••••\n" in shown and "  NULL_ONE: null" in shown
    )
    diff = "\n".join(masked_diff(path, old, old.replace(CANARY, "another").replace("13000", "13001"), ()))
    assert CANARY not in diff and "another" not in diff
    assert "-  SMTP_PWD: •••• (before)" in diff and "+  SMTP_PWD: •••• (changed)" in diff and '+  APP_PORT: "13001"' in diff
    assert CANARY not in masked_text(path, f"  SMTP_PWD: {CANARY}\n{CANARY}\n", ())


@pytest.mark.parametrize(
    ("path", "line", "hidden"),
    [
        ("docker/compose.yaml", f"      SMTP_PWD: {CANARY}", True),
        ("docker/compose.yaml", f"      - SMTP_PWD={CANARY}", True),
        ("docker/compose.yaml", f'      - "HARMLESS_ONE={CANARY}"', True),
        ("docker/compose.yaml", f'      "HARMLESS_ONE": "{CANARY}"', True),
        ("docker/compose.yaml", f"      smtpPassword: {CANARY}", True),
        ("docker/compose.yaml", f"      # SMTP_PWD: {CANARY}", True),
        ("docker/compose.yaml", "      CLUSTER_MODE: canary-7", False),
        ("docker/compose.yaml", "    image: canary-7", False),
        ("systemd/nocobase.service", f"Environment=SMTP_PWD={CANARY}", True),
        ("systemd/nocobase.service", f'Environment="SMTP_PWD={CANARY}"', True),
        ("systemd/nocobase.service", "ExecStart=/usr/bin/canary-7", False),
        ("answers.toml", f'password = "{CANARY}"', True),
        ("answers.toml", f'cache = {{ url = "redis://u@h", password = "{CANARY}" }}', True),
        ("answers.toml", f'cache = "redis://u:{CANARY}@h"', True),
        ("answers.toml", 'password = { env = "canary-7" }', False),
        ("answers.toml", 'cache = "redis://canary-7:6379/0"', False),
        ("answers.toml", 'certificate_key = "/etc/canary-7.key"', False),
        ("ansible/group_vars/all.yaml", f"my_password: {CANARY}", True),
        ("nginx/nocobase.conf", "    proxy_pass http://canary-7;", False),
        ("SUMMARY.md", f"redis://u:{CANARY}@h", True),
        ("SUMMARY.md", "Password: canary-7", False),
    ],
)
def test_settings_in_other_files(path: str, line: str, hidden: bool) -> None:
    text = f'first: 1\n{line}\nlast: 2\naes_key = "generate"\n'
    assert (CANARY not in masked_text(path, text, ())) is hidden
    assert (CANARY not in "\n".join(masked_diff(path, text, "first: 1\nlast: 2\n", ()))) is hidden
    if not hidden:
        assert masked_text(path, text, ()) == text


def test_known_secrets_are_masked_in_any_file_and_encoding() -> None:
    text = masked_text("x.md", "plain p#w/1 encoded p%23w%2F1 half p%23w/1 url amqp://a:b@h", [Secret("p#w/1")])
    assert text == "plain •••• encoded •••• half •••• url amqp://a:••••@h"
    assert masked_text("x.md", "abcd abc", [Secret("abcd"), Secret("abc"), Secret("")]) == "•••• abc"
    assert masked_text("x.md", "abcdef", [Secret("abcd"), Secret("abcdef")]) == "••••"


def test_terminal_sequences_do_not_pass() -> None:
    assert "\x1b" not in masked_text(".env", "TZ='\x1b]0;x\x07'\n", ())
    assert masked_text("x.md", "\x1b" * 3000, ()) == "␛" * 3000


def test_the_command_masks_what_an_imported_file_brings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.env").write_text(
        "".join(f"{name}={CANARY}\n" for name in UNDECLARED if "-" not in name) + f"# X={CANARY}\nTZ=UTC\n", "utf-8"
    )
    changes: dict[str, object] = {
        "app.installation": "existing",
        "app.base_env": str(tmp_path / "old.env"),
        "app.timezone": "UTC",
    }
    for deployment in ("host", "docker"):
        answers = tmp_path / f"{deployment}.toml"
        answers.write_text(official_text({**changes, "app.deployment": deployment}, without=("admin",)), "utf-8")
        arguments = ["render", "--answers", str(answers), "--out", str(tmp_path / deployment), "--diff"]
        assert main([*arguments, "--dry-run"]) == 0
        printed = capsys.readouterr().out
        assert "SMTP_PWD=" in printed and CANARY not in printed
        assert main(arguments) == 0
        with (tmp_path / deployment / ".env").open("a", encoding="utf-8") as stream:
            stream.write(f"ADDED_LATER={CANARY}\n")
        assert main(arguments) == 0
        assert CANARY not in capsys.readouterr().out
