"""From answers to a verified set of files: reads what must be kept, refuses rule errors, renders, parses back."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from nbcluster.answers.answers import Answers
from nbcluster.answers.flow import problems_for_file, settle
from nbcluster.answers.secret import Secret
from nbcluster.env import Reader, UnreadableError, read_dotenv
from nbcluster.errors import ExitCode, InvalidAnswersError, NbclusterError, Problem, Severity, errors, warning
from nbcluster.facts import KEY_VARIABLES, MADE_VARIABLES
from nbcluster.files.diff import Declared, declared, masked_diff
from nbcluster.files.formats import FORMATS, belongs
from nbcluster.files.keyfiles import COMMON, FIXED, for_host, holders, holds_keys, keys_in, reader_of_file
from nbcluster.files.kubernetes.files import SECRET
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.plan import for_docker, plan
from nbcluster.files.secrets import Kept, KeyFolder, Known, Resolved, digests, has_word, kept_keys, resolve
from nbcluster.files.verify import verify
from nbcluster.steps.model import Context
from nbcluster.steps.start import is_existing, on_kubernetes
from nbcluster.steps.variables import reader_of, step_variables
from nbcluster.system.inputfile import SETTINGS_LIMIT, anchored, expanded, read_text
from nbcluster.text import _
from nbcluster.text.clean import clean

if TYPE_CHECKING:
    from nbcluster.answers.file import Loaded
    from nbcluster.answers.importer import Base, Imported
    from nbcluster.files.write import WriteResult


@dataclass(frozen=True)
class Prepared:
    """A set of files that has been parsed back and means what was chosen; ``keys`` is what its manifest says of the keys."""

    files: tuple[OutputFile, ...]
    warnings: tuple[Problem, ...]
    secrets: tuple[Secret, ...]
    names: Declared
    """The variables that previews and diffs may show."""
    keys: Mapping[str, str] | None = None
    """The salt and the digest of each key, for the manifest."""


@dataclass(frozen=True)
class Outcome:
    """Which files a set writes, leaves alone and removes; ``remarks`` are about the folder."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    remarks: tuple[Problem, ...] = ()


def read_env_text(path: Path, key_path: str) -> str:
    """Read an env file; raises ``InvalidAnswersError`` at ``key_path`` where that is not possible."""
    return read_text(expanded(path, key_path), key_path)


def import_path(path: Path, key_path: str) -> Imported:
    """Read the answers that a file of an existing installation gives; raises ``InvalidAnswersError`` at ``key_path``."""
    from nbcluster.answers.importer import import_file

    path = expanded(path, key_path)
    text = read_env_text(path, key_path)
    with _named(key_path):
        return import_file(text, str(anchored(path, key_path)), beside(path))


