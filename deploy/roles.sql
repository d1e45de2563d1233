-- The database's roles, made in a cluster by an administrator: psql -f deploy/roles.sql
-- Run again, it changes nothing that is as it should be, and puts right what is not. `flask database upgrade` makes the
-- first four by itself when its login may. Give passwords to those who sign in, by psql's \password, which logs none:
--   \password hep_app         DATABASE_URL of the web processes and workers
--   \password hep_migrator    HEP_DATABASE_MIGRATOR_URL of `flask database upgrade`, and of a restore
--   \password hep_backup      deploy/backup.sh
-- Then: CREATE DATABASE hep OWNER hep_owner;

\set ON_ERROR_STOP on

DO $$
DECLARE
    -- Who they are, and whether row-level security binds them.
    wanted CONSTANT jsonb := '{
        "hep_owner":    {"signs_in": false, "sees_all": false},
        "hep_app":      {"signs_in": true,  "sees_all": false},
        "hep_migrator": {"signs_in": true,  "sees_all": true},
        "hep_backup":   {"signs_in": true,  "sees_all": true},
        "hep_reader":   {"signs_in": true,  "sees_all": false}
    }';
    who text;
    wish jsonb;
BEGIN
    FOR who, wish IN SELECT * FROM jsonb_each(wanted) LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = who) THEN
            EXECUTE format('CREATE ROLE %I', who);
        END IF;
        -- What is right already is left alone: two who change one role at the same moment disturb each other.
        IF NOT EXISTS (
            SELECT FROM pg_roles
             WHERE rolname = who AND rolcanlogin = (wish->>'signs_in')::boolean
               AND rolbypassrls = (wish->>'sees_all')::boolean
               AND rolinherit = (who NOT IN ('hep_app', 'hep_reader'))
               AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication)
        ) THEN
            EXECUTE format(
                'ALTER ROLE %I %s %s %s NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', who,
                CASE WHEN (wish->>'signs_in')::boolean THEN 'LOGIN' ELSE 'NOLOGIN' END,
                CASE WHEN (wish->>'sees_all')::boolean THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
                CASE WHEN who IN ('hep_app', 'hep_reader') THEN 'NOINHERIT' ELSE 'INHERIT' END
            );
        END IF;
    END LOOP;
    -- hep_owner owns every table and function; the migrator changes them in its name. Nobody else is a member of any.
    IF NOT EXISTS (
        SELECT FROM pg_auth_members WHERE roleid = 'hep_owner'::regrole AND member = 'hep_migrator'::regrole
    ) THEN
        GRANT hep_owner TO hep_migrator;
    END IF;
END $$;

-- hep_backup and hep_reader write nothing, also where somebody gives them a right by mistake. A backup takes its time.
DO $$
BEGIN
    IF (SELECT count(*) FROM pg_db_role_setting AS s JOIN pg_roles AS r ON r.oid = s.setrole
         WHERE s.setdatabase = 0 AND r.rolname IN ('hep_backup', 'hep_reader')
           AND 'default_transaction_read_only=on' = ANY (s.setconfig)) < 2 THEN
        ALTER ROLE hep_backup SET default_transaction_read_only = on;
        ALTER ROLE hep_backup SET statement_timeout = 0;
        ALTER ROLE hep_backup SET idle_in_transaction_session_timeout = 0;
        ALTER ROLE hep_reader SET default_transaction_read_only = on;
        ALTER ROLE hep_reader SET statement_timeout = '60s';
    END IF;
END $$;
