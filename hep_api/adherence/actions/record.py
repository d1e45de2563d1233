"""Record a batch of events for a patient: judge each item, add those that stand, count their weeks anew.

A batch costs the same number of statements whether it holds one event or 500.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.adherence import reading, telling
from hep_api.adherence.actions import rollups, storing
from hep_api.adherence.actions.locking import LockedPatient
from hep_api.adherence.actions.storing import Receipt
from hep_api.adherence.days import monday_of
from hep_api.adherence.facts import EntriesReported, EventsRecorded
from hep_api.adherence.judging import Known, KnownEvent, Outcome, Reception, Verdict, is_late, judge
from hep_api.adherence.models.events import Source
from hep_api.adherence.queries.entries import events_of_weeks
from hep_api.adherence.queries.known import known_events
from hep_api.adherence.reading import Batch
from hep_api.adherence.reports import Report
from hep_api.adherence.weeks import Week
from hep_api.foundation.errors import FieldError
from hep_api.foundation.facts import publish
from hep_api.plans.queries.histories import histories_of_patient

# Only somebody who wrote without the lock can cause this; sent again, the event will be found as a repeat.
_NOT_ADDED = Verdict(Outcome.RETRY, FieldError("/id", "busy", "It could not be taken in just now; send it again."))


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of the item at `index` of the batch; `id` is None when the item has none that can be read."""

    index: int
    id: UUID | None
    outcome: Outcome
    error: FieldError | None
    warnings: tuple[FieldError, ...]


def record_events(
    session: Session, viewer: Viewer, patient: LockedPatient, batch: Batch, now: datetime
) -> list[Answer]:
    """Record what stands of a batch and answer it item by item.

    `now` is read after the patient was locked: what comes in while another reads under that lock is known later.
    """
    receipt = Receipt(
        clinic_id=patient.clinic_id,
        patient_id=patient.id,
        received_at=now,
        recorded_by=viewer.member_id,
        source=Source.PATIENT if viewer.role is Role.PATIENT else Source.PRACTITIONER,
        batched=len(batch.items) > 1,
    )
    verdicts = _judge_and_add(session, receipt, patient, batch.read)
    return [
        Answer(
            index,
            report.id if isinstance(report, Report) else reading.id_of(item),
            verdict.outcome,
            verdict.error,
            verdict.warnings,
        )
        for index, (item, report, verdict) in enumerate(zip(batch.items, batch.read, verdicts, strict=True))
    ]


def _judge_and_add(
    session: Session, receipt: Receipt, patient: LockedPatient, read: Sequence[Report | FieldError]
) -> list[Verdict]:
    reports = [each for each in read if isinstance(each, Report)]
    if not reports:
        return [_verdict_on_unread(each) for each in read]
    known: dict[UUID, KnownEvent | Report] = dict(known_events(session, receipt.clinic_id, receipt.patient_id, reports))
    prescriptions = {each.prescription_id for each in reports} | {each.prescription_id for each in known.values()}
    histories = histories_of_patient(session, receipt.clinic_id, receipt.patient_id, prescription_ids=prescriptions)
    reception = Reception(receipt.source, receipt.received_at, patient.days_back, histories)
    verdicts, accepted = _judge_in_order(read, known, reception)
    if not accepted:
        return verdicts
    weeks = _touched(known, {report.entry_id for report in accepted})
    # Read before they are added: what this batch adds is at hand, and every other event of its entries is in the weeks.
    stood = events_of_weeks(session, receipt.clinic_id, receipt.patient_id, weeks)
    added = storing.add_events(session, receipt, accepted, histories)
    new = [report for report in accepted if report.id in added]
    if len(new) == len(accepted):
        events = [*stood, *(report.event(late=is_late(report, receipt.received_at)) for report in new)]
        rollups.count(session, receipt.clinic_id, receipt.patient_id, histories, weeks, events)
    else:
        # What somebody wrote meanwhile without the lock is not at hand, and counts as well.
        rollups.recount(session, receipt.clinic_id, receipt.patient_id, histories, weeks)
    _publish(session, receipt, patient, known, new)
    return [_unless_lost(each, verdict, added) for each, verdict in zip(read, verdicts, strict=True)]


def _publish(session: Session, receipt: Receipt, patient: LockedPatient, known: Known, added: Sequence[Report]) -> None:
    publish(
        session,
        EventsRecorded(
            patient.clinic_id, patient.id, tuple(sorted((report.id for report in added), key=attrgetter("int")))
        ),
    )
    told = telling.entries_told(known, added)
    if told:
        said = EntriesReported(patient.clinic_id, patient.id, patient.clinic_version, receipt.received_at, told)
        publish(session, said)


def _unless_lost(read: Report | FieldError, verdict: Verdict, added: set[UUID]) -> Verdict:
    """Return the verdict; an accepted report that is not in the table may be sent again."""
    if verdict.outcome is Outcome.APPLIED and isinstance(read, Report) and read.id not in added:
        return _NOT_ADDED
    return verdict


def _judge_in_order(
    read: Iterable[Report | FieldError], known: dict[UUID, KnownEvent | Report], reception: Reception
) -> tuple[list[Verdict], list[Report]]:
    """Return the verdicts, and the reports to add; what was accepted is known to the items after it."""
    verdicts, accepted = [], []
    for each in read:
        if isinstance(each, FieldError):
            verdicts.append(_verdict_on_unread(each))
            continue
        verdict = judge(each, known, reception)
        verdicts.append(verdict)
        if verdict.outcome is Outcome.APPLIED:
            accepted.append(each)
            known[each.id] = each
    return verdicts, accepted


def _touched(known: Known, entry_ids: Collection[UUID]) -> list[Week]:
    """Return the weeks where one of the entries is, or was before."""
    events = (event for event in known.values() if event.entry_id in entry_ids)
    return sorted({Week(event.prescription_id, monday_of(event.performed_on)) for event in events})


def _verdict_on_unread(read: Report | FieldError) -> Verdict:
    assert isinstance(read, FieldError), "reports are judged"
    return Verdict(Outcome.REJECTED, read)
