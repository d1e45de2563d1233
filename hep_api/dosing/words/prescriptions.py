"""A dose and its schedule in one line: "3 sets of 10, hold 5 seconds, each side, twice a day, Mon, Wed and Fri"."""

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.dosing.words.doses import dose_in_words
from hep_api.dosing.words.schedules import schedule_in_words


def prescription_in_words(dose: Dose, schedule: Schedule, language: str) -> str:
    """Return how much and when, in the language of the tag."""
    return f"{dose_in_words(dose, language)}, {schedule_in_words(schedule, language)}"
