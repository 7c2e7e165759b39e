"""What the operating system gives: files that are read, programs of our own, signals, the terminal."""
