"""The tools of the proof on real nodes (docs/proof.md): its counts, its blocks, its packages. The proof itself is ``make prove``."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from nbcluster import facts
from tests.machines.network import Network
from tests.prove import application, machines
from tests.prove.__main__ import alone
from tests.prove.blocks import Documents
from tests.prove.claims import Claims, NotRun, Refuted, expect
from tests.prove.machines import Bastion

RUNBOOK = """\
# Runbook
```sh
# nbcluster: license-key node1
LICENSE_KEY=   # the file
PACKAGES=   # the folder
( echo "$LICENSE_KEY $PACKAGES" )
```

```sh
# nbcluster: start node1, start node2
( echo started )
```
"""


def documents(folder: Path) -> Documents:
    (folder / "RUNBOOK.md").write_text(RUNBOOK)
    return Documents(folder, Bastion(Network("none"), folder))


def fault(problem: Exception) -> None:
    raise problem


def test_what_was_not_run_is_neither_passed_nor_failed(capsys: pytest.CaptureFixture[str]) -> None:
    claims = Claims()
    with claims.claim("holds") as seen:
        seen.append("3 s")
    with claims.claim("refuted"):
        expect(False, "it does not")
    with claims.claim("breaks"):
        fault(ValueError())
    with claims.claim("cannot be had"):
        fault(NotRun("no Docker"))
    assert claims.close() == 1 and (claims.passed, claims.failed, claims.missed) == (1, 2, 1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["ok", "FAILED", "FAILED", "not", "1"]


@pytest.mark.parametrize(("passed", "status"), [(True, 0), (False, 1)])
def test_a_proof_that_showed_nothing_has_not_passed(passed: bool, status: int) -> None:
    claims = Claims()
    claims.not_run("night", "no cluster")
    if passed:
        with claims.claim("holds"):
            pass
    assert claims.close() == status


def test_a_block_is_run_as_it_stands_with_its_first_lines_filled_in(tmp_path: Path) -> None:
    found = documents(tmp_path)
    assert found.text("start") == "# nbcluster: start node1, start node2\n( echo started )\n"
    words = found.command("license-key", "", "RUNBOOK.md", LICENSE_KEY=r"/a b\1", PACKAGES="/p")
    assert words[:2] == ["bash", "-c"]
    assert r"LICENSE_KEY='/a b\1'   # the file" in words[2] and "PACKAGES=/p   # the folder" in words[2]
    for wrong in ({"OTHER": "x"}, {"LICENSE_KEY": "x", "NOTHING": "y"}):
        with pytest.raises(Refuted):
            found.command("license-key", "", "RUNBOOK.md", **wrong)
    with pytest.raises(Refuted):
        found.text("licence")


def test_each_stand_in_is_packed_as_the_plugin_that_it_stands_for(tmp_path: Path) -> None:
    application.packages(tmp_path)
    for name in (facts.PUBSUB_PLUGIN, facts.LOCK_PLUGIN, facts.QUEUE_PLUGIN, facts.WORKER_ID_PLUGIN):
        short = name.removeprefix(facts.PLUGIN_PREFIX)
        with tarfile.open(tmp_path / f"nocobase-plugin-{short}-{facts.REVIEWED[1]}.tgz") as archive:
            about = archive.extractfile("package/package.json")
            assert about is not None
            content = json.loads(about.read())
            assert (content["name"], content["version"]) == (name, facts.REVIEWED[1])
            assert f"package/{content['main']}" in archive.getnames()


def test_what_is_installed_sees_nothing_of_this_system_but_the_way_to_the_registry(tmp_path: Path) -> None:
    passed = {"npm_config_registry": "a", "NPM_CONFIG_CAFILE": "b", "https_proxy": "c", "NO_PROXY": "d", "SSL_CERT_FILE": "e"}
    hidden = {"AWS_SECRET_ACCESS_KEY": "x", "HOME": "/root", "SSH_AUTH_SOCK": "x", "MY_NPM_CONFIG_X": "x", "PATH": "/opt/bin"}
    found = application.surroundings(tmp_path, "/bin", {**passed, **hidden})
    assert found == {**passed, "PATH": "/bin", "LANG": "C.UTF-8", "HOME": str(tmp_path), "HUSKY": "0"}


def test_two_proofs_do_not_share_a_folder(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(NotRun), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass


def test_a_debian_that_cannot_be_unpacked_is_a_proof_that_was_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "debian.sh"
    script.write_text('echo "no mirror for $2" | cut -c1-30 >&2; exit 1\n')
    monkeypatch.setattr(machines, "DEBIAN", script)
    with pytest.raises(NotRun, match="no mirror for systemd"):
        machines.build(tmp_path)
    assert not (tmp_path / "machine/.complete").exists()
