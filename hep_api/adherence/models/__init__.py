"""Tables of adherence, split by what they hold."""
