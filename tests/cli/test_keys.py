"""Keys are never silently lost: wherever they are stored, whatever is missing, whatever the deployment was."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from nbcluster.answers.answers import Answers, Source
from nbcluster.answers.file import json_schema
from nbcluster.answers.secret import Secret
from nbcluster.env import RAW_MARK, Reader, read, read_dotenv
from nbcluster.errors import ExitCode, InvalidAnswersError, NbclusterError
from nbcluster.files.export import write
from nbcluster.files.fileset import Prepared, prepare
from nbcluster.files.write.bundle import write_bundle
from nbcluster.sessions.session import Session
from nbcluster.sessions.store import SessionStore
from tests.cli.program import Ended, nbcluster, tree, unsalted
from tests.kubernetes.manifests import objects
from tests.unit.scenarios import EVERY_KIND, official, official_text

KEYS = ("APP_KEY", "APP_AES_SECRET_KEY")
MADE = {"app.key": "generate", "app.aes_key": "generate", "admin.password": "generate"}
EXISTING = {"app.installation": "existing", "app.key": "keep", "app.aes_key": "keep", "app.timezone": "UTC"}
PASSWORD = {"NBCLUSTER_DATABASE_PASSWORD": "s3cret-of-the-database"}
OLD, OLD_AES = "old-key-of-the-single-node-0123456789", "ab" * 32
NODES = [{"name": "web", "host": "10.0.0.1"}, {"name": "worker", "host": "10.0.0.2", "worker_mode": "*"}]


def made(changes: Mapping[str, object] | None = None) -> Answers:
    """Return the official example with keys that the program makes."""
    return official({"kubernetes.ingress_class": "traefik", **MADE, **(changes or {})})


def existing(folder: Path, changes: Mapping[str, object] | None = None, base: str | None = None) -> Answers:
    """Return the official example as an existing installation, its old file in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "old.env").write_text(f"APP_KEY={OLD}\nAPP_AES_SECRET_KEY={OLD_AES}\nTZ=UTC\n" if base is None else base, "utf-8")
    changed = official({"kubernetes.ingress_class": "traefik", **EXISTING, **(changes or {})}, without=("admin",))
    return changed.with_("app.base_env", str(folder / "old.env"), Source.FILE)


def render(answers: Answers, out: Path, formats: Sequence[str] = (), *, new_keys: bool = False, former: str = "") -> Prepared:
    """Write a set as ``render`` does."""
    prepared = prepare(answers, out, exported_to=former, new_keys=new_keys, formats=formats)
    write(prepared, out, lambda: datetime(2026, 1, 1, tzinfo=UTC), formats)
    return prepared


def keys_of(out: Path) -> tuple[str, ...]:
    """Return both keys as the nodes read them."""
    if (out / "kubernetes" / "secret.yaml").is_file():
        (secret,) = objects((out / "kubernetes" / "secret.yaml").read_text("utf-8"))
        return tuple(secret["stringData"].get(name) for name in KEYS)
    text = (out / ".env").read_text("utf-8")
    values = read(Reader.DOCKER, text) if RAW_MARK in text else read_dotenv(text)
    return tuple(values.get(name, "") for name in KEYS)


def manifest(out: Path) -> Any:
    return json.loads((out / "manifest.json").read_text("utf-8"))


def forget(out: Path) -> None:
    """Make the manifest one of version 1.0.0, which knew no keys."""
    document = {**manifest(out), "tool": "nbcluster 1.0.0"}
    del document["keys"]
    (out / "manifest.json").write_text(json.dumps(document, indent=2) + "\n", "utf-8")


def refused(answers: Answers, out: Path, *, new_keys: bool = False, former: str = "") -> dict[str, str]:
    """Return path and sentence of what stops a render that has to change nothing."""
    before = tree(out) if out.exists() else None
    with pytest.raises(InvalidAnswersError) as caught:
        render(answers, out, new_keys=new_keys, former=former)
    assert (tree(out) if out.exists() else None) == before
    return {problem.path: problem.line() for problem in caught.value.problems}


def test_new_keys_leave_the_first_password_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(made(), out)
    before, password = keys_of(out), read_dotenv((out / ".env").read_text("utf-8"))["INIT_ROOT_PASSWORD"]
    render(made(), out, new_keys=True)
    assert not set(keys_of(out)) & set(before)
    assert read_dotenv((out / ".env").read_text("utf-8"))["INIT_ROOT_PASSWORD"] == password


