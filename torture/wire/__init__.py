"""A proxy on PostgreSQL's wire that kills a client exactly where it is told to: at a commit, before or after it."""
