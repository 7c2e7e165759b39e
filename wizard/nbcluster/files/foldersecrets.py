"""Finds the secrets of an answers file in what ``render`` wrote beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nbcluster.answers.answers import Answers
from nbcluster.answers.fields import FieldKind
from nbcluster.answers.file import Recalled
from nbcluster.answers.url import parse_url
from nbcluster.env import UnreadableError
from nbcluster.errors import NbclusterError
from nbcluster.files.formats import ANSWERS_FILE
from nbcluster.files.keyfiles import holders, reader_of_file, values_in
from nbcluster.files.kubernetes.files import CONFIG_MAP, SECRET
from nbcluster.files.kubernetes.readback import open_values
from nbcluster.files.write import located, written_folder
from nbcluster.steps.variables import reader_of
from nbcluster.system.inputfile import read_text
from nbcluster.text import _
from nbcluster.text.clean import clean

_SERVER = ("database.host", "database.port", "database.user")
"""Where a database's password belongs to."""


class WrittenSecrets:
    """The secrets of a folder that a manifest vouches for: it lists the answers file and the files that are read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listed = _listed(folder)
        self._read: dict[str, Mapping[str, str]] | None = None

    @classmethod
    def beside(cls, path: Path) -> WrittenSecrets | None:
        """Return those beside an answers file that was written by this program, None for any other file."""
        try:
            folder = written_folder(path)
        except OSError:
            # the current folder is gone: the answers file says so itself
            return None
        return cls(Path(folder)) if folder and path.name == ANSWERS_FILE else None

    def recall(self, answers: Answers, path: str) -> Recalled:
        """Return the secret of a key path, as long as its server and user are those that the answers name."""
        parent = path.removesuffix(".password")
        field = answers.fields.get(path) or answers.fields.get(parent)
        if field is None or ANSWERS_FILE not in self._listed:
            return Recalled(None)
        name = answers.text("queue.url_variable") if parent == "queue.url" else field.variable
        found: dict[str, str] = {}
        moved = ""
        for file, values in self._values(answers).items():
            text = values.get(name or "")
            if not text or "\x00" in text:
                continue
            secret = _secret_of(answers, path, text, values, whole=path == parent and field.kind is FieldKind.URL)
            if secret is None:
                moved = moved or file
            else:
                found.setdefault(secret, file)
        if len(found) > 1:
            first, second, *_rest = found.values()
            message = _("{first} and {second} hold two values of {name}.")
            return Recalled(
                None, message.format(first=self._place(first), second=self._place(second), name=clean(str(name), 120))
            )
        if not found and moved:
            message = _("{file} holds the password of another server or user.")
            return Recalled(None, message.format(file=self._place(moved)))
        return Recalled(next(iter(found), None))

    def _place(self, file: str) -> str:
        return clean(str(self._folder / file), 200)

    def _values(self, answers: Answers) -> dict[str, Mapping[str, str]]:
        if self._read is None:
            self._read = {}
            for file in holders(self._listed):
                try:
                    self._read[file] = self._variables(file, answers)
                except (NbclusterError, UnreadableError):
                    # an unreadable file: what it might have held is reported as missing
                    continue
        return self._read

    def _variables(self, file: str, answers: Answers) -> Mapping[str, str]:
        text = self._text(file)
        values = values_in(file, text, reader_of_file(text, reader_of(answers), ours=True))
        return {**open_values(self._text(CONFIG_MAP)), **values} if file == SECRET and CONFIG_MAP in self._listed else values

    def _text(self, file: str) -> str:
        return read_text(located(self._folder, file), file, pipes=False)


def _listed(folder: Path) -> Mapping[str, str]:
    from nbcluster.files.write.plan import last_manifest

    return last_manifest(folder)


def _secret_of(answers: Answers, path: str, text: str, values: Mapping[str, str], *, whole: bool) -> str | None:
    """Return the secret in the text of a variable, None where it belongs to another server or user than the answers name."""
    if path == "database.password":
        same = all(values.get(answers.fields[each].variable or "") == answers.text(each) for each in _SERVER)
        return text if same else None
    if whole or not path.endswith(".password") or path in answers.fields:
        return text
    url, written = answers.url(path.removesuffix(".password")), parse_url(text)
    if url is None or written.password is None or written.address != url.with_password(written.password).address:
        return None
    return written.password.reveal()