def remove_line(path: Path, name: str) -> None:
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if name not in line), "utf-8")


# What 1.0.0 lost.


@pytest.mark.parametrize("version", ["present", "1.0.0"])
def test_a_folder_from_git_without_its_env_file_is_refused(version: str, tmp_path: Path) -> None:
    file, out = tmp_path / "answers.toml", tmp_path / "out"
    file.write_text(official_text(MADE), "utf-8")
    assert nbcluster("render", "--answers", file, "--out", out).code == 0
    if version == "1.0.0":
        forget(out)
    (out / ".env").rename(tmp_path / "kept.env")
    before = tree(out)
    for options in ((), ("--dry-run",)):
        ended = nbcluster("render", "--answers", file, "--out", out, "--json", *options)
        assert ended.code == 2 and tree(out) == before
        assert [problem["path"] for problem in ended.json()["problems"]] == ["app.key", "app.aes_key"]
        assert str(out / ".env") in ended.err and "--new-keys" in ended.err
    (tmp_path / "kept.env").rename(out / ".env")
    assert nbcluster("render", "--answers", file, "--out", out, "--json").json()["written"] == []


@pytest.mark.parametrize("deployment", ["host", "kubernetes"])
def test_a_folder_from_an_archive_without_secrets_is_refused(deployment: str, tmp_path: Path) -> None:
    out, answers = tmp_path / "out", made({"app.deployment": deployment})
    write_bundle(tmp_path / "set.tar.gz", render(answers, tmp_path / "first").files, with_secrets=False)
    with tarfile.open(tmp_path / "set.tar.gz") as archive:
        archive.extractall(out, filter="data")
    assert set(refused(answers, out)) == {"app.key", "app.aes_key"}
    keys = keys_of(tmp_path / "first")
    render(made({"app.deployment": deployment, "app.key": keys[0], "app.aes_key": keys[1]}), out)
    assert keys_of(out) == keys


