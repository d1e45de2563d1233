"""What a handout says of itself, one file for each language."""
