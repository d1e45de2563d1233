"""What the attention list says in words, one file for each language that is written."""
