"""The operating system: files that are read and written, child processes, signals, the terminal."""
