"""What a notice says: fixed texts in every language, without a gap that anything of a person could fill."""
