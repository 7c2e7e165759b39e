"""Checks of a node: its port before the first boot, the application behind it afterwards."""
