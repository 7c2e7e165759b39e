"""Checks of the storage folder, and of the plugins in it."""
