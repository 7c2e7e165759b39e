"""The export on the screen: an archive beside the folder, and foreign edits, shown before they are overwritten."""

from __future__ import annotations

import stat
import tarfile
import threading
from pathlib import Path

import pytest

from nbcluster.answers.answers import Source
from nbcluster.answers.flow import settle
from nbcluster.files.preparation import Outlook, Request
from nbcluster.report import label_of, told_lines
from nbcluster_tui.dialogs import Confirm, TextViewer
from nbcluster_tui.review import ReviewView
from nbcluster_tui.views import JumpTo
from tests.screens.driver import Driver, running, wizard_for
from tests.unit.scenarios import official


async def to_the_question(driver: Driver, folder: Path) -> None:
    driver.wizard.change("export.directory", str(folder))
    await driver.go("export")
    await driver.press("f8")
    if not isinstance(driver.app.screen, Confirm):
        # from the page that tells what was written, to the form, and on
        await driver.press("f8")
    assert isinstance(driver.app.screen, Confirm), driver.text()


@pytest.mark.parametrize(("wish", "has_env"), [("with", True), ("without", False)])
async def test_the_set_as_one_archive(tmp_path: Path, wish: str, has_env: bool) -> None:
    answers = official().with_("export.bundle", wish, Source.TYPED)
    async with running(wizard_for(answers), (120, 40)) as driver:
        await to_the_question(driver, tmp_path / "out")
        await driver.press("y")
        path = tmp_path / "out.tar.gz"
        assert str(path) in driver.text().replace("\n", "") or path.name in driver.text()
    with tarfile.open(path) as archive:
        names = archive.getnames()
    assert (".env" in names) is has_env and "RUNBOOK.md" in names
    assert stat.S_IMODE(path.stat().st_mode) == (0o600 if has_env else 0o644)


async def test_no_archive_unless_it_was_asked_for(tmp_path: Path) -> None:
    async with running(wizard_for(official())) as driver:
        await to_the_question(driver, tmp_path / "out")
        await driver.press("y")
    assert not (tmp_path / "out.tar.gz").exists()


async def test_the_page_and_the_lines_after_leaving_tell_the_same_of_what_was_written(tmp_path: Path) -> None:
    async with running(wizard_for(official()), (160, 60)) as driver:
        await to_the_question(driver, tmp_path / "out")
        await driver.press("y")
        outcome = driver.screen.outcome
        assert outcome is not None
        told = driver.wizard.told(outcome)
        shown = " ".join(driver.text().split())
        for words in (*told.facts[-1], *(label for label, _value in told.facts[1:]), *told.steps, *told.files, *told.remarks):
            assert words in shown
        # what is changed later was not written
        driver.wizard.change("balancer.server_name", "other.example.com")
        await driver.press("ctrl+q")
        assert driver.app.parting == tuple(told_lines(told)) and "other.example.com" not in "".join(driver.app.parting)


async def test_the_page_after_writing_scrolls_while_its_buttons_stay(tmp_path: Path) -> None:
    async with running(wizard_for(official()), (80, 22)) as driver:
        await to_the_question(driver, tmp_path / "out")
        await driver.press("y")
        page, ways = driver.screen.query_one("#told"), driver.screen.query("DoneView Button")
        assert page.max_scroll_y > 0
        for keys, place in (
            (("end",), page.max_scroll_y),
            (("home",), 0),
            (("pagedown",), page.max_scroll_y),
            (("up", "down"), None),
        ):
            await driver.press(*keys)
            assert place in (None, page.scroll_y)
            assert all(button.region.bottom <= driver.screen.size.height - 1 and button.region for button in ways)


async def test_the_page_after_a_change_leads_to_the_document_of_the_changes(tmp_path: Path) -> None:
    seen = []
    for zone in ("UTC", "Europe/Berlin"):
        async with running(wizard_for(official({"app.timezone": zone})), (120, 40)) as driver:
            await to_the_question(driver, tmp_path / "out")
            await driver.press("y")
            await driver.press("enter")
            viewer = driver.app.screen
            assert isinstance(viewer, TextViewer)
            seen.append((viewer.first, dict(viewer.pages).get("CHANGE.md", "")))
    assert seen[0] == ("RUNBOOK.md", "") and seen[1][1] == (tmp_path / "out" / "CHANGE.md").read_text("utf-8")


