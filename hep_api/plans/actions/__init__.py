"""What practitioners do with plans, split by verb."""
