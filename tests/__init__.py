"""Tests of nbcluster and nbcluster_tui."""
