"""What an upload tells others of: pain and reasons to skip, by the event of each entry that is in force."""

from datetime import UTC, datetime
from typing import Any

from hep_api.adherence.judging import KnownEvent
from hep_api.adherence.telling import entries_told
from tests.adherence.shapes import MONDAY, SQUAT, uid

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def said(number: int, entry: int | None = None, **content: Any) -> KnownEvent:
    fields = {
        "revision": 0,
        "prescription_id": SQUAT,
        "kind": "done",
        "performed_on": MONDAY,
        "performed_at": NOON,
        "pain": None,
        "skip_reason": None,
        "digest": b"",
        **content,
    }
    return KnownEvent(id=uid(number), entry_id=uid(entry or number), **fields)


def told(known: list[KnownEvent], *added: KnownEvent) -> list[tuple[int, int, int | None, str | None]]:
    events = {each.id: each for each in [*known, *added]}
    entries = entries_told(events, added)  # type: ignore[arg-type]
    return [(each.entry_id.int, each.event_id.int, each.pain, each.skip_reason) for each in entries]


def test_only_entries_with_pain_or_a_reason_are_told_of_in_the_order_of_their_reports() -> None:
    hurts, skipped, fine = said(9, pain=0), said(2, kind="skipped", skip_reason="unclear"), said(3)
    assert told([said(1, pain=8)], hurts, fine, skipped) == [(9, 9, 0, None), (2, 2, None, "unclear")]


def test_a_correction_tells_of_its_entry_also_when_it_takes_back_what_was_told() -> None:
    first = said(1, pain=8)
    better, gone = said(2, 1, revision=1, pain=None), said(3, 1, revision=2, kind="void", pain=8)
    assert told([first], better) == [(1, 2, None, None)]
    assert told([first, better], gone) == [(1, 3, None, None)]
    assert told([], first, better, gone) == [(1, 3, None, None)]


def test_what_came_late_does_not_tell_more_than_what_holds() -> None:
    held = said(3, 1, revision=2, pain=2)
    assert told([held], said(1, pain=9)) == [(1, 3, 2, None)]
    other = said(4, 1, revision=9, prescription_id=uid(77), pain=9)
    assert told([other], said(1, pain=1)) == [(1, 1, 1, None)]
