"""What is looked at where the load balancer is to serve."""
