"""Checks of a Redis server."""
