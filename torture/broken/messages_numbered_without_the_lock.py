"""A conversation's last number is read, one is added, and it is written back; who did so meanwhile is not seen."""

from torture.broken.taking import altering, rewording, the_long_way

LOCK = r"FOR NO KEY UPDATE OF conversation"


def do() -> None:
    altering(
        "DROP INDEX IF EXISTS message_change_key",
        "ALTER TABLE message DROP CONSTRAINT IF EXISTS message_pkey CASCADE",
    )
    rewording(LOCK, "")
    the_long_way()
