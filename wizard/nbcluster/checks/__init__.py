"""Live checks: their names, their results and how they are run."""
