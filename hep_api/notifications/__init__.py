"""Notifications: the phone in the pocket. Devices, what is told to whom and when not, reminders, pushes and mails."""
