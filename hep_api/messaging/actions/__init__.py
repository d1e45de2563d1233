"""What people do in conversations, split by verb. REST and socket run these same functions."""
