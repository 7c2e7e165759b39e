"""Digests of secrets in a folder: what each is made of, that none is made for nothing, and that earlier forms are understood."""

from __future__ import annotations

import hashlib
import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nbcluster.answers.answers import Answers
from nbcluster.errors import InvalidAnswersError
from nbcluster.files import keys
from nbcluster.files.change import CHANGE, with_change
from nbcluster.files.export import WritePreview, plan_writing, write
from nbcluster.files.fileset import prepare
from nbcluster.files.write.plan import BASELINE, MANIFEST
from tests.unit.scenarios import official

CACHE = "redis://:s3cret-of-redis@10.0.0.5:6379/0"
KEYS = {"APP_KEY", "APP_AES_SECRET_KEY"}
DATABASE = "s3cret-of-the-database"
ADDRESSES = {"PUBSUB_ADAPTER_REDIS_URL", "LOCK_ADAPTER_REDIS_URL", "QUEUE_ADAPTER_REDIS_URL", "REDIS_URL"}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The values that scrypt has run over."""
    values: list[bytes] = []
    scrypt = hashlib.scrypt

    def counted(password: bytes, **settings: Any) -> bytes:
        values.append(password)
        return scrypt(password, **settings)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    keys.digest.cache_clear()
    return values


def scenario(changes: dict[str, object] | None = None) -> Answers:
    return official({"redis.cache": CACHE, **(changes or {})})


def rendered(answers: Answers, folder: Path) -> str | None:
    """Write a set as one run of the program does, which remembers no digest of an earlier one."""
    keys.digest.cache_clear()
    prepared, change = with_change(prepare(answers, folder), folder)
    write(prepared, folder, lambda: datetime.now(UTC))
    return change


def foretold(answers: Answers, folder: Path) -> tuple[WritePreview, str | None]:
    keys.digest.cache_clear()
    prepared, change = with_change(prepare(answers, folder), folder, dry_run=True)
    return plan_writing(prepared, folder), change


def baseline(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / BASELINE).read_text())
    return document


def scrypt_of(value: str, salt: str) -> str:
    return hashlib.scrypt(value.encode(), salt=salt.encode(), n=2**14, r=8, p=1, dklen=16).hex()


def in_the_first_form(folder: Path, answers: Answers) -> None:
    """Write the digests of a folder as scrypt with the salt of the baseline alone."""
    document = baseline(folder)
    for state in (document["before"], document["last"]):
        for name, value in prepare(answers, folder).values.items():
            state["secrets"][name] = scrypt_of(value.reveal(), document["salt"])
    (folder / BASELINE).write_text(json.dumps(document))


def test_whatever_may_be_guessed_is_behind_scrypt(tmp_path: Path) -> None:
    rendered(scenario(), tmp_path)
    document, manifest = baseline(tmp_path), json.loads((tmp_path / MANIFEST).read_text())["keys"]
    for state in (document["before"], document["last"]):
        found = state["secrets"]
        assert found["DB_PASSWORD"] == scrypt_of(DATABASE, document["salt"])
        assert found["CACHE_REDIS_URL"] == scrypt_of(CACHE, document["salt"])
        assert {name: found[name] for name in KEYS} == {name: f"official:{manifest[name]}" for name in KEYS}
        assert set(found) == {*KEYS, "DB_PASSWORD", "CACHE_REDIS_URL", *ADDRESSES}
    assert manifest["APP_KEY"] == scrypt_of("0123456789abcdef" * 4, "official")


def test_a_digest_without_scrypt_is_one_of_what_the_answers_show(tmp_path: Path) -> None:
    rendered(scenario({"redis.lock": "rediss://10.0.0.5:6379/2", "redis.queue": "redis://ann:s3cret@10.0.0.5:6379/3"}), tmp_path)
    state = baseline(tmp_path)["last"]
    plain = {name for name, digest in state["secrets"].items() if digest.startswith("address:")}
    assert plain == ADDRESSES - {"QUEUE_ADAPTER_REDIS_URL"}
    assert all(url in state["answers"] for url in ("redis://10.0.0.5:6379/1", "rediss://10.0.0.5:6379/2"))


def test_a_dry_run_into_an_empty_folder_makes_none(tmp_path: Path, made: list[bytes]) -> None:
    outcome, change = foretold(scenario(), tmp_path)
    assert ".env" in outcome.written and change is None and made == []


def test_a_first_run_makes_each_once(tmp_path: Path, made: list[bytes]) -> None:
    rendered(scenario(), tmp_path)
    assert len(made) == len(set(made)) == 4


@pytest.mark.parametrize("changes", [{}, {"app.key": "generate", "app.aes_key": "generate"}], ids=["pasted keys", "made keys"])
def test_a_run_that_changes_nothing_makes_none(tmp_path: Path, changes: dict[str, object], made: list[bytes]) -> None:
    rendered(scenario(changes), tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / BASELINE, tmp_path / MANIFEST, tmp_path / ".env")}
    made.clear()
    assert rendered(scenario(changes), tmp_path) is None
    assert {name: (tmp_path / name).read_bytes() for name in before} == before and made == []


def test_a_file_that_was_touched_vouches_for_nothing(tmp_path: Path, made: list[bytes]) -> None:
    rendered(scenario(), tmp_path)
    kept, env = scenario({"app.key": "keep", "app.aes_key": "keep"}), tmp_path / ".env"
    env.write_text(env.read_text() + "MINE=1\n")
    made.clear()
    foretold(kept, tmp_path)
    assert set(made) >= {b"0123456789abcdef" * 4, b"fedcba9876543210" * 4}
    env.write_text(env.read_text().replace("0123456789abcdef" * 4, "1" * 64))
    with pytest.raises(InvalidAnswersError) as refused:
        foretold(kept, tmp_path)
    assert [problem.rule for problem in refused.value.problems] == ["keys-kept"]


def test_two_untouched_files_of_different_values_vouch_for_neither(tmp_path: Path) -> None:
    rendered(scenario(), tmp_path)
    other = (tmp_path / ".env").read_text().replace("0123456789abcdef" * 4, "1" * 64)
    (tmp_path / "nodes").mkdir(exist_ok=True)
    (tmp_path / "nodes" / "node9.env").write_text(other)
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    manifest["files"]["nodes/node9.env"] = {"sha256": hashlib.sha256(other.encode()).hexdigest()}
    (tmp_path / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(InvalidAnswersError):
        prepare(scenario({"app.key": "1" * 64}), tmp_path)


@pytest.mark.parametrize("first_form", [False, True], ids=["as it is written", "scrypt for each"])
def test_only_what_is_another_value_is_told(tmp_path: Path, first_form: bool) -> None:
    rendered(scenario(), tmp_path)
    if first_form:
        in_the_first_form(tmp_path, scenario())
    assert rendered(scenario(), tmp_path) is None
    changed = scenario({"database.password": "another-password"})
    assert foretold(changed, tmp_path)[1] == CHANGE
    assert rendered(changed, tmp_path) == CHANGE
    before, last = (baseline(tmp_path)[state]["secrets"] for state in ("before", "last"))
    assert {name for name in before if before[name] != last[name]} == {"DB_PASSWORD"}
    assert any(digest.startswith("address:") for digest in last.values()) is not first_form


def test_an_address_that_had_a_password_in_between_is_no_other_secret(tmp_path: Path) -> None:
    plain = "redis://10.0.0.5:6379/0"
    rendered(scenario({"redis.cache": plain}), tmp_path)
    rendered(scenario(), tmp_path)
    assert "CACHE_REDIS_URL" in (tmp_path / CHANGE).read_text()
    # what the nodes run is the first of the three
    rendered(scenario({"redis.cache": plain, "app.timezone": "Asia/Tokyo"}), tmp_path)
    assert "CACHE_REDIS_URL" not in (tmp_path / CHANGE).read_text()


@pytest.mark.parametrize(
    ("changes", "mode"),
    [({}, 0o644), ({"app.installation": "existing", "app.key": "from-storage", "app.aes_key": "from-storage"}, 0o600)],
)
def test_a_manifest_is_closed_where_a_weak_password_could_be_guessed_by_it(
    tmp_path: Path, changes: dict[str, object], mode: int
) -> None:
    rendered(official(changes, ("admin",) if changes else ()), tmp_path)
    assert stat.S_IMODE((tmp_path / MANIFEST).stat().st_mode) == mode


def test_a_key_is_compared_with_the_salt_that_its_digest_names(tmp_path: Path) -> None:
    rendered(scenario(), tmp_path)
    document = baseline(tmp_path)
    for state in (document["before"], document["last"]):
        state["secrets"]["APP_KEY"] = f"elsewhere:{scrypt_of('0123456789abcdef' * 4, 'elsewhere')}"
    (tmp_path / BASELINE).write_text(json.dumps(document))
    assert rendered(scenario({"database.password": "another-password"}), tmp_path) == CHANGE
    assert baseline(tmp_path)["last"]["secrets"]["APP_KEY"] == document["last"]["secrets"]["APP_KEY"]


def test_a_dry_run_foretells_what_stands_where_the_baseline_goes(tmp_path: Path) -> None:
    (tmp_path / BASELINE).mkdir()
    outcome, _change = foretold(scenario(), tmp_path)
    assert any(BASELINE in problem.path for problem in outcome.remarks)
