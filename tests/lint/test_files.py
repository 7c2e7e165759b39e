"""Which files belong together, what is not judged, and that no value of a file is ever shown."""

from __future__ import annotations

import base64
from dataclasses import astuple

import pytest

from nbcluster.env import RAW_MARK
from nbcluster.lint import Input, lint
from tests.lint.sound import SOUND, compose, env, found_in, helm, ids, manifest, with_

SECRET_NAMES = ("APP_KEY", "APP_AES_SECRET_KEY", "DB_PASSWORD")
OPEN = {name: value for name, value in SOUND.items() if name not in SECRET_NAMES}
CLOSED = {name: SOUND[name] for name in SECRET_NAMES}
DEPLOYMENT = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec:\n  template:\n    spec:\n      containers:\n"
    "        - name: app\n          image: nocobase/nocobase:2.2.15\n          envFrom:\n"
    "            - configMapRef: {name: settings}\n            - secretRef: {name: keys}\n"
)


def test_manifests_of_a_folder_are_one_application() -> None:
    parts = [("config", manifest(OPEN)), ("keys", manifest(CLOSED, "Secret", "keys")), ("app", DEPLOYMENT)]
    together = lint([Input(f"kubernetes/{name}.yaml", text) for name, text in parts])
    assert together.findings == () and together.unread == ()
    apart = lint([Input(f"{name}/{name}.yaml", text) for name, text in parts])
    assert {(f.id, f.file) for f in apart.findings} == {
        ("lint.app-key-absent", "config/config.yaml"),
        ("lint.aes-key-absent", "config/config.yaml"),
        ("lint.database-absent", "config/config.yaml"),
    }
    assert [unread.name for unread in apart.unread] == ["", "ConfigMap settings", "Secret keys"]


def test_two_clusters_in_one_folder_are_not_mixed() -> None:
    found = lint([Input("a.yaml", manifest(OPEN)), Input("b.yaml", manifest(SOUND))]).findings
    assert ("lint.app-key-absent", "a.yaml") in {(f.id, f.file) for f in found}


def test_a_manifest_without_variables_is_read_for_what_it_is() -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: app}\nspec: {ports: [{port: 80}]}\n"
    linted = lint([Input("service.yaml", service)])
    assert (linted.findings, linted.problems) == ((), ())
    assert [(unread.file, bool(unread.why)) for unread in linted.unread] == [("service.yaml", True)]
    beside = lint([Input("service.yaml", service), Input("map.yaml", "kind: ConfigMap\napiVersion: v1\ndata: {TZ: UTC}\n")])
    assert "service.yaml" not in {unread.file for unread in beside.unread}


def test_what_may_stand_elsewhere_is_not_called_absent() -> None:
    text = compose(with_(APP_KEY=None, REDIS_URL=None)) + "    env_file: missing.env\n"
    linted = lint([Input("compose.yaml", text)])
    assert linted.findings == ()
    assert [(unread.file, unread.name) for unread in linted.unread] == [("compose.yaml", "missing.env")]
    read = lint([Input("compose.yaml", text, lambda _name: "APP_KEY=" + "5e" * 32 + "\n")])
    assert {finding.id for finding in read.findings} == {"lint.worker-id-absent"}


def test_a_fault_in_an_env_file_of_a_compose_file_names_that_file() -> None:
    text = compose(with_(REDIS_URL=None)) + "    env_file: app.env\n"
    found = lint([Input("compose.yaml", text, lambda _name: "# one\nREDIS_URL=redis:/redis.example:6379/4\n")]).findings
    assert [finding.target for finding in found] == ["app.env:2 REDIS_URL"]


def test_the_line_of_a_secret_in_base64_is_known() -> None:
    weak = base64.b64encode(b"your-secret-key").decode()
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: keys}}\ndata:\n  APP_KEY: {weak}\n"
    assert [finding.target for finding in found_in(text, "s.yaml")] == ["s.yaml:5 APP_KEY"]


def test_a_file_for_docker_is_read_as_docker_reads_it() -> None:
    text = env(with_(DB_PASSWORD="it's#pass", APP_ENV=None))
    assert ids(text) == {"lint.cut-at-hash", "lint.app-env"}
    assert ids(f"{RAW_MARK}\n{text}") == set()
    assert ids(f"{RAW_MARK}\n{env(with_(DB_PASSWORD=chr(34) + 'quoted' + chr(34)))}") == {"lint.quotes-kept"}


def test_a_key_that_is_left_out_on_purpose_is_no_fault() -> None:
    said = "# nbcluster: APP_KEY: left out, the key file on the share decides\n"
    text = env(with_(APP_KEY=None, APP_AES_SECRET_KEY=None))
    assert ids(text + said) == {"lint.aes-key-absent"}
    assert ids(text + said + said.replace("APP_KEY", "APP_AES_SECRET_KEY")) == set()


@pytest.mark.parametrize("write", [env, compose, manifest, helm])
def test_no_value_is_shown(write: object) -> None:
    values = {
        "APP_KEY": "xyzzy-key",
        "APP_AES_SECRET_KEY": "xyzzy-aes",
        "DB_DIALECT": "xyzzy-dialect",
        "DB_HOST": "127.0.0.27",
        "DB_PASSWORD": " xyzzy-password ",
        "DB_TIMEZONE": "Asia/Xyzzy",
        "DB_UNDERSCORED": "xyzzy-flag",
        "TZ": "Asia/Tokyo",
        "CLUSTER_MODE": "xyzzy-mode",
        "WORKER_MODE": "*,xyzzy-topic",
        "CACHE_DEFAULT_STORE": "redis",
        "CACHE_REDIS_URL": "redis://:xyzzy-pw@xyzzy-cache:6379/7",
        "PUBSUB_ADAPTER_REDIS_URL": "redis://:xyzzy-pw@xyzzy-cache:6379/7",
        "LOCK_ADAPTER_REDIS_URL": "xyzzy-scheme://xyzzy-host/xyzzy-path",
        "QUEUE_ADAPTER": "xyzzy-queue",
        "QUEUE_ADAPTER_REDIS_URL": "redis://xyzzy-user:xyzzy?@xyzzy-host:1,xyzzy:2/xyzzy-path?xyzzy#xyzzy",
        "REDIS_URL": "redis://xyzzy-one:xyzzyport/xyzzy",
        "APPEND_PRESET_BUILT_IN_PLUGINS": "xyzzy-adapter",
        "APP_LAUNCH_MODE": "xyzzy-launch",
        "NOCOBASE_PKG_PASSWORD": "'xyzzy-pkg'",
    }
    assert callable(write)
    linted = lint([Input("file.yaml" if write is not env else ".env", write(values))])
    assert len({finding.id for finding in linted.findings}) > 12
    shown = "\n".join(str(astuple(finding)) for finding in linted.findings)
    assert "xyzzy" not in shown.lower() and "127.0.0.27" not in shown and "Asia/Tokyo" not in shown


@pytest.mark.parametrize("text", ["", "just words\n", "a: [1\n", "services:\n  db: {image: postgres}\n"])
def test_a_file_of_no_known_form_is_a_problem(text: str) -> None:
    linted = lint([Input("x.yaml", text), Input(".env", env(SOUND))])
    assert len(linted.problems) == 1 and linted.problems[0].path.startswith("x.yaml")


def test_names_and_lines_from_outside_are_cleaned() -> None:
    text = env(SOUND) + "\x1b[31mX\n"
    shown = [finding for finding in found_in(text) if "\x1b" in str(astuple(finding))]
    assert shown == [] and ids(text) == {"lint.no-assignment"}
