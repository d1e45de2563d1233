"""When a reminder is due, and when it stays away: pure rules over local days and zones."""
