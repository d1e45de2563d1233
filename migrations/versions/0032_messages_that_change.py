"""Messages that change, that the clinic itself says, and that wait for an answer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ONCE = ["clinic_id", "conversation_id", "sender_id", "client_id"]
KINDS = "'text', 'card', 'content', 'check_in', 'notice'"
ABOUT = "'prescription', 'event'"
ABOUT_MORE = f"{ABOUT}, 'flag', 'plan_revision'"
# What the patient has written first since the staff's last word.
WHAT_WAITS = """
    UPDATE conversation SET waiting_seq = first.seq, waiting_since = first.sent_at
      FROM (SELECT DISTINCT ON (said.clinic_id, said.conversation_id)
                   said.clinic_id, said.conversation_id, said.seq, said.sent_at
              FROM message AS said
              JOIN conversation AS talk ON talk.clinic_id = said.clinic_id AND talk.id = said.conversation_id
             WHERE said.sender_id = talk.patient_id
               AND said.seq > coalesce((SELECT max(theirs.seq) FROM message AS theirs
                                         WHERE theirs.clinic_id = said.clinic_id
                                           AND theirs.conversation_id = said.conversation_id
                                           AND theirs.sender_id <> talk.patient_id), 0)
             ORDER BY said.clinic_id, said.conversation_id, said.seq) AS first
     WHERE conversation.clinic_id = first.clinic_id AND conversation.id = first.conversation_id
"""


def upgrade() -> None:
    _conversations()
    op.add_column("message", sa.Column("kind", sa.String(40), server_default="text", nullable=False))
    op.alter_column("message", "kind", server_default=None)
    op.add_column("message", sa.Column("card", JSONB(), nullable=True))
    op.add_column("message", sa.Column("reply_to_seq", sa.Integer(), nullable=True))
    op.add_column("message", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("change", sa.Integer(), nullable=True))
    op.execute("UPDATE message SET change = seq")
    op.alter_column("message", "change", nullable=False)
    op.alter_column("message", "sender_id", nullable=True)
    op.create_index("message_change_key", "message", ["clinic_id", "conversation_id", "change"], unique=True)
    op.drop_constraint("message_sent_once_key", "message")
    op.create_unique_constraint("message_sent_once_key", "message", ONCE, postgresql_nulls_not_distinct=True)
    op.create_check_constraint(op.f("message_kind_is_known_check"), "message", f"kind IN ({KINDS})")
    op.create_check_constraint(
        op.f("message_a_person_says_it_check"), "message", "sender_id IS NOT NULL OR kind <> 'text'"
    )
    op.create_check_constraint(
        op.f("message_reply_is_to_an_earlier_one_check"), "message", "0 < reply_to_seq AND reply_to_seq < seq"
    )
    _about(ABOUT_MORE)


def _conversations() -> None:
    op.add_column("conversation", sa.Column("changes", sa.Integer(), nullable=True))
    for name in ("waiting_since", "closed_at", "ended_at"):
        op.add_column("conversation", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversation", sa.Column("waiting_seq", sa.Integer(), nullable=True))
    op.add_column("conversation", sa.Column("assigned_to", sa.Uuid(), nullable=True))
    op.execute("UPDATE conversation SET changes = last_seq")
    op.execute(WHAT_WAITS)
    op.alter_column("conversation", "changes", nullable=False)
    op.create_foreign_key(
        op.f("conversation_clinic_id_assigned_to_fkey"),
        "conversation",
        "member",
        ["clinic_id", "assigned_to"],
        ["clinic_id", "id"],
    )
    op.create_check_constraint(op.f("conversation_changes_count_check"), "conversation", "changes >= last_seq")
    op.create_check_constraint(
        op.f("conversation_waiting_is_whole_check"), "conversation", "(waiting_since IS NULL) = (waiting_seq IS NULL)"
    )


def downgrade() -> None:
    # What came since finds no place in the old tables: what the clinic itself said, and about what else. The words of
    # what was withdrawn must not come back.
    op.execute("DELETE FROM message WHERE sender_id IS NULL")
    op.execute("UPDATE message SET body = '' WHERE withdrawn_at IS NOT NULL")
    op.execute("UPDATE message SET about_kind = NULL, about_id = NULL WHERE about_kind IN ('flag', 'plan_revision')")
    op.drop_constraint(op.f("message_reply_is_to_an_earlier_one_check"), "message")
    op.drop_constraint(op.f("message_a_person_says_it_check"), "message")
    op.drop_constraint(op.f("message_kind_is_known_check"), "message")
    _about(ABOUT)
    op.drop_constraint("message_sent_once_key", "message")
    op.create_unique_constraint("message_sent_once_key", "message", ONCE)
    op.drop_index("message_change_key", table_name="message")
    op.alter_column("message", "sender_id", nullable=False)
    for name in ("change", "withdrawn_at", "edited_at", "reply_to_seq", "card", "kind"):
        op.drop_column("message", name)
    op.drop_constraint(op.f("conversation_waiting_is_whole_check"), "conversation")
    op.drop_constraint(op.f("conversation_changes_count_check"), "conversation")
    for name in ("assigned_to", "waiting_seq", "ended_at", "closed_at", "waiting_since", "changes"):
        op.drop_column("conversation", name)


def _about(words: str) -> None:
    op.drop_constraint(op.f("message_about_kind_is_known_check"), "message")
    op.create_check_constraint(op.f("message_about_kind_is_known_check"), "message", f"about_kind IN ({words})")
