"""Files of a deployment in containers."""
