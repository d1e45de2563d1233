#!/bin/sh
# Makes one whole backup of the database and of the file store: deploy/backup.sh
# Called once a day by deploy/systemd/hep-backup.timer; what it makes and why in this order stands in docs/backup.md.
#
#   PGHOST PGPORT PGDATABASE PGUSER PGPASSFILE   libpq's own; PGUSER is hep_backup
#   HEP_BACKUP_FOLDER      where backups lie, each in a folder named by its time (/var/backups/hep-api)
#   HEP_FILES_FOLDER       the product's file store (/var/lib/hep/files); not read when HEP_FILES_URL names a bucket
#   HEP_BACKUP_KEPT_DAYS   how many days a backup is kept (30); the newest always is
#   HEP_BACKUP_SEAL        command that encrypts its input to its output, as age -r age1...; empty: nothing is encrypted
#   HEP_BACKUP_METRICS     file for Prometheus's node exporter that says when the last one was finished; empty: none
#   PGBIN                  folder of pg_dump and psql, when the PATH's are older than the server
#
# Ends with 0: there is a new backup; 1: there is none, and nothing of one; 2: the settings are wrong; 3: one runs.
# It says only counts and places, no row and no name of a person. Needs GNU coreutils and findutils.
set -eu
umask 077
LC_ALL=C; export LC_ALL

folder=${HEP_BACKUP_FOLDER:-/var/backups/hep-api}
files=${HEP_FILES_FOLDER:-/var/lib/hep/files}
kept_days=${HEP_BACKUP_KEPT_DAYS:-30}
tab=$(printf '\t')
[ -z "${PGBIN:-}" ] || PATH=$PGBIN:$PATH
PGUSER=${PGUSER:-hep_backup} PGDATABASE=${PGDATABASE:-hep}
export PATH PGUSER PGDATABASE

say() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }
fail() { say "no backup was made: $1" >&2; exit "${2:-1}"; }

# What is sealed is read by nobody without the key, whoever holds the backup.
sealed() { if [ -n "${HEP_BACKUP_SEAL:-}" ]; then sh -c "$HEP_BACKUP_SEAL"; else cat; fi; }

# Name, size and time of every file of the store; what a process has not finished writing has a # in its name.
list_files() { (cd "$files" && find . -type f ! -name '*#*' -printf "%P$tab%s$tab%T@\n") | sort; }

# Copy what is not in the backup yet. What the backup before this one has just so becomes a second name of the same
# bytes: the store puts whole files in place of others and never writes into one. A file may go while we look.
copy_files() {
    [ -d "$files" ] || return 0
    list_files > "$making/listed"
    comm -23 "$making/listed" "$making/listing" > "$making/fresh"
    cut -f1 "$making/fresh" > "$making/names"
    if [ -n "$before" ]; then
        comm -12 "$making/fresh" "$before/listing" | cut -f1 | while IFS= read -r name; do
            [ ! -e "$before/files/$name" ] || printf '%s\n' "$name"
        done > "$making/alike"
        (cd "$before/files" && xargs -r -d '\n' cp -l --parents --remove-destination -t "$making/files" < "$making/alike")
        comm -23 "$making/names" "$making/alike" > "$making/names.new" && mv "$making/names.new" "$making/names"
    fi
    if [ -n "${HEP_BACKUP_SEAL:-}" ]; then
        while IFS= read -r name; do
            mkdir -p "$making/files/$(dirname "$name")"
            rm -f "$making/files/$name"
            if [ -e "$files/$name" ]; then
                sealed < "$files/$name" > "$making/files/$name" || fail "a file could not be sealed"
            fi
        done < "$making/names"
    else
        (cd "$files" && xargs -r -d '\n' cp --parents --remove-destination --preserve=timestamps -t "$making/files" \
            < "$making/names") 2> "$making/trouble" || true
    fi
    while IFS= read -r name; do
        [ -e "$making/files/$name" ] || [ ! -e "$files/$name" ] || fail "a file could not be copied: $(head -1 "$making/trouble")"
    done < "$making/names"
    sort -m -o "$making/listing" "$making/listing" "$making/fresh"
}

# Called by psql while it holds the snapshot. The files come first, as one may be removed or renamed at any moment.
at_snapshot() {
    copy_files
    pg_dump --format=custom --compress=3 --no-password --snapshot="$HEP_SNAPSHOT" > "$making/pipe" &
    dump=$!
    sealed < "$making/pipe" > "$making/database" && wait "$dump" && touch "$making/dumped"
}

# Dump and counts see the same rows: those of one snapshot, which this session holds until both are done.
take_database() {
    mkfifo "$making/pipe"
    psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --field-separator=' ' \
        > "$making/counts" <<'SQL' || fail "the database could not be read"
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv HEP_SNAPSHOT :snapshot
\! sh "$HEP_BACKUP_SCRIPT" at-snapshot
\set dumped `test -e "$HEP_BACKUP_MAKING/dumped" && echo on || echo off`
\if :dumped
\else
\quit
\endif
SELECT 'revision', version_num FROM alembic_version;
SELECT 'postgresql', current_setting('server_version');
SELECT format('SELECT ''table'', %L, count(*) FROM public.%I', relname, relname)
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname \gexec
SELECT DISTINCT ON (a.clinic_id) 'head', coalesce(c.slug, '-'), a.seq || ':' || encode(a.hash, 'hex'),
       to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
  FROM audit_entry AS a LEFT JOIN clinic AS c ON c.id = a.clinic_id ORDER BY a.clinic_id, a.seq DESC;
COMMIT;
SQL
    [ -e "$making/dumped" ] || fail "the database could not be dumped"
    sed -n 's/^head //p' "$making/counts" > "$making/heads"
}

