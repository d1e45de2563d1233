-- Lets hep_reader, which deploy/roles.sql makes, read for reports: psql -d hep -f deploy/reader.sql
-- By hep_owner's rights: as hep_migrator or an administrator. Optional; run again after an upgrade, it gives the same.
--
-- It reads dates, counts and ids. No name, birth date, address or e-mail, nothing that anybody wrote, no secret; and
-- only of the clinic that its transaction names, as the app: row-level security binds it. Name it in each transaction,
--   BEGIN; SET LOCAL app.clinic_id = '...'; SELECT ...; COMMIT;
-- or once for all of them: ALTER ROLE hep_reader IN DATABASE hep SET app.clinic_id = '...';
-- Whoever knows its password may name any clinic: give it to nobody who may not read the figures of all.

\set ON_ERROR_STOP on

BEGIN;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM hep_reader;
GRANT SELECT ON
    location, location_hours, care_team_place, counted_plan, prescription_day, patient_week, response, reminder
    TO hep_reader;
GRANT SELECT (id, slug, name, zone, on_track_from, watch_from, response_hours) ON clinic TO hep_reader;
GRANT SELECT (clinic_id, id, role, status, location_id, created_at) ON member TO hep_reader;
GRANT SELECT (clinic_id, id, location_id, zone, day_starts_at, created_at, erased_at) ON patient TO hep_reader;
GRANT SELECT (clinic_id, id, patient_id, visits_prescribed, starts_on, ends_on, discharge_reason, started_at, started_by)
    ON plan TO hep_reader;
GRANT SELECT (clinic_id, id, plan_id, prescription_id, version, schedule, valid_from, valid_to)
    ON prescription_version TO hep_reader;
GRANT SELECT (
    clinic_id, patient_id, id, entry_id, revision, plan_id, prescription_id, version, kind, slot, performed_at, zone,
    performed_on, sets, reps, seconds, sides, pain, effort, difficulty, skip_reason, received_at, source, late, batched
) ON adherence_event TO hep_reader;
GRANT SELECT (clinic_id, id, patient_id, raised_at, acknowledged_by, acknowledged_at, passes) ON red_flag TO hep_reader;
COMMIT;
