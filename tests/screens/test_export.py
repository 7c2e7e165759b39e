"""The export on the screen: an archive beside the folder, and what others edited, said before it is replaced."""

from __future__ import annotations

import stat
import tarfile
from pathlib import Path

import pytest

from nbcluster.answers.answers import Source
from nbcluster.answers.flow import settle
from nbcluster.files.preparation import Outlook, Request
from nbcluster_tui.dialogs import Confirm
from nbcluster_tui.widgets import Prose
from tests.screens.driver import Driver, controller_for, wizard
from tests.unit.scenarios import official


async def to_the_question(driver: Driver, folder: Path) -> None:
    driver.controller.change("export.directory", str(folder))
    await driver.go("export")
    await driver.press("f8")
    if not isinstance(driver.app.screen, Confirm):
        # from the page that tells what was written, to the form, and on
        await driver.press("f8")
    assert isinstance(driver.app.screen, Confirm), driver.text()


@pytest.mark.parametrize(("wish", "has_env"), [("with", True), ("without", False)])
async def test_the_set_as_one_archive(tmp_path: Path, wish: str, has_env: bool) -> None:
    answers = official().with_("export.bundle", wish, Source.TYPED)
    async with wizard(controller_for(answers), (120, 40)) as driver:
        await to_the_question(driver, tmp_path / "out")
        await driver.press("y")
        path = tmp_path / "out.tar.gz"
        assert str(path) in driver.text().replace("\n", "") or path.name in driver.text()
    with tarfile.open(path) as archive:
        names = archive.getnames()
    assert (".env" in names) is has_env and "RUNBOOK.md" in names
    assert stat.S_IMODE(path.stat().st_mode) == (0o600 if has_env else 0o644)


async def test_no_archive_unless_it_was_asked_for(tmp_path: Path) -> None:
    async with wizard(controller_for(official())) as driver:
        await to_the_question(driver, tmp_path / "out")
        await driver.press("y")
    assert not (tmp_path / "out.tar.gz").exists()


async def test_an_archive_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "out.tar.gz").mkdir()
    answers = official().with_("export.bundle", "with", Source.TYPED)
    async with wizard(controller_for(answers), (120, 60)) as driver:
        await to_the_question(driver, tmp_path / "out")
        await driver.press("y")
        assert "export.bundle" in driver.text()
    assert (tmp_path / "out" / ".env").is_file()


async def test_what_others_edited_is_said_before_it_is_replaced(tmp_path: Path) -> None:
    async with wizard(controller_for(official()), (120, 40)) as driver:
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
    async with wizard(controller_for(official()), (120, 40)) as driver:
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
    async with wizard(controller_for(official())) as driver:
        controller = driver.controller
        work_out = controller.outlook

        def outlook(request: Request | None = None) -> Outlook:
            found = work_out(request)
            # as it is when what stands in the folder was read: the same answers, settled once more
            controller.answers = settle(controller.answers, controller.context)
            return found

        monkeypatch.setattr(controller, "outlook", outlook)
        await to_the_question(driver, tmp_path / "out")


async def test_the_reason_of_a_refused_write_is_seen_in_a_small_window(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    async with wizard(controller_for(official().without("database.host").without("database.user"))) as driver:
        driver.controller.change("export.directory", str(tmp_path / "out"))
        await driver.go("export")
        await driver.press("f8")
        await driver.pilot.pause()
        said = driver.screen.query_one(".outcome", Prose).render().plain.split("\n")
        assert len(said) > 1 and all(line.strip() in driver.text() for line in said[:3])
