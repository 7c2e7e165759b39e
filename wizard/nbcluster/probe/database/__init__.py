"""Checks of a database, and of the tables of an installed NocoBase."""
