"""Live checks: what they are called, what their results say, and how they are run."""
