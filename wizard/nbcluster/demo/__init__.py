"""A tour with nothing installed: simulated servers on loopback ports and an example cluster that uses them."""
