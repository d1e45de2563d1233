"""Handouts: a plan on paper, with pictures, doses in words and a table to tick."""
