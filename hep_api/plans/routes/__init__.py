"""HTTP doors of plans, split by what they show. A change needs If-Match with the plan's ETag; its answer has the new."""
