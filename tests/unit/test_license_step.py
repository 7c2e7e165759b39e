"""The licence step: the purpose and full name of each plugin, all of them at once, or later."""

from __future__ import annotations

import pytest

from nbcluster import facts
from nbcluster.answers.answers import Source
from nbcluster.prompts.asker import Asker
from nbcluster.prompts.questions import ALL, Questions
from nbcluster.sessions.session import Session
from nbcluster.steps.license import LABEL, PURPOSE, needed, short_name
from nbcluster.wizard import Wizard
from tests.unit.scenarios import official
from tests.unit.test_prompts_checks import Face

FIELD = official().fields["license.confirmed"]


class Ticks(Face):
    """A face that ticks what it is told."""

    def ask_multi(self, prompt: str, options: object, chosen: object) -> tuple[str, ...]:
        self.offered = [option.value for option in options]  # type: ignore[attr-defined]
        return tuple(str(self.answers.popleft()).split())


def _wizard(*confirmed: str, pending: bool = False) -> Wizard:
    answers = official().with_("license.confirmed", confirmed, Source.TYPED).with_("license.pending", pending, Source.TYPED)
    return Wizard(Session(name="official", answers=answers))


def test_every_adapter_has_its_job_and_its_whole_name() -> None:
    assert set(LABEL) == set(PURPOSE) == set(facts.ADAPTERS)
    assert all(label.endswith(f": {package.removeprefix('@nocobase/')}") for package, label in LABEL.items())


def test_one_choice_ticks_all_of_them() -> None:
    wizard = _wizard()
    face = Ticks(ALL)
    Questions(wizard, Asker(face)).ask(FIELD)
    every = [short_name(package) for package in needed(wizard.answers)]
    assert face.offered == [ALL, *every]
    assert list(wizard.answers.words("license.confirmed")) == every


def test_one_alone_may_be_ticked() -> None:
    wizard = _wizard()
    Questions(wizard, Asker(Ticks("lock-adapter-redis"))).ask(FIELD)
    assert wizard.answers.words("license.confirmed") == ("lock-adapter-redis",)


@pytest.mark.parametrize(("pending", "asked"), [(False, True), (True, True)])
def test_an_order_is_asked_about_while_something_is_open(pending: bool, asked: bool) -> None:
    wizard = _wizard("lock-adapter-redis", pending=pending)
    assert ("license.pending" in [f.path for f in wizard.fields(wizard.step("license"))]) is asked


def test_an_order_is_not_asked_about_where_all_is_licensed() -> None:
    every = [short_name(package) for package in needed(official())]
    wizard = _wizard(*every)
    assert "license.pending" not in [f.path for f in wizard.fields(wizard.step("license"))]


@pytest.mark.parametrize("installation", ["new", "existing"])
def test_the_step_says_what_the_order_needs(installation: str) -> None:
    wizard = _wizard()
    wizard.change("app.installation", installation)
    notes = "\n".join(wizard.step("license").notes(wizard.answers))
    assert "storage/.license/instance-id" in notes


def test_help_says_what_each_choice_means() -> None:
    wizard = _wizard()
    said = Questions(wizard, Asker(Face()))._help(FIELD)()
    assert all(PURPOSE[package] in said for package in needed(wizard.answers))
