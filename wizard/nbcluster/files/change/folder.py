"""A set of files with the CHANGE.md that leads to it, and the baseline that the next one starts from."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.answers.secret import Secret
from nbcluster.cluster import Cluster
from nbcluster.files.change.baseline import Baseline, Snapshot, read_baseline
from nbcluster.files.change.difference import DOCUMENTS, difference
from nbcluster.files.change.document import change_text
from nbcluster.files.formats import ANSWERS_FILE, chosen
from nbcluster.files.keyfiles import FIXED
from nbcluster.files.keys import Digests, digest
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.write.folder import standing
from nbcluster.files.write.journal import located
from nbcluster.files.write.plan import BASELINE, CHANGE, last_manifest
from nbcluster.files.write.plan import digest as file_digest
from nbcluster.text import using

if TYPE_CHECKING:
    from nbcluster.files.fileset import Prepared

_ADDRESS = re.compile(r"rediss?://[A-Za-z0-9.:\[\]_-]+(?:/[0-9]*)?")
"""A Redis without user, password and parameters: it stands in the answers as it is, and is no secret."""


def with_change(
    prepared: Prepared, directory: Path, token_hex: Callable[[int], str] = secrets.token_hex, *, dry_run: bool = False
) -> tuple[Prepared, str | None]:
    """Return a set with its baseline and, where nodes have to follow, with CHANGE.md; the name is that of the document to continue with.

    The first set of a folder has no CHANGE.md. A run that changes nothing, or writes a part of the files, leaves the one that is there
    alone. In a set for a ``dry_run`` a baseline that changes is empty: its digests would be made for nothing.
    """
    with_baseline = partial(_with, dry_run=dry_run)
    answers = prepared.answers
    if answers is None:
        return prepared, None
    cluster, known = Cluster.of(answers), read_baseline(directory)
    salt = known.salt if known is not None else token_hex(16)
    there = standing(located(directory, CHANGE)) is not None
    if not prepared.whole:
        # the folder holds no state of its own until the rest is written: the next whole set tells what changed
        return prepared, CHANGE if known is not None and known.pending and there else None
    now = _snapshot(prepared, salt, known.last if known is not None else None)
    if known is None:
        older = _standing_files(directory, now)
        if older is None:
            return with_baseline(prepared, Baseline(salt, now, now)), None
        before, moved = Snapshot("", {}, older), True
        found = difference(before, now, cluster)
        if not found.files:
            return with_baseline(prepared, Baseline(salt, now, now)), None
    else:
        # deleting CHANGE.md means that the change is done
        before = known.last if known.pending and not there else known.before
        moved = bool(difference(known.last, now, cluster))
        # a value may have had another form since, and another digest
        found = difference(before, _snapshot(prepared, salt, before), cluster)
    if not moved and known is not None:
        kept = Baseline(salt, before, known.last, known.pending and there)
        return with_baseline(prepared, kept), CHANGE if kept.pending else None
    if not chosen(answers, CHANGE):
        return with_baseline(prepared, Baseline(salt, before, now)), None
    with using(cluster.language):
        text = change_text(found)
    return with_baseline(prepared, Baseline(salt, before, now, pending=True), OutputFile(CHANGE, text.encode())), CHANGE


def _with(prepared: Prepared, baseline: Baseline, *more: OutputFile, dry_run: bool) -> Prepared:
    data = b"" if dry_run and isinstance(baseline.last.secrets, Digests) else baseline.encode()
    return replace(prepared, files=(*prepared.files, *more, OutputFile(BASELINE, data, True)))


def _snapshot(prepared: Prepared, salt: str, earlier: Snapshot | None) -> Snapshot:
    """Return the state that the folder will have, with digests in the forms of an earlier one, to be compared with that."""
    answers = next(file.text for file in prepared.files if file.path == ANSWERS_FILE)
    files = {file.path: file_digest(file.data) for file in prepared.files if file.path not in DOCUMENTS}
    before = earlier.secrets if earlier is not None else {}
    makers = {name: _maker(prepared, name, value, salt, before.get(name, "")) for name, value in prepared.values.items()}
    return Snapshot(answers, Digests(makers), files)


def _maker(prepared: Prepared, name: str, value: Secret, salt: str, before: str) -> Callable[[], str]:
    """Return what makes the digest of a value, in the form of the one ``before``.

    ``HEX`` is scrypt with the salt of the baseline, ``SALT:HEX`` that of a key with the salt of the manifest, where the same digest
    stands, and ``address:HEX`` SHA-256 of what is no secret. The first form is read for every value, and written for what may be guessed.
    """
    of_before, separator, _hex = before.rpartition(":")
    if before and not separator:
        return partial(digest, value, salt)
    if _ADDRESS.fullmatch(value.reveal()):
        return lambda: f"address:{hashlib.sha256(f'{salt} {value.reveal()}'.encode()).hexdigest()}"
    keys = prepared.keys or {}
    if name not in keys:
        return partial(digest, value, salt)
    if of_before in ("", keys["salt"]):
        return lambda: f"{keys['salt']}:{keys[name]}"
    return lambda: f"{of_before}:{digest(value, of_before)}"


def _standing_files(directory: Path, now: Snapshot) -> dict[str, str] | None:
    """Return the digests of the files of an earlier set in the folder, None where there is none that nodes could run."""
    if not set(FIXED) & set(last_manifest(directory)):
        return None
    found = {}
    for path in now.files:
        data = standing(located(directory, path))
        if data is not None:
            found[path] = file_digest(data)
    return found
