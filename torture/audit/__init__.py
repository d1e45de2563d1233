"""R13, the record of who did what: whatever is done to it is named, and the app itself can do nothing to it."""
