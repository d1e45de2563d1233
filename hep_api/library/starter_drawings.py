"""The drawings of the starter set on their way into the table, each under the digest of what it shows."""

import hashlib
from collections.abc import Mapping
from functools import cache

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.library.figures.drawings import Drawing as Drawn
from hep_api.library.figures.drawings import read_drawings
from hep_api.library.figures.svg import render
from hep_api.library.models.drawings import Drawing


def add_drawings(session: Session, names: Mapping[str, str]) -> dict[str, str]:
    """Add the drawings that are new, and return the digests by exercise key; `names` are the exercises' own, by key.

    An exercise may have no drawing yet, and a drawing no exercise: then it is not added.
    """
    svgs = draw(names)
    digests = {key: hashlib.sha256(svg.encode()).hexdigest() for key, svg in svgs.items()}
    there = set(session.scalars(select(Drawing.digest).where(Drawing.digest.in_(digests.values()))))
    rows = [{"digest": digest, "key": key, "svg": svgs[key]} for key, digest in digests.items() if digest not in there]
    if rows:
        session.execute(insert(Drawing).on_conflict_do_nothing(), rows)
    return digests


def draw(names: Mapping[str, str]) -> dict[str, str]:
    """Return the drawings as SVG by exercise key; each is made once in a process."""
    return {key: _rendered(key, names[key]) for key in names.keys() & _drawn().keys()}


@cache
def _drawn() -> dict[str, Drawn]:
    return read_drawings()


@cache
def _rendered(key: str, name: str) -> str:
    return render(name, _drawn()[key])
