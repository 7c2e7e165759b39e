"""Real servers for the tests, each a child process on loopback with a folder of its own."""
