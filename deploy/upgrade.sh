#!/bin/sh
# Goes over to another release that stands beside the one that runs, one process after the other, while people use it:
#
#   upgrade.sh /opt/hep-api/releases/1.1           as root; the tables first, then each process
#   upgrade.sh --back /opt/hep-api/releases/1.0    the same without the tables, which older releases of the series know
#
# Each web process has to be ready before the next one is touched. One that is not ends the upgrade: the link goes back,
# and so do the processes that were touched, one by one. docs/upgrading.md
set -eu

home=${HEP_HOME:-/opt/hep-api}
patience=60

say() { echo "upgrade: $*"; }
fail() { say "$*" >&2; exit 1; }

tables=yes
if [ "${1:-}" = --back ]; then
    tables=no
    shift
fi
[ $# -eq 1 ] || { echo "usage: upgrade.sh [--back] RELEASE" >&2; exit 64; }
release=$(readlink -e "$1") || fail "there is no $1"
for part in .venv/bin/gunicorn deploy/start deploy/hep-api; do
    [ -x "$release/$part" ] || fail "$release is no release: it has no $part"
done
before=$(readlink -e "$home/current") || fail "$home/current leads nowhere"
# An upgrade that was cut off in the middle has moved the link and not restarted all.
[ "$release" != "$before" ] || fail "$release runs already; what may still be another: systemctl restart hep-web@PORT"

units() { systemctl list-units --plain --no-legend --state=active "$1" | cut -d' ' -f1 | sort; }

# A rename takes the place of the old link at once; there is no moment without one.
lead_to() {
    ln -s "$1" "$home/current.next"
    mv -T "$home/current.next" "$home/current"
}

is_ready() {
    port=${1#hep-web@}
    port=${port%.service}
    waited=0
    until curl --silent --fail --output /dev/null --max-time 5 "http://127.0.0.1:$port/readyz"; do
        waited=$((waited + 1))
        [ "$waited" -lt "$patience" ] || return 1
        sleep 1
    done
}

[ -n "$(units 'hep-web@*')" ] || fail "no hep-web@ is at work; systemctl start hep-api.target first"
rm -f "$home/current.next"
if [ "$tables" = yes ]; then
    say "tables of $release"
    "$release/deploy/hep-api" database upgrade || fail "the tables could not be changed; nothing else was"
fi

lead_to "$release"
touched=
for unit in $(units 'hep-web@*'); do
    say "$unit"
    touched="$unit $touched"
    if ! systemctl restart "$unit" || ! is_ready "$unit"; then
        say "$unit is not ready; back to $before. The reason: journalctl -u $unit" >&2
        lead_to "$before"
        # The one that is not ready first; the others serve meanwhile.
        for again in $touched; do
            if ! systemctl restart "$again" || ! is_ready "$again"; then
                say "$again is not ready" >&2
            fi
        done
        fail "everything is $before again, but for the tables, which $before knows to work with"
    fi
done
for unit in $(units 'hep-worker@*'); do
    say "$unit"
    systemctl restart "$unit"
done
say "everything is $release now; back by: $0 --back $before"
