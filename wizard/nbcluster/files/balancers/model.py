"""What every load balancer is told, whatever its language and its cluster: how the edge behaves (nocobase.md §7.4)."""

from __future__ import annotations

DISCOVERY = "(oauth-authorization-server|openid-configuration)"
"""Documents that are asked for at the root of the host, with the path behind (RFC 8414, section 3.1)."""

LONGEST = 600
"""Seconds that a request may take, and that a WebSocket may be silent."""

CONNECT = 5
"""Seconds until a node that does not accept is left for another."""

DOWN = "The application is being maintained or starting. Please try again in a minute.\n"
"""What users read while no node answers; plain ASCII, because it stands in configuration files."""
