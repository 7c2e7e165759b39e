"""A set of files with the CHANGE.md that leads to it, and the baseline that the next one starts from."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

from nbcluster.answers.file import dump
from nbcluster.cluster import Cluster
from nbcluster.files.change.baseline import Baseline, Snapshot, read_baseline
from nbcluster.files.change.difference import DOCUMENTS, difference
from nbcluster.files.change.document import change_text
from nbcluster.files.formats import chosen
from nbcluster.files.keyfiles import FIXED
from nbcluster.files.keys import digest
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.write.folder import standing
from nbcluster.files.write.journal import located
from nbcluster.files.write.plan import BASELINE, CHANGE, last_manifest
from nbcluster.files.write.plan import digest as file_digest
from nbcluster.text import using

if TYPE_CHECKING:
    from nbcluster.files.fileset import Prepared


def with_change(
    prepared: Prepared, directory: Path, token_hex: Callable[[int], str] = secrets.token_hex
) -> tuple[Prepared, str | None]:
    """Return a set with its baseline and, where nodes have to follow, with CHANGE.md; the name is that of the document to continue with.

    The first set of a folder has no CHANGE.md. A run that changes nothing, or writes a part of the files, leaves the one that is there
    alone.
    """
    answers = prepared.answers
    if answers is None:
        return prepared, None
    cluster, known = Cluster.of(answers), read_baseline(directory)
    salt = known.salt if known is not None else token_hex(16)
    there = standing(located(directory, CHANGE)) is not None
    if not prepared.whole:
        # the folder holds no state of its own until the rest is written: the next whole set tells what changed
        return prepared, CHANGE if known is not None and known.pending and there else None
    now = _snapshot(prepared, salt)
    if known is None:
        older = _standing_files(directory, now)
        if older is None:
            return _with(prepared, Baseline(salt, now, now)), None
        before, moved = Snapshot("", {}, older), True
        found = difference(before, now, cluster)
        if not found.files:
            return _with(prepared, Baseline(salt, now, now)), None
    else:
        # deleting CHANGE.md means that the change is done
        before = known.last if known.pending and not there else known.before
        moved = bool(difference(known.last, now, cluster))
        found = difference(before, now, cluster)
    if not moved and known is not None:
        kept = Baseline(salt, before, known.last, known.pending and there)
        return _with(prepared, kept), CHANGE if kept.pending else None
    if not chosen(answers, CHANGE):
        return _with(prepared, Baseline(salt, before, now)), None
    with using(cluster.language):
        text = change_text(found)
    return _with(prepared, Baseline(salt, before, now, pending=True), OutputFile(CHANGE, text.encode())), CHANGE


def _with(prepared: Prepared, baseline: Baseline, *more: OutputFile) -> Prepared:
    return replace(prepared, files=(*prepared.files, *more, OutputFile(BASELINE, baseline.encode(), True)))


def _snapshot(prepared: Prepared, salt: str) -> Snapshot:
    """Return the state that the folder will have."""
    assert prepared.answers is not None
    files = {file.path: file_digest(file.data) for file in prepared.files if file.path not in DOCUMENTS}
    # scrypt lets other threads run; 16 MiB each
    with ThreadPoolExecutor(4) as pool:
        digests = pool.map(digest, prepared.values.values(), repeat(salt))
        values = dict(zip(prepared.values, digests, strict=True))
    return Snapshot(dump(prepared.answers), values, files)


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
