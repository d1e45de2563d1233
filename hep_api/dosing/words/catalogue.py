"""The phrases that a language needs, and how one is chosen for a number.

Each language fills one Catalogue, so none can lack a phrase. Text in braces is filled in; which of a phrase's forms
suits a number is decided by the plural rules of the Unicode locale data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel import Locale

# An exact number ("twice") comes before a plural form of the language ("one", "many", "other").
Forms = Mapping[int | str, str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All phrases of one language; `lists` names the locale whose way to join a list is used."""

    locale: str
    lists: str
    # Lengths of time: {n}.
    hours: Forms
    minutes: Forms
    seconds: Forms
    and_lengths: str
    # Amounts: {n} sets of {amount}, or of {time}.
    reps: Forms
    sets_of_reps: Forms
    sets_of_time: Forms
    held_each_rep: str
    held: str
    held_times: Forms
    each_side: str
    rest_between_sets: str
    rest_between_holds: str
    rest: str
    # Loads: {weight} {unit}, or a {band}.
    with_weight: str
    with_band: str
    band_of_colour: str
    any_band: str
    bands: Mapping[str, str]
    # Schedules: {n} times, {days}, {first} to {last}.
    times_a_day: Forms
    times_on_such_a_day: Forms
    only_on: Sequence[str]
    from_day_to_day: str
    every_n_days: Forms
    times_a_week: Forms
    as_needed: str
    at_most: str
    most_a_day: Forms


def counted(catalogue: Catalogue, forms: Forms, n: int, **filled: str) -> str:
    """Return the form for the number n, filled in."""
    plural = Locale(catalogue.locale).plural_form(n)
    form = forms.get(n) or forms.get(plural) or forms["other"]
    return form.format(n=n, **filled)
