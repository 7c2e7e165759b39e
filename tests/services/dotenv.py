"""npm's dotenv 16.4.5, the reader that NocoBase itself uses, as judge of a generated environment file."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.services.process import environment, missing, services_folder, tool

_SCRIPT = """
const [file, module] = process.argv.slice(1);
process.stdout.write(JSON.stringify(require(module).parse(require('fs').readFileSync(file, 'utf8'))));
"""


@dataclass(frozen=True)
class NodeDotenv:
    """Node and the folder of the ``dotenv`` package."""

    node: str
    module: Path

    def read(self, file: Path) -> dict[str, str]:
        """Return the variables of a file as ``dotenv.config({path})`` sees them (read as UTF-8)."""
        words = [self.node, "-e", _SCRIPT, str(file), str(self.module)]
        done = subprocess.run(words, capture_output=True, env=environment(), timeout=30, check=True)
        values: dict[str, str] = json.loads(done.stdout)
        return values

    def parse(self, text: str, folder: Path) -> dict[str, str]:
        """Return the variables of a text, by way of a file in ``folder``."""
        file = folder / "parse.env"
        file.write_text(text, encoding="utf-8", newline="")
        return self.read(file)


def node_dotenv_package() -> NodeDotenv:
    """Return the package that the installer unpacked; a missing one fails the test."""
    module = services_folder() / "node/node_modules/dotenv"
    if not (module / "package.json").is_file():
        raise missing("npm's dotenv")
    return NodeDotenv(tool("node"), module)
