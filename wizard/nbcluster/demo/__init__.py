"""A tour with nothing installed: an example cluster whose checks are rehearsed; no server is simulated, and none is contacted."""

REHEARSAL = "nbcluster.demo.rehearsal"
"""The program that takes the place of the probe."""
