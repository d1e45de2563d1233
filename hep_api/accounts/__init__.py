"""Accounts: the login identity, sign-ins, tokens, and the viewer that every door works for."""
