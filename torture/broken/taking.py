"""How builds are broken: a name of a module of the product is given to something else, before others import it."""

from collections.abc import Callable
from typing import Any


def replacing(place: Any, name: str, instead: Callable[..., Any]) -> None:
    """Put `instead` in the place of a function; it is given the function that was there, and then the arguments."""
    whole = getattr(place, name)

    def broken(*arguments: Any, **named: Any) -> Any:
        return instead(whole, *arguments, **named)

    setattr(place, name, broken)


def rewriting(place: Any, name: str, part: str, instead: str) -> None:
    """Put `instead` in the place of a part of a statement, which has to be there."""
    whole = getattr(place, name)
    if part not in whole:
        raise LookupError(f"{name} has no {part!r} to be broken")
    setattr(place, name, whole.replace(part, instead))
