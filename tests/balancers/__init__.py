"""nginx, HAProxy and Caddy in front of small nodes."""
