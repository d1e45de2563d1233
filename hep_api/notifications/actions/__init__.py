"""What people and jobs do in notifications, split by verb."""
