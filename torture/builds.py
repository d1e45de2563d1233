"""Which broken builds a run tries: all of them, or in short those that everybody asks about and one more a proof."""

from collections.abc import Mapping
from random import Random

from torture.proof import Proof

# What goes wrong in other systems, and the build that does so here; these are tried in short, too.
DEEDS: Mapping[str, str] = {
    "no unique key": "messages_without_key",
    "acknowledged before the commit": "committed_in_the_background",
    "broadcast before the commit": "told_before_commit",
    "repeats looked up among everybody's": "repeats_of_anyone",
    "a route without a policy": "route_without_policy",
    "a forgotten clinic_id": "clinic_forgotten",
    "a cursor on updated_at": "events_numbered_by_the_clock",
    "a push with the text in it": "pushes_with_the_text",
    "refresh tokens without families": "refresh_without_families",
    "a lease that never expires": "pushes_leased_for_ever",
    "a token that is kept after a sign-out": "token_kept_after_sign_out",
}


def chosen(proof: Proof, seed: int, *, quick: bool) -> tuple[str, ...]:
    """Return the builds of a proof that are tried: in short the known deeds, and one drawn by lot of the others."""
    if not quick:
        return tuple(proof.broken)
    others = [build for build in proof.broken if build not in DEEDS.values()]
    drawn = Random(f"{seed} {proof.id}").sample(others, min(1, len(others)))
    return tuple(build for build in proof.broken if build in DEEDS.values() or build in drawn)
