"""Checks in the faces without a full screen: findings are shown before anything is written; a secret is asked again."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path

import pytest

from nbcluster.answers.answers import Source
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.checks.results import CheckResult, Status
from nbcluster.prompts.asker import Asker, GoTo
from nbcluster.prompts.checks import Checks
from nbcluster.prompts.dialogue import Dialogue
from nbcluster.prompts.export import Export
from nbcluster.prompts.prompter import Option, Tone
from nbcluster.prompts.review import Review
from nbcluster.report import SIGNS, StepState
from nbcluster.sessions.session import Session
from nbcluster.wizard import Wizard
from tests.unit.scenarios import official


class Face:
    """A face that answers every question from a list; None is what Enter gives."""

    width = 80

    def __init__(self, *answers: str | bool | None) -> None:
        self.answers = deque(answers)
        self.defaults: list[bool] = []
        self.offered: list[str] = []
        self.shown: list[tuple[str, Tone]] = []

    def show(self, text: str = "", tone: Tone = Tone.NORMAL) -> None:
        self.shown.append((text, tone))

    def ask_text(self, prompt: str, default: str = "") -> str:
        return str(self.answers.popleft() or "")

    def ask_address(self, prompt: str, default: str = "") -> str:
        raise AssertionError(prompt)

    def ask_secret(self, prompt: str) -> str:
        return str(self.answers.popleft() or "")

    def ask_choice(self, prompt: str, options: Sequence[Option], default: str | None = None) -> str:
        self.offered = [option.value for option in options]
        answer = self.answers.popleft()
        return (default or "") if answer is None else str(answer)

    def ask_multi(self, prompt: str, options: Sequence[Option], chosen: Sequence[str]) -> tuple[str, ...]:
        raise AssertionError(prompt)

    def ask_bool(self, prompt: str, default: bool) -> bool:
        self.defaults.append(default)
        answer = self.answers.popleft()
        return default if answer is None else bool(answer)


def judged(folder: Path, **others: Status) -> Wizard:
    """Return a wizard whose checks all have a result; ``others`` are those that are not in order."""
    answers = official().with_("export.directory", str(folder / "out"), Source.TYPED)
    controller = Wizard(Session(name="official", answers=answers))
    for target in controller.targets():
        status = others.get(target.id, Status.OK)
        result = CheckResult(f"{target.id}.reach", target.shown, "bastion", status, "found", "seen", "do", 1)
        controller.record(target, controller.board.fingerprint(target), (result,))
    return controller


@pytest.mark.parametrize(("status", "default"), [(Status.FAIL, False), (Status.ERROR, True), (Status.OK, True)])
def test_enter_writes_only_where_no_check_failed(status: Status, default: bool, tmp_path: Path) -> None:
    face = Face(None)
    assert Export(judged(tmp_path, database=status), Asker(face)).ask() is default
    assert face.defaults == [default] and (tmp_path / "out" / ".env").exists() is default
    assert any(tone is Tone.PROBLEM for _text, tone in face.shown) is (status is not Status.OK)


def test_review_calls_nothing_good_that_failed_and_leads_to_its_step(tmp_path: Path) -> None:
    controller = judged(tmp_path, database=Status.FAIL)
    face = Face("fix", "0")
    with pytest.raises(GoTo) as there:
        Review(controller, Asker(face)).ask()
    assert there.value.step_id == "database"
    assert Tone.GOOD not in {tone for _text, tone in face.shown}
    good = Face("go")
    Review(judged(tmp_path), Asker(good)).ask()
    assert Tone.GOOD in {tone for _text, tone in good.shown} and "fix" not in good.offered


def test_review_runs_what_has_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    controller, ran = judged(tmp_path), list[str]()
    controller.change("database.user", "other")
    monkeypatch.setattr(Checks, "run", lambda _self, targets: ran.extend(target.id for target in targets))
    Review(controller, Asker(Face("go"))).ask()
    assert ran == ["database"]


def test_a_skip_can_be_taken_back(tmp_path: Path) -> None:
    controller = judged(tmp_path, database=Status.FAIL)
    Checks(controller, Asker(Face("skip", "database.reach", "moves in June", "go"))).ask()
    assert controller.skips() == {"database.reach": "moves in June"}
    face = Face("unskip", "database.reach", "go")
    Checks(controller, Asker(face)).ask()
    assert controller.skips() == {} and controller.tally().fail == 1


def resumed() -> Wizard:
    salt = "0123456789abcdef"
    kept = MissingSecret(salt, Secret("right").fingerprint(salt))
    return Wizard(Session(name="official", answers=official().with_("database.password", kept, Source.SESSION)))


@pytest.mark.parametrize(
    ("typed", "taken"),
    [(("right",), "right"), (("wrong", None, "right"), "right"), (("wrong", True), "wrong")],
)
def test_a_secret_that_differs_is_asked_again_unless_one_insists(typed: tuple[str | bool | None, ...], taken: str) -> None:
    controller = resumed()
    face = Face(*typed)
    Dialogue(controller, Asker(face))._missing()
    assert controller.answers["database.password"] == Secret(taken) and not face.answers


def test_every_state_of_a_step_has_a_sign() -> None:
    assert set(SIGNS) == set(StepState) and len(set(SIGNS.values())) == len(SIGNS)
