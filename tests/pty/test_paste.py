"""Blocks of the runbook, pasted into an interactive shell with nothing filled in: they do no harm, and with the blanks filled in they run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from nbcluster.answers.answers import Answers
from nbcluster.files.runbook.blocks import word
from nbcluster.steps.license import needed
from tests.kubernetes.manifests import pods
from tests.services.process import tool
from tests.unit.runbooks import EXISTING, blocks, filled, scenario, text_of
from tests.unit.scenarios import official

SECONDS = 30
HARMLESS = ("sh", "seq", "sort", "date", "tr")
STUBS = """
base64 caddy cat chown cp curl docker grep haproxy id install journalctl kubectl ln ls mariadb mariadb-dump mkdir mount mountpoint mv
mysql mysqldump nbcluster nginx od openssl pg_dump pm2 psql rm rsync runuser sleep ss ssh stat sudo systemctl systemd-run tar tee yarn
""".split()  # noqa: SIM905 - shorter to read
RECORD = r"""#!/bin/sh
call=${0##*/}; for word; do call=$call$(printf '\037.')$word; done; printf '%s\036' "$call" >> "$CALLS"
case ${0##*/} in
id) case $* in *-un*) echo nocobase ;; *) echo 0 ;; esac ;;
stat) echo 32 ;;
curl) case $* in *" -w "*) printf 101 ;; *"-o /dev/null"*) exit 7 ;; *) printf ok ;; esac ;;
esac
"""
SWALLOW = """#!{python} -I
import os
os.set_blocking(0, False)
taken = b""
try:
    while data := os.read(0, 4096):
        taken += data
except BlockingIOError:
    pass
with open(os.environ["SWALLOWED"], "ab") as stream:
    stream.write(taken)
