"""From answers to a verified set of files: reads what must be kept, refuses rule errors, renders, parses back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.answers import Answers
from nbcluster.artifacts.formats import FORMATS, belongs
from nbcluster.artifacts.kubernetes.files import SECRET
from nbcluster.artifacts.kubernetes.readback import secret_values
from nbcluster.artifacts.plan import plan
from nbcluster.artifacts.secrets import resolve
from nbcluster.artifacts.variables import reader_of
from nbcluster.artifacts.verify import verify
from nbcluster.clean import clean
from nbcluster.envfile import UnreadableError, read, read_dotenv
from nbcluster.errors import ExitCode, InvalidAnswersError, NbclusterError
from nbcluster.flow import problems_for_file, settle
from nbcluster.inputfile import anchored, expanded, read_text
from nbcluster.judge.common import on_kubernetes
from nbcluster.outputfile import OutputFile
from nbcluster.problems import Problem, Severity, errors
from nbcluster.rules import Context
from nbcluster.secret import Secret
from nbcluster.steps import STEPS, Step
from nbcluster.text import _

if TYPE_CHECKING:
    from nbcluster.importer import Imported
    from nbcluster.writer import WriteResult

_KEYS = {"app.key": "APP_KEY", "app.aes_key": "APP_AES_SECRET_KEY", "admin.password": "INIT_ROOT_PASSWORD"}


@dataclass(frozen=True)
class Prepared:
    """A set of files that has been parsed back and means what was chosen."""

    files: tuple[OutputFile, ...]
    warnings: tuple[Problem, ...]
    secrets: tuple[Secret, ...]


@dataclass(frozen=True)
class Outcome:
    """Which files a set writes, leaves alone and removes."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


def read_env_text(path: Path, key_path: str) -> str:
    """Read an env file; raises ``InvalidAnswersError`` at ``key_path`` where that is not possible."""
    return read_text(expanded(path, key_path), key_path)


def import_path(path: Path, key_path: str) -> Imported:
    """Read the answers that a file of an existing installation gives; raises ``InvalidAnswersError`` at ``key_path``."""
    from nbcluster.importer import SourceError, import_file

    path = expanded(path, key_path)
    text = read_env_text(path, key_path)
    try:
        return import_file(text, str(anchored(path, key_path)), beside(path))
    except SourceError as fault:
        where = _("line {line}").format(line=fault.line) + ": " if fault.line else ""
        problem = Problem(key_path, f"{where}{fault}", _("Name a file that sets the variables of NocoBase."))
        raise InvalidAnswersError((problem,)) from None


def beside(path: Path) -> Callable[[str], str | None]:
    """Return what reads the files that a compose file names, relative to its folder; None for one that cannot be read."""

    def load(name: str) -> str | None:
        try:
            return read_text(anchored(path, name).parent / expanded(name, name), name, pipes=False)
        except InvalidAnswersError:
            return None

    return load


def base_text_of(answers: Answers) -> str | None:
    """Return the text of the imported env file, or None where none was named."""
    name = answers.text("app.base_env")
    # it is read more than once, which a pipe cannot be
    return read_text(expanded(name, "app.base_env"), "app.base_env", pipes=False) if name else None


def kept_text_of(answers: Answers, directory: Path) -> str | None:
    """Return the text of the file with the keys that stands in the target folder, or None."""
    path = directory / (SECRET if on_kubernetes(answers) else ".env")
    return read_env_text(path, "export.directory") if path.is_file() else None


def _kept_values(answers: Answers, text: str | None) -> dict[str, str]:
    """Return the variables of an env file that was written before, as its reader takes them."""
    try:
        if on_kubernetes(answers):
            return secret_values(text) if text else {}
        return read(reader_of(answers), text) if text else {}
    except UnreadableError as fault:
        if on_kubernetes(answers):
            message = _("{file} that stands there cannot be read: {reason}.").format(file=SECRET, reason=fault)
        else:
            message = _("the .env that stands there cannot be read for docker: {reason}.").format(reason=fault)
        problem = Problem("export.directory", message, _("Mend it, or write into another folder."))
        raise InvalidAnswersError((problem,)) from None


def context_for(answers: Answers, directory: Path | None, claims: Mapping[tuple[str, int, str], str] | None = None) -> Context:
    """Return what the rules may know beside the answers; an unreadable imported file is left to ``prepare``."""
    base = base_text_of(answers)
    kept = kept_text_of(answers, directory) if directory is not None else None
    return Context(claims or {}, read_dotenv(base) if base else {}, _kept_values(answers, kept))


def keep_keys(answers: Answers, directory: Path, exported_to: str, *, new_keys: bool) -> Mapping[str, str]:
    """Return the keys of an earlier export that the target folder lacks.

    Raises ``InvalidAnswersError`` where that folder is gone: fresh keys are made only when asked for.
    """
    if not exported_to or new_keys or Path(exported_to) == directory.absolute():
        return {}
    wanted = [
        path for path, name in _KEYS.items() if answers[path] == "generate" and answers.fields[path].applies(answers) and name
    ]
    if not wanted:
        return {}
    text = kept_text_of(answers, Path(exported_to))
    if text is None:
        problem = Problem(
            wanted[0],
            _("this session was exported to {folder}, and its keys are not there any more.").format(folder=clean(exported_to)),
            _("Bring that folder back, paste the keys, or ask for fresh ones with --new-keys."),
        )
        raise InvalidAnswersError((problem,))
    values = _kept_values(answers, text)
    return {name: values[name] for name in _KEYS.values() if values.get(name)}


