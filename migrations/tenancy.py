"""The second wall: row-level security by clinic, written the same way for every table.

Tables belong to `hep_owner`, who signs in nowhere. The app works as `hep_app`, who owns nothing, cannot bypass a policy
and sees the rows of one clinic: the one that its transaction acts for, in the setting `app.clinic_id`. A transaction
that acts for no clinic sees no tenant's row. `FORCE` binds the owner too; only `hep_migrator` and `hep_backup` see all.
"""

from alembic import op

OWNER, APP, BACKUP = "hep_owner", "hep_app", "hep_backup"

# The setting is '' and not NULL after a transaction that had set it. In a subselect it is read once a statement.
CLINIC = "(SELECT nullif(current_setting('app.clinic_id', true), '')::uuid)"

READ_AND_WRITE = "SELECT, INSERT, UPDATE, DELETE"
APPEND_ONLY = "SELECT, INSERT"


def protect(table: str, *, rights: str = READ_AND_WRITE, condition: str = f"clinic_id = {CLINIC}") -> None:
    """Give a table with a `clinic_id` to the owner, let the app in with `rights`, to the rows of its clinic only."""
    hand_over(table, rights=rights)
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY of_the_clinic ON {table} USING ({condition}) WITH CHECK ({condition})")


def also(table: str, policy: str, command: str, condition: str) -> None:
    """Let the app see (SELECT) or find for a change (UPDATE) rows beyond its clinic's; what it writes stays within."""
    check = f"WITH CHECK (clinic_id = {CLINIC})" if command == "UPDATE" else ""
    op.execute(f"CREATE POLICY {policy} ON {table} FOR {command} USING ({condition}) {check}")


def hand_over(table: str, *, rights: str = READ_AND_WRITE) -> None:
    """Give a table that is no clinic's to the owner, and let the app in with `rights`."""
    op.execute(f"ALTER TABLE {table} OWNER TO {OWNER}")
    op.execute(f"REVOKE ALL ON {table} FROM {APP}, {BACKUP}, PUBLIC")
    op.execute(f"GRANT {rights} ON {table} TO {APP}")
    op.execute(f"GRANT SELECT ON {table} TO {BACKUP}")


def hand_over_function(signature: str) -> None:
    """Give a function to the owner; the app may call it, nobody else."""
    op.execute(f"ALTER FUNCTION {signature} OWNER TO {OWNER}")
    op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {APP}")


def held_key(name: str) -> str:
    """Return the SQL of a key that the transaction holds: what it has proven to know before its clinic is known."""
    return f"(SELECT nullif(current_setting('app.{name}', true), ''))"
