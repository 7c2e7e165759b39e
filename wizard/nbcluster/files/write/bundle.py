"""A set of files as one archive: the same bytes whenever and by whomever it is made."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from secrets import token_hex

from nbcluster.errors import ExitCode, NbclusterError, reason_of
from nbcluster.files.outputfile import OutputFile
from nbcluster.files.write.folder import OWN_NAMES, STANDING_LIMIT
from nbcluster.system import diskfile
from nbcluster.system.inputfile import SETTINGS_LIMIT, FileFault, contents
from nbcluster.text import _
from nbcluster.text.clean import clean

LEFT_OUT = "README"
"""The file that names what was left out."""

_MOST_ENTRIES = 5000
_HEAD = "Left out, because they hold secrets:"


def archive(files: Sequence[OutputFile], *, with_secrets: bool) -> bytes:
    """Return a ``.tar.gz`` of a set; without secrets a README in it names the files that it lacks."""
    packed = [file for file in files if with_secrets or not file.secret]
    missing = sorted(file.path for file in files if file.secret and not with_secrets)
    if missing:
        text = f"{_HEAD}\n" + "".join(f"  {path}\n" for path in missing)
        packed.append(OutputFile(LEFT_OUT, text.encode()))
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for file in sorted(packed, key=lambda each: each.path):
            entry = tarfile.TarInfo(file.path)
            entry.size, entry.mode = len(file.data), 0o600 if file.secret else 0o644
            tar.addfile(entry, io.BytesIO(file.data))
    return gzip.compress(plain.getvalue(), mtime=0)


def lacking(directory: Path) -> tuple[str, ...]:
    """Return the files that an archive lacked which was unpacked in a folder."""
    try:
        first, *paths = contents(directory / LEFT_OUT, SETTINGS_LIMIT, pipes=False).decode().splitlines() or [""]
    except (FileFault, UnicodeDecodeError):
        return ()
    return tuple(path.strip() for path in paths) if first == _HEAD else ()


def check_place(path: Path) -> None:
    """Raise ``NbclusterError`` (exit 7) where an archive would take the place of what is none of ours: keys, answers, another's backup."""
    try:
        data = contents(path, STANDING_LIMIT, pipes=False)
    except FileFault as fault:
        if fault.missing:
            if path.name not in OWN_NAMES:
                return
            reason = _("the name is reserved")
        else:
            reason = fault.reason
    else:
        if not data or _is_ours(data):
            return
        reason = _("what is there is not a bundle of nbcluster; move it away, or name another file")
    message = _("{path} cannot be written: {reason}.")
    raise NbclusterError(ExitCode.UNWRITABLE, message.format(path=clean(str(path)), reason=reason))


def _is_ours(data: bytes) -> bool:
    """Tell whether an archive of a set stands there: plain files alone, each without a time."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r|gz") as tar:
            return all(entry.isfile() and entry.mtime == 0 for entry in islice(tar, _MOST_ENTRIES))
    except (tarfile.TarError, OSError, EOFError, ValueError, zlib.error):
        return False


def write_bundle(path: Path, files: Sequence[OutputFile], *, with_secrets: bool) -> None:
    """Write the archive in one step, for its owner alone where it holds secrets; raises ``NbclusterError`` (exit 7)."""
    check_place(path)
    data = archive(files, with_secrets=with_secrets)
    secret = with_secrets and any(file.secret for file in files)
    try:
        diskfile.put(path, data, 0o600 if secret else 0o644, path.with_name(f".nbcluster-{token_hex(8)}"))
    except OSError as fault:
        message = _("{path} cannot be written: {reason}.")
        raise NbclusterError(ExitCode.UNWRITABLE, message.format(path=clean(str(path)), reason=reason_of(fault))) from None
