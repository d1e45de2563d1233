"""What the search looks things up in, favourites and uses.

They are filled by `flask database upgrade`, which indexes what is not indexed yet.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import also, protect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STARTER_SHELF = "00000000-0000-0000-0000-000000000000"
OF_SHELVES = ("exercise_card", "exercise_word", "word_clue")
BY_BYTES = sa.Text(collation="C")
TEXTS = postgresql.ARRAY(sa.Text())


WORDS = " || ".join(
    f"setweight((to_tsvector('simple'::regconfig, searched[{place}]) || "
    f"to_tsvector('english'::regconfig, searched[{place}])), '{rank}'::\"char\")"
    for place, rank in enumerate("ABCD", start=1)
)
# Roughly, as PostgreSQL folds words: who goes back to the older search finds the exercises by it.
FILL_AGAIN = """
    UPDATE exercise
       SET titles = ARRAY[lower(name)] || synonyms,
           searched = ARRAY[
               lower(name), lower(array_to_string(synonyms || tags, ' ')),
               concat_ws(' ', body_region, position, array_to_string(joints || goals || equipment, ' ')),
               lower(concat_ws(' ', summary, array_to_string(steps || cues, ' ')))
           ]
"""


def upgrade() -> None:
    _create_cards()
    _create_words()
    _create_members_exercises()
    for column in ("words", "near", "searched", "titles"):
        op.drop_column("exercise", column)
    for table in (*OF_SHELVES, "member_exercise"):
        protect(table)
    for table in OF_SHELVES:
        also(table, "of_the_starter_set", "SELECT", f"clinic_id = '{STARTER_SHELF}'")


def _create_cards() -> None:
    op.create_table(
        "exercise_card",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("exercise_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("draft_of", sa.Uuid(), nullable=True),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("names", postgresql.JSONB(), nullable=False),
        sa.Column("body_region", sa.String(40), nullable=False),
        sa.Column("joints", TEXTS, nullable=False),
        sa.Column("goals", TEXTS, nullable=False),
        sa.Column("position", sa.String(40), nullable=True),
        sa.Column("equipment", TEXTS, nullable=False),
        sa.Column("sides", sa.SmallInteger(), nullable=False),
        sa.Column("difficulty", sa.String(40), nullable=False),
        sa.Column("tags", TEXTS, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "exercise_id"],
            ["exercise.clinic_id", "exercise.id"],
            name=op.f("exercise_card_clinic_id_exercise_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "exercise_id", name=op.f("exercise_card_pkey")),
        sa.UniqueConstraint("clinic_id", "batch_id", "slot", name=op.f("exercise_card_clinic_id_batch_id_slot_key")),
    )


def _create_words() -> None:
    op.create_table(
        "exercise_word",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("word", BY_BYTES, nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("slots", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "word", "batch_id", "place", name=op.f("exercise_word_pkey")),
    )
    op.create_index("exercise_word_batch_idx", "exercise_word", ["clinic_id", "batch_id"])
    op.create_table(
        "word_clue",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("clue", BY_BYTES, nullable=False),
        sa.Column("word", BY_BYTES, nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "clue", "word", name=op.f("word_clue_pkey")),
    )


def _create_members_exercises() -> None:
    op.create_table(
        "member_exercise",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("exercise_id", sa.Uuid(), nullable=False),
        sa.Column("favourite_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(favourite_since, last_used_at) > 0", name=op.f("member_exercise_says_something_check")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "member_id"],
            ["member.clinic_id", "member.id"],
            name=op.f("member_exercise_clinic_id_member_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "member_id", "exercise_id", name=op.f("member_exercise_pkey")),
    )


def downgrade() -> None:
    for table in ("member_exercise", "word_clue", "exercise_word", "exercise_card"):
        op.drop_table(table)
    op.add_column("exercise", sa.Column("titles", TEXTS, nullable=False, server_default="{}"))
    op.add_column("exercise", sa.Column("searched", TEXTS, nullable=False, server_default="{}"))
    op.add_column("exercise", sa.Column("near", postgresql.TSVECTOR(), nullable=False, server_default=""))
    op.execute(FILL_AGAIN)
    for column in ("titles", "searched", "near"):
        op.alter_column("exercise", column, server_default=None)
    words = sa.Computed(WORDS, persisted=True)
    op.add_column("exercise", sa.Column("words", postgresql.TSVECTOR(), words, nullable=False))
