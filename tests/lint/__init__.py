"""Lint: rules on existing files."""
