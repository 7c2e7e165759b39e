"""Manifests for pods, and values for the official Helm chart (nocobase.md §8)."""
