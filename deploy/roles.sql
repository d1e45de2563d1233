-- The database's roles, made once in a cluster by an administrator: psql -f deploy/roles.sql
-- `flask database upgrade` makes them by itself when its login may. Give passwords to those who sign in:
--   ALTER ROLE hep_app PASSWORD '...';         DATABASE_URL of the web processes and workers
--   ALTER ROLE hep_migrator PASSWORD '...';    HEP_DATABASE_MIGRATOR_URL of `flask database upgrade`
--   ALTER ROLE hep_backup PASSWORD '...';      pg_dump
-- Then: CREATE DATABASE hep OWNER hep_owner;

-- Owns every table and function, and signs in nowhere.
CREATE ROLE hep_owner NOLOGIN;
-- Owns nothing and cannot step over row-level security.
CREATE ROLE hep_app LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
-- Changes tables, and the data in them, of every clinic.
CREATE ROLE hep_migrator LOGIN BYPASSRLS IN ROLE hep_owner;
-- Reads every clinic's rows, and writes none.
CREATE ROLE hep_backup LOGIN BYPASSRLS;
