"""The proofs of what the product promises, by fault and by attack: `make torture`. The product never imports them."""
