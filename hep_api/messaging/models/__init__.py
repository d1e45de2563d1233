"""Tables of messaging, split by what they hold."""
