"""The set of files: the same variables as on a host, secrets in two files only, keys kept, no lint findings."""

from __future__ import annotations

import base64
import re
import stat
from pathlib import Path

import pytest

from nbcluster.answers.file import load
from nbcluster.answers.flow import infer
from nbcluster.answers.url import Url
from nbcluster.env import read_dotenv
from nbcluster.lint.application import OPEN
from tests.cli.program import Ended, nbcluster, tree
from tests.kubernetes.manifests import ON_HOSTS, PODS, answers_file, files_of, objects, pods
from tests.unit.scenarios import ANSWERS, official_text

OF_A_HOST = {"STORAGE_PATH", "SOCKET_PATH", "PM2_HOME", "CLUSTER_MODE"}
SECRET_FILES = {"kubernetes/secret.yaml", "helm/values.yaml", ".nbcluster-baseline.json"}
AUTHORITY = "/etc/nocobase-authority/ca.pem"


def variables(files: dict[str, bytes]) -> dict[str, str]:
    (config,), (secret,) = (objects(files[f"kubernetes/{name}.yaml"].decode()) for name in ("configmap", "secret"))
    assert not set(config["data"]) & set(secret["stringData"])
    return {**config["data"], **secret["stringData"]}


def faults(ended: Ended) -> set[str]:
    """Return what lint has found, but for a password that is hard to quote on purpose."""
    return {found["id"] for found in ended.json()["results"]} - {"lint.database-password-signs"}


@pytest.mark.parametrize("name", [*ON_HOSTS, "kubernetes"])
def test_the_set_is_written_once_and_lints_clean(name: str, tmp_path: Path) -> None:
    file, out = answers_file(name, tmp_path), tmp_path / "out"
    first = nbcluster("render", "--answers", file, "--out", out)
    assert first.code == 0, first.err
    before = tree(out)
    assert nbcluster("render", "--answers", file, "--out", out, "--json").json()["written"] == []
    assert tree(out) == before
    assert not any(re.match(r"\.env|nodes/|systemd/|docker/|nginx/|haproxy/|caddy/", path) for path in before)
    assert not any(b"CLUSTER_MODE" in data for path, data in before.items() if path.endswith(".yaml"))
    folder = sorted((out / "kubernetes").glob("*.yaml"))
    linted = nbcluster("lint", "--json", *folder)
    assert linted.code == 0 and faults(linted) == set(), linted.out
    values = nbcluster("lint", "--json", out / "helm" / "values.yaml")
    # the chart knows no Secret, and the file says so itself
    assert values.code == 0 and faults(values) == set(), values.out
    # the line that says so is all that keeps lint from warning
    said = OPEN.sub("#", (out / "helm" / "values.yaml").read_text("utf-8"))
    (tmp_path / "unsaid.yaml").write_text(said, "utf-8")
    unsaid = nbcluster("lint", "--json", tmp_path / "unsaid.yaml")
    assert faults(unsaid) == {"lint.secret-in-configmap"}


@pytest.mark.parametrize("name", ON_HOSTS)
def test_pods_get_the_variables_of_a_host(name: str, tmp_path: Path) -> None:
    file, out, host = answers_file(name, tmp_path), tmp_path / "out", tmp_path / "host"
    assert nbcluster("render", "--answers", file, "--out", out).code == 0
    assert nbcluster("render", "--answers", ANSWERS / f"{name}.toml", "--out", host).code == 0
    wanted = {k: v for k, v in read_dotenv((host / ".env").read_text("utf-8")).items() if k not in OF_A_HOST}
    found = variables(tree(out))
    if name == "workers":
        assert found.pop("NODE_EXTRA_CA_CERTS") == AUTHORITY
    assert found == wanted


@pytest.mark.parametrize("name", [*ON_HOSTS, "kubernetes"])
def test_secrets_stand_in_the_private_files_alone(name: str, tmp_path: Path) -> None:
    file, out = answers_file(name, tmp_path), tmp_path / "out"
    shown = nbcluster("render", "--answers", file, "--out", out, "--diff")
    answers = infer(load(file, {}).answers)
    secrets = {secret.reveal() for path in answers.fields if (secret := answers.secret(path)) is not None}
    secrets |= {url.password.reveal() for path in answers.fields if isinstance(url := answers[path], Url) and url.password}
    assert secrets
    for path in (path for path in out.rglob("*") if path.is_file()):
        # without a random key beside it, a weak password could be guessed by the digests in the manifest
        private = str(path.relative_to(out)) in (SECRET_FILES | {"manifest.json"} if name == "existing" else SECRET_FILES)
        assert stat.S_IMODE(path.stat().st_mode) == (0o600 if private else 0o644)
        if not private:
            assert not any(secret in path.read_text("utf-8") for secret in secrets), path
    again = nbcluster("render", "--answers", file, "--out", tmp_path / "else", "--diff", "--dry-run")
    for text in (shown.out, shown.err, again.out, again.err):
        assert not any(secret in text for secret in secrets)


def test_a_secret_that_is_replaced_is_not_shown(tmp_path: Path) -> None:
    file, out = answers_file("kubernetes", tmp_path), tmp_path / "out"
    assert nbcluster("render", "--answers", file, "--out", out).code == 0
    path = out / "kubernetes" / "secret.yaml"
    for written in (
        '  DB_PASSWORD: "an-older-password"',
        "  DB_PASSWORD: an-older-password",
        "  DB_PASSWORD: |\n    an-older-password",
    ):
        before, _old, after = re.split(r"(  DB_PASSWORD: .*)", path.read_text("utf-8"), maxsplit=1)
        path.write_text(before + written + after, "utf-8")
        done = nbcluster("render", "--answers", file, "--out", out, "--diff")
        assert done.code == 0 and "older" not in done.out + done.err and "kubernetes/secret.yaml" in done.out


