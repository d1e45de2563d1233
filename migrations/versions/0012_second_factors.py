"""Second factors: authenticator apps, passkeys, recovery codes, and sign-ins that wait for one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from migrations.tenancy import also, hand_over, held_key, protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OF_ACCOUNTS = ("totp", "recovery_code", "passkey", "passkey_challenge", "guesses")

# A sign-in of staff that has not shown the second factor that their clinic requires does not stand for listening.
STANDING = """
CREATE OR REPLACE FUNCTION standing_sign_ins(asked uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    one uuid;
    standing record;
BEGIN
    FOREACH one IN ARRAY asked LOOP
        PERFORM set_config('app.clinic_id', '', true), set_config('app.sign_in_id', one::text, true);
        SELECT s.clinic_id, s.member_id, s.account_id{seen} INTO standing
          FROM sign_in s WHERE s.id = one AND s.ended_at IS NULL;
        CONTINUE WHEN NOT FOUND;
        PERFORM set_config('app.clinic_id', standing.clinic_id::text, true);
        IF EXISTS (SELECT FROM member m{clinic}
                    WHERE m.clinic_id = standing.clinic_id AND m.id = standing.member_id
                      AND m.account_id = standing.account_id AND m.status = 'active'{shown}) THEN
            RETURN NEXT one;
        END IF;
    END LOOP;
    PERFORM set_config('app.clinic_id', '', true), set_config('app.sign_in_id', '', true);
END $$
"""
WITH_SECOND_FACTOR = {
    "seen": ", s.second_factor_at",
    "clinic": " JOIN clinic c ON c.id = m.clinic_id",
    "shown": """
                      AND (m.role = 'patient' OR NOT c.second_factor_required
                           OR standing.second_factor_at IS NOT NULL)""",
}
AS_BEFORE = {"seen": "", "clinic": "", "shown": ""}


def upgrade() -> None:
    _make_factors()
    _make_questions()
    for table in OF_ACCOUNTS:
        hand_over(table)
    protect("sign_in_challenge")
    also("sign_in_challenge", "of_the_bearer", "SELECT", f"digest = decode({held_key('sign_in_challenge')}, 'hex')")
    op.execute(STANDING.format(**WITH_SECOND_FACTOR))


def _make_factors() -> None:
    op.create_table(
        "totp",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_counter", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (last_counter IS NULL)", name=op.f("totp_confirmed_by_a_code_check")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("totp_account_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("totp_pkey")),
    )
    confirmed, pending = sa.text("confirmed_at IS NOT NULL"), sa.text("confirmed_at IS NULL")
    op.create_index("totp_one_confirmed_key", "totp", ["account_id"], unique=True, postgresql_where=confirmed)
    op.create_index("totp_one_pending_key", "totp", ["account_id"], unique=True, postgresql_where=pending)
    op.create_table(
        "recovery_code",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("recovery_code_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "digest", name=op.f("recovery_code_pkey")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", ARRAY(sa.Text()), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("copied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("passkey_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("passkey_pkey")),
        sa.UniqueConstraint("credential_id", name=op.f("passkey_credential_id_key")),
    )
    op.create_index("passkey_account_id_idx", "passkey", ["account_id"])


def _make_questions() -> None:
    op.create_table(
        "passkey_challenge",
        sa.Column("bound_to", sa.Uuid(), nullable=False),
        sa.Column("ceremony", sa.String(40), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ceremony IN ('register', 'show')", name=op.f("passkey_challenge_ceremony_is_known_check")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("passkey_challenge_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bound_to", "ceremony", name=op.f("passkey_challenge_pkey")),
    )
    op.create_index("passkey_challenge_expires_at_idx", "passkey_challenge", ["expires_at"])
    op.create_table(
        "sign_in_challenge",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("password_version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("device_name", sa.Text(), nullable=False),
        sa.Column("device_digest", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("sign_in_challenge_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("sign_in_challenge_pkey")),
        sa.UniqueConstraint("digest", name=op.f("sign_in_challenge_digest_key")),
    )
    op.create_index("sign_in_challenge_expires_at_idx", "sign_in_challenge", ["clinic_id", "expires_at"])
    op.create_table(
        "guesses",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("guesses_pkey")),
    )
    op.create_index("guesses_since_idx", "guesses", ["since"])


def downgrade() -> None:
    op.execute(STANDING.format(**AS_BEFORE))
    for table in ("sign_in_challenge", *OF_ACCOUNTS):
        op.drop_table(table)
