"""The story of `make demo`, played through the product's public doors only. It imports nothing of the product."""
