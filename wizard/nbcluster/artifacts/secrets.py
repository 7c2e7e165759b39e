"""The values behind ``generate`` and ``from-storage``: an answer beats the target's .env, that the imported file, that a fresh value."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nbcluster.answers import Answers
from nbcluster.answersfile.secrets import asked_secrets
from nbcluster.errors import InvalidAnswersError
from nbcluster.problems import Problem
from nbcluster.secret import Secret
from nbcluster.text import _

VARIABLES = {"app.key": "APP_KEY", "app.aes_key": "APP_AES_SECRET_KEY", "admin.password": "INIT_ROOT_PASSWORD"}
_BYTES = {"app.key": 32, "app.aes_key": 32, "admin.password": 15}
_ALPHABET = string.ascii_letters + string.digits
_PASSWORD_LENGTH = 20


class Origin(StrEnum):
    """Where a key or the first password comes from."""

    LITERAL = "literal"
    KEPT = "kept"
    BASE = "base"
    NEW = "new"
    STORAGE = "from-storage"


@dataclass(frozen=True)
class Resolved:
    """Variable to value; None means that the variable is left out because the share's key file decides."""

    values: Mapping[str, Secret | None]
    origins: Mapping[str, Origin] = field(default_factory=dict)

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
    """Return the keys and the first password.

    ``new_keys`` passes over what the target's .env holds. Raises ``InvalidAnswersError`` with the key path rather than give an existing
    installation a fresh key, and for secrets that a resumed session does not hold.
    """
    _require_all(answers)
    values: dict[str, Secret | None] = {}
    origins: dict[str, Origin] = {}
    for path, name in VARIABLES.items():
        declared = answers.fields.get(path)
        if declared is None or not declared.applies(answers):
            continue
        answer = answers[path]
        if isinstance(answer, Secret):
            values[name], origins[name] = answer, Origin.LITERAL
        elif answer == "from-storage":
            values[name], origins[name] = None, Origin.STORAGE
        elif kept_env.get(name) and not new_keys:
            values[name], origins[name] = Secret(kept_env[name]), Origin.KEPT
        elif base_env.get(name):
            values[name], origins[name] = Secret(base_env[name]), Origin.BASE
        elif answers["app.installation"] == "existing":
            problem = Problem(path, _("an existing installation gets no fresh key."), _("Paste the one in use."))
            raise InvalidAnswersError((problem,))
        else:
            values[name], origins[name] = Secret(_fresh(path, token_hex)), Origin.NEW
    return Resolved(values, origins)


def _require_all(answers: Answers) -> None:
    lost = asked_secrets(answers)
    if lost:
        raise InvalidAnswersError(tuple(Problem(path, _("the session does not store this secret.")) for path in lost))


def _fresh(path: str, token_hex: Callable[[int], str]) -> str:
    token = token_hex(_BYTES[path])
    if path != "admin.password":
        return token
    # letters and digits alone read the same in every env file and can be typed at the first sign-in
    number, signs = int(token, 16), ""
    for _place in range(_PASSWORD_LENGTH):
        number, index = divmod(number, len(_ALPHABET))
        signs += _ALPHABET[index]
    return signs
