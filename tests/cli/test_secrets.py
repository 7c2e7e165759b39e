"""Promise 2: a secret is in the files that were asked for, and nowhere else."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.cli.program import nbcluster, tree
from tests.unit.scenarios import ANSWERS

SECRETS = (
    "p#w/with?signs",
    "p%23w%2Fwith%3Fsigns",
    "p#w@",
    "p%23w",
    "pa#ss 'quoted' $HOME",
    "it's a pa#ss $word",
    "00112233445566778899",
    "ffeeddccbbaa",
)


def test_no_secret_outside_private_env_files(tmp_path: Path, isolated_environment: Path) -> None:
    answers = ANSWERS / "workers.toml"
    runs = [
        nbcluster("render", "--answers", answers, "--out", tmp_path / "out", "--diff"),
        nbcluster("render", "--answers", answers, "--out", tmp_path / "out", "--diff", "--json"),
        nbcluster("check", "--answers", answers, "--only", "rules"),
        nbcluster("check", "--answers", answers, "--only", "rules", "--json"),
    ]
    assert [ended.code for ended in runs] == [0, 0, 0, 0]
    for ended in runs:
        assert not [secret for secret in SECRETS if secret in ended.out + ended.err]
    holders = set()
    for path, data in tree(tmp_path / "out").items():
        if any(secret.encode() in data for secret in SECRETS):
            holders.add(path)
            assert stat.S_IMODE((tmp_path / "out" / path).stat().st_mode) == 0o600
    assert holders == {".env", "nodes/web1.env", "nodes/web2.env", "nodes/worker1.env"}
    for path, data in tree(isolated_environment).items():
        assert not [secret for secret in SECRETS if secret.encode() in data], path
