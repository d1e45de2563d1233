"""Messages get their numbers from a sequence, which gives them out before the commits and takes none back."""

from torture.broken.taking import altering, rewording

NEXT = r"last_seq = (?:before|conversation)\.last_seq \+ 1"


def do() -> None:
    altering(
        "CREATE SEQUENCE IF NOT EXISTS torture_numbers",
        "GRANT USAGE ON SEQUENCE torture_numbers TO hep_app",
        "ALTER TABLE conversation DROP CONSTRAINT IF EXISTS conversation_changes_count_check",
    )
    rewording(NEXT, "last_seq = nextval('torture_numbers')")
