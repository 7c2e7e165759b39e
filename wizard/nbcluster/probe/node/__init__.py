"""What is looked at in a node: its port before the first boot, the application behind it afterwards."""
