"""Live checks: the engine that runs the probe program, and the catalogue that puts findings into words."""