def test_the_keys_outlive_every_change_of_the_deployment(tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(made(), out)
    first, known = keys_of(out), manifest(out)["keys"]
    for deployment in ("kubernetes", "docker", "host", "docker", "kubernetes", "host"):
        prepared = render(made({"app.deployment": deployment}), out)
        assert keys_of(out) == first and manifest(out)["keys"] == known, deployment
        assert not [p for p in prepared.warnings if p.rule == "new-keys"]


def test_helm_values_hold_the_keys_as_well_as_the_secret(tmp_path: Path) -> None:
    out, answers = tmp_path / "out", made({"app.deployment": "kubernetes", "output.formats": EVERY_KIND["kubernetes"]})
    render(answers, out)
    before = tree(out)
    (out / "kubernetes" / "secret.yaml").unlink()
    render(answers, out)
    assert tree(out) == before | {path: data for path, data in tree(out).items() if path.startswith("backups/")}


@pytest.mark.parametrize(("name", "path"), [("APP_KEY", "app.key"), ("APP_AES_SECRET_KEY", "app.aes_key")])
@pytest.mark.parametrize("version", ["present", "1.0.0"])
def test_not_even_one_of_two_is_made_anew(version: str, name: str, path: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(made(), out)
    if version == "1.0.0":
        forget(out)
    remove_line(out / ".env", name)
    assert set(refused(made(), out)) == {path}


def test_an_empty_folder_gets_new_keys_and_a_word_about_them(tmp_path: Path) -> None:
    file, out = tmp_path / "answers.toml", tmp_path / "out"
    file.write_text(official_text(MADE), "utf-8")
    for options in (("--dry-run",), ()):
        ended = nbcluster("render", "--answers", file, "--out", out, "--json", *options)
        said = [p for p in ended.json()["problems"] if p.get("rule") == "new-keys"]
        assert ended.code == 0 and [(p["path"], p["severity"]) for p in said] == [("app.key", "warning")]
        (line,) = [line for line in ended.err.splitlines() if str(out / ".env") in line]
        assert all(name in line for name in KEYS)
    again = nbcluster("render", "--answers", file, "--out", out, "--json")
    assert "new-keys" not in again.out and again.json()["written"] == []
    file.write_text(official_text({**MADE, "app.key": OLD}), "utf-8")
    one = nbcluster("render", "--answers", file, "--out", tmp_path / "other", "--json").json()["problems"]
    assert [p["path"] for p in one if p.get("rule") == "new-keys"] == ["app.aes_key"]


# What the manifest knows.


def test_the_manifest_knows_the_keys_and_not_the_password(tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(made({"name": "first"}), out)
    values = read_dotenv((out / ".env").read_text("utf-8"))
    digests = {name: hashlib.scrypt(values[name].encode(), salt=b"first", n=2**14, r=8, p=1, dklen=16).hex() for name in KEYS}
    assert manifest(out)["keys"] == {"salt": "first", **digests}
    render(made({"name": "second"}), out)
    assert manifest(out)["keys"] == {"salt": "first", **digests}


def test_a_key_that_is_left_out_is_not_in_it(tmp_path: Path) -> None:
    answers = existing(tmp_path, {"app.key": "from-storage", "app.aes_key": "from-storage"}, "TZ=UTC\n")
    render(answers, tmp_path / "out")
    assert manifest(tmp_path / "out")["keys"] == {"salt": "official"}
    # the runbook tells how to have the key of the file in the env file instead
    render(existing(tmp_path, {"app.key": "from-storage", "app.aes_key": OLD_AES}, "TZ=UTC\n"), tmp_path / "out")
    assert set(manifest(tmp_path / "out")["keys"]) == {"salt", "APP_AES_SECRET_KEY"}


def test_a_folder_of_version_1_0_0_keeps_its_keys_and_its_files(tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(made(), out)
    after = tree(out)
    forget(out)
    assert not prepare(made(), out).warnings
    render(made(), out)
    assert tree(out) == after


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"<<<<<<< HEAD\n",
        b"\xff",
        b"[" * 100_000,
        b'{"schema": 1}',
        b'{"schema": 9, "files": {}}',
        b'{"schema": 1, "files": {"../x": {"sha256": "0"}}}',
        b'{"schema": 1, "files": {}, "keys": 5}',
        b'{"schema": 1, "files": {}, "keys": {"APP_KEY": "00"}}',
        b'{"schema": 1, "files": {}, "keys": {"salt": "a", "APP_KEY": 5}}',
    ],
    ids=range(11),
)
@pytest.mark.parametrize("new_keys", [False, True])
def test_a_manifest_that_cannot_be_read_stops_everything(damage: bytes, new_keys: bool, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_bytes(damage)
    with pytest.raises(NbclusterError) as caught:
        render(made(), out, new_keys=new_keys)
    assert caught.value.code is ExitCode.UNWRITABLE and str(out / "manifest.json") in caught.value.message
    assert list(tree(out)) == ["manifest.json"]


def test_that_is_exit_7_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text(official_text(MADE), "utf-8")
    (tmp_path / "out" / "manifest.json").mkdir(parents=True)
    ended = nbcluster("render", "--answers", tmp_path / "answers.toml", "--out", tmp_path / "out")
    assert ended.code == 7 and "manifest.json" in ended.err


# Two places, two values.


@pytest.mark.parametrize("other", ["nodes/worker.env", "kubernetes/secret.yaml", "helm/values.yaml"])
@pytest.mark.parametrize("version", ["present", "1.0.0", "none"])
def test_two_files_that_differ_are_both_named(version: str, other: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    answers = made({"nodes": NODES})
    render(answers, out)
    (first, _aes) = keys_of(out)
    (out / other).parent.mkdir(exist_ok=True)
    text = {
        "nodes/worker.env": (out / "nodes" / "worker.env").read_text("utf-8").replace(first, OLD),
        "kubernetes/secret.yaml": f"kind: Secret\nstringData:\n  APP_KEY: {OLD}\n",
        "helm/values.yaml": f"configMap:\n  data:\n    APP_KEY: {OLD}\n    NOCOBASE_PKG_USERNAME: null\n",
    }[other]
    (out / other).write_text(text, "utf-8")
    if version == "1.0.0":
        forget(out)
    if version == "none":
        (out / "manifest.json").unlink()
    said = refused(answers, out)
    assert set(said) == {"app.key"} and str(out / ".env") in said["app.key"] and str(out / other) in said["app.key"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".env", b"\xff\xfe"),
        (".env", b"A=\x00\n"),
        ("nodes/worker.env", RAW_MARK.encode() + b"\n=\n"),
        ("kubernetes/secret.yaml", b"data: [\n"),
        ("kubernetes/secret.yaml", b"data:\n  APP_KEY: '***'\n"),
        ("helm/values.yaml", b"a: 2001-99-99\n"),
        ("helm/values.yaml", b"[" * 20_000),
        ("helm/values.yaml", b"configMap: &a {b: *c}\n"),
    ],
    ids=range(8),
)
def test_a_file_that_cannot_be_read_is_named(path: str, text: bytes, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / path).parent.mkdir(parents=True)
    (out / path).write_bytes(text)
    said = refused(made(), out)
    assert path in said["export.directory"]


@pytest.mark.parametrize(
    ("path", "text"),
    [("helm/values.yaml", "configMap: 5\n"), ("helm/values.yaml", "- 1\n"), ("kubernetes/secret.yaml", "data: text\n")],
)
def test_a_file_without_keys_is_no_obstacle(path: str, text: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / path).parent.mkdir(parents=True)
    (out / path).write_text(text, "utf-8")
    assert [p.rule for p in render(made(), out).warnings] == ["new-keys"]


def test_a_value_that_was_edited_by_hand_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(made(), out)
    text = (out / ".env").read_text("utf-8")
    (out / ".env").write_text(text.replace(keys_of(out)[0], OLD), "utf-8")
    assert set(refused(made(), out)) == {"app.key"}


@pytest.mark.parametrize("version", ["present", "1.0.0"])
@pytest.mark.parametrize(("path", "value"), [("app.key", OLD), ("app.aes_key", OLD_AES)])
def test_another_value_in_the_answers_is_refused(path: str, value: str, version: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(made(), out)
    if version == "1.0.0":
        forget(out)
    assert set(refused(made({path: value}), out)) == {path}
    before = keys_of(out)
    right = dict(zip(("app.key", "app.aes_key"), before, strict=True))
    assert not render(made(right), out).warnings
    prepared = render(made({path: value}), out, new_keys=True)
    assert value in keys_of(out) and not set(keys_of(out)) & set(before)
    assert [p.path for p in prepared.warnings if p.rule == "new-keys"] == [({*right} - {path}).pop()]


def test_the_value_of_a_lost_file_may_be_pasted(tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(made(), out)
    key, aes_key = keys_of(out)
    (out / ".env").unlink()
    assert set(refused(made({"app.key": key, "app.aes_key": "0" * 64}), out)) == {"app.aes_key"}
    render(made({"app.key": key, "app.aes_key": aes_key}), out)
    assert keys_of(out) == (key, aes_key)


def test_a_file_that_nobody_listed_gives_way_to_the_answers_with_a_word(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / ".env").write_text(f"APP_KEY={OLD}\nAPP_AES_SECRET_KEY={OLD_AES}\n", "utf-8")
    before = tree(out)
    prepared = render(made(), out)
    assert keys_of(out) == (OLD, OLD_AES) and not prepared.warnings
    for path in set(tree(out)) - set(before):
        (out / path).unlink()
    (out / ".env").write_bytes(before[".env"])
    replaced = made({"app.key": "n" * 40})
    assert [p.rule for p in render(replaced, out).warnings] == ["keys-replaced"]
    first = tree(out)
    assert not render(replaced, out).warnings
    assert tree(out) == first


def test_a_published_constant_in_the_folder_has_a_way_out(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / ".env").write_text("APP_KEY=your-secret-key\n", "utf-8")
    assert "--new-keys" in refused(made(), out)["app.key"]
    render(made(), out, new_keys=True)
    assert len(keys_of(out)[0]) == 64


@pytest.mark.parametrize("deployment", ["host", "docker"])
def test_a_pasted_key_with_signs_is_the_same_key_in_every_file(deployment: str, tmp_path: Path) -> None:
    out, key = tmp_path / "out", "a key 'with' #signs $and blanks, 40 signs long"
    render(made({"app.key": key, "app.deployment": deployment, "nodes": NODES}), out)
    with (out / ".env").open("a") as stream:
        stream.write("HOUSE=two words # why\n" if deployment == "docker" else "HOUSE='two words # why'\n")
    for other in ("docker", "host", "kubernetes", "docker"):
        render(made({"app.key": "keep", "app.deployment": other, "nodes": NODES}), out)
        assert keys_of(out)[0] == key
        if (out / ".env").exists() and other != "kubernetes":
            text = (out / ".env").read_text("utf-8")
            house = (read(Reader.DOCKER, text) if other == "docker" else read_dotenv(text)).get("HOUSE")
            assert house in ("two words # why", None) and (RAW_MARK in text) is (other == "docker")


# --new-keys, keep and an existing installation.


def test_new_keys_spare_what_an_existing_installation_has_encrypted(tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(existing(tmp_path), out)
    assert keys_of(out) == (OLD, OLD_AES)
    render(existing(tmp_path), out, new_keys=True)
    assert keys_of(out)[0] != OLD and keys_of(out)[1] == OLD_AES
    assert set(refused(existing(tmp_path, {"app.aes_key": "cd" * 32}), out, new_keys=True)) == {"app.aes_key"}


def test_new_keys_are_made_of_nothing_for_no_existing_installation(tmp_path: Path) -> None:
    for new_keys in (False, True):
        said = refused(existing(tmp_path, base="TZ=UTC\n"), tmp_path / "out", new_keys=new_keys)
        assert set(said) == {"app.key", "app.aes_key"}


@pytest.mark.parametrize("word", ["generate", "keep"])
def test_an_existing_installation_finds_its_keys_in_every_place(word: str, tmp_path: Path) -> None:
    words = {"app.key": word, "app.aes_key": word}
    render(existing(tmp_path, words), tmp_path / "a")
    assert keys_of(tmp_path / "a") == (OLD, OLD_AES)
    render(existing(tmp_path, words, "TZ=UTC\n"), tmp_path / "a")
    assert keys_of(tmp_path / "a") == (OLD, OLD_AES)
    render(existing(tmp_path, words, "TZ=UTC\n"), tmp_path / "b", former=str(tmp_path / "a"))
    assert keys_of(tmp_path / "b") == (OLD, OLD_AES)
    (tmp_path / "b" / ".env").unlink()
    render(existing(tmp_path, words), tmp_path / "b")
    assert keys_of(tmp_path / "b") == (OLD, OLD_AES)
    (tmp_path / "b" / ".env").unlink()
    other = f"APP_KEY={'x' * 40}\nAPP_AES_SECRET_KEY={'cd' * 32}\nTZ=UTC\n"
    assert set(refused(existing(tmp_path, words, other), tmp_path / "b")) == {"app.key", "app.aes_key"}


def test_a_new_installation_that_keeps_makes_nothing(tmp_path: Path) -> None:
    keep = {"app.key": "keep", "app.aes_key": "keep"}
    assert set(refused(made(keep), tmp_path / "out")) == {"app.key", "app.aes_key"}
    render(made(), tmp_path / "out")
    before = keys_of(tmp_path / "out")
    render(made(keep), tmp_path / "out")
    assert keys_of(tmp_path / "out") == before
    assert 'aes_key = "keep"' in (tmp_path / "out" / "answers.toml").read_text("utf-8")


def test_the_place_with_the_key_that_was_written_is_taken(tmp_path: Path) -> None:
    out, former = tmp_path / "out", tmp_path / "former"
    render(made(), former)
    render(existing(tmp_path), out)
    (out / ".env").unlink()
    render(existing(tmp_path), out, former=str(former))
    assert keys_of(out) == (OLD, OLD_AES)


@pytest.mark.parametrize("version", ["1.0.0", "none"])
def test_a_key_that_stands_there_is_not_left_out_later(version: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(existing(tmp_path), out)
    forget(out) if version == "1.0.0" else (out / "manifest.json").unlink()
    left_out = existing(tmp_path, {"app.key": "from-storage", "app.aes_key": "from-storage"}, "TZ=UTC\n")
    assert set(refused(left_out, out)) == {"app.key", "app.aes_key"}


def test_a_key_that_was_written_is_not_left_out_later(tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(existing(tmp_path), out)
    left_out = existing(tmp_path, {"app.key": "from-storage", "app.aes_key": "from-storage"}, "TZ=UTC\n")
    assert set(refused(left_out, out)) == {"app.key", "app.aes_key"}
    (out / ".env").unlink()
    assert set(refused(left_out, out)) == {"app.key", "app.aes_key"}


# Parts of a set.


def test_what_holds_no_key_needs_none(tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(made(), out)
    known = manifest(out)["keys"]
    (out / ".env").unlink()
    for formats in (["balancer"], ["summary", "runbook"], ["systemd"]):
        assert not render(made({"balancer.listen": 8080}), out, formats).warnings
        assert manifest(out)["keys"] == known
    assert "listen 8080" in (out / "nginx" / "nocobase.conf").read_text("utf-8")
    assert set(refused(made(), out)) == {"app.key", "app.aes_key"}


def test_a_part_without_keys_makes_none(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert not render(made(), out, ["summary"]).warnings
    assert "keys" not in manifest(out)
    assert [p.rule for p in render(made(), out, ["env"]).warnings] == ["new-keys"]
    before = keys_of(out), manifest(out)["keys"]
    render(made(), out)
    assert (keys_of(out), manifest(out)["keys"]) == before


def test_values_for_helm_alone_take_the_keys_that_stand_there(tmp_path: Path) -> None:
    out, answers = tmp_path / "out", made({"app.deployment": "kubernetes", "output.formats": EVERY_KIND["kubernetes"]})
    render(answers, out)
    before = (out / "helm" / "values.yaml").read_bytes()
    (out / "kubernetes" / "secret.yaml").unlink()
    render(answers, out, ["helm"])
    assert (out / "helm" / "values.yaml").read_bytes() == before


def test_values_for_helm_and_nothing_else_hold_their_keys(tmp_path: Path) -> None:
    out, answers = tmp_path / "out", made({"app.deployment": "kubernetes", "output.formats": ["helm"]})
    render(answers, out, ["helm"])
    before = (out / "helm" / "values.yaml").read_bytes()
    assert not render(answers, out).warnings
    assert (out / "helm" / "values.yaml").read_bytes() == before


@pytest.mark.parametrize(("part", "rest"), [("helm", "kubernetes/secret.yaml"), ("kubernetes", "helm/values.yaml")])
def test_no_key_is_changed_in_a_part_of_its_files(part: str, rest: str, tmp_path: Path) -> None:
    out, answers = tmp_path / "out", made({"app.deployment": "kubernetes", "output.formats": EVERY_KIND["kubernetes"]})
    render(answers, out)
    before = tree(out)
    with pytest.raises(NbclusterError) as caught:
        render(answers, out, [part], new_keys=True)
    assert caught.value.code is ExitCode.INVALID and rest in caught.value.message and tree(out) == before
    render(answers, out, ["kubernetes", "helm"], new_keys=True)
    assert not render(answers, out).warnings


def test_a_check_in_a_written_folder_finds_the_keys_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(existing(tmp_path), out)
    for folder, status in ((out, {"ok"}), (tmp_path / "else", {"fail"})):
        folder.mkdir(exist_ok=True)
        text = (out / "answers.toml").read_text("utf-8").replace(f'base_env = "{tmp_path / "old.env"}"\n', "")
        (folder / "answers.toml").write_text(text, "utf-8")
        ended = nbcluster(
            "check", "--answers", folder / "answers.toml", "--only", "rules.keys-kept", "--json", environment=PASSWORD
        )
        assert {result["status"] for result in ended.json()["results"]} == status, ended.out


# Sessions.


@pytest.fixture
def saved(isolated_environment: Path) -> SessionStore:
    store = SessionStore()
    with store.lock("prod"):
        store.save(Session(name="prod", answers=made({"name": "prod"}), step="export"))
    return store


def render_session(out: Path, *options: str) -> Ended:
    arguments: tuple[str | Path, ...] = ("render", "--session", "prod", "--out", out, *options)
    return nbcluster(*arguments, environment=PASSWORD)


@pytest.mark.parametrize("gone", ["file", "manifest too", "folder"])
def test_a_session_whose_own_folder_lost_its_keys_is_refused(gone: str, saved: SessionStore, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert render_session(out).code == 0
    (out / ".env").unlink()
    if gone != "file":
        (out / "manifest.json").unlink()
    if gone == "folder":
        out.rename(tmp_path / "moved")
    ended = render_session(out)
    assert ended.code == 2 and "app.key:" in ended.err and str(out) in ended.err and not (out / ".env").exists()
    assert render_session(out, "--new-keys").code == 0


@pytest.mark.parametrize("lost", [False, True])
def test_written_answers_take_the_keys_that_stand_beside_them(lost: bool, tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    render(made(), out)
    if lost:
        (out / ".env").unlink()
    ended = nbcluster("render", "--answers", out / "answers.toml", "--out", other, environment=PASSWORD)
    if lost:
        assert ended.code == 2 and str(out / ".env") in ended.err and not other.exists()
    else:
        assert ended.code == 0 and unsalted(other) == unsalted(out)


def test_a_manifest_of_something_else_beside_the_answers_means_nothing(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text(official_text(MADE), "utf-8")
    for text in ('{"name": "a web page", "icons": []}', '{"schema": 1, "files": {"README.md": {"sha256": "0"}}}'):
        (tmp_path / "manifest.json").write_text(text, "utf-8")
        ended = nbcluster("render", "--answers", tmp_path / "answers.toml", "--out", tmp_path / "out", "--dry-run")
        assert ended.code == 0, ended.err


# The wizard.


def test_one_run_of_the_wizard_draws_once(tmp_path: Path) -> None:
    from tests.screens.driver import wizard_for

    wizard = wizard_for(made().with_("export.directory", str(tmp_path / "out"), Source.TYPED))
    first, second = ({f.path: f.data for f in wizard.prepare().files} for _time in range(2))
    assert first == second
    outcome = wizard.export()
    assert (tmp_path / "out" / ".env").read_bytes() == first[".env"]
    assert [p.rule for p in outcome.warnings] == ["new-keys"]
    assert set(KEYS) <= set(wizard.context.kept_env)
    assert not wizard.export().warnings


def test_the_wizard_on_written_answers_keeps_their_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbcluster.wizard import from_answers

    render(made(), tmp_path / "out")
    monkeypatch.setenv("NBCLUSTER_DATABASE_PASSWORD", "s3cret-of-the-database")
    wizard = from_answers(tmp_path / "out" / "answers.toml")
    try:
        wizard.change("export.directory", str(tmp_path / "other"))
        wizard.export()
    finally:
        wizard.close()
    assert keys_of(tmp_path / "other") == keys_of(tmp_path / "out")


def test_the_review_knows_the_keys_of_the_folder(tmp_path: Path) -> None:
    from tests.screens.driver import wizard_for

    render(existing(tmp_path), tmp_path / "out")
    answers = existing(tmp_path, base="TZ=UTC\n").with_("export.directory", str(tmp_path / "out"), Source.TYPED)
    wizard = wizard_for(answers)
    assert not [p for p in wizard.all_problems() if p.rule == "keys-kept"]
    wizard.change("export.directory", str(tmp_path / "empty"))
    assert {p.path for p in wizard.all_problems() if p.rule == "keys-kept"} == {"app.key", "app.aes_key"}


@pytest.mark.parametrize("word", ["generate", "keep"])
async def test_an_existing_installation_is_shown_to_keep(word: str, tmp_path: Path) -> None:
    from nbcluster_tui.secretrows import KeyRow
    from tests.screens.driver import running, wizard_for

    answers = existing(tmp_path, {"app.key": word, "app.aes_key": word})
    async with running(wizard_for(answers), (120, 40)) as driver:
        await driver.go("keys")
        rows = driver.app.screen.query(KeyRow)
        assert [row._chosen() for row in rows][:2] == ["keep", "keep"]


@pytest.mark.parametrize("word", ["generate", "keep"])
def test_line_prompts_propose_to_keep(word: str, tmp_path: Path) -> None:
    from nbcluster.prompts.asker import Asker
    from nbcluster.prompts.questions import Questions
    from tests.screens.driver import wizard_for

    proposed: list[str | None] = []

    class Enter:
        def choice(self, _label: str, _options: object, present: str | None, _help: object) -> str | None:
            proposed.append(present)
            return present

    wizard = wizard_for(existing(tmp_path, {"app.key": word}))
    Questions(wizard, cast("Asker", Enter())).ask(wizard.answers.fields["app.key"])
    assert proposed == ["keep"] and wizard.answers["app.key"] == "keep"


def test_the_schema_knows_the_words() -> None:
    app = json_schema()["properties"]["app"]["properties"]
    for key in ("key", "aes_key"):
        assert {"enum": ["generate", "keep", "from-storage"]} in app[key]["anyOf"]


@pytest.mark.parametrize("word", ["keep", "from-storage"])
def test_a_word_for_keys_is_no_password(word: str, tmp_path: Path) -> None:
    answers = made({"admin.password": word})
    assert answers["admin.password"] == Secret(word)
    assert set(refused(answers, tmp_path / "out")) == {"admin.password"}
