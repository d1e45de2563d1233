"""Messaging: the conversation between a patient and the care team, numbered without gaps, with receipts."""
