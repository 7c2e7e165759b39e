"""``sessions``: list, show, export and delete what was saved."""

from __future__ import annotations

import argparse
import sys

from nbcluster.errors import ExitCode, NbclusterError
from nbcluster.text import _


def sessions(options: argparse.Namespace) -> int:
    """Run one of the session commands; all but ``list`` need a name."""
    from nbcluster.sessions.store import SessionStore

    store = SessionStore()
    if options.action == "list":
        known = store.list()
        if not known:
            sys.stderr.write(_("no session is saved; `nbcluster` begins one") + "\n")
        for info in known:
            if info.fault:
                sys.stdout.write(f"{info.name:<24} {info.step}: {info.fault}\n")
                continue
            owner = _("in use by {owner}").format(owner=info.locked_by) if info.locked_by else ""
            when = info.saved_at.strftime("%Y-%m-%d %H:%M") if info.saved_at else "-"
            sys.stdout.write(f"{info.name:<24} {when}  {info.step:<12} {info.exported_to or '-'}  {owner}".rstrip() + "\n")
        return ExitCode.OK
    if options.name is None:
        raise NbclusterError(
            ExitCode.INVALID, _("sessions {action} needs a NAME; `nbcluster sessions` lists them").format(action=options.action)
        )
    if options.action == "delete":
        with store.lock(options.name):
            store.delete(options.name)
        return ExitCode.OK
    session = store.load(options.name)
    if options.action == "export":
        from nbcluster.answers.file import dump, unwritten
        from nbcluster.cli.output import talk

        for problem in unwritten(session.answers):
            talk(problem.line())
        sys.stdout.write(dump(session.answers))
        return ExitCode.OK
    from nbcluster.files.summary import choices

    for title, rows in choices(session.answers):
        sys.stdout.write(f"{title}\n")
        for label, value in rows:
            sys.stdout.write(f"  {label}: {value}\n")
    return ExitCode.OK
