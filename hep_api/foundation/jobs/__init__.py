"""Background work: rows written in the transaction of their cause, run by `flask worker` with leases and retries."""
