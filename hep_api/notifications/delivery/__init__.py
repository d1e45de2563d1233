"""How a push leaves the house, and what its receiver answers; nothing here decides whether one is sent."""
