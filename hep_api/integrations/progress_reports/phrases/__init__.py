"""What a progress report says of itself, one file for each language."""
