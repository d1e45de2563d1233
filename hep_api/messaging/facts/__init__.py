"""What happens in conversations that others may care about."""
