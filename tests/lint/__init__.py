"""Lint: faults in existing files."""
