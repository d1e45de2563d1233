"""Library."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEARCHED_WORDS = " || ".join(
    f"setweight((to_tsvector('simple'::regconfig, searched[{place}]) || "
    f"to_tsvector('english'::regconfig, searched[{place}])), '{rank}'::\"char\")"
    for place, rank in enumerate("ABCD", start=1)
)


def upgrade() -> None:
    op.create_table(
        "exercise",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("steps", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("cues", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("mistakes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("precautions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("contraindications", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("body_region", sa.String(40), nullable=False),
        sa.Column("joints", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("goals", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("position", sa.String(40), nullable=True),
        sa.Column("equipment", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sides", sa.Integer(), nullable=False),
        sa.Column("difficulty", sa.String(40), nullable=False),
        sa.Column("default_dose", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("default_schedule", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("synonyms", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("titles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("searched", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), sa.Computed(SEARCHED_WORDS, persisted=True), nullable=False),
        sa.Column("near", postgresql.TSVECTOR(), nullable=False),
        sa.CheckConstraint(
            "(scope = 'starter') = (clinic_id = '00000000-0000-0000-0000-000000000000')",
            name=op.f("exercise_starter_shelf_check"),
        ),
        sa.CheckConstraint(
            "body_region IN ('neck', 'shoulder', 'elbow_wrist_hand', 'back', 'hip', 'knee', 'ankle_foot', "
            "'balance', 'breathing', 'whole_body')",
            name=op.f("exercise_body_region_is_known_check"),
        ),
        sa.CheckConstraint(
            "difficulty IN ('easy', 'moderate', 'hard')", name=op.f("exercise_difficulty_is_known_check")
        ),
        sa.CheckConstraint(
            "position IN ('standing', 'sitting', 'supine', 'prone', 'side_lying', 'kneeling', "
            "'half_kneeling', 'quadruped')",
            name=op.f("exercise_position_is_known_check"),
        ),
        sa.CheckConstraint("scope <> 'draft' OR author_id IS NOT NULL", name=op.f("exercise_draft_has_author_check")),
        sa.CheckConstraint("scope IN ('starter', 'clinic', 'draft')", name=op.f("exercise_scope_is_known_check")),
        sa.CheckConstraint("sides IN (1, 2)", name=op.f("exercise_sides_are_one_or_two_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "author_id"],
            ["member.clinic_id", "member.id"],
            name=op.f("exercise_clinic_id_author_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("exercise_pkey")),
        sa.UniqueConstraint("clinic_id", "source", "source_key", name=op.f("exercise_clinic_id_source_source_key_key")),
    )
    op.create_index("exercise_author_idx", "exercise", ["clinic_id", "author_id"], unique=False)
    op.create_table(
        "exercise_link",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("exercise_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("linked_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('easier', 'harder', 'alternative')", name=op.f("exercise_link_kind_is_known_check")
        ),
        sa.CheckConstraint("linked_id <> exercise_id", name=op.f("exercise_link_not_to_itself_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "exercise_id"],
            ["exercise.clinic_id", "exercise.id"],
            name=op.f("exercise_link_clinic_id_exercise_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "linked_id"],
            ["exercise.clinic_id", "exercise.id"],
            name=op.f("exercise_link_clinic_id_linked_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("clinic_id", "exercise_id", "kind", "linked_id", name=op.f("exercise_link_pkey")),
    )
    op.create_index("exercise_link_linked_idx", "exercise_link", ["clinic_id", "linked_id"], unique=False)


def downgrade() -> None:
    op.drop_index("exercise_link_linked_idx", table_name="exercise_link")
    op.drop_table("exercise_link")
    op.drop_index("exercise_author_idx", table_name="exercise")
    op.drop_table("exercise")
