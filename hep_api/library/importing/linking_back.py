"""Ties the exercises of a file together again: its keys become ids. Links are added and none is taken away."""

from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.library.importing.problems import Collected
from hep_api.library.linking import LINK_LISTS, Link, link_between
from hep_api.library.models.exercises import STARTER_SHELF, Exercise, ExerciseLink


def link(session: Session, clinic_id: UUID, source: str, found: Collected) -> None:
    """Add the links of all entries; one that leads nowhere is noted and left out."""
    ids = _ids(session, clinic_id, source, found)
    links: set[Link] = set()
    for key, content in found.contents.items():
        for which in LINK_LISTS:
            for linked in content.get(which, ()):
                if linked in ids and ids[linked] != ids[key]:
                    links.add(link_between(ids[key], which, ids[linked]))
                else:
                    words = f"{which}: there is no exercise {linked} in the file or in the starter set"
                    found.remark(found.numbers[key], content["name"], "unknown_exercise", words)
    contradicting = {each for each in links if Link(each.linked_id, each.kind, each.exercise_id) in links}
    rows = [{"clinic_id": clinic_id, **each._asdict()} for each in sorted(links - contradicting)]
    if rows:
        session.execute(insert(ExerciseLink).on_conflict_do_nothing(), rows)


def _ids(session: Session, clinic_id: UUID, source: str, found: Collected) -> dict[str, UUID]:
    """Return the ids behind the keys of the file, and behind those that its links name besides."""
    named = {linked for content in found.contents.values() for which in LINK_LISTS for linked in content.get(which, ())}
    wanted = [UUID(key) for key in found.contents.keys() | named if _is_id(key)]
    known = or_(
        and_(Exercise.clinic_id == clinic_id, Exercise.source == source, Exercise.source_key.in_(found.contents)),
        and_(Exercise.clinic_id.in_((clinic_id, STARTER_SHELF)), Exercise.id.in_(wanted)),
    )
    rows = session.execute(select(Exercise.clinic_id, Exercise.id, Exercise.source, Exercise.source_key).where(known))
    ids: dict[str, UUID] = {}
    for row in rows:
        if str(row.id) in found.contents or row.clinic_id == STARTER_SHELF:
            ids[str(row.id)] = row.id
        elif row.source == source:
            ids[row.source_key] = row.id
    return ids


def _is_id(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True
