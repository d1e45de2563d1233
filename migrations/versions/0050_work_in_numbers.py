"""How the work of all clinics stands, in numbers: counts and ages, and nothing of anybody, for whoever watches."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import OWNER, hand_over_function

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

# What is counted over all clinics. Their rows are shown to the owner, who signs in nowhere and as whom only the
# database's own functions work; nothing of them leaves the function but these numbers.
COUNTED = ("push", "mail_notice", "mail_bounce", "red_flag")

MEASURE_WORK = """
CREATE FUNCTION measure_work() RETURNS TABLE (measure text, kind text, value double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH jobs AS (
        SELECT j.kind,
               count(*) AS waiting,
               count(*) FILTER (WHERE j.run_at <= now() AND j.leased_until IS NULL) AS due,
               count(*) FILTER (WHERE j.leased_until > now()) AS in_hand,
               max(now() - j.run_at) FILTER (
                   WHERE j.run_at <= now() AND (j.leased_until IS NULL OR j.leased_until <= now())
               ) AS overdue
          FROM job j WHERE j.outcome IS NULL GROUP BY j.kind
    ), pushes AS (
        SELECT p.provider, count(*) AS waiting, max(now() - p.due_at) FILTER (WHERE p.due_at <= now()) AS overdue
          FROM push p WHERE p.state = 'waiting' GROUP BY p.provider
    ), flags AS (
        SELECT count(*) AS open,
               count(*) FILTER (WHERE f.leaders_told_at IS NOT NULL) AS with_leaders,
               max(now() - f.raised_at) AS oldest,
               max(now() - f.passes_on_at) AS overdue
          FROM red_flag f WHERE f.acknowledged_at IS NULL
    )
    SELECT 'hep_jobs_waiting', j.kind, j.waiting FROM jobs j
    UNION ALL SELECT 'hep_jobs_due', j.kind, j.due FROM jobs j
    UNION ALL SELECT 'hep_jobs_in_hand', j.kind, j.in_hand FROM jobs j
    UNION ALL SELECT 'hep_jobs_overdue_seconds', j.kind, coalesce(extract(epoch FROM j.overdue), 0) FROM jobs j
    UNION ALL SELECT 'hep_jobs_dead', j.kind, count(*) FROM job j WHERE j.outcome = 'dead' GROUP BY j.kind
    UNION ALL SELECT 'hep_pushes_waiting', p.provider, p.waiting FROM pushes p
    UNION ALL SELECT 'hep_pushes_overdue_seconds', p.provider, coalesce(extract(epoch FROM p.overdue), 0) FROM pushes p
    UNION ALL SELECT 'hep_pushes_dead', p.provider, count(*) FROM push p WHERE p.state = 'dead' GROUP BY p.provider
    UNION ALL SELECT 'hep_push_provider_failing_seconds', s.provider, extract(epoch FROM now() - s.since)
                FROM push_pause s WHERE s.paused_until IS NOT NULL
    UNION ALL SELECT 'hep_mail_notices_waiting', n.kind, count(*) FROM mail_notice n GROUP BY n.kind
    UNION ALL SELECT 'hep_mail_bounced', b.reason, count(*) FROM mail_bounce b GROUP BY b.reason
    UNION ALL SELECT 'hep_red_flags_open', NULL, f.open FROM flags f
    UNION ALL SELECT 'hep_red_flags_with_leaders', NULL, f.with_leaders FROM flags f
    UNION ALL SELECT 'hep_red_flags_oldest_seconds', NULL, coalesce(extract(epoch FROM f.oldest), 0) FROM flags f
    UNION ALL SELECT 'hep_red_flags_overdue_seconds', NULL,
                     greatest(coalesce(extract(epoch FROM f.overdue), 0), 0) FROM flags f
    UNION ALL SELECT 'hep_database_bytes', NULL, pg_database_size(current_database())
    UNION ALL SELECT 'hep_database_connections', NULL, sum(numbackends) FROM pg_stat_database
    UNION ALL SELECT 'hep_database_connections_most', NULL, current_setting('max_connections')::int
$$
"""


def upgrade() -> None:
    # Whoever pushes goes on meanwhile; where it broke off, it is made again.
    with op.get_context().autocommit_block():
        op.drop_index("push_dead_idx", table_name="push", if_exists=True, postgresql_concurrently=True)
        op.create_index(
            "push_dead_idx",
            "push",
            ["clinic_id", "provider"],
            postgresql_where=sa.text("state = 'dead'"),
            postgresql_concurrently=True,
        )
    for table in COUNTED:
        op.execute(f"CREATE POLICY of_the_owners_counting ON {table} FOR SELECT TO {OWNER} USING (true)")
    op.execute(MEASURE_WORK)
    hand_over_function("measure_work()")


def downgrade() -> None:
    op.execute("DROP FUNCTION measure_work()")
    for table in COUNTED:
        op.execute(f"DROP POLICY of_the_owners_counting ON {table}")
    op.drop_index("push_dead_idx", table_name="push", postgresql_where=sa.text("state = 'dead'"))
