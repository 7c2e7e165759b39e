"""Dispatch: language, command, and the one place where a failure becomes an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from nbcluster.cli.output import finish, standard_streams, talk
from nbcluster.errors import ExitCode, NbclusterError, reason_of
from nbcluster.system.signals import Ended
from nbcluster.text import _, language_of, set_language
from nbcluster.text.clean import clean


def main(arguments: Sequence[str]) -> int:
    """Run a command; returns its exit code and never raises."""
    with standard_streams():
        try:
            code = _main(arguments)
        except NbclusterError as fault:
            # a complaint could not be printed
            talk(f"nbcluster: {fault.message}")
            code = fault.code
        except BrokenPipeError:
            code = ExitCode.OK
        return finish(code)


def _main(arguments: Sequence[str]) -> int:
    as_json = "--json" in arguments
    try:
        set_language(language_of())
        return int(_run(arguments))
    except NbclusterError as fault:
        return _complain(fault, as_json)
    except KeyboardInterrupt:
        talk(_("interrupted"))
        return ExitCode.INTERRUPTED
    except Ended as ended:
        return ended.code
    except SystemExit as ended_by_help:
        return int(ended_by_help.code or ExitCode.OK)
    except BrokenPipeError:
        return ExitCode.OK
    except OSError as fault:
        if not isinstance(fault.filename, (str, bytes)):
            return _crashed(fault)
        reason = reason_of(fault)
        message = _("{path} cannot be used: {reason}.").format(path=clean(os.fsdecode(fault.filename), 400), reason=reason)
        return _complain(NbclusterError(ExitCode.UNWRITABLE, message), as_json)
    except Exception as fault:  # noqa: BLE001 - the last net: a bug is reported short, without values
        return _crashed(fault)


def _crashed(fault: Exception) -> int:
    from nbcluster.cli.crash import report_crash

    report_crash(fault)
    return ExitCode.INTERNAL


def _run(arguments: Sequence[str]) -> int:
    from nbcluster.cli.arguments import build_parser, split_language

    rest, code = split_language(arguments)
    if code is not None:
        set_language(code)
    options = build_parser().read(rest)
    if options.version:
        from nbcluster import __version__

        sys.stdout.write(f"nbcluster {__version__}\n")
        return ExitCode.OK
    return _command(options.command)(options)


def _command(name: str | None) -> Callable[[argparse.Namespace], int]:
    """Return what runs a command; only that one is loaded."""
    match name:
        case "check":
            from nbcluster.cli.check import check as run
        case "verify":
            from nbcluster.cli.check import verify as run
        case "render":
            from nbcluster.cli.render import render as run
        case "import":
            from nbcluster.cli.imports import import_ as run
        case "schema":
            from nbcluster.cli.schema import schema as run
        case "explain":
            from nbcluster.cli.explain import explain as run
        case "inspect-plugin":
            from nbcluster.cli.inspect import inspect as run
        case "sessions":
            from nbcluster.cli.sessions import sessions as run
        case "lint":
            from nbcluster.cli.lint import lint as run
        case "demo":
            from nbcluster.cli.demo import demo as run
        case _:
            from nbcluster.cli.setup import setup as run
    return run


def _complain(fault: NbclusterError, as_json: bool) -> int:
    if as_json and fault.code == ExitCode.INVALID:
        from nbcluster.cli.output import print_json
        from nbcluster.errors import Problem

        problems = fault.problems or (Problem("", fault.message),)
        print_json({"schema": 1, "problems": [problem.as_json() for problem in problems]})
    if fault.message:
        talk(f"nbcluster: {fault.message}")
    for problem in fault.problems:
        talk(problem.line())
    return int(fault.code)
