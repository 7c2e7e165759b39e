"""Env files: how each program reads them, values written so that exactly the chosen one arrives, merges in place."""

from __future__ import annotations

from nbcluster.env.emit import LINE_READERS, UnrepresentableError, assign, reassign
from nbcluster.env.grammar import Assignment, assignments, read_dotenv
from nbcluster.env.merge import Block, MergeError, compose, merge
from nbcluster.env.readers import READERS, Reader, UnreadableError, read
from nbcluster.env.readers.line import RAW_MARK, docker_assignments, is_raw, without_raw_mark

__all__ = [
    "LINE_READERS",
    "RAW_MARK",
    "READERS",
    "Assignment",
    "Block",
    "MergeError",
    "Reader",
    "UnreadableError",
    "UnrepresentableError",
    "assign",
    "assignments",
    "compose",
    "docker_assignments",
    "is_raw",
    "merge",
    "read",
    "read_dotenv",
    "reassign",
    "without_raw_mark",
]
