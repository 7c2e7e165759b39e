"""The probe program: the only code that opens sockets to the servers of a cluster, in processes of its own."""
