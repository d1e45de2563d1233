"""Background doors of notifications, one file for each kind of work."""
