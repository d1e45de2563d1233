"""Links between exercises as they are kept: each once, whichever of its ends it was said from."""

from typing import NamedTuple
from uuid import UUID

from hep_api.library.vocabulary import LinkKind

EASIER, HARDER, ALTERNATIVES = LINK_LISTS = ("easier", "harder", "alternatives")


class Link(NamedTuple):
    """A link as the table has it, without whose word it is."""

    exercise_id: UUID
    kind: LinkKind
    linked_id: UUID


def link_between(exercise_id: UUID, which: str, other_id: UUID) -> Link:
    """Return the link of an exercise to one in its list `which`: easier, harder or alternatives."""
    if which == EASIER:
        return Link(other_id, LinkKind.HARDER, exercise_id)
    if which == HARDER:
        return Link(exercise_id, LinkKind.HARDER, other_id)
    return Link(min(exercise_id, other_id), LinkKind.ALTERNATIVE, max(exercise_id, other_id))
