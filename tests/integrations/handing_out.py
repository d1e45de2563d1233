"""Handouts made by hand, without a database."""

from datetime import date
from typing import Any
from uuid import uuid4

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.dosing.words.prescriptions import prescription_in_words
from hep_api.foundation import qr
from hep_api.integrations.handouts.sheets import Exercise, Group, Handout, Picture, Prescribed, in_address
from hep_api.integrations.handouts.ticking import Ticked, weeks_to_tick
from hep_api.integrations.handouts.wishes import Wishes
from hep_api.integrations.languages import Language
from hep_api.plans.occurrences import PlanTerms
from hep_api.plans.queries.histories import PrescriptionHistory
from hep_api.plans.timeline import VersionInForce

FROM = date(2026, 5, 6)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>'


def history(
    schedule: Schedule, terms: PlanTerms, *, until: date | None = None, name: str = "Squat"
) -> PrescriptionHistory:
    """One prescription of 3 sets of 10 from the plan's first day on."""
    version = VersionInForce(uuid4(), 1, Dose(3, reps=10), schedule, terms.starts_on, until, terms.starts_on)
    return PrescriptionHistory(uuid4(), version.prescription_id, name, terms, [version], {})


def handout(
    wishes: Wishes, terms: PlanTerms, *schedules: Schedule, name: str = "Squat", **texts: Any
) -> tuple[Handout, list[PrescriptionHistory]]:
    """A handout of one exercise for each schedule, and the histories behind its table."""
    histories = [history(schedule, terms) for schedule in schedules]
    said = {"name": name, "language": "en", "steps": ["Bend.", "Stretch."], "cues": [], "precautions": [], **texts}
    exercises = [
        Exercise(
            number,
            said,
            [Picture(in_address("image/svg+xml", SVG.encode()), name)],
            Prescribed(_words(each, wishes.language), texts.get("note", ""), None),
        )
        for number, each in enumerate(histories, start=1)
    ]
    ticked = [Ticked(number, name, "en", each) for number, each in enumerate(histories, start=1)]
    made = Handout(
        wishes=wishes,
        title=name,
        clinic=name,
        location="Main",
        practitioner=name,
        name="K. M.",
        made_on=FROM,
        code=qr.svg_of("hepapp://plans/1"),
        groups=[Group(None, texts.get("phase", ""), texts.get("note", ""), exercises)],
        weeks=weeks_to_tick(ticked, wishes.from_on or FROM, wishes.weeks),
    )
    return made, histories


def _words(prescribed: PrescriptionHistory, language: Language) -> str:
    version = prescribed.versions[0]
    return prescription_in_words(version.dose, version.schedule, language)
