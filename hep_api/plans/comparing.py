"""What changed from one revision of a plan to another: pure, as data. In words it stands in `changes_in_words`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

Json = Mapping[str, Any]

TEXTS = ("name", "summary", "steps", "cues", "mistakes", "precautions", "contraindications", "translations")
PICTURES = "media"
LATER_KEYS: Json = {"translations": {}, "media": []}


class ChangeKind(StrEnum):
    ADDED = "added"
    DROPPED = "dropped"
    DOSE = "dose"
    SCHEDULE = "schedule"
    EXERCISE = "exercise"
    PROGRESSION = "progression"
    ORDER = "order"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class ComparedItem:
    """One prescription as a revision has it; `exercise` is the snapshot, all in JSON as stored."""

    prescription_id: UUID
    exercise: Json
    dose: Json
    schedule: Json
    progression: Json | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What of a revision is compared; the note is what its publisher said about it."""

    items: Sequence[ComparedItem]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `before` and `after` hold what the kind is about; `fields` name what differs in it.

    `prescription_id` and `exercise` are None for what is about no single exercise: order and note.
    """

    kind: ChangeKind
    prescription_id: UUID | None = None
    exercise: Json | None = None
    fields: tuple[str, ...] = ()
    before: Json | None = None
    after: Json | None = None


def compare(before: Content, after: Content) -> list[Change]:
    """Return the changes: exercise by exercise in the new order, then what is no longer there, order, note.

    A prescription in place of another one of the same exercise counts as that exercise with other texts or pictures.
    """
    old = {item.prescription_id: item for item in before.items}
    successors = _successors(before, after)
    changes: list[Change] = []
    for item in after.items:
        earlier = old.get(item.prescription_id) or successors.get(item.prescription_id)
        changes += [_added(item)] if earlier is None else _changes_of(earlier, item)
    kept = {item.prescription_id for item in after.items} | {each.prescription_id for each in successors.values()}
    changes += [_dropped(item) for item in before.items if item.prescription_id not in kept]
    changes += _order(before, after)
    if after.note and after.note != before.note:
        changes.append(Change(ChangeKind.NOTE, before={"note": before.note}, after={"note": after.note}))
    return changes


def _successors(before: Content, after: Content) -> dict[UUID, ComparedItem]:
    """Return by new prescription the one that it stands in for: of the same exercise, which reads differently now."""
    old, new = ({item.prescription_id for item in content.items} for content in (before, after))
    gone = _once_by_exercise([item for item in before.items if item.prescription_id not in new])
    come = _once_by_exercise([item for item in after.items if item.prescription_id not in old])
    return {
        come[exercise_id].prescription_id: gone[exercise_id]
        for exercise_id in gone.keys() & come.keys()
        if _exercise_fields(gone[exercise_id], come[exercise_id])
    }


def _once_by_exercise(items: Sequence[ComparedItem]) -> dict[Any, ComparedItem]:
    ids = [item.exercise.get("exercise_id") for item in items]
    return {exercise_id: item for exercise_id, item in zip(ids, items, strict=True) if ids.count(exercise_id) == 1}


def _changes_of(before: ComparedItem, after: ComparedItem) -> list[Change]:
    sides = (
        (ChangeKind.EXERCISE, _exercise_fields(before, after), before.exercise, after.exercise),
        (ChangeKind.DOSE, _differing(before.dose, after.dose), before.dose, after.dose),
        (ChangeKind.SCHEDULE, _differing(before.schedule, after.schedule), before.schedule, after.schedule),
        (
            ChangeKind.PROGRESSION,
            _differing(before.progression or {}, after.progression or {}),
            before.progression,
            after.progression,
        ),
    )
    return [
        Change(kind, after.prescription_id, after.exercise, fields, {kind.value: was}, {kind.value: now})
        for kind, fields, was, now in sides
        if fields
    ]


def _exercise_fields(before: ComparedItem, after: ComparedItem) -> tuple[str, ...]:
    was, now = ({**LATER_KEYS, **item.exercise} for item in (before, after))
    return tuple(name for name in (*TEXTS, PICTURES) if was.get(name) != now.get(name))


def _differing(before: Json, after: Json) -> tuple[str, ...]:
    names = [*before, *(name for name in after if name not in before)]
    return tuple(name for name in names if before.get(name) != after.get(name))


def _added(item: ComparedItem) -> Change:
    return Change(ChangeKind.ADDED, item.prescription_id, item.exercise, after=_whole(item))


def _dropped(item: ComparedItem) -> Change:
    return Change(ChangeKind.DROPPED, item.prescription_id, item.exercise, before=_whole(item))


def _whole(item: ComparedItem) -> Json:
    return {"exercise": item.exercise, "dose": item.dose, "schedule": item.schedule, "progression": item.progression}


def _order(before: Content, after: Content) -> list[Change]:
    """Return a change when the prescriptions that stand in both come in another order."""
    both = {item.prescription_id for item in before.items} & {item.prescription_id for item in after.items}
    was, now = (
        [str(item.prescription_id) for item in content.items if item.prescription_id in both]
        for content in (before, after)
    )
    return [] if was == now else [Change(ChangeKind.ORDER, before={"order": was}, after={"order": now})]
