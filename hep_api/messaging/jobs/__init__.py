"""Background doors of messaging, one file for each kind of work that comes due by itself."""
