"""Emergency access to records: who took it, to whose, why, until when; recognised with the sign-in."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import hand_over_function, protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

# As before, and beside it whose records the member may see by emergency access: patient -> the access, null for none.
# A patient has none, and most requests are patients'.
RECOGNISE = """
CREATE FUNCTION recognise(asked_sign_in uuid, asked_account uuid)
RETURNS TABLE (
    account_id uuid, sign_in_id uuid, clinic_id uuid, member_id uuid, role text,
    managers_may_read_records boolean, second_factor_required boolean, second_factor_at timestamptz,
    emergencies jsonb
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
               c.managers_may_read_records, c.second_factor_required, standing.second_factor_at,
               CASE WHEN m.role <> 'patient' THEN (
                   SELECT jsonb_object_agg(e.patient_id, e.id)
                     FROM emergency_access e
                    WHERE e.clinic_id = m.clinic_id AND e.member_id = m.id
                      AND e.ended_at IS NULL AND e.expires_at > clock_timestamp()
               ) END
          FROM member m
          JOIN clinic c ON c.id = m.clinic_id
         WHERE m.clinic_id = standing.clinic_id AND m.id = standing.member_id
           AND m.account_id = asked_account AND m.status = 'active';
    IF NOT FOUND THEN
        PERFORM set_config('app.clinic_id', '', true);
    END IF;
END $$
"""
RECOGNISE_BEFORE = """
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


def upgrade() -> None:
    op.create_table(
        "emergency_access",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "started_at < expires_at AND expires_at <= started_at + interval '4 hours'",
            name=op.f("emergency_access_at_most_four_hours_check"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("emergency_access_ended_by_somebody_check")
        ),
        _names("member", "member_id"),
        _names("patient", "patient_id"),
        _names("member", "ended_by"),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("emergency_access_pkey")),
    )
    op.create_index(
        "emergency_access_open_idx",
        "emergency_access",
        ["clinic_id", "member_id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("emergency_access_started_idx", "emergency_access", ["clinic_id", "started_at", "id"])
    protect("emergency_access", rights="SELECT, INSERT, UPDATE")
    _recognise_by(RECOGNISE)


def _names(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column],
        [f"{table}.clinic_id", f"{table}.id"],
        name=op.f(f"emergency_access_clinic_id_{column}_fkey"),
    )


def _recognise_by(definition: str) -> None:
    op.execute("DROP FUNCTION recognise(uuid, uuid)")
    op.execute(definition)
    hand_over_function("recognise(uuid, uuid)")


def downgrade() -> None:
    _recognise_by(RECOGNISE_BEFORE)
    op.drop_table("emergency_access")