def import_stream(stream: BinaryIO, key_path: str) -> Imported:
    """Read the answers that a stream gives; it has no path, so nothing can be kept from it. Raises like ``import_path``."""
    from nbcluster.answers.importer import import_file

    data = stream.read(SETTINGS_LIMIT + 1)
    if len(data) > SETTINGS_LIMIT:
        raise InvalidAnswersError((Problem(key_path, _("is larger than 4 MiB."), _("Name an env file.")),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidAnswersError((Problem(key_path, _("is no UTF-8 text."), _("Save it as UTF-8.")),)) from None
    with _named(key_path):
        return import_file(text, "")


@contextmanager
def _named(key_path: str) -> Iterator[None]:
    """Turn a file that cannot be understood into a problem at a key path."""
    from nbcluster.answers.importer import SourceError

    try:
        yield
    except SourceError as fault:
        where = _("line {line}").format(line=fault.line) + ": " if fault.line else ""
        problem = Problem(key_path, f"{where}{fault}", _("Name a file that sets the variables of NocoBase."))
        raise InvalidAnswersError((problem,)) from None


def load_answers(path: Path, environment: Mapping[str, str] = os.environ, spared: Collection[str] = ()) -> Loaded:
    """Load an answers file with what its ``base_env`` answers, whose path counts from the file's folder.

    Secrets whose variable is not set are those that were written beside the file; at the key paths ``spared`` they may be missing.
    Raises ``InvalidAnswersError`` with the problems of both files.
    """
    from nbcluster.answers.file import load
    from nbcluster.files.written import WrittenSecrets

    beside_it = WrittenSecrets.beside(expanded(path, str(path)))
    recall = beside_it.recall if beside_it is not None else None
    return load(path, environment, fill=_fill, recall=recall, spared=spared)


def _fill(answers: Answers, folder: Path) -> tuple[Answers, tuple[Problem, ...]]:
    from nbcluster.answers.importer import filled

    name = answers.text("app.base_env")
    if not name:
        return answers, ()
    try:
        path = folder / expanded(name, "app.base_env")
        answers = answers.with_("app.base_env", str(path), answers.source("app.base_env"))
        return filled(answers, import_path(path, "app.base_env"))
    except InvalidAnswersError as fault:
        return answers, fault.problems


def beside(path: Path) -> Callable[[str], str | None]:
    """Return what reads the files that a compose file names, relative to its folder; None for one that cannot be read."""

    def load(name: str) -> str | None:
        try:
            return read_text(anchored(path, name).parent / expanded(name, name), name, pipes=False)
        except InvalidAnswersError:
            return None

    return load


def base_file_of(answers: Answers) -> Base | None:
    """Return the imported installation's variables as an env file, or None where no file was named.

    Raises ``InvalidAnswersError``.
    """
    from nbcluster.answers.importer import base_of

    name = answers.text("app.base_env")
    if not name:
        return None
    path = expanded(name, "app.base_env")
    # it is read more than once, which a pipe cannot be
    text = read_text(path, "app.base_env", pipes=False)
    with _named("app.base_env"):
        return base_of(text, str(path), beside(path), answers.steps)


def key_folder(answers: Answers, directory: Path) -> KeyFolder:
    """Return the keys that stand in a folder, whatever its deployment was.

    Raises ``InvalidAnswersError`` naming a file that cannot be read, ``NbclusterError`` (exit 7) for such a manifest.
    """
    from nbcluster.files.write import located
    from nbcluster.files.write.bundle import lacking
    from nbcluster.files.write.plan import read_manifest

    last = read_manifest(directory)
    listed = last.files if last is not None else {}
    values: dict[str, Mapping[str, str]] = {}
    of_nodes = {f"nodes/{file.name}" for file in directory.glob("nodes/*.env")}
    of_nodes |= {path for path in listed if path.startswith("nodes/") and path.endswith(".env")}
    for path in (*FIXED, *sorted(of_nodes)):
        text = _text_there(located(directory, path))
        if text is None:
            continue
        try:
            values[path] = keys_in(path, text, reader_of_file(text, reader_of(answers), ours=path in listed))
        except UnreadableError as fault:
            raise _unreadable(directory / path, fault) from None
    missing = holders(lacking(directory)) if last is None else ()
    known = Known(holders(listed), last.keys) if last is not None else Known(missing) if missing else None
    return KeyFolder(str(directory), values, known)


def _unreadable(path: Path, fault: UnreadableError) -> InvalidAnswersError:
    message = _("{file} that stands there cannot be read: {reason}.").format(file=clean(str(path)), reason=fault)
    return InvalidAnswersError((Problem("export.directory", message, _("Mend it, or write into another folder.")),))


def _text_there(path: Path) -> str | None:
    """Return the text of a file of the target folder, or None where there is none; raises ``InvalidAnswersError``."""
    try:
        if path.is_dir() or not path.exists():
            return None
    except OSError:
        pass  # said below
    # a pipe is read once, and this file more often
    return read_text(path, "export.directory", pipes=False)


def kept_text_of(answers: Answers, directory: Path) -> str | None:
    """Return the text of the env file that stands in the target folder as the chosen deployment reads it, or None."""
    from nbcluster.files.write import located
    from nbcluster.files.write.plan import last_manifest

    path = directory / COMMON
    text = None if on_kubernetes(answers) else _text_there(located(directory, COMMON))
    if text is None:
        return None
    wanted = reader_of(answers)
    found = reader_of_file(text, wanted, ours=COMMON in last_manifest(directory))
    if found is wanted:
        return text
    try:
        return for_host(text) if found is Reader.DOCKER else for_docker(text, "export.directory")
    except UnreadableError as fault:
        raise _unreadable(path, fault) from None


def keys_there(
    answers: Answers, directory: Path, exported_to: str, base_env: Mapping[str, str], *, new_keys: bool = False
) -> tuple[KeyFolder, Kept]:
    """Return the target folder as far as keys go, and what of it, of the former folder and of the imported file is to be kept."""
    here = key_folder(answers, directory)
    wanted = [name for path, name in MADE_VARIABLES.items() if has_word(answers, path)]
    former = None
    if exported_to and not all(here.holders(name) for name in wanted):
        former = here if Path(exported_to) == directory else key_folder(answers, Path(exported_to))
    return here, kept_keys(answers, here, former, base_env, new_keys=new_keys)


def context_for(
    answers: Answers,
    directory: Path | None,
    claims: Mapping[tuple[str, int, str], str] | None = None,
    exported_to: str = "",
) -> Context:
    """Return what the rules may know beside the answers; what is wrong with the keys that stand there is left to ``prepare``."""
    _base, base_env, unknown = _base_parts(base_file_of(answers))
    kept: Mapping[str, str] = {}
    if directory is not None:
        try:
            kept = keys_there(answers, directory, exported_to, base_env)[1].values
        except NbclusterError:
            kept = {}
    return Context(claims or {}, base_env, kept, unknown)


def _base_parts(base: Base | None) -> tuple[str | None, Mapping[str, str], Mapping[str, str]]:
    """Return the text of the imported variables as an env file, the variables, and the names whose value is not told."""
    return (base.text, read_dotenv(base.text), base.unknown) if base is not None else (None, {}, {})


def prepare(
    answers: Answers,
    directory: Path,
    *,
    claims: Mapping[tuple[str, int, str], str] | None = None,
    exported_to: str = "",
    new_keys: bool = False,
    formats: Sequence[str] = (),
    report: bytes | None = None,
    token_hex: Callable[[int], str] = secrets.token_hex,
    drawn: dict[str, Secret] | None = None,
) -> Prepared:
    """Render the files for a folder.

    ``formats`` takes a part of them: keys that are lost matter only where a file holds them. ``drawn`` are the fresh values of this run.
    Raises ``InvalidAnswersError`` with every rule error, ``NbclusterError`` for a part that cannot stand alone and a fault of our own.
    """
    directory = directory.absolute()
    found, kept_text = base_file_of(answers), kept_text_of(answers, directory)
    base, base_env, unknown = _base_parts(found)
    here, kept = keys_there(answers, directory, exported_to, base_env, new_keys=new_keys)
    with_keys = any(belongs(path, formats) for path in FIXED)
    if not with_keys:
        kept = kept.with_stand_ins(answers)
    context = Context(claims or {}, *_judged(answers, base_env, kept.values, new_keys=new_keys), unknown)
    answers = settle(answers, context)
    problems = _one_voice(problems_for_file(answers, context), kept.problems)
    if errors(problems):
        raise InvalidAnswersError(errors(problems))
    resolved = resolve(answers, kept.values, base_env, new_keys, token_hex, drawn)
    warnings = tuple(p for p in problems if p not in errors(problems))
    # what happens to keys in this run is told by this run, and not by the files, which are the same after the next one
    lasting = tuple(p for p in warnings if p not in kept.problems)
    files = plan(answers, resolved, base_text=base, kept_text=kept_text, warnings=lasting)
    verify(files, answers, resolved, base_text=base)
    if with_keys:
        _require_one_key(here, resolved, formats)
        warnings += _announced(resolved, next(file.path for file in files if holds_keys(file.path)), directory)
        salt = (here.known.digests or {}).get("salt") if here.known is not None else None
        keys: Mapping[str, str] | None = digests(resolved, salt or answers.text("name"))
    else:
        keys = here.known.digests if here.known is not None else None
    if report is not None:
        files = (*files, OutputFile("report.json", report))
    composed = {
        variable.name: variable.value for step in answers.steps for variable in step_variables(step, answers, resolved.values)
    }
    prepared = Prepared(files, warnings, tuple(_secrets_in(answers)) + resolved.secrets, declared(answers.steps, composed), keys)
    return _part(prepared, formats, directory)


def _judged(
    answers: Answers, base_env: Mapping[str, str], kept: Mapping[str, str], *, new_keys: bool
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the variables that the rules judge: not the keys that are about to be replaced."""
    if not new_keys or is_existing(answers):
        return base_env, kept
    gone = KEY_VARIABLES.values()
    return {k: v for k, v in base_env.items() if k not in gone}, {k: v for k, v in kept.items() if k not in gone}


def _one_voice(ruled: tuple[Problem, ...], kept: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return the problems of the rules and of the keys; a rule that misses a key is silent where it is said why it is missing."""
    said = {problem.path for problem in errors(kept)}
    return (*(p for p in ruled if not (p.rule == "keys-kept" and p.path in said)), *kept)


def _require_one_key(here: KeyFolder, resolved: Resolved, formats: Sequence[str]) -> None:
    """Refuse to change a key in a part of the files that hold it."""
    for name in KEY_VARIABLES.values():
        value = resolved.values.get(name)
        for file, held in here.holders(name).items():
            if value is not None and held != value.reveal() and not belongs(file, formats):
                message = _(
                    "{file} would keep another {name}: write it as well, without --format or with the format that means it."
                )
                raise NbclusterError(ExitCode.INVALID, message.format(file=here.place(file), name=name))


def _announced(resolved: Resolved, holder: str, directory: Path) -> tuple[Problem, ...]:
    names = resolved.new_keys
    if not names:
        return ()
    path = next(path for path, name in KEY_VARIABLES.items() if name == names[0])
    message = _("new keys: {names}. They are kept in {file} and nowhere else.").format(
        names=", ".join(names), file=clean(str(directory / holder))
    )
    return (warning(path, "new-keys", message, _("Back that file up: what they protect is lost with it.")),)


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
    from nbcluster.files.write import located
    from nbcluster.files.write.folder import standing

    out = []
    for file in prepared.files:
        if file.path == "report.json":
            continue
        path = located(directory, file.path)
        there = standing(path)
        before = None if there is None else there.decode("utf-8", "replace")
        if before != file.text:
            out.append((file.path, tuple(masked_diff(file.path, before, file.text, prepared.secrets, prepared.names))))
    return tuple(out)


def _part(prepared: Prepared, formats: Sequence[str], directory: Path) -> Prepared:
    """Return the part of a set that some formats mean, all of it where none is named.

    Raises ``NbclusterError`` for one that this deployment has no file of, and for secrets whose keys would stand nowhere else.
    """
    from nbcluster.files.write import located

    if not formats:
        return prepared
    for name in formats:
        if not any(belongs(file.path, (name,)) for file in prepared.files):
            known = ", ".join(n for n in FORMATS if any(belongs(file.path, (n,)) for file in prepared.files))
            message = _("--format {name}: these answers make no such file. They make: {known}.")
            raise NbclusterError(ExitCode.INVALID, message.format(name=name, known=known))
    part = tuple(file for file in prepared.files if belongs(file.path, formats))
    holder = next(file.path for file in prepared.files if file.path in (COMMON, SECRET))
    there = any(located(directory, path).exists() for path in FIXED)
    if any(file.secret for file in part) and not belongs(holder, formats) and not there:
        message = _("the keys of these files are kept in {holder}, which is not there yet: write it first, or all files.")
        raise NbclusterError(ExitCode.INVALID, message.format(holder=holder))
    return replace(prepared, files=part)


def foreign_edits(prepared: Prepared, directory: Path, formats: Sequence[str] = ()) -> tuple[Problem, ...]:
    """Return a warning for every file that somebody else changed since the last run; its path stands for the key path."""
    from nbcluster.files.write import planned

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


def write(
    prepared: Prepared, directory: Path, now: Callable[[], datetime], formats: Sequence[str] = (), *, trust: bool = False
) -> WriteResult:
    """Write a set, or the part of it that some formats mean, into a folder; raises ``NbclusterError``.

    ``UnsafeFolderError`` is for symlinks and folders that everybody may write; ``trust`` goes past them.
    """
    from nbcluster import __version__
    from nbcluster.files.write import write_set

    return write_set(
        directory,
        prepared.files,
        tool=f"nbcluster {__version__}",
        now=now,
        mine=lambda path: belongs(path, formats),
        keys=prepared.keys,
        trust=trust,
    )


def plan_writing(prepared: Prepared, directory: Path, formats: Sequence[str] = ()) -> Outcome:
    """Return what ``write`` would do, without doing it."""
    from nbcluster.files.write import foreseen, planned

    plan_ = planned(directory, prepared.files, lambda path: belongs(path, formats))
    remarks = foreseen(directory, plan_)
    return Outcome((*plan_.added, *plan_.changed), tuple(plan_.unchanged), tuple(plan_.removed), remarks)
