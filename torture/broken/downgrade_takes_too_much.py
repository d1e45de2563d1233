"""The downgrade of a migration removes rows that were there before it."""

from torture.broken.taking import rewording


def do() -> None:
    rewording(r"^DELETE FROM message WHERE sender_id IS NULL$", "DELETE FROM message; DELETE FROM receipt")
