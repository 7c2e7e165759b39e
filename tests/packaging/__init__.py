"""Tests of what is shipped: the wheel, the catalogues, the locks, the files in the repository."""
