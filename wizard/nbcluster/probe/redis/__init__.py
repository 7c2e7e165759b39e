"""What is looked at in a Redis server."""
