"""Env files as npm dotenv 16.4.5 reads them: read, written so that exactly the chosen value arrives, merged in place."""

from __future__ import annotations

from nbcluster.envfile.emit import UnrepresentableError, assign
from nbcluster.envfile.grammar import Assignment, assignments, read_dotenv
from nbcluster.envfile.merge import Block, MergeError, compose, merge

__all__ = [
    "Assignment",
    "Block",
    "MergeError",
    "UnrepresentableError",
    "assign",
    "assignments",
    "compose",
    "merge",
    "read_dotenv",
]
