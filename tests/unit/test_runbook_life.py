"""The life cycle of a cluster through the written blocks: installed, a node more, a new password, a node less, upgraded, restored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nbcluster.files.change import CHANGE, with_change
from nbcluster.files.export import write
from nbcluster.files.fileset import prepare
from tests.unit.runbooks import blocks, filled, nodes_of, program, run
from tests.unit.scenarios import official

PROGRAMS = {
    "ssh": 'while [ "$1" != -- ]; do shift; done; HOST=$2; export HOST; mkdir -p "$W/$HOST"; cd "$W/$HOST" && exec sh -c "$3"',
    "sudo": 'exec "$@"',
    "runuser": 'shift 3; exec "$@"',
    "id": 'case $2 in "") echo 0 ;; *) echo 1001 ;; esac',
    "systemctl": """echo "$HOST $*" >> "$W/journal"
case "$*" in
"enable --now nocobase" | "restart nocobase") : > "$W/$HOST.up" ;;
"disable --now nocobase" | "stop nocobase") rm -f "$W/$HOST.up" ;;
"is-active --quiet nocobase-alone") test -e "$W/$HOST.alone" ;;
"stop nocobase-alone") rm -f "$W/$HOST.alone" ;;
esac""",
    "systemd-run": """! ls "$W"/*.up > /dev/null 2>&1 || { echo "$HOST beside others" >> "$W/journal"; exit 1; }
echo "$HOST alone" >> "$W/journal"; : > "$W/$HOST.alone" """,
    "ss": '[ ! -e "$W/$HOST.up" ] && [ ! -e "$W/$HOST.alone" ] || echo LISTEN',
    "curl": """for url; do :; done
case "$*" in *" -w "*) printf 101; exit 0 ;; *nocobase.example.com*) printf ok; exit 0 ;; esac
host=${url#http://}; host=${host%%:*}
[ -e "$W/$host.up" ] || [ -e "$W/$host.alone" ] || exit 7
case "$*" in *"-o /dev/null"*) ;; *) printf ok ;; esac""",
    "install": """case "$*" in *"-d "*) exit 0 ;; esac
while [ $# -gt 2 ]; do shift; done
case $2 in "$W"*) mkdir -p "${2%/*}"; cp "$1" "$2" ;; *) mkdir -p "$W/$HOST/root${2%/*}"; cp "$1" "$W/$HOST/root$2" ;; esac""",
    "nbcluster": 'ls "$W" | grep -qE "[.](up|alone)$"',
    "pg_dump": 'echo "-- dump"',
    "psql": 'cat >> "$W/restored"',
    "yarn": 'mkdir -p "$W/storage/.license"; echo ID > "$W/storage/.license/instance-id"',
    **dict.fromkeys(("mountpoint", "chown", "nginx", "sleep"), "exit 0"),
}
THREE = [{"name": f"node{number}", "host": f"172.31.0.{number}"} for number in (1, 2, 3)]
FOUR = [*THREE, {"name": "node4", "host": "172.31.0.4"}]


class Machines:
    """A folder that was written to, and machines that only note what is done to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in PROGRAMS.items():
            program(folder, name, text)
        (folder / "storage").mkdir()
        (folder / "app").mkdir()
        (folder / "key").write_text("licence")

    def render(self, changes: Mapping[str, object]) -> str | None:
        """Write the files of the official example, changed; returns the document to continue with."""
        answers = official({"storage.path": str(self.folder / "storage"), "app.folder": str(self.folder / "app"), **changes})
        prepared, change = with_change(prepare(answers, self.folder), self.folder)
        write(prepared, self.folder, lambda: datetime.now(UTC))
        return change

    def follow(self, paper: str, chapter: str = "", **values: str) -> list[str]:
        """Run every block of a document, or of one chapter, in order; returns their kinds."""
        text = (self.folder / paper).read_text()
        part = text.partition(f"\n## {chapter}\n")[2].partition("\n## ")[0] if chapter else text
        (self.folder / "journal").write_text("")
        kinds = []
        for kind, about, script in blocks(part):
            node = nodes_of(kind, about)[0]
            host = f"172.31.0.{node[4:]}" if node.startswith("node") else "bastion"
            mine = {name: value for name, value in values.items() if f"\n{name}=" in f"\n{script}"}
            done = run(filled(script, **mine), self.folder, W=str(self.folder), HOST=host)
            assert done.returncode == 0, f"{kind} {about}: {done.stdout}{done.stderr}\n{script}"
            kinds.append(kind)
        return kinds

    @property
    def running(self) -> set[str]:
        """The machines on which a node runs."""
        return {path.stem for path in self.folder.glob("*.up")}

    @property
    def journal(self) -> list[str]:
        """What was done to the machines since the document was begun."""
        return (self.folder / "journal").read_text().splitlines()


@pytest.fixture
def machines(tmp_path: Path) -> Machines:
    return Machines(tmp_path)


def hosts(*numbers: int) -> set[str]:
    return {f"172.31.0.{number}" for number in numbers}


def test_the_life_of_a_cluster(machines: Machines, tmp_path: Path) -> None:
    here = tmp_path / "backups-of-storage"
    assert machines.render({}) is None
    machines.follow("RUNBOOK.md", LICENSE_KEY=str(tmp_path / "key"))
    assert machines.running == hosts(1, 2, 3) and not list(tmp_path.glob("*.alone"))
    assert machines.journal.count("172.31.0.1 alone") == 1
    assert (tmp_path / "storage/.license/license-key").read_text() == "licence"
    env = tmp_path / f"172.31.0.3/root{tmp_path}/app/.env"
    found = env if env.exists() else tmp_path / "app/.env"
    assert "APP_KEY=" in found.read_text()

    assert machines.render({"nodes": FOUR}) == CHANGE
    assert "stop" not in machines.follow(CHANGE)
    assert machines.running == hosts(1, 2, 3, 4) and not (tmp_path / CHANGE).exists()

    rotated = {"nodes": FOUR, "database.password": "another-password"}
    assert machines.render(rotated) == CHANGE
    machines.follow(CHANGE)
    assert [line for line in machines.journal if "restart" in line] == [f"172.31.0.{n} restart nocobase" for n in (1, 2, 3, 4)]
    assert "another-password" in found.read_text() and machines.running == hosts(1, 2, 3, 4)

    fewer = {**rotated, "nodes": THREE}
    assert machines.render(fewer) == CHANGE
    machines.follow(CHANGE)
    assert machines.running == hosts(1, 2, 3) and "172.31.0.4 disable --now nocobase" in machines.journal

    newer = {**fewer, "app.version": "2.2.16"}
    assert machines.render(newer) == CHANGE
    kinds = machines.follow(CHANGE, BACKUPS=str(here))
    assert kinds.index("stop") < kinds.index("backup") < kinds.index("upgrade") < kinds.index("start")
    assert machines.journal.count("172.31.0.1 alone") == 1 and machines.running == hosts(1, 2, 3)
    assert machines.render(newer) is None

    (tmp_path / "storage/uploads").mkdir()
    (dump,) = tmp_path.glob("nocobase-official-before-upgrade-*.sql")
    (archive,) = here.iterdir()
    machines.follow("OPERATE.md", "Restore", DUMP=str(dump), ARCHIVE=str(archive))
    assert (tmp_path / "restored").read_text() == "-- dump\n"
    machines.follow("OPERATE.md", "Stop all, start all")
    assert machines.running == hosts(1, 2, 3)
