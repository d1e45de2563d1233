"""JSON shapes of notifications, in and out."""
