"""The phrases, one file for each language."""
