"""Rendering: answers in, files out. Nothing here reads a clock, a disk or a network."""
