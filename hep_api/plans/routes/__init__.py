"""HTTP doors of plans, split by what they show. A change needs If-Match with the plan's ETag and answers the next."""
