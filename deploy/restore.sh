#!/bin/sh
# Puts a backup of deploy/backup.sh into an empty database and an empty file store: deploy/restore.sh BACKUP [rows|steps]
# BACKUP is one folder, as /var/backups/hep-api/20261122T023000Z. Without a second word it does both halves: `rows` puts
# everything back as it was and compares it; `steps` is what the product has to do before anybody signs in.
#
#   the product's settings   as in its environment file; HEP_DATABASE_MIGRATOR_URL, or else DATABASE_URL, is restored into
#   HEP_BACKUP_OPEN          command that decrypts its input to its output, as age -d -i key; for a sealed backup
#   HEP_RESTORE_JOBS         how many tables at once (1: all of it is one transaction)
#   HEP_RESTORE_COUNT        how much is counted anew in the end: all (default), or none: do it while phones upload again
#   HEP_USER                 whose the files become and as whom the product's commands run, when root calls (hep)
#   PGBIN                    folder of pg_restore and psql, when the PATH's are older than the server
#
# Ends with 0: restored and compared; 1: it failed, at the step said last; 2: called wrongly or refused, nothing changed.
set -eu
umask 077
LC_ALL=C; export LC_ALL

program=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
files=${HEP_FILES_FOLDER:-/var/lib/hep/files}
[ -z "${PGBIN:-}" ] || PATH=$PGBIN:$PATH
FLASK_APP=${FLASK_APP:-wsgi}
export PATH FLASK_APP

say() { printf '%s %s\n' "$(date -u +%H:%M:%SZ)" "$*"; }
refuse() { say "refused, nothing was changed: $1" >&2; exit 2; }
fail() { say "failed: $1" >&2; exit 1; }
opened() { if [ "$sealed" = yes ]; then sh -c "$HEP_BACKUP_OPEN"; else cat; fi; }
ask() { psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --field-separator=' ' "$@"; }

# The product itself runs as its own user, whose its files are.
product() {
    if [ "$(id -u)" = 0 ] && [ "${HEP_USER:-hep}" != root ]; then
        (cd "$program" && runuser -u "${HEP_USER:-hep}" -- env -u PGSERVICE -u PGSERVICEFILE HEP_METRICS_BIND= "$@")
    else
        (cd "$program" && env -u PGSERVICE -u PGSERVICEFILE HEP_METRICS_BIND= "$@")
    fi
}

# A password on a command line is everybody's who lists processes; so libpq reads it from a file of ours.
write_service() {
    "$program/.venv/bin/python" - > "$work/service" <<'PYTHON' || refuse "DATABASE_URL cannot be read"
import os
from psycopg.conninfo import conninfo_to_dict

url = os.environ.get("HEP_DATABASE_MIGRATOR_URL") or os.environ["DATABASE_URL"]
print("[hep]")
for name, value in conninfo_to_dict(url.replace("+psycopg", "", 1)).items():
    print(f"{name}={value}")
PYTHON
    PGSERVICEFILE=$work/service PGSERVICE=hep
    export PGSERVICEFILE PGSERVICE
}

look_at_backup() {
    [ "$(head -1 "$backup/manifest" 2> /dev/null)" = "hep-api backup 1" ] || refuse "$backup is no backup of this kind"
    sealed=$(sed -n 's/^sealed //p' "$backup/manifest")
    if [ "$sealed" = yes ] && [ -z "${HEP_BACKUP_OPEN:-}" ]; then refuse "it is sealed: set HEP_BACKUP_OPEN"; fi
    (cd "$backup" && sha256sum --check --quiet SHA256SUMS) || refuse "the backup is damaged"
    # An installation without a single file is one, too.
    [ ! -s "$backup/files.sha256" ] || (cd "$backup/files" && sha256sum --check --quiet ../files.sha256) \
        || refuse "files of the backup are damaged or gone"
    [ "$(wc -l < "$backup/files.sha256")" = "$(sed -n 's/^files //p' "$backup/manifest")" ] || refuse "it has too few files"
    say "the backup is whole: made $(sed -n 's/^made_at //p' "$backup/manifest"), tables of $(sed -n 's/^revision //p' "$backup/manifest")"
}

