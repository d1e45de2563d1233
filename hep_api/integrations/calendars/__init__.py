"""Calendars: what is due, for a patient's own calendar program, by a link that only they know and can revoke."""
