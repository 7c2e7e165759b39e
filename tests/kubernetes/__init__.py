"""Files of a deployment in pods."""
