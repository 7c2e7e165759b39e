"""Files for the load balancer, each kind from the same model (nocobase.md §7.4)."""
