"""The audit: who did what to whom, only appended to, chained by hashes. Plain ids, so it outlives what it names."""
