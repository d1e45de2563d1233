"""The rules of a client in shares that are judged at once, for judging a client is mostly waiting."""

from hep_api.sync.conformance.client.run import CHECKS

AT_ONCE = 4
# Both look at one long upload, which is played once when one bench judges them.
SAME_PLAY = ["C9", "C23"]


def shares() -> list[list[str]]:
    """Return all rules, in as many shares as are judged at once."""
    others = [rule for rule in CHECKS if rule not in SAME_PLAY]
    parts = [others[first::AT_ONCE] for first in range(AT_ONCE)]
    return [*parts[:-1], parts[-1] + SAME_PLAY]
