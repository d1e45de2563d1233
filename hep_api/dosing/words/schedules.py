"""A schedule in words: "twice a day, Mon, Wed and Fri"."""

from collections.abc import Sequence

from babel.dates import get_day_names
from babel.lists import format_list

from hep_api.dosing.schedule import Schedule, ScheduleKind, Weekday
from hep_api.dosing.words.catalogue import Catalogue, counted
from hep_api.dosing.words.languages import catalogue_of

# From so many days in a row on, "Monday to Friday" reads better than a list.
FEWEST_IN_A_ROW = 4


def schedule_in_words(schedule: Schedule, language: str) -> str:
    """Return when an exercise is due in the language of the tag; all seven weekdays read like daily."""
    catalogue = catalogue_of(language)
    match schedule.kind:
        case ScheduleKind.DAILY:
            return counted(catalogue, catalogue.times_a_day, schedule.times_per_day or 1)
        case ScheduleKind.WEEKDAYS:
            return _on_weekdays(sorted(schedule.weekdays), schedule.times_per_day or 1, catalogue)
        case ScheduleKind.EVERY_N_DAYS:
            return _every_n_days(schedule.every_n_days or 1, schedule.times_per_day or 1, catalogue)
        case ScheduleKind.WEEKLY_QUOTA:
            return counted(catalogue, catalogue.times_a_week, schedule.times_per_week or 1)
        case ScheduleKind.AS_NEEDED:
            return _as_needed(schedule.max_per_day, catalogue)


def _on_weekdays(days: Sequence[Weekday], times: int, catalogue: Catalogue) -> str:
    if len(days) == len(Weekday):
        return counted(catalogue, catalogue.times_a_day, times)
    return ", ".join([counted(catalogue, catalogue.times_on_such_a_day, times), _days(days, catalogue)])


def _days(days: Sequence[Weekday], catalogue: Catalogue) -> str:
    if len(days) == 1:
        return catalogue.only_on[days[0]]
    if len(days) >= FEWEST_IN_A_ROW and days[-1] - days[0] == len(days) - 1:
        names = get_day_names("wide", "stand-alone", catalogue.locale)
        return catalogue.from_day_to_day.format(first=names[days[0]], last=names[days[-1]])
    names = get_day_names("abbreviated", "stand-alone", catalogue.locale)
    return format_list([names[day] for day in days], locale=catalogue.lists)


def _every_n_days(n: int, times: int, catalogue: Catalogue) -> str:
    days = counted(catalogue, catalogue.every_n_days, n)
    if times == 1:
        return days
    return ", ".join([counted(catalogue, catalogue.times_on_such_a_day, times), days])


def _as_needed(most: int | None, catalogue: Catalogue) -> str:
    if most is None:
        return catalogue.as_needed
    return catalogue.at_most.format(times=counted(catalogue, catalogue.most_a_day, most))
