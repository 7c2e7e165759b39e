"""A bug's short report: where it happened, never a value."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from pathlib import Path

from nbcluster.text import _


def report_crash(fault: BaseException) -> None:
    """Write the places of a failure to a private file and name it; no message, argument or local variable is kept."""
    frames = traceback.extract_tb(fault.__traceback__)
    lines = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]
    try:
        handle, name = tempfile.mkstemp(prefix="nbcluster-crash-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8") as log:
            log.write("\n".join([type(fault).__name__, *lines]) + "\n")
    except OSError:
        name = "-"
    place = lines[-1] if lines else "?"
    message = _("internal error ({kind} at {place}); the report is in {file}. Nothing that was saved is lost.")
    sys.stderr.write("nbcluster: " + message.format(kind=type(fault).__name__, place=place, file=name) + "\n")
