"""Start the probe program: requests on stdin, results on stdout, one JSON object a line."""

from __future__ import annotations

import sys

from nbcluster.probe.server import main

if __name__ == "__main__":
    sys.exit(main())
