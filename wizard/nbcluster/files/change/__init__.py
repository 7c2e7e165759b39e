"""CHANGE.md: the way from what the nodes run to what the folder holds."""

from __future__ import annotations

from nbcluster.files.change.folder import with_change
from nbcluster.files.change.seen import settled
from nbcluster.files.write.plan import CHANGE

__all__ = ["CHANGE", "settled", "with_change"]
