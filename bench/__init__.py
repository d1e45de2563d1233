"""Proofs of speed: what the product does, beside the least that could be done, on one machine in one run."""
