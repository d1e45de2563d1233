"""Bring the attention list in line with how patients stand: open what was found, resolve what holds no more, wake what
somebody has to see again. Safe to repeat, and by any number of workers.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from hep_api.clinics.models import Patient
from hep_api.foundation.identifiers import new_id
from hep_api.insights.models import LIVE, AttentionChange, AttentionEntry
from hep_api.insights.queries.standings import standings_of
from hep_api.insights.rules.findings import Finding
from hep_api.insights.rules.table import RULES, RuleRow
from hep_api.insights.vocabulary import LIVE_STATES, Change, Rule, State

Row = dict[str, Any]


@dataclass
class Ledger:
    """What a review writes, in rows of equal keys, so that each kind is one statement."""

    clinic_id: UUID
    now: datetime
    opened: list[Row] = field(default_factory=list)
    carried: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)

    def open(self, patient_id: UUID, rule: Rule, found: Finding) -> None:
        entry_id = new_id()
        entry = {
            "clinic_id": self.clinic_id,
            "id": entry_id,
            "patient_id": patient_id,
            "rule": rule,
            "since_on": found.since_on,
            "evidence": found.evidence,
            "opened_at": self.now,
        }
        self.opened.append(entry)
        self._tell(entry_id, patient_id, Change.OPENED)

    def carry(self, entry: Any, evidence: Row, change: Change | None = None) -> None:
        """Keep an entry with this evidence; with a change it is open, or else resolved, and its version is another."""
        state = State.RESOLVED if change is Change.RESOLVED else State.OPEN
        row = {"clinic_id": self.clinic_id, "id": entry.id, "evidence": evidence}
        row |= {"state": entry.state, "snoozed_until": entry.snoozed_until, "version": entry.version}
        if change is not None:
            row |= {"state": state, "snoozed_until": None, "version": entry.version + 1}
            self._tell(entry.id, entry.patient_id, change)
        self.carried.append(row)

    def _tell(self, entry_id: UUID, patient_id: UUID, change: Change) -> None:
        told = {"entry_id": entry_id, "patient_id": patient_id, "change": change, "changed_at": self.now}
        self.changes.append({"clinic_id": self.clinic_id, "id": new_id(), **told})


def review(session: Session, clinic_id: UUID, patient_ids: Collection[UUID], now: datetime) -> None:
    """Judge every rule for some patients of a clinic, in a number of statements that does not grow with them.

    One review of a clinic at a time: a later one reads all that an earlier one did, so none undoes what is newer.
    """
    _hold(session, clinic_id, patient_ids)
    standings = standings_of(session, clinic_id, patient_ids, now)
    known = _known(session, clinic_id, patient_ids)
    ledger = Ledger(clinic_id, now)
    for patient_id in sorted(patient_ids):
        standing = standings.get(patient_id)
        for row in RULES:
            found = None if standing is None else row.find(standing)
            _settle(ledger, patient_id, row, known.get((patient_id, row.rule)), found)
    opened = _open(session, ledger.opened)
    if ledger.carried:
        session.execute(update(AttentionEntry), ledger.carried)
    changes = [each for each in ledger.changes if each["change"] is not Change.OPENED or each["entry_id"] in opened]
    if changes:
        session.execute(insert(AttentionChange), changes)


def _hold(session: Session, clinic_id: UUID, patient_ids: Collection[UUID]) -> None:
    """Wait until nobody erases one of the patients and no other transaction reviews the clinic; then let nobody, until
    this one's commit.

    Patients come before all else of the list, in the order of their ids, as for whoever erases one or settles
    an entry.
    """
    patients = (
        select(Patient.id)
        .where(Patient.clinic_id == clinic_id, Patient.id.in_(patient_ids))
        .order_by(Patient.id)
        .with_for_update(read=True, key_share=True)
        .cte("held")
    )
    held = select(func.count().label("patients")).select_from(patients).subquery()
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"attention of {clinic_id}", 0))
    session.execute(select(lock, held.c.patients))


def _open(session: Session, entries: list[Row]) -> set[UUID]:
    """Add entries and return which; where somebody has just reopened one of the rule, that one stands."""
    if not entries:
        return set()
    adding = (
        insert(AttentionEntry)
        .on_conflict_do_nothing(index_elements=["clinic_id", "patient_id", "rule"], index_where=text(LIVE))
        .returning(AttentionEntry.id)
    )
    return set(session.scalars(adding, entries))


def _known(session: Session, clinic_id: UUID, patient_ids: Collection[UUID]) -> dict[tuple[UUID, Rule], Any]:
    """Return of each patient and rule the live entry, else the one dismissed last, locked until the commit."""
    newest = (
        select(AttentionEntry.id)
        .where(
            AttentionEntry.clinic_id == clinic_id,
            AttentionEntry.patient_id.in_(patient_ids),
            AttentionEntry.state != State.RESOLVED,
        )
        .ext(distinct_on(AttentionEntry.patient_id, AttentionEntry.rule))
        .order_by(
            AttentionEntry.patient_id,
            AttentionEntry.rule,
            AttentionEntry.state.in_(LIVE_STATES).desc(),
            AttentionEntry.opened_at.desc(),
            AttentionEntry.id.desc(),
        )
    )
    entries = session.execute(
        select(AttentionEntry.__table__)
        .where(AttentionEntry.clinic_id == clinic_id, AttentionEntry.id.in_(newest))
        .order_by(AttentionEntry.id)
        .with_for_update(key_share=True)
    )
    return {(entry.patient_id, entry.rule): entry for entry in entries}


def _settle(ledger: Ledger, patient_id: UUID, row: RuleRow, entry: Any, found: Finding | None) -> None:
    """Decide what becomes of one rule for one patient; what somebody dismissed stays away while nothing is new."""
    if entry is None or entry.state not in LIVE_STATES:
        if found is not None and (entry is None or row.is_new(found.evidence, entry.evidence)):
            ledger.open(patient_id, row.rule, found)
    elif found is None:
        ledger.carry(entry, entry.evidence, Change.RESOLVED)
    elif row.is_new(found.evidence, entry.evidence):
        ledger.carry(entry, found.evidence, Change.RENEWED)
    elif entry.snoozed_until is not None and entry.snoozed_until <= ledger.now:
        ledger.carry(entry, found.evidence, Change.WOKEN)
    elif found.evidence != entry.evidence:
        ledger.carry(entry, found.evidence)
