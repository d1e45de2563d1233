"""What an upload tells of that others should hear: entries with pain or a reason to skip, also when a correction takes
it back. From when on it matters is for them to say.
"""

from collections.abc import Sequence

from hep_api.adherence.entries import EventKind, event_in_force
from hep_api.adherence.facts import EntryReported
from hep_api.adherence.judging import Known, KnownEvent
from hep_api.adherence.reports import Report


def entries_told(known: Known, added: Sequence[Report]) -> tuple[EntryReported, ...]:
    """Return what the entries of the added reports say now, in the order of the reports; `known` holds all events of
    each, the added ones among them. Entries that never told of anything are left out.
    """
    entries: dict[object, list[KnownEvent | Report]] = {report.entry_id: [] for report in added}
    for event in known.values():
        if event.entry_id in entries:
            entries[event.entry_id].append(event)
    return tuple(_said(event_in_force(events)) for events in entries.values() if any(map(_tells, events)))


def _tells(event: KnownEvent | Report) -> bool:
    return event.pain is not None or event.skip_reason is not None


def _said(event: KnownEvent | Report) -> EntryReported:
    holds = event.kind != EventKind.VOID
    return EntryReported(
        entry_id=event.entry_id,
        event_id=event.id,
        prescription_id=event.prescription_id,
        performed_on=event.performed_on,
        performed_at=event.performed_at,
        pain=event.pain if holds else None,
        skip_reason=event.skip_reason if holds else None,
    )
