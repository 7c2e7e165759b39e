"""The proof on real nodes: two NocoBase nodes, made and kept alive by what was written, through the nights that clusters have.

``make prove`` runs it, as root on Debian with the network; docs/proof.md says what it shows. pytest collects nothing here.
"""
