"""Step 11: the review of everything before it is written."""

from __future__ import annotations

from nbcluster.steps.model import Step, StepFace
from nbcluster.text import N_

STEP = Step(
    id="review",
    title=N_("Review"),
    why=N_("Everything once more: rules, checks, the topology, and what would change on disk."),
    face=StepFace.REVIEW,
)
