"""Output files: planned, rendered, read back, compared with a folder, and written."""
