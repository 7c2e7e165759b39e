"""Setup wizard for NocoBase clusters: the core and the command line."""

__version__ = "1.0.0"
