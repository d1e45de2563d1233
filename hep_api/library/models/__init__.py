"""Tables of the library, split by what they hold."""
