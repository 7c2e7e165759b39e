"""Variables of an imported file that no answer owns: those that hold a secret go into the Secret, by name or by value."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from nbcluster.cli.main import main
from tests.unit.scenarios import ANSWERS

CANARY = "canary-7"
SECRET = {
    "SMTP_PWD": CANARY,
    "PAYMENT_APIKEY": CANARY,
    "ENCRYPTION_KEYS": CANARY,
    "WEBHOOK_PASSPHRASE": CANARY,
    "SENTRY_DSN": CANARY,
    "REPORT_DATABASE": f"postgres://u:{CANARY}@h/db",
    "REPORT_CACHE": "redis://canary-7@h:6379/9",
    "REPORT_QUERY": f"https://h/?token={CANARY}",
    "SIGNER": "-----BEGIN PRIVATE KEY-----",
}
OPEN = {"WORKFLOW_LOOP_LIMIT": "500", "MAIL_HOST": "mail.example.com", "MY_KEY_PATH": "/srv/key", "WIKI": "https://h:8443/x"}


def test_secrets_by_name_and_by_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = tmp_path / "old.env"
    base.write_text("".join(f"{name}='{value}'\n" for name, value in (SECRET | OPEN).items()), "utf-8")
    answers = tmp_path / "answers.toml"
    text = (ANSWERS / "kubernetes.toml").read_text("utf-8").replace("[app]\n", f'[app]\nbase_env = "{base}"\n', 1)
    answers.write_text(text, "utf-8")
    assert main(["render", "--answers", str(answers), "--out", str(tmp_path / "out"), "--diff"]) == 0, capsys.readouterr().err
    assert CANARY not in capsys.readouterr().out
    yaml = YAML(typ="safe", pure=True)
    opened = yaml.load((tmp_path / "out/kubernetes/configmap.yaml").read_text("utf-8"))["data"]
    hidden = yaml.load((tmp_path / "out/kubernetes/secret.yaml").read_text("utf-8"))["stringData"]
    assert {name: hidden.get(name) for name in SECRET} == SECRET and not SECRET.keys() & opened.keys()
    assert {name: opened.get(name) for name in OPEN} == OPEN
    assert CANARY not in str(opened)
