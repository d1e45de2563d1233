"""Tables of notifications, split by what they hold."""
