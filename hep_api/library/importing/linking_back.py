"""Ties the exercises of a file together again: its keys become ids. Links are added and none is taken away."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.library.importing.problems import Collected
from hep_api.library.linking import LINK_LISTS, Link, link_between
from hep_api.library.models.exercises import STARTER_SHELF, Exercise, ExerciseLink
from hep_api.library.vocabulary import LinkKind, Scope


class Said(NamedTuple):
    """A link as an entry says it."""

    key: str
    which: str
    linked: str
    link: Link

    @property
    def turned(self) -> tuple[UUID, UUID]:
        return self.link.linked_id, self.link.exercise_id


def link(session: Session, clinic_id: UUID, source: str, found: Collected) -> None:
    """Add the links of all entries; one that leads nowhere, or contradicts another, is noted and left out."""
    said = _said(found, _ids(session, clinic_id, source, found))
    turned = {each.turned for each in said if each.link.kind is LinkKind.HARDER}
    both = ExerciseLink.clinic_id.in_((clinic_id, STARTER_SHELF)) & (ExerciseLink.kind == LinkKind.HARDER)
    pair = (ExerciseLink.exercise_id, ExerciseLink.linked_id)
    there = session.execute(select(*pair).where(both, tuple_(*pair).in_(turned))) if turned else ()
    harder = {(row[0], row[1]) for row in there}
    harder |= {(each.link.exercise_id, each.link.linked_id) for each in said if each.link.kind is LinkKind.HARDER}
    rows = []
    for each in said:
        if each.link.kind is LinkKind.HARDER and each.turned in harder:
            words = f"{each.which}: {each.linked} stands on the other side of it already"
            found.remark(found.numbers[each.key], found.contents[each.key]["name"], "both_ways", words)
        else:
            rows.append({"clinic_id": clinic_id, **each.link._asdict()})
    if rows:
        session.execute(insert(ExerciseLink).on_conflict_do_nothing(), rows)


def _said(found: Collected, ids: dict[str, UUID]) -> list[Said]:
    said = []
    for key, content in found.contents.items():
        for which in LINK_LISTS:
            for linked in content.get(which, ()):
                if linked in ids and key in ids and ids[linked] != ids[key]:
                    said.append(Said(key, which, linked, link_between(ids[key], which, ids[linked])))
                else:
                    words = f"{which}: there is no exercise {linked} in the file or in the starter set"
                    found.remark(found.numbers[key], content["name"], "unknown_exercise", words)
    return said


def _ids(session: Session, clinic_id: UUID, source: str, found: Collected) -> dict[str, UUID]:
    """Return the ids behind the keys of the file, and behind those that its links name besides.

    What the file brought goes before an exercise that has the key as its id. Drafts and the archive are not linked.
    """
    named = {linked for content in found.contents.values() for which in LINK_LISTS for linked in content.get(which, ())}
    wanted = [UUID(key) for key in found.contents.keys() | named if _is_id(key)]
    brought = and_(Exercise.clinic_id == clinic_id, Exercise.source == source, Exercise.source_key.in_(found.contents))
    by_id = Exercise.clinic_id.in_((clinic_id, STARTER_SHELF)) & Exercise.id.in_(wanted)
    columns = (Exercise.clinic_id, Exercise.id, Exercise.source, Exercise.source_key)
    kept = (Exercise.scope != Scope.DRAFT) & Exercise.archived_at.is_(None)
    rows = session.execute(select(*columns).where(or_(brought, by_id), kept)).all()
    in_file = {str(row.id): row.id for row in rows if row.clinic_id == STARTER_SHELF or str(row.id) in found.contents}
    return in_file | {row.source_key: row.id for row in rows if row.source == source and row.clinic_id == clinic_id}


def _is_id(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True
