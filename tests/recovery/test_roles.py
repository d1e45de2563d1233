"""The database's roles as deploy/roles.sql and deploy/reader.sql make them: what each may and what it may not.

Both files can be run again.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege, ReadOnlySqlTransaction

from tests.recovery.installation import Installation

ROLES = ("hep_owner", "hep_app", "hep_migrator", "hep_backup", "hep_reader")
THOSE_WHO_SIGN_IN = ROLES[1:]
SECRETS = ("account", "refresh_token", "totp", "recovery_code", "passkey", "device", "invitation", "password_reset")
WORDS = ("message", "message_version", "audit_entry", "sent_content", "check_in_answer", "attachment", "saved_reply")

# Whose rows each sees who acts for no clinic, and who acts for one of two.
SEES = {"hep_app": (0, 1), "hep_reader": (0, 1), "hep_migrator": (2, 2), "hep_backup": (2, 2)}

REFUSED = [
    *(
        (who, statement, InsufficientPrivilege)
        for who in ("hep_app", "hep_backup", "hep_reader")
        for statement in (
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; CREATE TABLE own ()",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; ALTER TABLE location DISABLE ROW LEVEL SECURITY",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; TRUNCATE location CASCADE",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; DELETE FROM audit_entry",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; CREATE ROLE other",
            "SET ROLE hep_owner",
            "SET ROLE hep_migrator",
            "COPY location TO '/tmp/stolen'",
        )
    ),
    *(
        (who, f"SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; {statement}", InsufficientPrivilege)
        for who in ("hep_backup", "hep_reader")
        for statement in (
            "UPDATE location SET name = 'x'",
            "SELECT append_audit('[]', false)",
            "INSERT INTO location (clinic_id, id, name, created_at) SELECT id, id, 'x', now() FROM clinic",
        )
    ),
    *((who, "UPDATE location SET name = 'x'", ReadOnlySqlTransaction) for who in ("hep_backup", "hep_reader")),
    *(("hep_reader", f"TABLE {table}", InsufficientPrivilege) for table in (*SECRETS, *WORDS)),
    *(
        ("hep_reader", f"SELECT {columns}", InsufficientPrivilege)
        for columns in (
            "name FROM member",
            "birth_date FROM patient",
            "comment FROM adherence_event",
            "title FROM plan",
        )
    ),
    *(
        ("hep_migrator", statement, InsufficientPrivilege)
        for statement in ("CREATE ROLE other", "CREATE DATABASE other")
    ),
]

TABLES = """
    SELECT relname, pg_get_userbyid(relowner), coalesce(json_agg(json_build_array(
               CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END, privilege_type
           )) FILTER (WHERE grantee <> relowner), '[]')
      FROM pg_class LEFT JOIN LATERAL aclexplode(relacl) ON true
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') GROUP BY relname, relowner
"""
STATE = (
    """SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
              rolconfig
         FROM pg_roles WHERE rolname = ANY (%(roles)s) ORDER BY 1""",
    """SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members
        WHERE member::regrole::text = ANY (%(roles)s)""",
    """SELECT table_name, column_name, privilege_type FROM information_schema.column_privileges
        WHERE grantee = 'hep_reader' AND 'hep_reader' = ANY (%(roles)s) ORDER BY 1, 2, 3""",
)
MOST = {"hep_app": {"SELECT", "INSERT", "UPDATE", "DELETE"}, "hep_backup": {"SELECT"}, "hep_reader": {"SELECT"}}


def test_both_files_can_be_run_again_and_change_nothing(installation: Installation) -> None:
    before = _state(installation)
    for _ in range(2):
        installation.psql("postgres", "roles.sql")
        installation.psql("hep", "reader.sql")
    assert _state(installation) == before


def test_the_file_puts_right_what_was_changed(installation: Installation) -> None:
    before = _state(installation)
    with installation.connected("postgres") as connection:
        connection.execute("ALTER ROLE hep_app BYPASSRLS CREATEROLE; ALTER ROLE hep_owner LOGIN")
        connection.execute("ALTER ROLE hep_backup RESET ALL; REVOKE hep_owner FROM hep_migrator")
    assert _state(installation) != before
    installation.psql("postgres", "roles.sql")
    assert _state(installation) == before


def test_the_owner_signs_in_nowhere(installation: Installation) -> None:
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        installation.connected("hep_owner")


@pytest.mark.parametrize("who", SEES)
def test_everybody_sees_the_clinics_that_they_may(installation: Installation, who: str) -> None:
    with installation.connected(who) as connection:
        seen = [_count(connection, "location")]
        connection.execute("SELECT set_config('app.clinic_id', %s, false)", [str(installation.clinics[0])])
        seen.append(_count(connection, "location"))
    assert tuple(seen) == SEES[who]


@pytest.mark.parametrize(("who", "statement", "error"), REFUSED)
def test_nobody_may_more(installation: Installation, who: str, statement: str, error: type[psycopg.Error]) -> None:
    with installation.connected(who) as connection:
        connection.execute("SELECT set_config('app.clinic_id', %s, false)", [str(installation.clinics[0])])
        *before, last = statement.split("; ")
        for each in before:
            connection.execute(each.encode())
        with pytest.raises(error):
            connection.execute(last.encode())


def test_the_app_writes_its_clinics_rows_and_the_migrator_changes_tables(installation: Installation) -> None:
    for who, statement in (
        ("hep_app", "UPDATE location SET name = 'Main'"),
        ("hep_migrator", "ALTER TABLE location ADD COLUMN more text; ALTER TABLE location DROP COLUMN more"),
    ):
        with installation.connected(who) as connection:
            connection.execute("SELECT set_config('app.clinic_id', %s, false)", [str(installation.clinics[0])])
            connection.execute(statement.encode())


def test_every_table_is_the_owners_and_each_role_has_its_rights_on_it(installation: Installation) -> None:
    """A table that a later migration makes and does not hand over is named here."""
    with installation.connected("postgres") as connection:
        found = connection.execute(TABLES).fetchall()
        assert len(found) > 90
        for table, owner, granted in found:
            rights: dict[str, set[str]] = {}
            for grantee, right in granted:
                rights.setdefault(grantee, set()).add(right)
            assert owner == "hep_owner", table
            assert rights.keys() <= MOST.keys(), table
            assert all(rights[who] <= MOST[who] for who in rights), table
            # What a backup does not read is not in it.
            assert {"SELECT"} <= rights["hep_app"] & rights["hep_backup"], table


def test_what_runs_as_the_owner_is_called_by_the_app_alone(installation: Installation) -> None:
    with installation.connected("postgres") as connection:
        callers = connection.execute(
            "SELECT proname, array_agg(rolname::text ORDER BY rolname) FROM pg_proc, pg_roles"
            " WHERE pronamespace = 'public'::regnamespace AND prosecdef AND rolname = ANY (%s)"
            " AND has_function_privilege(pg_roles.oid, pg_proc.oid, 'EXECUTE') GROUP BY proname",
            [list(ROLES)],
        ).fetchall()
    assert callers
    assert {tuple(who) for _, who in callers} == {("hep_app", "hep_migrator", "hep_owner")}


def _state(installation: Installation) -> Sequence[Any]:
    """Return what the roles are, what is set for them, who belongs to whom, and what the reader reads."""
    with installation.connected("postgres") as connection:
        return [connection.execute(query, {"roles": list(ROLES)}).fetchall() for query in STATE]


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])
