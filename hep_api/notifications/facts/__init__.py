"""What happens in notifications that others may care about."""
