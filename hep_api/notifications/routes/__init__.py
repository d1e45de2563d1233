"""HTTP doors of notifications."""