# Digests of what lies in the backup, sealed or not: whoever stores it can check it and needs no key.
take_digests() {
    : > "$making/files.sha256"
    # What has two names is the backup before's, too, and so is its digest.
    (cd "$making/files" && find . -type f -links +1 -printf '%P\n') > "$making/alike"
    if [ -s "$making/alike" ]; then
        awk 'NR == FNR { alike[$0]; next } substr($0, 67) in alike' "$making/alike" "$before/files.sha256" > "$making/files.sha256"
    fi
    (cd "$making/files" && find . -type f -printf '%P\n') | sort > "$making/names"
    cut -c67- "$making/files.sha256" | sort > "$making/known"
    comm -23 "$making/names" "$making/known" > "$making/fresh"
    (cd "$making/files" && xargs -r -d '\n' sha256sum < "$making/fresh") >> "$making/files.sha256"
    {
        echo "hep-api backup 1"
        echo "made_at $(date -u +%Y-%m-%dT%H:%M:%SZ)"
        echo "sealed $([ -n "${HEP_BACKUP_SEAL:-}" ] && echo yes || echo no)"
        echo "files $(wc -l < "$making/names")"
        grep -v '^head ' "$making/counts"
    } > "$making/manifest"
    (cd "$making" && rm -f pipe dumped counts listed fresh names alike known trouble \
        && sha256sum database files.sha256 heads listing manifest > SHA256SUMS)
}

# A backup that is too old goes, but only after a newer one stands, and never the newest.
remove_old() {
    limit=$(date -u -d "$kept_days days ago" +%Y%m%dT%H%M%SZ)
    for old in "$folder"/????????T??????Z; do
        name=$(basename "$old")
        if [ "$name" != "$made" ] && [ "$(printf '%s\n%s\n' "$name" "$limit" | sort | head -1)" = "$name" ]; then
            rm -rf "$old" && say "removed $name, older than $kept_days days"
        fi
    done
}

tell_metrics() {
    [ -n "${HEP_BACKUP_METRICS:-}" ] || return 0
    {
        echo "# HELP hep_backup_finished_timestamp_seconds When the last whole backup was finished."
        echo "# TYPE hep_backup_finished_timestamp_seconds gauge"
        echo "hep_backup_finished_timestamp_seconds $(date +%s)"
        echo "# HELP hep_backup_database_bytes Size of the database in it."
        echo "# TYPE hep_backup_database_bytes gauge"
        echo "hep_backup_database_bytes $(stat -c %s "$folder/$made/database")"
    } > "$HEP_BACKUP_METRICS.$$"
    chmod 644 "$HEP_BACKUP_METRICS.$$" && mv "$HEP_BACKUP_METRICS.$$" "$HEP_BACKUP_METRICS"
}

if [ "${1:-}" = at-snapshot ]; then
    making=$HEP_BACKUP_MAKING before=$HEP_BACKUP_BEFORE
    at_snapshot
    exit
fi

[ $# -eq 0 ] || fail "it takes no words" 2
case $kept_days in '' | *[!0-9]*) fail "HEP_BACKUP_KEPT_DAYS is a number of days" 2 ;; esac
for named in "$folder" "$files"; do
    # Where a name leads that does not, depends on who calls; and we go from folder to folder ourselves.
    case $named in /*) ;; *) fail "the name of a folder begins with /: not $named" 2 ;; esac
done
[ -d "$folder" ] || fail "HEP_BACKUP_FOLDER, $folder, is no folder" 2
[ -w "$folder" ] || fail "HEP_BACKUP_FOLDER, $folder, cannot be written to" 2
if [ -n "${HEP_FILES_URL:-}" ]; then files=/nonexistent; elif [ ! -d "$files" ]; then
    # A store that is made with its first file, or one that is not mounted: nobody can tell, so say it.
    say "there is no file store at $files: the backup holds none"
fi
exec 9> "$folder/.lock"
flock --nonblock 9 || fail "another one is being made" 3
rm -rf "$folder"/.making-*

made=$(date -u +%Y%m%dT%H%M%SZ)
making=$folder/.making-$made
before=$(find "$folder" -mindepth 1 -maxdepth 1 -name '????????T??????Z' | sort | tail -1)
# Files that were sealed otherwise, or not, are not taken over.
sealing=$([ -n "${HEP_BACKUP_SEAL:-}" ] && echo yes || echo no)
[ -z "$before" ] || grep -q "^sealed $sealing\$" "$before/manifest" || before=
trap 'rm -rf "$making"' EXIT
trap 'exit 1' HUP INT TERM
[ ! -e "$folder/$made" ] || fail "$folder/$made is there already"
mkdir -p "$making/files"
: > "$making/listing"
HEP_BACKUP_SCRIPT=$0 HEP_BACKUP_MAKING=$making HEP_BACKUP_BEFORE=$before
export HEP_BACKUP_SCRIPT HEP_BACKUP_MAKING HEP_BACKUP_BEFORE

# Files before the snapshot, and once more at it: whatever a row of the dump names was there at one of the two.
copy_files
take_database
take_digests
sync "$making" "$making/database" "$making/SHA256SUMS"
mv "$making" "$folder/$made"
sync "$folder"
say "made $folder/$made: $(awk '/^table / { rows += $3; tables++ } END { print rows " rows of " tables " tables" }' \
    "$folder/$made/manifest"), $(sed -n 's/^files //p' "$folder/$made/manifest") files, $(du -sm "$folder/$made" | cut -f1) MB"
tell_metrics
remove_old
