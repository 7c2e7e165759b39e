"""Measurements, each beside a reference of the same run: ``make benchmarks``."""
