"""Secrets for a saved session that runs without a screen: from NBCLUSTER_* variables or a TOML file of mode 0600."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbcluster.answers import Answers, Source, missing_secrets
from nbcluster.answersfile.dump import secret_variable
from nbcluster.answersfile.load import toml_document
from nbcluster.clean import clean
from nbcluster.errors import InvalidAnswersError
from nbcluster.inputfile import expanded, read_text
from nbcluster.problems import Problem
from nbcluster.secret import Secret
from nbcluster.text import _


def read_secrets(path: Path) -> dict[str, str]:
    """Read a secrets file into variable names and values; raises ``InvalidAnswersError`` for one that others may read.

    Keys are either the variables themselves or key paths (``database.password``).
    """
    path = expanded(path, str(path))
    name = clean(str(path), 400)
    text = read_text(path, name)
    if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise InvalidAnswersError((Problem(name, _("can be read by others."), _("Run chmod 600 on it.")),))
    try:
        document = toml_document(text)
    except (ValueError, RecursionError):
        raise InvalidAnswersError(
            (Problem(name, _("is no TOML in UTF-8."), _('Write lines such as NBCLUSTER_DATABASE_PASSWORD = "…".')),)
        ) from None
    found: dict[str, str] = {}
    _flatten(document, "", found)
    return found


def _flatten(table: dict[str, Any], prefix: str, found: dict[str, str]) -> None:
    for key, value in table.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{key}.", found)
        elif isinstance(value, str):
            path = f"{prefix}{key}"
            found[path if path.startswith("NBCLUSTER_") else secret_variable(path)] = value


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


def fill_secrets(answers: Answers, values: Mapping[str, str]) -> Answers:
    """Put in every secret that the answers lack; raises ``InvalidAnswersError`` naming the variables that are not set."""
    problems = []
    for path in asked_secrets(answers):
        variable = secret_variable(_file_path(answers, path))
        value = values.get(variable)
        if value is None:
            hint = _("Export {name}, or name a file with --secrets.").format(name=variable)
            problems.append(Problem(path, _("the session does not store this secret."), hint))
        else:
            answers = set_secret(answers, path, Secret(value))
    if problems:
        raise InvalidAnswersError(tuple(problems))
    return answers
