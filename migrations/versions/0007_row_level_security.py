"""Row-level security by clinic; roles for the owner, the migrator, the app and the backup."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import CLINIC, also, hand_over, hand_over_function, held_key, protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STARTER_SHELF = "00000000-0000-0000-0000-000000000000"

OF_CLINICS = (
    "location",
    "member",
    "patient",
    "care_team_place",
    "invitation",
    "sign_in",
    "exercise",
    "exercise_link",
    "plan",
    "plan_end",
    "plan_pause",
    "plan_revision",
    "prescription",
    "prescription_version",
    "revision_item",
    "adherence_event",
    "counted_plan",
    "prescription_day",
    "conversation",
    "message",
    "receipt",
)
OF_NO_CLINIC = ("account", "refresh_token")

# Roles are the cluster's, not the database's: they may be there already, and are left there by a downgrade.
MAKE_ROLES = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hep_owner') THEN
        CREATE ROLE hep_owner NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hep_app') THEN
        CREATE ROLE hep_app LOGIN NOINHERIT;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hep_migrator') THEN
        CREATE ROLE hep_migrator LOGIN IN ROLE hep_owner;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hep_backup') THEN
        CREATE ROLE hep_backup LOGIN;
    END IF;
EXCEPTION
    -- Somebody made them at the same moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The roles hep_owner, hep_app, hep_migrator, hep_backup are missing, and % may not make them.',
            current_user USING HINT = 'Let an administrator run deploy/roles.sql first.';
END $$
"""
# Only a superuser (or, from 16 on, who has it) may give BYPASSRLS; without it they see one clinic at a time, or none.
SEE_ALL = """
DO $$
BEGIN
    ALTER ROLE hep_migrator BYPASSRLS;
    ALTER ROLE hep_backup BYPASSRLS;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'hep_migrator and hep_backup could not be given BYPASSRLS: an administrator has to.';
END $$
"""
# A session's default role can only be one that its login is a member of.
BELONG = """
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'hep_owner', 'MEMBER') THEN
        EXECUTE format('GRANT hep_owner TO %I', current_user);
    END IF;
    IF NOT pg_has_role(current_user, 'hep_app', 'MEMBER') THEN
        EXECUTE format('GRANT hep_app TO %I', current_user);
    END IF;
-- The migrator of a cluster whose roles were made by an administrator: it belongs to the owner, and is not the app.
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$
"""

# One round trip: whether a sign-in stands, for whom, and from here on the transaction acts for that clinic.
RECOGNISE = """
CREATE FUNCTION recognise(asked_sign_in uuid, asked_account uuid)
RETURNS TABLE (
    account_id uuid, sign_in_id uuid, clinic_id uuid, member_id uuid, role text,
    managers_may_read_records boolean, second_factor_required boolean, second_factor_at timestamptz
)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    standing record;
BEGIN
    PERFORM set_config('app.sign_in_id', asked_sign_in::text, true);
    SELECT s.clinic_id, s.member_id, s.second_factor_at INTO standing
      FROM sign_in s
     WHERE s.id = asked_sign_in AND s.account_id = asked_account AND s.ended_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM set_config('app.clinic_id', standing.clinic_id::text, true);
    RETURN QUERY
        SELECT asked_account, asked_sign_in, m.clinic_id, m.id, m.role::text,
               c.managers_may_read_records, c.second_factor_required, standing.second_factor_at
          FROM member m
          JOIN clinic c ON c.id = m.clinic_id
         WHERE m.clinic_id = standing.clinic_id AND m.id = standing.member_id
           AND m.account_id = asked_account AND m.status = 'active';
    IF NOT FOUND THEN
        PERFORM set_config('app.clinic_id', '', true);
    END IF;
END $$
"""
# Those of open connections, of any clinic: afterwards the transaction acts for none.
STANDING = """
CREATE FUNCTION standing_sign_ins(asked uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    one uuid;
    standing record;
BEGIN
    FOREACH one IN ARRAY asked LOOP
        PERFORM set_config('app.clinic_id', '', true), set_config('app.sign_in_id', one::text, true);
        SELECT s.clinic_id, s.member_id, s.account_id INTO standing
          FROM sign_in s WHERE s.id = one AND s.ended_at IS NULL;
        CONTINUE WHEN NOT FOUND;
        PERFORM set_config('app.clinic_id', standing.clinic_id::text, true);
        IF EXISTS (SELECT FROM member m
                    WHERE m.clinic_id = standing.clinic_id AND m.id = standing.member_id
                      AND m.account_id = standing.account_id AND m.status = 'active') THEN
            RETURN NEXT one;
        END IF;
    END LOOP;
    PERFORM set_config('app.clinic_id', '', true), set_config('app.sign_in_id', '', true);
END $$
"""


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "clinic", sa.Column("second_factor_required", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("clinic", "second_factor_required", server_default=None)
    for statement in (MAKE_ROLES, SEE_ALL, BELONG, "GRANT USAGE, CREATE ON SCHEMA public TO hep_owner"):
        op.execute(statement)
    for table in OF_CLINICS:
        protect(table)
    for table in OF_NO_CLINIC:
        hand_over(table)
    hand_over("alembic_version", rights="SELECT")
    _let_in_before_the_clinic_is_known()
    op.execute(RECOGNISE)
    hand_over_function("recognise(uuid, uuid)")
    op.execute(STANDING)
    hand_over_function("standing_sign_ins(uuid[])")


def _let_in_before_the_clinic_is_known() -> None:
    """Add what a transaction sees by what it has proven, and what one sees that acts for no clinic."""
    # Who acts for no clinic sees which clinics there are, and the jobs; these name ids and nothing of a person.
    protect("clinic", condition=f"id = {CLINIC} OR {CLINIC} IS NULL")
    protect("job", condition=f"clinic_id IS NULL OR clinic_id = {CLINIC} OR {CLINIC} IS NULL")
    also("sign_in", "of_the_bearer", "SELECT", f"id = {held_key('sign_in_id')}::uuid")
    also("sign_in", "of_the_account", "SELECT", f"account_id = {held_key('account_id')}::uuid")
    # A membership is locked while its owner signs in, which asks for the right to change it.
    also("member", "of_the_account", "SELECT", f"account_id = {held_key('account_id')}::uuid")
    also("member", "of_the_account_locked", "UPDATE", f"account_id = {held_key('account_id')}::uuid")
    also("invitation", "of_the_invited", "SELECT", f"code_digest = decode({held_key('invitation')}, 'hex')")
    for table in ("exercise", "exercise_link"):
        also(table, "of_the_starter_set", "SELECT", f"clinic_id = '{STARTER_SHELF}'")


def downgrade() -> None:
    op.execute("DROP FUNCTION standing_sign_ins(uuid[])")
    op.execute("DROP FUNCTION recognise(uuid, uuid)")
    extra = {
        "sign_in": ("of_the_bearer", "of_the_account"),
        "member": ("of_the_account", "of_the_account_locked"),
        "invitation": ("of_the_invited",),
        "exercise": ("of_the_starter_set",),
        "exercise_link": ("of_the_starter_set",),
    }
    for table in (*OF_CLINICS, "clinic", "job"):
        for policy in ("of_the_clinic", *extra.get(table, ())):
            op.execute(f"DROP POLICY {policy} ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.drop_column("clinic", "second_factor_required")
    op.drop_column("sign_in", "second_factor_at")
