"""Mutation testing of the modules that promises rest on: ``make mutants``; not a part of the tests, as it takes many minutes.

mutmut changes one place of one module at a time and runs the tests that reach it. A change that no test notices is printed, unless
``EXPLAINED`` says why it changes nothing that anybody could notice. Messages are left out: tests do not depend on wording.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]

WRITE = tuple(f"tests/unit/test_write_{name}.py" for name in ("faults", "journal", "lasting_faults", "folder"))

TESTS: dict[str, tuple[str, ...]] = {
    "nbcluster/answers/url.py": ("tests/unit/test_url.py",),
    "nbcluster/answers/secret.py": ("tests/unit/test_secret.py",),
    "nbcluster/text/clean.py": ("tests/unit/test_clean.py",),
    "nbcluster/env/emit.py": ("tests/env/test_dotenv.py", "tests/env/test_values.py"),
    "nbcluster/env/grammar.py": ("tests/env/test_dotenv.py", "tests/env/test_grammar.py"),
    "nbcluster/env/merge.py": ("tests/env/test_dotenv.py", "tests/env/test_merge.py"),
    "nbcluster/sessions/store.py": ("tests/unit/test_session_store.py",),
    "nbcluster/files/write/transaction.py": WRITE,
    "nbcluster/files/write/journal.py": WRITE,
}
"""Each module with the tests that are to notice every change of it."""

TOO_LONG = (
    "tests/unit/test_clean.py::test_every_character_of_unicode_is_judged_by_its_category",
    "tests/env/test_values.py::test_each_reader_takes_the_chosen_values",
    "tests/env/test_values.py::test_node_takes_the_chosen_values",
    "tests/env/test_values.py::test_bash_takes_the_chosen_values",
    "tests/env/test_values.py::test_a_value_that_every_reader_takes_bare_is_written_alike_for_all",
    "tests/unit/test_write_faults.py::test_a_crash_at_any_call_leaves_one_of_the_two_sets",
    "tests/unit/test_write_journal.py::test_what_a_recovery_will_leave_is_known_before_it",
    "tests/unit/test_write_lasting_faults.py::test_any_step_that_fails_for_good_leaves_one_of_the_two_sets",
    "tests/unit/test_write_lasting_faults.py::test_a_disk_that_is_gone_half_way_is_mended_by_the_next_run",
)
"""Tests that try everything and take too long to be run for every change; others say the same of chosen characters and steps."""

MESSAGES = (r"\b_\(", r"\bngettext\(", r"^\s+\"[^\"]* [^\"]*\"$")
"""Lines of sentences for people, by pattern."""

EXPLAINED: dict[tuple[str, str, str], str] = {
    (
        "nbcluster/answers/url.py",
        'user = quote(self.username, safe="")',
        'user = quote(self.username, safe="XXXX")',
    ): "a letter is never encoded",
    (
        "nbcluster/answers/url.py",
        'password = "" if self.password is None else ":" + quote(self.password.reveal(), safe="")',
        'password = "" if self.password is None else ":" + quote(self.password.reveal(), safe="XXXX")',
    ): "a letter is never encoded",
    (
        "nbcluster/answers/url.py",
        'head, user, tail = f"{self.scheme}://", quote(self.username, safe=""), self._tail',
        'head, user, tail = f"{self.scheme}://", quote(self.username, safe="XXXX"), self._tail',
    ): "a letter is never encoded",
    (
        "nbcluster/answers/url.py",
        'assert head is not None, "it matches the empty text"',
        'assert head is not None, "XXit matches the empty textXX"',
    ): "the text of an assertion that always holds",
    (
        "nbcluster/answers/url.py",
        'assert head is not None, "it matches the empty text"',
        'assert head is not None, "IT MATCHES THE EMPTY TEXT"',
    ): "the text of an assertion that always holds",
    (
        "nbcluster/answers/url.py",
        'assert found is not None, "it matches the empty text"',
        'assert found is not None, "XXit matches the empty textXX"',
    ): "the text of an assertion that always holds",
    (
        "nbcluster/answers/url.py",
        'assert found is not None, "it matches the empty text"',
        'assert found is not None, "IT MATCHES THE EMPTY TEXT"',
    ): "the text of an assertion that always holds",
    (
        "nbcluster/answers/url.py",
        'assert match is not None, "it matches every text"',
        'assert match is not None, "XXit matches every textXX"',
    ): "the text of an assertion that always holds",
    (
        "nbcluster/answers/url.py",
        'assert match is not None, "it matches every text"',
        'assert match is not None, "IT MATCHES EVERY TEXT"',
    ): "the text of an assertion that always holds",
    (
        "nbcluster/answers/secret.py",
        'self.__text.encode("utf-8", "surrogatepass"), salt=salt.encode("utf-8", "surrogatepass"), n=2**14, r=8, p=1, dklen=16',
        'self.__text.encode("UTF-8", "surrogatepass"), salt=salt.encode("utf-8", "surrogatepass"), n=2**14, r=8, p=1, dklen=16',
    ): "the same codec",
    (
        "nbcluster/answers/secret.py",
        'self.__text.encode("utf-8", "surrogatepass"), salt=salt.encode("utf-8", "surrogatepass"), n=2**14, r=8, p=1, dklen=16',
        'self.__text.encode("utf-8", "surrogatepass"), salt=salt.encode("UTF-8", "surrogatepass"), n=2**14, r=8, p=1, dklen=16',
    ): "the same codec",
    (
        "nbcluster/answers/secret.py",
        'return hmac.compare_digest(self.__text.encode("utf-8", "surrogatepass")'
        ', other.reveal().encode("utf-8", "surrogatepass"))',
        'return hmac.compare_digest(self.__text.encode("UTF-8", "surrogatepass")'
        ', other.reveal().encode("utf-8", "surrogatepass"))',
    ): "the same codec",
    (
        "nbcluster/answers/secret.py",
        'return hmac.compare_digest(self.__text.encode("utf-8", "surrogatepass")'
        ', other.reveal().encode("utf-8", "surrogatepass"))',
        'return hmac.compare_digest(self.__text.encode("utf-8", "surrogatepass")'
        ', other.reveal().encode("UTF-8", "surrogatepass"))',
    ): "the same codec",
    (
        "nbcluster/answers/secret.py",
        'raise TypeError("a secret is not serialised")',
        'raise TypeError("XXa secret is not serialisedXX")',
    ): "for programmers: no user meets this error",
    (
        "nbcluster/text/clean.py",
        'text = text[: (limit + 1) * 4].decode("utf-8", "backslashreplace")',
        'text = text[: (limit + 2) * 4].decode("utf-8", "backslashreplace")',
    ): "only more is read than is needed",
    (
        "nbcluster/text/clean.py",
        'text = text[: (limit + 1) * 4].decode("utf-8", "backslashreplace")',
        'text = text[: (limit + 1) * 5].decode("utf-8", "backslashreplace")',
    ): "only more is read than is needed",
    (
        "nbcluster/text/clean.py",
        'text = text[: (limit + 1) * 4].decode("utf-8", "backslashreplace")',
        'text = text[: (limit + 1) * 4].decode("UTF-8", "backslashreplace")',
    ): "the same codec",
    (
        "nbcluster/text/clean.py",
        r'return [line if line.isprintable() else "".join(map(shown, line)) for line in text.split("\n")]',
        r'return [line if (line.isprintable()) and False else "".join(map(shown, line)) for line in text.split("\n")]',
    ): "a short cut: each printable character is left as it is as well",
    (
        "nbcluster/text/clean.py",
        'units = char.encode("utf-16-be", "surrogatepass").hex().upper()',
        'units = char.encode("UTF-16-BE", "surrogatepass").hex().upper()',
    ): "the same codec",
    (
        "nbcluster/env/merge.py",
        'start = text.rfind("\\n", 0, found.start) + 1',
        'start = text.rfind("\\n", None, found.start) + 1',
    ): "None is the start of the text",
    (
        "nbcluster/env/emit.py",
        'if reader is Reader.SYSTEMD and re.search(r"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]", value):',
        'if reader is Reader.SYSTEMD and re.search(r"[\\x00-\\x08\\x0B-\\x1F\\x7F-\\x9F]", value):',
    ): "hexadecimal digits in capitals",
    (
        "nbcluster/env/emit.py",
        'stand_in = "X" * len(name)',
        'stand_in = "x" * len(name)',
    ): "any letter stands in for a name",
    (
        "nbcluster/env/grammar.py",
        "last = {quote: max((found.start() for found in ends.finditer(value)), default=-1) for quote, ends in _LAST.items()}",
        "last = {quote: max((found.start() for found in ends.finditer(value)), default=-2) for quote, ends in _LAST.items()}",
    ): "any number below zero is before every quote",
    (
        "nbcluster/sessions/store.py",
        'def claims(self, except_name: str = "") -> Mapping[tuple[str, int, str], str]:',
        'def claims(self, except_name: str = "XXXX") -> Mapping[tuple[str, int, str], str]:',
    ): "no session can have either name",
    ("nbcluster/sessions/store.py", "lock.acquire(timeout=0)", "lock.acquire(timeout=1)"): "the same answer, a second later",
    (
        "nbcluster/sessions/store.py",
        'with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as stream:',
        'with os.fdopen(handle, "w", encoding=None, errors="replace") as stream:',
    ): "differs only where the locale is not UTF-8",
    (
        "nbcluster/sessions/store.py",
        'with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as stream:',
        'with os.fdopen(handle, "w", errors="replace") as stream:',
    ): "differs only where the locale is not UTF-8",
    (
        "nbcluster/sessions/store.py",
        'with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as stream:',
        'with os.fdopen(handle, "w", encoding="UTF-8", errors="replace") as stream:',
    ): "the same codec",
    (
        "nbcluster/sessions/store.py",
        'if match and time.time() - path.lstat().st_mtime > _LEFT_BEHIND and not _runs(int(match["process"])):',
        'if match and time.time() - path.lstat().st_mtime >= _LEFT_BEHIND and not _runs(int(match["process"])):',
    ): "a file of exactly 60 seconds belongs to nobody either",
    (
        "nbcluster/sessions/store.py",
        'folder = user_state_path("nbcluster", appauthor=False)',
        'folder = user_state_path("nbcluster", appauthor=None)',
    ): "read on Windows only",
    (
        "nbcluster/sessions/store.py",
        'folder = user_state_path("nbcluster", appauthor=False)',
        'folder = user_state_path("nbcluster", )',
    ): "read on Windows only",
    (
        "nbcluster/sessions/store.py",
        "saved_at: datetime | None = None",
        'saved_at: datetime | None = ""',
    ): "what raises NbclusterError comes after the time is known",
    ("nbcluster/sessions/store.py", "if self._holds(name):", "if self._holds(None):"): "the lock gives the same answer",
    (
        "nbcluster/sessions/store.py",
        "self.root.mkdir(mode=0o700, parents=True, exist_ok=True)",
        "self.root.mkdir(parents=True, exist_ok=True)",
    ): "the folder is closed right behind",
    (
        "nbcluster/sessions/store.py",
        "self.root.mkdir(mode=0o700, parents=True, exist_ok=True)",
        "self.root.mkdir(mode=449, parents=True, exist_ok=True)",
    ): "the folder is closed right behind",
    (
        "nbcluster/sessions/store.py",
        "if self.root.stat().st_mode & 0o077:",
        "if self.root.stat().st_mode | 0o077:",
    ): "a folder that is closed may be closed again",
    (
        "nbcluster/sessions/store.py",
        "if self.root.stat().st_mode & 0o077:",
        "if self.root.stat().st_mode & 64:",
    ): "a folder that is closed may be closed again",
    (
        "nbcluster/sessions/store.py",
        "handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)",
        "handle = os.open(folder, os.O_RDONLY & os.O_DIRECTORY)",
    ): "what is opened is a folder all the same",
    (
        "nbcluster/sessions/store.py",
        "data = json.dumps(to_json(session, self._fingerprints), ensure_ascii=False, indent=1).encode()",
        "data = json.dumps(to_json(session, self._fingerprints), ensure_ascii=False, indent=2).encode()",
    ): "a blank more in front of a line",
    (
        "nbcluster/files/write/journal.py",
        'if document["schema"] != 1 or document.get("back", False) not in (True, False):',
        'if document["schema"] != 1 or document.get("back", True) not in (True, False):',
    ): "either word is a good one",
    (
        "nbcluster/files/write/journal.py",
        '_pairs(document["moves"]), _paths(document["removals"]), _pairs(document.get("earlier", [])), document.get("back", False)',
        '_pairs(document["moves"]), _paths(document["removals"]), _pairs(document.get("earlier", [])), document.get("back", None)',
    ): "None is as false",
    (
        "nbcluster/files/write/journal.py",
        '_pairs(document["moves"]), _paths(document["removals"]), _pairs(document.get("earlier", [])), document.get("back", False)',
        '_pairs(document["moves"]), _paths(document["removals"]), _pairs(document.get("earlier", [])), document.get("back", )',
    ): "None is as false",
    ("nbcluster/files/write/journal.py", "if len(data) > _LIMIT:", "if len(data) >= _LIMIT:"): "no journal has just that length",
    (
        "nbcluster/files/write/journal.py",
        "raise OSError(fault.errno, fault.strerror, str(directory / target)) from None",
        "raise OSError(None, fault.strerror, str(directory / target)) from None",
    ): "only the sentence and the path are told",
    (
        "nbcluster/files/write/journal.py",
        "_undo(directory, replace(journal, back=True), system)",
        "_undo(directory, replace(journal, back=None), system)",
    ): "what is undone does not depend on it",
    (
        "nbcluster/files/write/journal.py",
        "_undo(directory, replace(journal, back=True), system)",
        "_undo(directory, replace(journal, ), system)",
    ): "what is undone does not depend on it",
    (
        "nbcluster/files/write/journal.py",
        "_undo(directory, replace(journal, back=True), system)",
        "_undo(directory, replace(journal, back=False), system)",
    ): "what is undone does not depend on it",
    (
        "nbcluster/files/write/journal.py",
        "if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):",
        "if not isinstance(value, list) or not all(isinstance(pair, list) or len(pair) == 2 for pair in value):",
    ): "a text of two letters is no staged name",
    (
        "nbcluster/files/write/journal.py",
        "if not ours(path, system, folder=False, remedy=_way_out(directory)):",
        "if not ours(path, system, folder=None, remedy=_way_out(directory)):",
    ): "None is as false",
    (
        "nbcluster/files/write/journal.py",
        "if not ours(path, system, folder=False, remedy=_way_out(directory)):",
        "if not ours(path, system, folder=False, remedy=None):",
    ): "a sentence of the message",
    (
        "nbcluster/files/write/journal.py",
        "own = found is None or kept or found.st_uid == system.user()",
        "own = found is None and kept or found.st_uid == system.user()",
    ): "differs only where a file goes between two looks",
    (
        "nbcluster/files/write/journal.py",
        "journal = read_journal(directory, system)",
        "journal = read_journal(directory, )",
    ): "the default is the real file system",
    (
        "nbcluster/files/write/journal.py",
        "if ours(directory / STAGE, system, folder=True, remedy=_way_out(directory)):",
        "if ours(directory / STAGE, system, folder=True, remedy=None):",
    ): "a sentence of the message",
    (
        "nbcluster/files/write/journal.py",
        "if not is_due(directory, system):",
        "if not is_due(directory, ):",
    ): "the default is the real file system",
    (
        "nbcluster/files/write/journal.py",
        "raise refusal(link, what, remedy.format(journal=JOURNAL, stage=STAGE))",
        "raise refusal(link, None, remedy.format(journal=JOURNAL, stage=STAGE))",
    ): "a sentence of the message",
    (
        "nbcluster/files/write/journal.py",
        "raise refusal(link, what, remedy.format(journal=JOURNAL, stage=STAGE))",
        "raise refusal(link, what, None)",
    ): "a sentence of the message",
    (
        "nbcluster/files/write/journal.py",
        "raise refusal(link, what, remedy.format(journal=JOURNAL, stage=STAGE))",
        "raise refusal(link, what, remedy.format(journal=None, stage=STAGE))",
    ): "a sentence of the message",
    (
        "nbcluster/files/write/journal.py",
        "raise refusal(link, what, remedy.format(journal=JOURNAL, stage=STAGE))",
        "raise refusal(link, what, remedy.format(journal=JOURNAL, stage=None))",
    ): "a sentence of the message",
    (
        "nbcluster/files/write/journal.py",
        "return _stuck(directory, journal, path, reason, system)",
        "return _stuck(directory, journal, None, reason, system)",
    ): "a sentence of the message",
    (
        "nbcluster/files/write/journal.py",
        "return _stuck(directory, journal, path, reason, system)",
        "return _stuck(directory, journal, path, None, system)",
    ): "a sentence of the message",
    (
        "nbcluster/files/write/journal.py",
        "return NbclusterError(ExitCode.UNWRITABLE, message.format(path=path, reason=reason))",
        "return NbclusterError(ExitCode.UNWRITABLE, message.format(path=path, reason=None))",
    ): "a sentence of the message",
    (
        "nbcluster/files/write/journal.py",
        "if not ours(directory / STAGE, system, folder=True, remedy=_way_out(directory)):",
        "if not ours(directory / STAGE, system, folder=True, remedy=None):",
    ): "a sentence of the message",
    (
        "nbcluster/files/write/transaction.py",
        "raise NbclusterError(ExitCode.UNWRITABLE, message, hindering)",
        "raise NbclusterError(ExitCode.UNWRITABLE, None, hindering)",
    ): "a sentence of the message",
    (
        "nbcluster/files/write/transaction.py",
        "return WriteResult((), _without_manifest(plan.unchanged), (), plan.kept)",
        "return WriteResult((), _without_manifest(plan.unchanged), plan.kept)",
    ): "what is kept leaves the manifest, so that something is written",
    (
        "nbcluster/files/write/transaction.py",
        "return WriteResult((), _without_manifest(plan.unchanged), (), plan.kept)",
        "return WriteResult((), _without_manifest(plan.unchanged), (), )",
    ): "what is kept leaves the manifest, so that something is written",
}
"""Survivors that change nothing: module, line before, line after, and why."""

KILLED, TIMED_OUT, NO_TESTS = 1, 36, 33


@dataclass(frozen=True)
class Survivor:
    """A change that no test noticed."""

    module: str
    name: str
    before: str
    after: str

    @property
    def explanation(self) -> str:
        """Why it changes nothing, or ''."""
        return EXPLAINED.get((self.module, self.before, self.after), "")


def laid_out(folder: Path, modules: Sequence[str]) -> None:
    """Copy the project into a folder in the layout that mutmut knows: the packages below ``src``."""
    ignored = shutil.ignore_patterns("__pycache__", "node_modules")
    for source, target in (("wizard/nbcluster", "src/nbcluster"), ("screens/nbcluster_tui", "src/nbcluster_tui")):
        shutil.copytree(REPOSITORY / source, folder / target, ignore=ignored)
    for name in ("tests", "docs", "assets"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=ignored)
    tests = list(dict.fromkeys(test for module in modules for test in TESTS[module]))
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/{module}" for module in modules],
        "also_copy": ["docs", "assets", "README.md"],
        "do_not_mutate_patterns": list(MESSAGES),
        "pytest_add_cli_args": [f"--deselect={test}" for test in TOO_LONG],
        "pytest_add_cli_args_test_selection": tests,
    }
    shutil.copy(REPOSITORY / "README.md", folder)
    # A list of plain strings is written alike in JSON and in TOML.
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    own = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    (folder / "pyproject.toml").write_text(f"{own}\n[tool.mutmut]\n{lines}", "utf-8")


def interpreter(folder: Path) -> Path:
    """Make an environment whose processes import the changed packages, and everything else from the one that runs this."""
    venv.create(folder / ".venv", with_pip=False, symlinks=True)
    packages = next((folder / ".venv").glob("lib/python*/site-packages"))
    installed = [path for path in sys.path if Path(path).name == "site-packages"]
    (packages / "layer.pth").write_text("\n".join((str(folder / "mutants/src"), *installed)), "utf-8")
    return folder / ".venv/bin/python"


def mutmut(python: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run mutmut in the copy; its output is kept unless it runs the tests."""
    services = os.environ.get("TEST_SERVICES", str(REPOSITORY / ".test-services"))
    environment = {**os.environ, "TEST_SERVICES": services, "PYTHONDONTWRITEBYTECODE": "1"}
    shown = words[0] == "run"
    return subprocess.run(
        [str(python), "-c", "from mutmut.__main__ import cli; cli()", *words],
        cwd=folder,
        env=environment,
        stdout=None if shown else subprocess.PIPE,
        text=True,
        check=False,
    )


