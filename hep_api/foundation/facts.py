"""How capabilities tell those above them what happened, without knowing them.

`publish` runs the listeners that the app's one table (`reactions.py`) names for the fact's type, in its order, in the
same transaction. A listener may only write rows, enqueue jobs or plan a broadcast.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

Reaction = Callable[[Session, Any], None]
Reactions = Mapping[type[Any], Sequence[Reaction]]


def publish(session: Session, fact: object) -> None:
    """Run every reaction to `fact` now, in order; an error in one refuses the whole door."""
    reactions: Reactions = session.info["reactions"]
    for react in reactions.get(type(fact), ()):
        react(session, fact)
