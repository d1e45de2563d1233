"""R6, refresh tokens: who has two of them is found out, and an honest phone with a lost answer is not."""