def generated(folder: Path) -> Path:
    keys = {"app.key": "generate", "app.aes_key": "generate", "admin.password": "generate", **PODS}
    (folder / "answers.toml").write_text(official_text(keys), "utf-8")
    return folder / "answers.toml"


def test_generated_keys_are_kept_plain_or_in_base64(tmp_path: Path) -> None:
    file, out = generated(tmp_path), tmp_path / "out"
    assert nbcluster("render", "--answers", file, "--out", out).code == 0
    first = variables(tree(out))
    assert all(len(first[name]) >= 20 for name in ("APP_KEY", "APP_AES_SECRET_KEY", "INIT_ROOT_PASSWORD"))
    assert nbcluster("render", "--answers", file, "--out", out, "--json").json()["written"] == []
    coded = {
        name: base64.b64encode(first[name].encode()).decode() for name in ("APP_KEY", "APP_AES_SECRET_KEY", "INIT_ROOT_PASSWORD")
    }
    lines = "".join(f"  {name}: {value}\n" for name, value in coded.items())
    (out / "kubernetes" / "secret.yaml").write_text(
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\ndata:\n{lines}", "utf-8"
    )
    assert nbcluster("render", "--answers", file, "--out", out).code == 0
    assert variables(tree(out)) == first
    assert nbcluster("render", "--answers", file, "--out", out, "--new-keys").code == 0
    assert variables(tree(out))["APP_KEY"] != first["APP_KEY"]


@pytest.mark.parametrize("text", ["stringData: [\n", "data:\n  APP_KEY: '***'\n"])
def test_a_secret_that_cannot_be_read_is_named_and_left_alone(text: str, tmp_path: Path) -> None:
    file, out = generated(tmp_path), tmp_path / "out"
    (out / "kubernetes").mkdir(parents=True)
    (out / "kubernetes" / "secret.yaml").write_text(text, "utf-8")
    done = nbcluster("render", "--answers", file, "--out", out)
    assert done.code == 2 and "kubernetes/secret.yaml" in done.err
    assert (out / "kubernetes" / "secret.yaml").read_text("utf-8") == text


def test_variables_of_an_imported_file_come_along_where_they_belong() -> None:
    base = (
        "CLUSTER_MODE=4\nSMTP_HOST=mail.example.com\nSMTP_PASSWORD='a # b'\nHOOK=https://user:word@example.com/\n"
        'NOTE="two\nlines: yes"\nSTORAGE_PATH=/old\nWORKER_ID_REDIS_URL=redis://x\nOLD_REDIS=redis:/one-slash\n'
    )
    found = files_of(pods(), base)
    config = objects(found["kubernetes/configmap.yaml"].text)[0]["data"]
    secret = objects(found["kubernetes/secret.yaml"].text)[0]["stringData"]
    assert config["SMTP_HOST"] == "mail.example.com" and config["NOTE"] == "two\nlines: yes"
    assert secret["SMTP_PASSWORD"] == "a # b" and secret["HOOK"] == "https://user:word@example.com/"
    assert not {"CLUSTER_MODE", "STORAGE_PATH", "WORKER_ID_REDIS_URL", "OLD_REDIS"} & (set(config) | set(secret))


def test_every_yaml_reader_gets_the_same_text() -> None:
    strange = 'yes: "no" \\ # 0x10 é \u2028 \x85 \U0001f600 {{ .Values }} $(X)'
    answers = pods({"database.password": strange, "database.user": "on", "database.name": "0123"})
    found = files_of(answers)
    text = found["kubernetes/secret.yaml"].text
    assert objects(text)[0]["stringData"]["DB_PASSWORD"] == strange
    assert '  DB_USER: "on"\n' in found["kubernetes/configmap.yaml"].text
    assert "\u2028" not in text and "\x85" not in text
    assert all(isinstance(value, str) for value in objects(found["kubernetes/configmap.yaml"].text)[0]["data"].values())


def test_the_values_replace_every_bad_default_of_the_chart() -> None:
    text = files_of(pods({"kubernetes.storage_class": "fast", "app.image": "registry.example:5000/own/nocobase:2.2.15-full"}))[
        "helm/values.yaml"
    ].text
    (values,) = objects(text)
    data = values["configMap"]["data"]
    assert values["ingress"] == {"enabled": False}
    assert values["image"] == {"repository": "registry.example:5000/own/nocobase", "tag": "2.2.15-full"}
    assert values["persistent"] == {"size": "10Gi", "storageClassName": "fast"}
    assert data["LOCK_ADAPTER_REDIS_URL"] == "redis://10.0.0.5:6379/2" and data["TZ"] == "UTC"
    assert data["NOCOBASE_PKG_USERNAME"] is None and data["NOCOBASE_PKG_PASSWORD"] is None
    assert values["replicaCount"] == 3
    split = [{"name": "a", "worker_mode": "*"}, {"name": "b", "worker_mode": "!"}]
    other = files_of(pods({"nodes": split}))["helm/values.yaml"].text
    assert objects(other)[0]["configMap"]["data"]["WORKER_MODE"] == "!" and objects(other)[0]["replicaCount"] == 1
    assert "nocobase-official-worker is not in here" in other


def test_a_key_that_the_share_decides_is_said_to_be_left_out(tmp_path: Path) -> None:
    file, out = answers_file("existing", tmp_path), tmp_path / "out"
    assert nbcluster("render", "--answers", file, "--out", out).code == 0
    for path in ("kubernetes/secret.yaml", "helm/values.yaml"):
        text = (out / path).read_text("utf-8")
        assert "# nbcluster:left-out APP_KEY: " in text and "  APP_KEY:" not in text
