"""Checks of the load balancer before it serves."""
