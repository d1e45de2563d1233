"""What reactions to a fact would do, asked before it happens: for a statement that writes all its rows at once, outside
of any session in which they could run.

Beside `REACTIONS` stands, for each reaction to such a fact, its foresight: it says which jobs would be added, and None
where it would do anything else, or cannot know. Then it goes the long way, on which the reactions themselves run.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app

from hep_api.foundation.facts import Reaction, Reactions
from hep_api.foundation.jobs.queue import Planned

Foresight = Callable[[Any], Sequence[Planned] | None]
Foresights = Mapping[type[Any], Mapping[Reaction, Foresight]]


class Unforeseen(LookupError):
    """A reaction to a fact that is foreseen has no foresight."""


def adds_no_job(_coming: Any) -> Sequence[Planned]:
    """Foresee nothing: what brings the fact about holds by itself to what the reaction has nothing to do with."""
    return ()


def foresee(fact: type[Any], coming: Any) -> list[Planned] | None:
    """Return the jobs that all reactions to a fact of this type would add; None where one would do more than that."""
    foresights: Foresights = current_app.extensions["hep_foresights"]
    planned: list[Planned] = []
    for foresight in foresights[fact].values():
        jobs = foresight(coming)
        if jobs is None:
            return None
        planned += jobs
    return planned


def refuse_unforeseen(reactions: Reactions, foresights: Foresights) -> None:
    """Raise Unforeseen when somebody added a reaction and nobody said what it would do."""
    for fact, foreseen in foresights.items():
        missing = [react.__name__ for react in reactions[fact] if react not in foreseen]
        if missing:
            raise Unforeseen(f"{', '.join(missing)} to {fact.__name__} cannot be foreseen: say how in reactions.py.")
