"""The library's JSON shapes."""
