#!/bin/sh
# Run once by PostgreSQL's image, after roles.sql, when its data folder is new: passwords, and the database.
set -eu

psql --quiet --set ON_ERROR_STOP=1 --username postgres \
    --set app="$HEP_APP_PASSWORD" --set migrator="$HEP_MIGRATOR_PASSWORD" --set backup="$HEP_BACKUP_PASSWORD" <<'SQL'
ALTER ROLE hep_app PASSWORD :'app';
ALTER ROLE hep_migrator PASSWORD :'migrator';
ALTER ROLE hep_backup PASSWORD :'backup';
CREATE DATABASE hep OWNER hep_owner;
SQL
