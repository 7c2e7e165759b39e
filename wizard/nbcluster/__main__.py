"""Entry point: ``--version`` answers before anything else is imported."""

from __future__ import annotations

import gc
import sys


def run() -> None:
    """Run the program and leave with its exit code."""
    if sys.argv[1:] == ["--version"]:
        from nbcluster import __version__

        try:
            sys.stdout.write(f"nbcluster {__version__}\n")
            sys.stdout.flush()
        except (OSError, AttributeError):
            # closed or full: the command line knows what to say
            pass
        else:
            return
    # what a command makes mostly stays until its end: looking for garbage earlier than this takes time and finds little
    gc.set_threshold(100_000, 10, 10)
    from nbcluster.system.programs import leave_current_folder

    leave_current_folder()
    from nbcluster.cli.main import main

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
