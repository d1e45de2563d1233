"""What is a red flag, how it is put in words, and whose turn it is."""
