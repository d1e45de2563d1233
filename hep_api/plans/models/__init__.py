"""Tables of plans, split by what they hold."""
