"""Promise 2 for addresses: a password in a malformed address is neither printed nor written nor saved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbcluster.cli.main import main
from nbcluster.files.summary import choices
from nbcluster.sessions.store import SessionStore
from nbcluster.wizard import Wizard, fresh_session
from tests.unit.addresses import AMQP, DATABASE, PASSWORD, REDIS
from tests.unit.scenarios import official_text

PIECE = re.compile("nry|unter2", re.IGNORECASE)
KINDS = [
    *(("redis.cache", "CACHE_REDIS_URL", form) for form in REDIS),
    *(("queue.url", "RABBITMQ_URL", form) for form in AMQP),
    *(("database.host", "DB_HOST", form) for form in DATABASE),
]
EACH = pytest.mark.parametrize(
    ("path", "variable", "form"), KINDS, ids=[f"{path}-{form.replace(PASSWORD, 'PW')}" for path, _, form in KINDS]
)


def test_the_list_is_long_enough() -> None:
    assert len(KINDS) >= 37 and all(PASSWORD in form for _path, _variable, form in KINDS)


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> int:
    """Run a command in this process; fails where a piece of the password is printed. Returns the exit code."""
    code = main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    assert not PIECE.search(printed.out + printed.err), printed.out + printed.err
    assert code in (0, 2, 3)
    return code


@EACH
def test_files_of_an_old_installation(
    path: str, variable: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.env"
    extra = "QUEUE_ADAPTER=rabbitmq\n" if path == "queue.url" else ""
    old.write_text(f"APP_PORT=13000\nTZ=UTC\n{extra}{variable}='{form}'\n", "utf-8")
    run(capsys, "import", old)
    run(capsys, "lint", old)
    run(capsys, "lint", "--json", old)


@EACH
def test_answers(path: str, variable: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = tmp_path / "answers.toml"
    changes: dict[str, object] = {path: form}
    if path == "queue.url":
        changes["queue.adapter"] = "rabbitmq"
    answers.write_text(official_text(changes), "utf-8")
    run(capsys, "check", "--answers", answers, "--only", "rules")
    run(capsys, "check", "--answers", answers, "--only", "rules", "--json")
    # an address whose password merely has signs in it is written; one that means something else is refused
    if run(capsys, "render", "--answers", answers, "--out", tmp_path / "out", "--diff") == 0:
        for file in (tmp_path / "out").rglob("*"):
            if file.is_file() and file.stat().st_mode & 0o077:
                assert not PIECE.search(file.read_text("utf-8")), file


@pytest.fixture
def wizard() -> Iterator[Wizard]:
    """A wizard whose session is saved."""
    store = SessionStore()
    with store.lock("prod"):
        yield Wizard(fresh_session("prod"), store)


@EACH
def test_what_the_wizard_saves(path: str, variable: str, form: str, wizard: Wizard, isolated_environment: Path) -> None:
    if path == "queue.url":
        wizard.change("queue.adapter", "rabbitmq")
    path = "redis.address" if path == "redis.cache" else path
    field = wizard.answers.fields[path]
    # half a password is known as one by what stands in front of it; behind // or @ it looks like a host
    start = form.index(PASSWORD)
    halves = () if form[:start].endswith(("//", "@", '"')) else range(start + 4, len(form), 3)
    for end in (len(form), *halves):
        wizard.change_text(field, form[:end])
        wizard.save()
        shown = [
            wizard.shown(field),
            str(list(choices(wizard.answers))),
            str(wizard.topology()),
            str(wizard.answers),
        ]
        shown += [line for step in wizard.steps for line in (*wizard.lines(step), *step.notes(wizard.answers))]
        shown += [problem.line() for problem in wizard.all_problems()]
        shown += [target.shown for target in wizard.targets()]
        assert not PIECE.search("\n".join(shown)), form[:end]
        saved = [file.read_text("utf-8") for file in isolated_environment.rglob("*.json")]
        assert saved and not PIECE.search("".join(saved)), form[:end]


@pytest.mark.parametrize("variable", ["TZ", "CLUSTER_MODE", "WORKER_MODE", "APPEND_PRESET_BUILT_IN_PLUGINS", "LOGGER_TRANSPORT"])
def test_a_variable_that_is_no_address(variable: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, answers = tmp_path / "old.env", tmp_path / "answers.toml"
    old.write_text(f"APP_PORT=13000\n{variable}='redis://app:{PASSWORD}@10.0.0.9:6379'\n", "utf-8")
    run(capsys, "import", old)
    run(capsys, "import", "--json", old)
    answers.write_text(official_text({"app.installation": "existing", "app.base_env": str(old)}, ("admin",)), "utf-8")
    run(capsys, "check", "--answers", answers, "--only", "rules")
    run(capsys, "render", "--answers", answers, "--out", tmp_path / "out", "--dry-run", "--diff")
