"""Pictures and videos that people send: what they really are, and how they are made harmless before they are shown."""