"""


class Shell:
    """An interactive bash before a small machine on which every program only notes that it was called."""

    def __init__(self, folder: Path, *, bracketed: bool) -> None:
        self.folder, self.bracketed = folder, bracketed
        programs = folder / "bin"
        programs.mkdir(parents=True, exist_ok=True)
        for name in HARMLESS:
            (programs / name).symlink_to(tool(name))
        for name in STUBS:
            (programs / name).write_text(RECORD)
            (programs / name).chmod(0o755)
        (folder / "app").mkdir()
        self._calls = folder / "calls"
        environment = {
            "PATH": str(programs),
            "HOME": str(folder),
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            "CALLS": str(self._calls),
            "SWALLOWED": str(folder / "swallowed"),
        }
        self._child = pexpect.spawn(
            tool("bash"),
            ["--norc", "--noprofile", "-i"],
            env=environment,
            cwd=str(folder),
            dimensions=(50, 200),
            timeout=SECONDS,
            encoding="utf-8",
        )
        self._child.delaybeforesend = None
        self._child.sendline(f"bind 'set enable-bracketed-paste {'on' if bracketed else 'off'}'; HISTFILE=; echo ready-$((40+2))")
        self._child.expect_exact("ready-42\r\n")

    def close(self) -> None:
        """End the shell."""
        self._child.close(force=True)

    def paste(self, text: str) -> int:
        """Paste a text, and return the status of its last command once the shell takes the next one."""
        self.send(text)
        while True:
            # what a program takes from the terminal may be this line
            self._child.send("echo end-$?-$((40+2))\r")
            if self._child.expect([r"end-(\d+)-42\r\n", pexpect.TIMEOUT], timeout=2) == 0:
                ended = self._child.match
                assert isinstance(ended, re.Match)
                return int(ended[1])

    def send(self, text: str) -> None:
        """Paste a text the way a terminal does, and do not wait."""
        text = text.replace("/srv/nocobase/app", str(self.folder / "app")).replace("/var/backups", str(self.folder))
        keys = text.rstrip("\n").replace("\n", "\r")
        self._child.send(f"\x1b[200~{keys}\x1b[201~\r" if self.bracketed else f"{keys}\r")

    def calls(self) -> list[list[str]]:
        """Return the programs that were called since this was asked last, each with its words."""
        found = self._calls.read_text("utf-8") if self._calls.exists() else ""
        self._calls.unlink(missing_ok=True)
        return [call.split("\x1f.") for call in found.split("\x1e")[:-1]]


@contextmanager
def opened(folder: Path, *, bracketed: bool = False) -> Iterator[Shell]:
    shell = Shell(folder, bracketed=bracketed)
    try:
        yield shell
    finally:
        shell.close()


NASTY = {
    "database.name": "my'db; rm -rf /",
    "database.user": "$(id)!x",
    "storage.path": "/srv/no!co'base",
    "storage.server": "nas",
    "storage.export": "/e!x",
    "tls.ca_file": "/etc/my!ca.pem",
}
TLS = {"balancer.certificate": "/etc/ssl/a.pem", "balancer.certificate_key": "/etc/ssl/b.key", "balancer.listen": 443}
OFFLINE = {"license.delivery": "offline", "license.auto_enable": False}
DOCKER = {"app.deployment": "docker"}
VARIANTS = {
    "host": official(),
    "workers": scenario("workers"),
    "rabbitmq": scenario("rabbitmq"),
    "existing": official({**EXISTING, **OFFLINE}, without=("admin",)),
    "nasty": official(NASTY),
    "haproxy": official({"balancer.kind": "haproxy", **TLS}),
    "caddy": official({"balancer.kind": "caddy", "database.dialect": "mysql"}),
    "docker": official({**DOCKER, **OFFLINE}),
    "docker existing": official({**DOCKER, **EXISTING}, without=("admin",)),
    "pods": pods({**OFFLINE, **TLS, "tls.ca_file": "/etc/ca.pem"}),
    "pods existing": pods(EXISTING, without=("admin",)),
}
BLANKS = {"OLD_STORAGE", "OLD_KIND", "OLD_NAME", "OLD_DATABASE", "PACKAGES", "LICENSE_KEY", "DUMP", "ARCHIVE"}


def pasted(answers: Answers) -> list[tuple[str, str]]:
    return [(name, f"# nbcluster: {name} {node}\n{script}") for name, node, script in blocks(text_of(answers))]


@pytest.mark.parametrize("bracketed", [False, True], ids=["plain paste", "bracketed paste"])
@pytest.mark.parametrize("answers", VARIANTS.values(), ids=VARIANTS.keys())
def test_a_block_with_nothing_filled_in_harms_nothing(answers: Answers, bracketed: bool, tmp_path: Path) -> None:
    with opened(tmp_path, bracketed=bracketed) as shell:
        for name, text in pasted(answers):
            status, calls = shell.paste(text), shell.calls()
            if any(f"\n{blank}=   #" in text for blank in BLANKS):
                assert (status, calls) == (1, []), f"{name}: {text}"
            elif name == "license" and status == 1:
                assert calls, "there is no such file on this machine"
            else:
                assert status == 0 and calls, f"{name} ended with {status}: {calls}\n{text}"
            words = [word for call in calls for word in call]
            assert not any(set(word) <= {"/"} for word in words), f"{name}: {calls}"
    assert not list(tmp_path.glob("nocobase-storage-*"))


@pytest.mark.parametrize("answers", VARIANTS.values(), ids=VARIANTS.keys())
def test_a_block_is_one_group_behind_its_name_and_what_is_filled_in(answers: Answers) -> None:
    for name, text in pasted(answers):
        lines = text.splitlines()
        (begin,) = (at for at, line in enumerate(lines) if line.startswith("( set -eu"))
        assert lines[0].startswith("# nbcluster: ") and lines[-1].endswith(")"), name
        for line in lines[1:begin]:
            variable, _equals, _rest = line.partition("=")
            assert variable.isupper() and "   # " in line and f'"${{{variable}-}}"' in text, name


@pytest.mark.parametrize("bracketed", [False, True], ids=["plain paste", "bracketed paste"])
def test_signs_of_the_shell_arrive_as_they_were_answered(bracketed: bool, tmp_path: Path) -> None:
    with opened(tmp_path, bracketed=bracketed) as shell:
        calls = []
        for name in ("share", "backup"):
            assert shell.paste(named(VARIANTS["nasty"], name)) == 0
            calls += shell.calls()
    (call,) = [each for each in calls if each[0] == "pg_dump"]
    assert call[call.index("-U") + 1] == NASTY["database.user"] and call[-1] == NASTY["database.name"]
    (script, *_others) = [each[-1] for each in calls if each[0] == "ssh"]
    assert NASTY["storage.path"] in shlex.split(script.replace(";", " "))


def named(answers: Answers, name: str) -> str:
    return next(text for kind, text in pasted(answers) if kind == name)


def old_storage(folder: Path) -> Path:
    (folder / "old node" / "uploads").mkdir(parents=True)
    return folder / "old node"


REFUSED = ("/", "//", "/.", "/../", "/etc", "uploads", "-x", "host:", "host:uploads", "~", "$(id)")


@pytest.mark.parametrize("answers", [VARIANTS["existing"], VARIANTS["pods existing"]], ids=["host", "pods"])
def test_only_the_storage_of_a_nocobase_is_copied(answers: Answers, tmp_path: Path) -> None:
    name = "convert"
    with opened(tmp_path / "machine") as shell:
        for value in REFUSED:
            assert shell.paste(filled(named(answers, name), OLD_STORAGE=value)) == 1, value
            assert not [call for call in shell.calls() if call[0] in ("rsync", "tar", "chown", "kubectl")], value
        old = old_storage(tmp_path)
        assert shell.paste(filled(named(answers, name), OLD_STORAGE=str(old))) == 0
        assert [call for call in shell.calls() if call[0] in ("rsync", "tar") and {str(old), f"{old}/"} & set(call)]


def test_the_root_is_refused_whatever_stands_in_it(tmp_path: Path) -> None:
    (tmp_path / "old" / "uploads").mkdir(parents=True)
    with opened(tmp_path / "machine") as shell:
        text = filled(named(VARIANTS["existing"], "convert"), OLD_STORAGE=str(tmp_path / "old"))
        assert shell.paste(text) == 0 and shell.calls()
        sh = tmp_path / "machine" / "bin" / "sh"
        sh.unlink()
        # a shell for which that folder is the root
        sh.write_text(f'#!{tool("sh")}\nexec {tool("sh")} -c "pwd() {{ echo /; }}; $2" "$3"\n')
        sh.chmod(0o755)
        assert shell.paste(text) == 1 and not [call for call in shell.calls() if call[0] in ("rsync", "chown")]


def test_a_port_that_was_taken_out_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as shell:
        text = filled(named(VARIANTS["existing"], "convert-stop"), OLD_KIND="systemd", OLD_NAME="app")
        assert shell.paste(text) == 1 and [call[0] for call in shell.calls()] == ["ss"]
        assert shell.paste(filled(text, OLD_PORT="")) == 1 and shell.calls() == []


@pytest.mark.parametrize("text", ["a!b", "!", "it's !x", "plain"])
def test_no_history_is_expanded_even_in_an_old_shell(text: str) -> None:
    quoted = word(text)
    assert shlex.split(quoted) == [text] and quoted.count("\\!") == text.count("!")


def test_the_storage_of_another_machine_is_looked_at_there(tmp_path: Path) -> None:
    with opened(tmp_path) as shell:
        text = filled(named(VARIANTS["existing"], "convert"), OLD_STORAGE="old:/srv/a b")
        assert shell.paste(text) == 0
        (look,) = [call for call in shell.calls() if call[0] == "ssh"]
        assert look[1:4] == ["-n", "--", "old"] and look[4].endswith("/srv/a\\ b")
        (tmp_path / "bin" / "ssh").write_text("#!/bin/sh\nexit 1\n")
        assert shell.paste(text) == 1 and not [call for call in shell.calls() if call[0] == "rsync"]


def test_packages_and_licence_are_used_once_they_are_named(tmp_path: Path) -> None:
    host, on_pods = VARIANTS["existing"], VARIANTS["pods"]
    packages, key = tmp_path / "packages", tmp_path / "key"
    packages.mkdir()
    key.write_text("key")
    with opened(tmp_path / "machine") as shell:
        for value in (str(packages), "/", "-x"):
            for answers in (host, on_pods):
                assert shell.paste(filled(named(answers, "plugins"), PACKAGES=value)) == 1 and shell.calls() == []
        for package in needed(host):
            (packages / f"nocobase-{package.rpartition('/')[2]}-2.2.15.tgz").touch()
        for answers in (host, on_pods):
            shell.paste(filled(named(answers, "plugins"), PACKAGES=str(packages)))
            assert [call for call in shell.calls() if call[0] in ("tar", "kubectl")]
        save = named(pods(), "license-key")
        assert shell.paste(filled(save, LICENSE_KEY=str(packages))) == 1 and shell.calls() == []
        assert shell.paste(filled(save, LICENSE_KEY=str(key))) == 0 and shell.calls()


@pytest.mark.parametrize("bracketed", [False, True], ids=["plain paste", "bracketed paste"])
def test_ssh_takes_no_line_of_its_block(bracketed: bool, tmp_path: Path) -> None:
    import sys

    with opened(tmp_path, bracketed=bracketed) as shell:
        (tmp_path / "bin" / "ssh").write_text(SWALLOW.format(python=sys.executable))
        for name in ("share", "copy", "start"):
            shell.paste(named(VARIANTS["workers"], name))
    taken = (tmp_path / "swallowed").read_text("utf-8") if (tmp_path / "swallowed").exists() else ""
    assert "ssh" not in taken and ")" not in taken.replace("echo end-$?-$((40+2))", "")


@pytest.mark.parametrize("name", ["first-boot", "upgrade", "maintain"])
@pytest.mark.parametrize("answers", [VARIANTS["host"], VARIANTS["docker"]], ids=["host", "docker"])
def test_one_node_alone_refuses_to_start_beside_others(answers: Answers, name: str, tmp_path: Path) -> None:
    starters = ("systemd-run", "docker")
    with opened(tmp_path) as shell:
        for program, said in (("curl", "#!/bin/sh\nexit 0\n"), ("ss", "#!/bin/sh\necho LISTEN\n"), ("ss", "#!/bin/sh\nexit 1\n")):
            before = (tmp_path / "bin" / program).read_text()
            (tmp_path / "bin" / program).write_text(said)
            assert shell.paste(named(answers, name)) == 1
            assert not [call for call in shell.calls() if call[0] in starters]
            (tmp_path / "bin" / program).write_text(before)
        assert shell.paste(named(answers, name)) == 0
        assert [call for call in shell.calls() if call[0] in starters]


def test_a_dump_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with opened(tmp_path) as shell:
        (tmp_path / "bin" / "pg_dump").write_text("#!/bin/sh\nexit 1\n")
        for name in ("rm", "mv"):
            (tmp_path / "bin" / name).unlink()
            (tmp_path / "bin" / name).symlink_to(tool(name))
        assert shell.paste(named(VARIANTS["host"], "backup")) == 1
    assert not list(tmp_path.glob("nocobase-*"))