def prepare(
    answers: Answers,
    directory: Path,
    *,
    claims: Mapping[tuple[str, int, str], str] | None = None,
    exported_to: str = "",
    new_keys: bool = False,
    report: bytes | None = None,
    token_hex: Callable[[int], str] = secrets.token_hex,
    steps: tuple[Step, ...] = STEPS,
) -> Prepared:
    """Render the files for a folder; raises ``InvalidAnswersError`` with every rule error, ``NbclusterError`` for a fault of our own."""
    directory = directory.absolute()
    base, kept = base_text_of(answers), kept_text_of(answers, directory)
    base_env, kept_env = read_dotenv(base) if base else {}, _kept_values(answers, kept)
    if not kept_env:
        kept_env = dict(keep_keys(answers, directory, exported_to, new_keys=new_keys))
    context = Context(claims or {}, base_env, kept_env)
    answers = settle(answers, context, steps)
    problems = problems_for_file(answers, context, steps)
    if errors(problems):
        raise InvalidAnswersError(errors(problems))
    resolved = resolve(answers, kept_env, base_env, new_keys, token_hex)
    warnings = tuple(p for p in problems if p not in errors(problems))
    files = plan(answers, resolved, base_text=base, kept_text=kept, warnings=warnings, steps=steps)
    verify(files, answers, resolved, base_text=base, steps=steps)
    if report is not None:
        files = (*files, OutputFile("report.json", report))
    return Prepared(files, warnings, tuple(_secrets_in(answers)) + resolved.secrets)


def _secrets_in(answers: Answers) -> list[Secret]:
    found: list[Secret] = []
    for _path, answer in answers.items():  # noqa: PERF102 - Answers is no dict
        if isinstance(answer.value, Secret):
            found.append(answer.value)
        password = getattr(answer.value, "password", None)
        if isinstance(password, Secret):
            found.append(password)
    return [secret for secret in found if secret]


def diffs(prepared: Prepared, directory: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what a set would change in a folder: per file a unified diff with secrets masked."""
    from nbcluster.diff import masked_diff

    out = []
    for file in prepared.files:
        if file.path == "report.json":
            continue
        path = directory / file.path
        before = path.read_text("utf-8", "replace") if path.is_file() else None
        if before != file.text:
            out.append((file.path, tuple(masked_diff(file.path, before, file.text, prepared.secrets))))
    return tuple(out)


def chosen(prepared: Prepared, formats: Sequence[str], directory: Path) -> Prepared:
    """Return the part of a set that some formats mean.

    Raises ``NbclusterError`` for one that this deployment has no file of, and for secrets whose keys would stand nowhere else.
    """
    for name in formats:
        if not any(belongs(file.path, (name,)) for file in prepared.files):
            known = ", ".join(n for n in FORMATS if any(belongs(file.path, (n,)) for file in prepared.files))
            message = _("--format {name}: these answers make no such file. They make: {known}.")
            raise NbclusterError(ExitCode.INVALID, message.format(name=name, known=known))
    part = tuple(file for file in prepared.files if belongs(file.path, formats))
    holder = next(file.path for file in prepared.files if file.path in (".env", SECRET))
    if any(file.secret for file in part) and not belongs(holder, formats) and not (directory / holder).exists():
        message = _("the keys of these files are kept in {holder}, which is not there yet: write it first, or all files.")
        raise NbclusterError(ExitCode.INVALID, message.format(holder=holder))
    return replace(prepared, files=part)


def foreign_edits(prepared: Prepared, directory: Path, formats: Sequence[str] = ()) -> tuple[Problem, ...]:
    """Return a warning for every file that somebody else changed since the last run; its path stands for the key path."""
    from nbcluster.writer import planned

    found = planned(directory, prepared.files, lambda path: belongs(path, formats))
    out = []
    for path in (*found.foreign, *found.kept):
        if path == ".env":
            hint = _("It is merged: only the variables that nbcluster sets change, and a backup is kept.")
        elif path in found.kept:
            hint = _("It is no longer written, and stays because of that.")
        else:
            hint = _("It is replaced, and what stands there is kept as a backup.")
        out.append(Problem(path, _("was edited since the last run."), hint, Severity.WARNING, "foreign-edit"))
    return tuple(out)


def write(prepared: Prepared, directory: Path, now: Callable[[], datetime], formats: Sequence[str] = ()) -> WriteResult:
    """Write a set, or the part of it that some formats mean, into a folder; raises ``NbclusterError``."""
    from nbcluster import __version__
    from nbcluster.writer import write_set

    return write_set(
        directory, prepared.files, tool=f"nbcluster {__version__}", now=now, mine=lambda path: belongs(path, formats)
    )


def plan_writing(prepared: Prepared, directory: Path, formats: Sequence[str] = ()) -> Outcome:
    """Return what ``write`` would do, without doing it."""
    from nbcluster.writer import planned

    plan_ = planned(directory, prepared.files, lambda path: belongs(path, formats))
    return Outcome((*plan_.added, *plan_.changed), tuple(plan_.unchanged), tuple(plan_.removed))
