"""Bodies that are nearly right: an example of the route, with one to three things wrong somewhere in it.

What is nearly right reaches deeper than noise: past the parser, past the first fields, into the statement.
"""

from random import Random
from typing import Any

from torture.malformed import junk
from torture.malformed.texts import Twice, write

MOST_CHANGES = 3
ENCODINGS = ["utf-8", "utf-16", "utf-32", "utf-8-sig", "latin-1", "cp037", "utf-7"]
TAILS = ["", "", "", " ", "\n", "{}", ",", "\x00", "// x", "]"]


def spoilt(body: Any, lots: Random) -> bytes:
    """Return an example's body with something wrong with it, as bytes."""
    changed = body
    for _ in range(lots.randint(1, MOST_CHANGES)):
        changed = _change(changed, lots)
    text = write(changed) + lots.choice(TAILS)
    return _encoded(text, lots)


def value(lots: Random) -> Any:
    """Return a value of the corpus."""
    return lots.choice(lots.choice(junk.VALUES))


def _change(body: Any, lots: Random) -> Any:
    """Change something at one place: the deeper, the rarer."""
    if isinstance(body, dict) and body and lots.random() < 0.85:
        name = lots.choice(sorted(body))
        return lots.choice(CHANGES)(body, name, lots)
    if isinstance(body, list) and body and lots.random() < 0.85:
        place = lots.randrange(len(body))
        more = [_change(body[place], lots)] * lots.choice([1, 1, 1, 2, 50])
        return [*body[:place], *more, *body[place + 1 :]]
    return value(lots)


def _filled(body: dict[str, Any], name: str, lots: Random) -> Any:
    """The field filled with something else, or something within it changed."""
    if isinstance(body[name], dict | list) and lots.random() < 0.8:
        return {**body, name: _change(body[name], lots)}
    return {**body, name: lots.choice(junk.like(body[name])) if lots.random() < 0.7 else value(lots)}


def _without(body: dict[str, Any], name: str, _: Random) -> Any:
    return {each: body[each] for each in body if each != name}


def _with_more(body: dict[str, Any], _: str, lots: Random) -> Any:
    return {**body, lots.choice(junk.NAMES): value(lots)}


def _twice(body: dict[str, Any], name: str, _: Random) -> Any:
    return Twice(body, name)


def _renamed(body: dict[str, Any], name: str, lots: Random) -> Any:
    other = lots.choice([name.upper(), f" {name}", f"{name}\x00", name[::-1]])
    return {other if each == name else each: body[each] for each in body}


def _encoded(text: str, lots: Random) -> bytes:
    encoding = "utf-8" if lots.random() < 0.93 else lots.choice(ENCODINGS)
    whole = text.encode(encoding, "surrogatepass" if encoding.startswith("utf") and encoding != "utf-7" else "replace")
    if lots.random() < 0.02:
        return whole[: lots.randrange(len(whole) + 1)]
    if lots.random() < 0.02:
        place = lots.randrange(len(whole) + 1)
        return whole[:place] + lots.randbytes(lots.randint(1, 4)) + whole[place:]
    return whole


CHANGES = [*[_filled] * 4, _without, _with_more, _twice, _renamed]
