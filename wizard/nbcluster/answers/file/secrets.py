"""Secrets from outside an answers file or a saved session: a file of mode 0600, variables, and where each belongs."""

from __future__ import annotations

import io
import re
import stat
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from nbcluster.answers.answers import Answers, Source, missing_secrets
from nbcluster.answers.file.dump import secret_variable
from nbcluster.answers.file.load import Recall, Recalled, toml_document
from nbcluster.answers.secret import Secret
from nbcluster.errors import InvalidAnswersError, Problem, Severity
from nbcluster.system.inputfile import expanded, read_text
from nbcluster.system.programs import withhold
from nbcluster.text import _
from nbcluster.text.clean import clean
from nbcluster.text.likeness import suggestion

_TOML = re.compile(
    r"""^[ \t]*(?:\[\[?[ \t]*[\w"'-]|"[^"\n]*"[ \t]*[=.]|'[^'\n]*'[ \t]*\.|[\w-]+[ \t]*\.[\w"'. \t-]+=)""", re.MULTILINE
)
"""A table header, or a key that is dotted or in double quotes: no line of an env file."""

_CUT = re.compile(r"""[^=]*=[^\S\r\n]*(?:[^'"#\s][^\r\n#]*)?[^\S\r\n]\#""")
"""An unquoted value followed by a comment, which may be the rest of a password."""


def read_secrets(path: Path, say: Callable[[str], None] = lambda _line: None) -> dict[str, str]:
    """Read a secrets file into variable names and values, none of which any program that is started later sees.

    An env file as python-dotenv reads it, without interpolation. A name in ``.toml``, a table header or a dotted key makes it the
    TOML of version 1.0.0, whose keys may be key paths (``database.password``); ``say`` is told that this is deprecated.
    Raises ``InvalidAnswersError`` for a file that others may read, and with every line that means nothing.
    """
    path = expanded(path, str(path))
    name = clean(str(path), 400)
    text = read_text(path, name)
    if path.is_file() and (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        message = _("has mode {mode}: others can use it.").format(mode=f"{mode:04o}")
        raise InvalidAnswersError((Problem(name, message, _("Run chmod 600 on it.")),))
    if path.suffix == ".toml" or _TOML.search(text):
        say(_("{file}: secrets in TOML are deprecated. Write lines such as NAME='value'.").format(file=name))
        found = _from_toml(text, name)
    else:
        found = _from_lines(text, name, say)
    for variable in found:
        withhold(variable)
    return found


def _from_lines(text: str, name: str, say: Callable[[str], None]) -> dict[str, str]:
    from dotenv.parser import parse_stream

    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    # counted here: python-dotenv takes the end of a line of DOS that it cannot parse for two
    before = 1
    for binding in parse_stream(io.StringIO(text, newline="")):
        whole = binding.original.string
        # a binding begins with the blank lines in front of it
        blank = whole[: len(whole) - len(whole.lstrip())]
        line = before + blank.count("\n")
        before += whole.count("\n")
        place, key, value = f"{name}:{line}", binding.key, binding.value
        if binding.error or (key is not None and (value is None or "\x00" in value)):
            hint = _("Write NAME='value'; a quote inside is \\', a backslash \\\\.")
            problems.append(Problem(place, _("sets no variable."), hint))
        elif key in found:
            message = _("sets {variable} again, as line {line} does.").format(variable=clean(key, 120), line=lines[key])
            problems.append(Problem(place, message, _("Remove one of the two lines.")))
        elif key is not None and value is not None:
            found[key], lines[key] = value, line
            if _CUT.match(whole.lstrip()):
                message = _("the value of {variable} ends before the # on this line.").format(variable=clean(key, 120))
                hint = _("Put it into single quotes if the # belongs to it.")
                say(Problem(place, message, hint, Severity.WARNING, "secrets").line())
    if problems:
        raise InvalidAnswersError(tuple(problems))
    return found


def _from_toml(text: str, name: str) -> dict[str, str]:
    try:
        document = toml_document(text)
    except (ValueError, RecursionError):
        hint = _('Write lines such as NBCLUSTER_DATABASE_PASSWORD = "…".')
        raise InvalidAnswersError((Problem(name, _("is not TOML in UTF-8."), hint),)) from None
    found: dict[str, str] = {}
    _flatten(document, "", found)
    return found


def _flatten(table: dict[str, Any], prefix: str, found: dict[str, str]) -> None:
    for key, value in table.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{key}.", found)
        elif isinstance(value, str):
            path = f"{prefix}{key}"
            # a bare word is a variable's name; only key paths are dotted, and 1.0.0 knew lower-case ones
            found[path if "." not in path and path == path.upper() else secret_variable(path)] = value


class Variables(dict[str, str]):
    """An environment that remembers which names were asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value, remembering the name."""
        self.asked.add(name)
        return super().get(name, default)


def unused_names(names: Iterable[str], asked: Collection[str], file: Path) -> tuple[Problem, ...]:
    """Return a warning for every name of a secrets file that nothing refers to, with the nearest one that is referred to."""
    found = []
    for name in names:
        if name not in asked:
            hint = suggestion(name, sorted(asked)) or _('Write {{ env = "NAME" }} where the answers want it.').format()
            message = _("nothing refers to {name}, so it is not used.").format(name=clean(name, 120))
            found.append(Problem(clean(str(file), 400), message, hint, Severity.WARNING, "secrets"))
    return tuple(found)


def set_secret(answers: Answers, path: str, secret: Secret) -> Answers:
    """Put a secret where a key path of ``missing_secrets`` says it belongs, keeping where the answer came from."""
    parent = path.removesuffix(".password")
    url = answers.url(parent) if parent != path and parent in answers.fields else None
    if url is not None:
        return answers.with_(parent, url.with_password(secret), answers.source(parent))
    return answers.with_(path, secret, answers.source(path))


def asked_secrets(answers: Answers) -> tuple[str, ...]:
    """Return the missing secrets that the answers need and a person gave, without those in addresses that follow from another one."""
    return tuple(
        path
        for path in missing_secrets(answers)
        if answers.source(path.removesuffix(".password")) is not Source.DERIVED and _applies(answers, path)
    )


def _applies(answers: Answers, path: str) -> bool:
    field = answers.fields.get(path) or answers.fields.get(path.removesuffix(".password"))
    return field is None or field.applies(answers)


def _file_path(answers: Answers, path: str) -> str:
    parent = path.removesuffix(".password")
    field = answers.fields.get(parent)
    return f"{field.stands_for}.password" if parent != path and field is not None and field.stands_for else path


def fill_secrets(
    answers: Answers, values: Mapping[str, str], recall: Recall | None = None, spared: Collection[str] = ()
) -> Answers:
    """Put in every secret that the answers of a session lack.

    ``recall`` finds what has no variable; those at the key paths ``spared`` may stay missing. Raises ``InvalidAnswersError`` naming
    the variables that are not set.
    """
    problems = []
    for path in asked_secrets(answers):
        written = _file_path(answers, path)
        variable = secret_variable(written)
        value = values.get(variable)
        found = Recalled(value) if value is not None or recall is None else recall(answers, written)
        if found.text is not None:
            answers = set_secret(answers, path, Secret(found.text))
        elif written not in spared:
            hint = _("Export {name}, or name a file with --secrets.").format(name=variable)
            message = _("the session does not store this secret.")
            problems.append(Problem(path, f"{message} {found.why}".rstrip(), hint))
    if problems:
        raise InvalidAnswersError(tuple(problems))
    return answers
