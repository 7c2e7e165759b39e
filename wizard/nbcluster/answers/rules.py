"""The form of a rule: a pure judgement of answers that belongs to the step where it can be mended."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from nbcluster.answers.answers import Answers
from nbcluster.errors import Problem


def _own_account() -> str:
    """Return the name of the account that runs this program; "" where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


@dataclass(frozen=True)
class Context:
    """What a rule may know beside the answers.

    ``claims``: (host, port, database) of Redis and (host, port, name) of databases that other saved sessions use, with the session's name.
    ``base_env``: variables of the imported file. ``base_unknown``: names that it sets to what it does not tell, and why.
    ``kept_env``: variables of the .env that stands in the target folder. ``account``: the account that runs this program.
    """

    claims: Mapping[tuple[str, int, str], str] = field(default_factory=dict)
    base_env: Mapping[str, str] = field(default_factory=dict)
    kept_env: Mapping[str, str] = field(default_factory=dict)
    base_unknown: Mapping[str, str] = field(default_factory=dict)
    account: str = field(default_factory=_own_account)


@dataclass(frozen=True)
class Rule:
    """A named judgement; its id is shown as ``rules.<name>``."""

    name: str
    judge: Callable[[Answers, Context], Iterable[Problem]]

    @property
    def id(self) -> str:
        """The id under which ``check`` reports it."""
        return f"rules.{self.name}"
