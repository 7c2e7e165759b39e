"""The set of files that answers make for a folder: rule errors are refused, keys kept, files rendered and parsed back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbcluster.answers.answers import Answers
from nbcluster.answers.file import unwritten
from nbcluster.answers.flow import problems_for_file, settle
from nbcluster.answers.secret import Secret
from nbcluster.cluster import Cluster
from nbcluster.env import Reader, UnreadableError
from nbcluster.errors import ExitCode, InvalidAnswersError, NbclusterError, Problem, errors, warning
from nbcluster.facts import FIRST_ACCOUNT, KEY_VARIABLES
from nbcluster.files.answersfile import imported_base
from nbcluster.files.diff import Declared, declared
from nbcluster.files.formats import FORMATS, belongs
from nbcluster.files.gitignore import GITIGNORE, is_ours
from nbcluster.files.keyfiles import COMMON, FIXED, for_host, holds_keys, keys_there, reader_of_file, text_there, unreadable
from nbcluster.files.keys import KeyFolder, Resolved, digests, resolve
from nbcluster.files.kubernetes.files import SECRET
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.plan import for_docker, plan
from nbcluster.files.surroundings import with_base
from nbcluster.files.verify import verify
from nbcluster.steps.model import Context
from nbcluster.steps.start import is_existing, on_kubernetes
from nbcluster.steps.variables import reader_of, step_variables
from nbcluster.text import _
from nbcluster.text.clean import clean


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
    answers: Answers | None = None
    values: Mapping[str, Secret] = field(default_factory=dict)
    """Every secret variable of the nodes but the first password, which is read once."""
    whole: bool = True
    """Whether this is the whole set, and no part that some formats mean."""


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
    base = imported_base(answers)
    base_text, base_env = (base.text, base.variables) if base is not None else (None, {})
    kept_text = kept_text_of(answers, directory)
    here, kept = keys_there(answers, directory, exported_to, base_env, new_keys=new_keys)
    with_keys = any(belongs(path, formats) for path in FIXED)
    if not with_keys:
        kept = kept.with_stand_ins(answers)
    context = with_base(Context(claims or {}, *_judged(answers, base_env, kept.values, new_keys=new_keys)), base)
    answers = settle(answers, context)
    problems = _without_repeats(problems_for_file(answers, context), kept.problems)
    if errors(problems):
        raise InvalidAnswersError(errors(problems))
    resolved = resolve(answers, kept.values, base_env, new_keys, token_hex, drawn)
    # the answers that are written do not have what is left out: that one sentence says it, and the documents are the same without it
    left_out = unwritten(answers)
    gone = {problem.path for problem in left_out if not answers.fields[problem.path].applies(answers)}
    warnings = tuple(p for p in problems if p not in errors(problems) and p.path not in gone)
    # what happens to keys in this run is reported by this run, not in the files, which do not change with the next run
    lasting = tuple(p for p in warnings if p not in kept.problems)
    warnings += left_out
    cluster = Cluster.of(answers)
    files = plan(cluster, resolved, base_text=base_text, kept_text=kept_text, warnings=lasting, formats=formats)
    files = tuple(file for file in files if file.path != GITIGNORE or is_ours(directory))
    verify(files, cluster, resolved, base_text=base_text)
    if with_keys:
        _require_one_key(here, resolved, formats)
        warnings += _announced(resolved, next(file.path for file in files if holds_keys(file.path)), directory)
        salt = (here.known.digests or {}).get("salt") if here.known is not None else None
        keys: Mapping[str, str] | None = digests(resolved, salt or answers.text("name"), here.known)
    else:
        keys = here.known.digests if here.known is not None else None
    if report is not None:
        files = (*files, OutputFile("report.json", report))
    composed = {
        variable.name: variable.value for step in answers.steps for variable in step_variables(step, answers, resolved.values)
    }
    names = declared(answers.steps, composed)
    values = {name: value for name, value in composed.items() if isinstance(value, Secret) and name not in FIRST_ACCOUNT}
    found = tuple(_secrets_in(answers)) + resolved.secrets
    prepared = Prepared(files, warnings, found, names, keys, answers, values, not formats)
    return _part(prepared, formats, directory)


def kept_text_of(answers: Answers, directory: Path) -> str | None:
    """Return the text of the env file that stands in the target folder as the chosen deployment reads it, or None."""
    from nbcluster.files.write import located
    from nbcluster.files.write.plan import last_manifest

    path = directory / COMMON
    text = None if on_kubernetes(answers) else text_there(located(directory, COMMON))
    if text is None:
        return None
    wanted = reader_of(answers)
    found = reader_of_file(text, wanted, ours=COMMON in last_manifest(directory))
    if found is wanted:
        return text
    try:
        return for_host(text) if found is Reader.DOCKER else for_docker(text, "export.directory")
    except UnreadableError as fault:
        raise unreadable(path, fault) from None


def _judged(
    answers: Answers, base_env: Mapping[str, str], kept: Mapping[str, str], *, new_keys: bool
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the variables that the rules judge: not the keys that are about to be replaced."""
    if not new_keys or is_existing(answers):
        return base_env, kept
    gone = KEY_VARIABLES.values()
    return {k: v for k, v in base_env.items() if k not in gone}, {k: v for k, v in kept.items() if k not in gone}


def _without_repeats(ruled: tuple[Problem, ...], kept: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return the problems of the rules and of the keys, without those of rules that miss a key whose absence is already explained."""
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
    message = _("new keys: {names}. They go into {file} and nowhere else.").format(
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
    holder = next((file.path for file in prepared.files if file.path in (COMMON, SECRET)), "")
    there = any(located(directory, path).exists() for path in FIXED)
    # Helm values alone hold their keys themselves
    if holder and any(file.secret for file in part) and not belongs(holder, formats) and not there:
        message = _("the keys of these files are kept in {holder}, which is not there yet: write it first, or all files.")
        raise NbclusterError(ExitCode.INVALID, message.format(holder=holder))
    return replace(prepared, files=part)
