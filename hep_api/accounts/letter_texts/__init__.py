"""What letters about accounts say, one file for each language that is written."""
