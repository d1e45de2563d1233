"""Why a group's figure is what it is: page by page the patients behind the mean, by name.

Only those whose records the viewer may read; how many others there are stands in a count. Of a group that is hidden
nobody is listed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, true, tuple_
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.groups import SMALLEST_SHOWN_GROUP, Band, band_of, is_measurable
from hep_api.adherence.queries.groups import known, sums
from hep_api.adherence.queries.groups.asked import Asked, ask
from hep_api.adherence.queries.groups.figures import location_named, practitioner_named
from hep_api.adherence.queries.groups.sums import Selection
from hep_api.adherence.ratios import Ratio
from hep_api.adherence.windows import Window
from hep_api.audit import notes
from hep_api.clinics.access import may_see_patient, not_erased, note_patient
from hep_api.clinics.models import CareTeamPlace, Member, Patient
from hep_api.foundation.web.pages import Page, cut, decode


class WhyNot(StrEnum):
    """Why a patient is not in the mean."""

    NOTHING_EXPECTED = "nothing_expected"
    TOO_LITTLE_EXPECTED = "too_little_expected"


@dataclass(frozen=True, slots=True)
class PatientBehind:
    """What one patient adds to a group's mean; `why` is where the occurrences behind it are listed."""

    patient_id: UUID
    name: str
    window: Window
    completion: Ratio
    reported: bool
    band: Band | None
    excluded: WhyNot | None
    why: str | None


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A page of the patients whom the viewer may see; `unseen` are all others of the group, None when it is hidden."""

    id: UUID
    name: str
    window_name: str
    as_known_on: datetime | None
    hidden: bool
    patients: int | None
    unseen: int | None
    items: Sequence[PatientBehind]
    next_cursor: str | None


def explain_clinic_for(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> GroupPage:
    """Return the patients behind the clinic's figure, of the trailing 28 closed days unless another window is named."""
    asked = ask(session, viewer, query, now)
    return _explain(session, viewer, asked, (asked.clinic_id, asked.clinic_name), true(), query)


def explain_practitioner_for(
    session: Session, viewer: Viewer, member_id: UUID, query: Mapping[str, Any], now: datetime
) -> GroupPage:
    """Return the patients behind a practitioner's figure; another practitioner's are 404 to one."""
    name = practitioner_named(session, viewer, member_id)
    return _explain(session, viewer, ask(session, viewer, query, now), (member_id, name), _led_by(member_id), query)


def explain_location_for(
    session: Session, viewer: Viewer, location_id: UUID, query: Mapping[str, Any], now: datetime
) -> GroupPage:
    """Return the patients behind a location's figure; 404 for a location that is not the clinic's."""
    name = location_named(session, viewer, location_id)
    belongs = Patient.location_id == location_id
    return _explain(session, viewer, ask(session, viewer, query, now), (location_id, name), belongs, query)


def _explain(
    session: Session,
    viewer: Viewer,
    asked: Asked,
    group: tuple[UUID, str],
    belongs: ColumnElement[bool],
    query: Mapping[str, Any],
) -> GroupPage:
    of_group = not_erased(viewer) & belongs
    seen = func.count().filter(may_see_patient(viewer))
    patients, visible = session.execute(select(func.count(), seen).select_from(Patient).where(of_group)).one()
    hidden = patients < SMALLEST_SHOWN_GROUP and visible < patients
    rows = [] if hidden else session.execute(_page(viewer, of_group, query)).all()
    page: Page[Any] = cut(rows, query["limit"], lambda row: (row.name_folded, row.id))
    notes.about_list(session)
    for row in page.items:
        note_patient(session, viewer, row.id)
    return GroupPage(
        *group,
        window_name=asked.names[-1],
        as_known_on=asked.known_at,
        hidden=hidden,
        patients=None if hidden else patients,
        unseen=None if hidden else patients - visible,
        items=_behind(session, asked, page.items),
        next_cursor=page.next_cursor,
    )


def _led_by(member_id: UUID) -> ColumnElement[bool]:
    return (
        select(CareTeamPlace.id)
        .where(
            CareTeamPlace.clinic_id == Patient.clinic_id,
            CareTeamPlace.patient_id == Patient.id,
            CareTeamPlace.member_id == member_id,
            CareTeamPlace.left_at.is_(None),
            CareTeamPlace.is_lead,
        )
        .exists()
    )


def _page(viewer: Viewer, of_group: ColumnElement[bool], query: Mapping[str, Any]) -> Select[*tuple[Any, ...]]:
    key = decode(query["cursor"], str, UUID)
    return (
        select(Patient.id, Member.name, Member.name_folded, Patient.zone, Patient.day_starts_at)
        .join(Member, and_(Member.clinic_id == Patient.clinic_id, Member.id == Patient.id))
        .where(of_group, may_see_patient(viewer))
        .where(tuple_(Member.name_folded, Patient.id) > key if key else true())
        .order_by(Member.name_folded, Patient.id)
        .limit(query["limit"] + 1)
    )


def _behind(session: Session, asked: Asked, rows: Sequence[Any]) -> list[PatientBehind]:
    windows = {(clock.zone, clock.day_starts_at): clock.windows[-1].window for clock in asked.clocks}
    found = _completions(session, asked, [row.id for row in rows])
    behind = []
    for row in rows:
        window = windows[row.zone, row.day_starts_at]
        done, expected, reported = found.get(row.id, (0, 0, False))
        completion = Ratio(Fraction(done), expected)
        measurable = is_measurable(expected)
        behind.append(
            PatientBehind(
                patient_id=row.id,
                name=row.name,
                window=window,
                completion=completion,
                reported=reported,
                band=band_of(completion.value, asked.thresholds) if measurable else None,
                excluded=None if measurable else WhyNot.TOO_LITTLE_EXPECTED if expected else WhyNot.NOTHING_EXPECTED,
                why=_own_why(row.id, window, asked.known_at),
            )
        )
    return behind


def _completions(session: Session, asked: Asked, ids: Sequence[UUID]) -> dict[UUID, tuple[int, int, bool]]:
    """Return (done, expected, reported) by patient over the last of the asked windows."""
    if not ids:
        return {}
    selection = Selection(patient_ids=tuple(ids))
    if asked.known_at is None:
        return sums.completions_of(session, asked, selection)
    members = sums.members_of(session, asked, selection)
    found = {}
    for each in known.known_patients(session, asked, members):
        clock = asked.clocks[each.clock - 1]
        figure = known.figure_of(each.counts, clock.windows[-1].window)
        found[each.patient_id] = (figure.done, figure.expected, figure.reported)
    return found


def _own_why(patient_id: UUID, window: Window, known_at: datetime | None) -> str | None:
    """Return the path of the patient's own why, None over a window without a closed day."""
    if not window.days:
        return None
    period: dict[str, date | str] = {"from": window.first, "to": window.last}
    if known_at is not None:
        period["as_known_on"] = known_at.isoformat()
    return f"/v1/patients/{patient_id}/adherence/why?{urlencode(period)}"
