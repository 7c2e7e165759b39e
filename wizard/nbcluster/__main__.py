"""Entry point: ``--version`` answers before anything else is imported."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the program and leave with its exit code."""
    if sys.argv[1:] == ["--version"]:
        from nbcluster import __version__

        print(f"nbcluster {__version__}")
        return
    from nbcluster.programs import import_paths

    # "python -m" and an open end of PYTHONPATH put the current folder in front, whose files are not ours.
    sys.path[:] = import_paths()
    from nbcluster.cli.main import main

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
