"""The values behind ``generate``, ``keep`` and ``from-storage``.

In this order: the answer, the target folder, the former folder of the session, the imported file, a new value. A key that was
written once is never replaced without ``--new-keys``.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial

from nbcluster.answers.answers import Answers
from nbcluster.answers.file.secrets import asked_secrets
from nbcluster.answers.secret import MissingSecret, Secret
from nbcluster.errors import InvalidAnswersError, Problem, error, warning
from nbcluster.facts import KEY_BYTES, KEY_VARIABLES, MADE_VARIABLES, WEAK_KEYS
from nbcluster.steps.keys import keeps
from nbcluster.steps.start import is_existing
from nbcluster.text import _
from nbcluster.text.clean import clean

_BYTES = {**dict.fromkeys(KEY_VARIABLES, KEY_BYTES), "admin.password": 15}
_ALPHABET = string.ascii_letters + string.digits
_PASSWORD_LENGTH = 20
_STAND_IN = "00" * KEY_BYTES


@dataclass(frozen=True)
class Resolved:
    """Variable to value; None means that the variable is left out because the share's key file decides. ``new`` are made in this run."""

    values: Mapping[str, Secret | None]
    new: frozenset[str]

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every value that no output may show."""
        return tuple(value for value in self.values.values() if value is not None)

    @property
    def new_keys(self) -> tuple[str, ...]:
        """The variables of keys that are made in this run."""
        return tuple(name for name in KEY_VARIABLES.values() if name in self.new)


@lru_cache(maxsize=64)
def digest(value: Secret, salt: str) -> str:
    """Return the digest of a key in a manifest; cached, because it takes tens of milliseconds and previews ask for it often."""
    return value.fingerprint(salt)


class Digests(Mapping[str, str]):
    """Texts that are made when they are asked for: most runs need few of the digests, and a run that writes nothing next to none."""

    def __init__(self, makers: Mapping[str, Callable[[], str]]) -> None:
        self._makers = makers

    def __getitem__(self, name: str) -> str:
        return self._makers[name]()

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def made(self) -> dict[str, str]:
        """Return all of them, made in several threads: scrypt lets others run, and takes 16 MiB in each."""
        if len(self) < 2:
            return dict(self)
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(4) as pool:
            return dict(zip(self, pool.map(self.__getitem__, self), strict=True))


@dataclass(frozen=True)
class Known:
    """What a folder's manifest knows: the files with keys that were written, and salt and digests; None as 1.0.0 kept no digest.

    ``untouched`` are the values in files that are byte for byte what the manifest lists: the digests were made from these.
    """

    files: tuple[str, ...] = ()
    digests: Mapping[str, str] | None = None
    untouched: Mapping[str, str] = field(default_factory=dict)

    def knows(self, name: str) -> bool:
        """Tell whether a key was written."""
        return name in self.digests if self.digests is not None else bool(self.files)

    def tells(self, name: str) -> bool:
        """Tell whether there is a digest of a key."""
        return name in (self.digests or {})

    def accepts(self, name: str, value: str) -> bool:
        """Tell whether a value may be the one that was written."""
        known = self.digests or {}
        return name not in known or self._made_from(name, value) or known[name] == digest(Secret(value), known["salt"])

    def digest_of(self, name: str, value: Secret, salt: str) -> str:
        """Return the digest of a key for the next manifest."""
        known = self.digests or {}
        is_known = name in known and known["salt"] == salt and self._made_from(name, value.reveal())
        return known[name] if is_known else digest(value, salt)

    def _made_from(self, name: str, value: str) -> bool:
        return name in self.untouched and self.untouched[name] == value


def digests(resolved: Resolved, salt: str, known: Known | None = None) -> Digests:
    """Return the entry of the keys in a manifest: the salt, and the digest of each that is not left out."""
    known = known or Known()
    found = {name: resolved.values.get(name) for name in KEY_VARIABLES.values()}
    makers = {name: partial(known.digest_of, name, value, salt) for name, value in found.items() if value is not None}
    return Digests({"salt": lambda: salt, **makers})


@dataclass(frozen=True)
class KeyFolder:
    """The keys of one folder: file to variables, as they stand there; ``known`` is None where there is no manifest."""

    path: str
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    known: Known | None = None

    def holders(self, name: str) -> dict[str, str]:
        """Return file and value of a variable."""
        return {file: values[name] for file, values in self.values.items() if values.get(name)}

    def place(self, file: str = "") -> str:
        """Return the path of a file, by default of one that held the keys when they were written, as a person reads it."""
        named = file or (self.known.files[0] if self.known is not None and self.known.files else ".env")
        return clean(f"{self.path}/{named}")


@dataclass(frozen=True)
class Kept:
    """The values that stand somewhere, by variable, and what is wrong with them."""

    values: Mapping[str, str]
    problems: tuple[Problem, ...] = ()

    def with_stand_ins(self, answers: Answers) -> Kept:
        """Return it for a set without any file that holds keys: what is lost or differs then changes nothing."""
        missing = [name for path, name in MADE_VARIABLES.items() if not isinstance(answers[path], Secret)]
        return Kept({**dict.fromkeys(missing, _STAND_IN), **self.values})


def kept_keys(
    answers: Answers, here: KeyFolder, former: KeyFolder | None, base_env: Mapping[str, str], *, new_keys: bool = False
) -> Kept:
    """Return the keys and the first password that were written before, and a problem at each key path that would lose one.

    ``here`` is the target folder, ``former`` the one of the session's last export. ``new_keys`` lets everything be replaced but the AES
    key of an existing installation.
    """
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for path, name in MADE_VARIABLES.items():
        declared = answers.fields.get(path)
        if declared is None or not declared.applies(answers):
            continue
        search = _Search(answers, path, here, former, base_env)
        if path not in KEY_VARIABLES or (new_keys and not _is_fixed(answers, path)):
            value = next(iter((*here.holders(name).values(), *(former.holders(name).values() if former else ()))), None)
        else:
            value = search.value()
        problems += search.problems
        if value is not None:
            values[name] = value
    return Kept(values, tuple(problems))


def _is_fixed(answers: Answers, path: str) -> bool:
    """Tell whether not even ``--new-keys`` may change a key: another one would lose what an existing installation has encrypted."""
    return path == "app.aes_key" and is_existing(answers)


class _Search:
    """Searches all places for one key; ``problems`` say why writing must not go on."""

    def __init__(
        self, answers: Answers, path: str, here: KeyFolder, former: KeyFolder | None, base_env: Mapping[str, str]
    ) -> None:
        self.answers, self.path, self.name = answers, path, MADE_VARIABLES[path]
        self.here, self.former, self.base = here, former, base_env.get(self.name)
        self.problems: list[Problem] = []

    def value(self) -> str | None:
        """Return the value to keep, or None."""
        held = self.here.holders(self.name)
        answer = self.answers[self.path]
        if isinstance(answer, MissingSecret):
            return None
        if isinstance(answer, Secret):
            return self._beside_literal(answer.reveal(), held)
        if answer == "from-storage":
            return self._left_out(held)
        if not held:
            return self._elsewhere()
        return self._one_of(self.here, held)

    def _beside_literal(self, literal: str, held: Mapping[str, str]) -> str | None:
        known = self.here.known
        others = [file for file, value in held.items() if value != literal and value not in WEAK_KEYS]
        if known is not None and not known.accepts(self.name, literal):
            self._refuse(
                _("is another {name} than the one that was written to {file}.").format(name=self.name, file=self.here.place()),
                _("Answer with that one again."),
            )
        elif others and known is not None and known.digests is None and known.files:
            self._refuse(
                _("is another {name} than the one in {file}.").format(name=self.name, file=self.here.place(others[0])),
                _("Answer with that one, or with keep."),
            )
        elif others and (known is None or not known.tells(self.name)):
            message = _("replaces the other {name} in {file}.").format(name=self.name, file=self.here.place(others[0]))
            self.problems.append(warning(self.path, "keys-replaced", message, _("Answer keep if that one is in use.")))
            return held[others[0]]
        return None

    def _left_out(self, held: Mapping[str, str]) -> str | None:
        known = self.here.known
        strong = [file for file, value in held.items() if value not in WEAK_KEYS]
        if strong or (known is not None and known.tells(self.name)):
            place = self.here.place(strong[0] if strong else "")
            self._refuse(
                _("{file} sets {name}: leaving it out would change the key.").format(file=place, name=self.name),
                _("Answer keep."),
            )
        return None

    def _one_of(self, folder: KeyFolder, held: Mapping[str, str]) -> str | None:
        (first, value), *rest = held.items()
        if other := next((file for file, found in rest if found != value), ""):
            self._refuse(
                _("{first} and {second} hold two values of {name}.").format(
                    first=folder.place(first), second=folder.place(other), name=self.name
                ),
                _("Put the key in use into both files, or remove the file that is no longer used."),
            )
            return None
        if folder.known is not None and not folder.known.accepts(self.name, value):
            self._refuse(
                _("{file} holds another {name} than the one that was written.").format(file=folder.place(first), name=self.name),
                _("Restore {file}, or paste the earlier value.").format(file=folder.place(first)),
            )
            return None
        return value

    def _elsewhere(self) -> str | None:
        """Return a value of the former folder, or None where the imported file has one or none was ever written."""
        known, former = self.here.known, self.former
        held = former.holders(self.name) if former is not None else {}
        if former is not None and held and all(known is None or known.accepts(self.name, value) for value in held.values()):
            return self._one_of(former, held)
        told = [
            each for each in (known, former.known if former is not None else None) if each is not None and each.tells(self.name)
        ]
        if self.base and (not told or told[0].accepts(self.name, self.base)):
            return None
        if known is not None and known.knows(self.name):
            self._lost(self.here)
        elif former is not None and (former.known is None or former.known.knows(self.name)):
            self._lost(former)
        return None

    def _lost(self, folder: KeyFolder) -> None:
        file = folder.place()
        self._refuse(
            _("{name} was written to {file} and is not there any more.").format(name=self.name, file=file),
            _("Restore {file}, or paste the value.").format(file=file),
        )

    def _refuse(self, message: str, hint: str) -> None:
        if _is_fixed(self.answers, self.path):
            way = _(
                "Another key would lose every encrypted value; if the one that was written is wrong, write into an empty folder."
            )
        elif self.path == "app.aes_key":
            way = _("`render --new-keys` replaces it: every encrypted value is then lost.")
        else:
            way = _("`render --new-keys` replaces it: everybody signs in again.")
        self.problems.append(error(self.path, "keys-kept", message, f"{hint} {way}"))


def resolve(
    answers: Answers,
    kept_env: Mapping[str, str],
    base_env: Mapping[str, str],
    new_keys: bool,
    token_hex: Callable[[int], str],
    drawn: dict[str, Secret] | None = None,
) -> Resolved:
    """Return the keys and the first password.

    ``new_keys`` passes over what was kept. ``drawn`` holds the fresh values of this run: what is not in there is drawn and added, so that
    a preview and what is written after it have the same. Raises ``InvalidAnswersError`` with the key paths rather than give an existing
    installation a fresh key where none was found, and for secrets that a resumed session does not hold.
    """
    _require_all(answers)
    drawn = {} if drawn is None else drawn
    values: dict[str, Secret | None] = {}
    new: set[str] = set()
    problems: list[Problem] = []
    for path, name, answer in _asked(answers):
        # the first password is not a key: the account that was created with it keeps it
        anew = new_keys and path in KEY_VARIABLES and not _is_fixed(answers, path)
        if isinstance(answer, Secret):
            values[name] = answer
        elif answer == "from-storage":
            values[name] = None
        elif kept_env.get(name) and not anew:
            values[name] = Secret(kept_env[name])
        elif base_env.get(name) and not anew:
            values[name] = Secret(base_env[name])
        elif keeps(answers, path) and not kept_env.get(name) and not base_env.get(name):
            message = _("is to be kept, but no value was found, and none is made in its place.")
            problems.append(
                error(path, "keys-kept", message, _("Paste it, or answer from-storage for an existing installation."))
            )
        else:
            values[name] = drawn.setdefault(name, Secret(_fresh(path, token_hex)))
            new.add(name)
    if problems:
        raise InvalidAnswersError(tuple(problems))
    return Resolved(values, frozenset(new))


def has_word(answers: Answers, path: str) -> bool:
    """Tell whether a key is asked for, and answered by a word (``generate``, ``keep``) instead of a value."""
    declared = answers.fields.get(path)
    return declared is not None and declared.applies(answers) and answers[path] in ("generate", "keep")


def _asked(answers: Answers) -> Iterator[tuple[str, str, object]]:
    """Yield key path, variable and answer of what the answers ask for."""
    for path, name in MADE_VARIABLES.items():
        declared = answers.fields.get(path)
        if declared is not None and declared.applies(answers):
            yield path, name, answers[path]


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
