"""The values behind ``generate`` and ``from-storage``: an answer beats the target's .env, that the imported file, that a fresh value."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nbcluster.answers import Answers
from nbcluster.errors import InvalidAnswersError
from nbcluster.problems import Problem
from nbcluster.secret import Secret
from nbcluster.text import _

VARIABLES = {"app.key": "APP_KEY", "app.aes_key": "APP_AES_SECRET_KEY", "admin.password": "INIT_ROOT_PASSWORD"}
_BYTES = {"app.key": 32, "app.aes_key": 32, "admin.password": 12}
_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Resolved:
    """Variable to value; None means that the variable is left out because the share's key file decides."""

    values: Mapping[str, Secret | None]

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The values alone."""
        return tuple(value for value in self.values.values() if value is not None)


def resolve(
    answers: Answers,
    kept_env: Mapping[str, str],
    base_env: Mapping[str, str],
    new_keys: bool,
    token_hex: Callable[[int], str],
) -> Resolved:
    """Return the keys and the first password; raises ``InvalidAnswersError`` rather than give an existing installation a fresh key."""
    values: dict[str, Secret | None] = {}
    for path, name in VARIABLES.items():
        field = answers.fields.get(path)
        if field is None or not field.applies(answers):
            continue
        answer = answers[path]
        if isinstance(answer, Secret):
            values[name] = answer
        elif answer == "from-storage":
            values[name] = None
        else:
            values[name] = _kept_or_fresh(answers, path, name, {} if new_keys else kept_env, base_env, token_hex)
    return Resolved(values)


def _kept_or_fresh(
    answers: Answers,
    path: str,
    name: str,
    kept_env: Mapping[str, str],
    base_env: Mapping[str, str],
    token_hex: Callable[[int], str],
) -> Secret:
    kept = kept_env.get(name) or base_env.get(name)
    if kept:
        return Secret(kept)
    if answers["app.installation"] == "existing":
        raise InvalidAnswersError((Problem(path, _("an existing installation gets no fresh key."), _("Paste the one in use.")),))
    token = token_hex(_BYTES[path])
    if path == "admin.password":
        # letters and digits alone read the same everywhere and can be typed at the first sign-in
        token = "".join(_ALPHABET[int(token[i : i + 3], 16) % len(_ALPHABET)] for i in range(0, len(token) - 2, 1))[:20]
    return Secret(token)
