"""The tests that boot machines: left out of a plain run, and refused with one line where no machine can be booted."""

from __future__ import annotations

import os

import pytest

from tests.machines import possible
from tests.services.process import REPOSITORY


def test_a_plain_run_leaves_the_machines_out(pytestconfig: pytest.Config) -> None:
    folder = "machines"
    assert (REPOSITORY / "tests" / folder).is_dir() and folder in pytestconfig.getini("norecursedirs")


def test_what_keeps_machines_from_being_booted_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert possible.main() == 1
    assert capsys.readouterr().out.count("\n") == 1
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(possible, "_NAMESPACES", "echo no >&2; echo way >&2; false")
    assert possible.main() == 1
    assert capsys.readouterr().out.count("\n") == 1
