"""The phrases that a handout needs: each language fills one Phrasebook, so none can lack a phrase."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """Text in braces is filled in. The table of a week has one row for each exercise and one column for each day."""

    title: str
    for_whom: str
    printed_on: str
    practitioner: str
    questions: str
    open_app: str
    open_app_hint: str
    nothing: str
    how_to: str
    as_above: str
    cues: str
    precautions: str
    note: str
    from_day: str
    from_day_of: str
    until_day: str
    table: str
    table_hint: str
    of_week: str
    exercise: str
    to_do: str
    not_due: str
    paused: str
    this_week: str
    as_needed: str
    boxes: str
