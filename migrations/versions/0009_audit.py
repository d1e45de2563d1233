"""The audit, who did what to whom: only appended to, chained by hashes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import hand_over_function, protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# The one way into the table, for the app as for everybody: it numbers, dates and chains. One chain for each clinic, its
# writers one after the other from here to their commit, so that its order is the order of the commits. The instant is
# the database's own, taken under the lock: one clock, which never runs back within a chain.
#
# A hash is sha256 of the hash before and of the row as a JSON array of texts (hep_api/audit/chain.py says the same).
# As the owner, so that the app needs no right to insert; so it has to act for the clinic of each entry itself.
APPEND = """
CREATE FUNCTION append_audit(entries jsonb, lightly boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    acted_for text := current_setting('app.clinic_id', true);
    has_written boolean := pg_current_xact_id_if_assigned() IS NOT NULL;
    chain uuid;
    entry record;
    last record;
BEGIN
    IF lightly AND NOT has_written THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    FOR entry IN
        SELECT coalesce(e.clinic_id, nullif(acted_for, '')::uuid, '00000000-0000-0000-0000-000000000000') AS chain, e.*
          FROM ROWS FROM (jsonb_to_recordset(entries) AS (
                   clinic_id uuid, action text, outcome text, account_id uuid, member_id uuid, role text,
                   sign_in_id uuid, patient_id uuid, subject jsonb, emergency_access_id uuid, address text,
                   request_id uuid, if_written boolean
               )) WITH ORDINALITY AS e
         WHERE has_written OR e.if_written IS NOT TRUE
         ORDER BY 1, e.ordinality
    LOOP
        IF entry.chain IS DISTINCT FROM chain THEN
            chain := entry.chain;
            PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || chain, 0)),
                    set_config('app.clinic_id', chain::text, true);
            SELECT a.seq, a.hash, a.at INTO last
              FROM audit_entry a WHERE a.clinic_id = chain ORDER BY a.seq DESC LIMIT 1;
            IF NOT FOUND THEN
                SELECT 0::bigint AS seq, decode(repeat('00', 32), 'hex') AS hash, '-infinity'::timestamptz AS at
                  INTO last;
            END IF;
            last.at := greatest(clock_timestamp(), last.at);
        END IF;
        INSERT INTO audit_entry (
            clinic_id, seq, at, action, outcome, account_id, member_id, role, sign_in_id, patient_id, subject,
            emergency_access_id, address, request_id, previous_hash, hash
        ) VALUES (
            chain, last.seq + 1, last.at, entry.action, entry.outcome, entry.account_id, entry.member_id, entry.role,
            entry.sign_in_id, entry.patient_id, entry.subject, entry.emergency_access_id, entry.address,
            entry.request_id, last.hash,
            sha256(last.hash || convert_to(json_build_array(
                chain::text, (last.seq + 1)::text, to_char(last.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                entry.action, entry.outcome, entry.account_id::text, entry.member_id::text, entry.role,
                entry.sign_in_id::text, entry.patient_id::text, entry.subject::text, entry.emergency_access_id::text,
                entry.address, entry.request_id::text
            )::text, 'UTF8'))
        ) RETURNING audit_entry.seq, audit_entry.hash, audit_entry.at INTO last;
    END LOOP;
    PERFORM set_config('app.clinic_id', coalesce(acted_for, ''), true);
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("sign_in_id", sa.Uuid(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("subject", postgresql.JSONB(), nullable=True),
        sa.Column("emergency_access_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('allowed', 'denied', 'failed')", name=op.f("audit_entry_outcome_is_known_check")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "seq", name=op.f("audit_entry_pkey")),
    )
    op.create_index(
        "audit_entry_patient_idx",
        "audit_entry",
        ["clinic_id", "patient_id", "at"],
        postgresql_where=sa.text("patient_id IS NOT NULL"),
    )
    op.create_index("audit_entry_at_idx", "audit_entry", ["clinic_id", "at", "seq"])
    protect("audit_entry", rights="SELECT")
    op.execute(APPEND)
    hand_over_function("append_audit(jsonb, boolean)")


def downgrade() -> None:
    op.execute("DROP FUNCTION append_audit(jsonb, boolean)")
    op.drop_table("audit_entry")
