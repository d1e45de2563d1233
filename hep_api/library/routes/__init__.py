"""The library's HTTP doors."""
