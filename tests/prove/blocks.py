"""The blocks of the written documents, run as they stand: on the bastion, or as root on the machine that they name."""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.prove.claims import Refuted
from tests.prove.machines import Bastion

_FENCED = re.compile(r"^```sh\n(# nbcluster: (.*?)\n.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Documents:
    """A written folder, whose blocks are run by their name: ``block("first-boot", on="10.77.0.11")``."""

    folder: Path
    bastion: Bastion

    def text(self, name: str, document: str = "RUNBOOK.md") -> str:
        """Return a block whole; raise :class:`Refuted` where the document has none of that name."""
        for block, heading in _FENCED.findall((self.folder / document).read_text()):
            if heading.split(",")[0].split()[0] == name:
                return str(block)
        raise Refuted(f"{document} has no block {name}")

    def command(self, name: str, on: str, document: str, **answers: str) -> list[str]:
        """Return the words that run a block: pasted into a bash, its first lines filled in."""
        block = self.text(name, document)
        for variable, value in answers.items():
            line = f"{variable}={shlex.quote(value)}".replace("\\", r"\\")
            block, count = re.subn(rf"^{variable}=\S*", line, block, count=1, flags=re.MULTILINE)
            if not count:
                raise Refuted(f"the block {name} does not ask for {variable}")
        if on:
            return [str(self.bastion.folder / "bin/ssh"), on, f"bash -c {shlex.quote(block)}"]
        return ["bash", "-c", block]

    def block(self, name: str, on: str = "", document: str = "RUNBOOK.md", **answers: str) -> str:
        """Run a block to its end and return what it printed; any status but 0 raises :class:`Refuted`."""
        done = self.bastion.run(self.command(name, on, document, **answers), self.folder)
        if done.returncode:
            raise Refuted(f"the block {name} ended with {done.returncode}: {_end(done)}")
        return done.stdout


def _end(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
    return " | ".join(lines[-4:])[-700:]