def outcomes(folder: Path) -> Iterator[tuple[str, str, int | None]]:
    """Yield module, mutant and how its tests ended."""
    for path in sorted((folder / "mutants/src").rglob("*.meta")):
        module = str(path.relative_to(folder / "mutants/src")).removesuffix(".meta")
        for name, code in json.loads(path.read_text("utf-8"))["exit_code_by_key"].items():
            yield module, name, code


def difference(text: str) -> tuple[str, str]:
    """Return the changed lines of a unified diff, before and after."""
    rows = [row for row in text.splitlines() if re.match(r"[-+](?![-+]{2} )", row)]
    before = " ".join(row[1:].strip() for row in rows if row[0] == "-")
    return before, " ".join(row[1:].strip() for row in rows if row[0] == "+")


def main() -> int:
    """Print how many changes were noticed, by module, and each that was not; returns 1 where one of these has no explanation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("modules", nargs="*", choices=[*TESTS, []], help="the modules to change; all if none is named")
    modules = tuple(parser.parse_args().modules) or tuple(TESTS)
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name).resolve()
        laid_out(folder, modules)
        python = interpreter(folder)
        ended = mutmut(python, folder, "run", "--max-children", str(os.cpu_count() or 1))
        if ended.returncode:
            return ended.returncode
        counts: dict[str, Counter[str]] = {module: Counter() for module in modules}
        open_ones: list[Survivor] = []
        for module, mutant, code in outcomes(folder):
            if code in (KILLED, TIMED_OUT) or (code is not None and code < 0):
                counts[module]["killed"] += 1
                continue
            survivor = Survivor(module, mutant, *difference(mutmut(python, folder, "show", mutant).stdout))
            counts[module]["explained" if survivor.explanation else "untested" if code == NO_TESTS else "survived"] += 1
            if not survivor.explanation:
                open_ones.append(survivor)
    for module, count in counts.items():
        print(f"{module:34} " + "  ".join(f"{count[word]:4} {word}" for word in ("killed", "explained", "untested", "survived")))
    for survivor in open_ones:
        print(f"\n{survivor.name}\n  - {survivor.before}\n  + {survivor.after}")
    return int(bool(open_ones))


if __name__ == "__main__":
    sys.exit(main())