async def test_leaving_tells_that_passwords_are_typed_again() -> None:
    for answers, count in ((official(), 2), (None, 1)):
        async with running(wizard_for(answers)) as driver:
            await driver.press("ctrl+q")
            assert len(driver.app.parting) == count


async def test_an_archive_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "out.tar.gz").mkdir()
    answers = official().with_("export.bundle", "with", Source.TYPED)
    async with running(wizard_for(answers), (120, 60)) as driver:
        await to_the_question(driver, tmp_path / "out")
        await driver.press("y")
        assert label_of(answers, "export.bundle") in driver.text()
    assert (tmp_path / "out" / ".env").is_file()


async def test_a_folder_that_another_run_wrote_since_is_said_and_leads_to_the_export(tmp_path: Path) -> None:
    async with running(wizard_for(official()), (160, 60)) as driver:
        wizard = driver.wizard
        wizard.change("export.directory", str(tmp_path / "out"))
        wizard.export()
        other = wizard_for(official({"app.timezone": "Europe/Berlin"}))
        other.change("export.directory", str(tmp_path / "out"))
        other.export()
        (problem,) = (each for each in wizard.outlook().edited if each.rule == "written-since")
        await driver.go("review")
        wishes = [entry.wish for entry in driver.screen.query_one(ReviewView)._things()]
        assert JumpTo("export", ("export.directory",)) in wishes
        await driver.go("export")
        await driver.press("f8")
        assert isinstance(driver.app.screen, Confirm) and label_of(wizard.answers, problem.path) in driver.text()


async def test_what_others_edited_is_said_before_it_is_replaced(tmp_path: Path) -> None:
    async with running(wizard_for(official()), (120, 40)) as driver:
        await to_the_question(driver, tmp_path / "out")
        await driver.press("y")
        page = tmp_path / "out" / "nginx" / "nocobase.conf"
        page.write_text(page.read_text() + "# mine\n")
        await driver.go("review")
        assert "! nginx/nocobase.conf" in driver.text()
        await to_the_question(driver, tmp_path / "out")
        assert "! nginx/nocobase.conf" in driver.text()


@pytest.mark.parametrize("key", ["enter", "y"])
async def test_a_folder_that_everybody_may_write_takes_a_second_yes(tmp_path: Path, key: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o777)
    async with running(wizard_for(official()), (120, 40)) as driver:
        await to_the_question(driver, out)
        await driver.press("y")
        asked = driver.app.screen
        assert isinstance(asked, Confirm) and not (out / ".env").exists()
        await driver.press(key)
        assert driver.app.screen is not asked
    assert (out / ".env").exists() is (key == "y")


async def test_a_read_of_the_disk_that_ends_meanwhile_does_not_swallow_the_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(wizard_for(official())) as driver:
        wizard = driver.wizard
        work_out = wizard.outlook

        def outlook(request: Request | None = None) -> Outlook:
            found = work_out(request)
            # as it is when what stands in the folder was read: the same answers, settled once more
            wizard.answers = settle(wizard.answers, wizard.context)
            return found

        monkeypatch.setattr(wizard, "outlook", outlook)
        await to_the_question(driver, tmp_path / "out")


async def test_the_same_answers_settled_once_more_are_not_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(wizard_for(official())) as driver:
        wizard = driver.wizard
        work_out, begun, may_end = wizard.outlook, [], threading.Event()

        def outlook(request: Request | None = None) -> Outlook:
            begun.append(request)
            may_end.wait(30)
            return work_out(request)

        monkeypatch.setattr(wizard, "outlook", outlook)
        await driver.go("review")
        review = driver.screen.query_one(ReviewView)
        wizard.answers = settle(wizard.answers, wizard.context)
        review.redraw()
        may_end.set()
        await driver.settle()
        assert len(begun) == 1