look_at_place() {
    tables=$(ask --command="SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')") \
        || refuse "the database cannot be reached, or there is none"
    [ "$tables" = 0 ] || refuse "the database is not empty: it has $tables tables"
    missing=$(ask --command="SELECT string_agg(name, ', ') FROM unnest(ARRAY['hep_owner', 'hep_app', 'hep_migrator', 'hep_backup', 'hep_reader']) AS name
        WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)")
    [ -z "$missing" ] || refuse "there is no role $missing: run deploy/roles.sql"
    if [ -d "$files" ] && [ -n "$(find "$files" -type f -print -quit)" ]; then refuse "$files is not empty"; fi
}

restore_rows() {
    if [ "${HEP_RESTORE_JOBS:-1}" = 1 ]; then
        opened < "$backup/database" | pg_restore --no-password --dbname="service=hep" --exit-on-error --single-transaction \
            || fail "the rows could not be put back; the database is as empty as before"
    else
        from=$backup/database
        if [ "$sealed" = yes ]; then from=$work/database; opened < "$backup/database" > "$from" || fail "it could not be opened"; fi
        pg_restore --no-password --dbname="service=hep" --exit-on-error --jobs="$HEP_RESTORE_JOBS" "$from" \
            || fail "the rows could not all be put back: make the database anew"
    fi
    ask > "$work/counts" <<'SQL'
SELECT format('SELECT ''table'', %L, count(*) FROM public.%I', relname, relname)
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname \gexec
SQL
    grep '^table ' "$backup/manifest" > "$work/counted"
    if ! diff "$work/counted" "$work/counts" > "$work/differences"; then
        sed -n 's/^< table /the backup has: /p; s/^> table /restored: /p' "$work/differences" >&2
        fail "tables differ from the backup"
    fi
    say "the rows are back: $(awk '{ rows += $3 } END { print rows " in " NR " tables" }' "$work/counts"), as many as in the backup"
}

restore_files() {
    mkdir -p "$files"
    (cd "$backup/files" && find . -type f -printf '%P\n') > "$work/names"
    if [ "$sealed" = yes ]; then
        while IFS= read -r name; do
            mkdir -p "$files/$(dirname "$name")"
            opened < "$backup/files/$name" > "$files/$name" || fail "$name could not be opened"
        done < "$work/names"
    else
        (cd "$backup/files" && xargs -r -d '\n' cp --parents --preserve=timestamps -t "$files" < "$work/names") \
            || fail "the files could not be copied"
    fi
    if [ "$(id -u)" = 0 ]; then chown -R "${HEP_USER:-hep}:" "$files"; fi
    say "the files are back: $(wc -l < "$work/names")"
}

step() {
    said=$1
    shift
    say "$said"
    product "$program/.venv/bin/flask" "$@" || fail "$said"
}

take_steps() {
    step "bringing the tables to this version" database upgrade
    [ -n "${HEP_ERASURE_JOURNAL_FOLDER:-}" ] || say "HEP_ERASURE_JOURNAL_FOLDER is not set: only erasures before the backup are known"
    step "erasing again whoever was erased since" erasures reapply
    step "letting phones pull everything anew" sync begin-anew
    cp "$backup/heads" "$work/heads" && chmod 644 "$work/heads" && chmod 711 "$work"
    step "proving the audit against the heads of the backup" audit verify --heads "$work/heads"
    case ${HEP_RESTORE_COUNT:-all} in
        none) say "left to do while phones upload again: flask rollups verify" ;;
        *) step "counting every patient anew" rollups verify ;;
    esac
}

[ -d "${1:-}" ] || refuse "say which backup, a folder"
case $files in /*) ;; *) refuse "HEP_FILES_FOLDER begins with /: not $files" ;; esac
backup=$(cd "$1" && pwd)
half=${2:-both}
case $half in rows | steps | both) ;; *) refuse "the second word is rows or steps" ;; esac
[ -n "${HEP_DATABASE_MIGRATOR_URL:-${DATABASE_URL:-}}" ] || refuse "HEP_DATABASE_MIGRATOR_URL is not set"
if [ -n "${HEP_FILES_URL:-}" ] && [ "$(sed -n 's/^files //p' "$backup/manifest")" != 0 ]; then
    refuse "HEP_FILES_URL names a bucket, and the backup has files of a folder"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
look_at_backup
write_service
if [ "$half" != steps ]; then
    look_at_place
    restore_rows
    [ -n "${HEP_FILES_URL:-}" ] || restore_files
fi
if [ "$half" != rows ]; then take_steps; fi
say "done"
