"""Words for whatever can be prescribed: always whole, and never the same for two that differ."""

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hep_api.dosing.dose import Dose, Load, LoadUnit
from hep_api.dosing.schedule import Schedule, ScheduleKind, Weekday
from hep_api.dosing.words.amounts import COLOURS, KNOWN_COLOURS
from hep_api.dosing.words.catalogue import Catalogue
from hep_api.dosing.words.languages import CATALOGUES, catalogue_of
from hep_api.dosing.words.prescriptions import prescription_in_words
from hep_api.foundation.languages import WRITTEN
from tests.dosing.combinations import COMBINATIONS

SECONDS = st.one_of(st.integers(1, 200), st.integers(1, 86_400))
WEIGHTS = st.decimals(min_value="0.01", max_value=1000, places=2).map(float)
COLOUR_NAMES = st.one_of(
    st.sampled_from(sorted(KNOWN_COLOURS)),
    st.text("abcä .()1ش😀", min_size=1, max_size=40).filter(lambda text: text.strip()),
)
LOADS = st.one_of(
    st.builds(Load, st.sampled_from([LoadUnit.KG, LoadUnit.LB]), WEIGHTS),
    st.builds(Load, st.just(LoadUnit.BAND), colour=COLOUR_NAMES),
)
COMMON = {
    "sets": st.integers(1, 50),
    "sides": st.integers(1, 2),
    "load": st.none() | LOADS,
    "rest_seconds": st.none() | SECONDS,
}
DOSES = st.one_of(
    st.builds(Dose, reps=st.integers(1, 1000), hold_seconds=st.none() | SECONDS, **COMMON),
    st.builds(Dose, hold_seconds=SECONDS, **COMMON),
    st.builds(Dose, duration_seconds=SECONDS, **COMMON),
)
TIMES = st.integers(1, 12)
SCHEDULES = st.one_of(
    st.builds(Schedule, st.just(ScheduleKind.DAILY), times_per_day=TIMES),
    st.builds(
        Schedule,
        st.just(ScheduleKind.WEEKDAYS),
        times_per_day=TIMES,
        weekdays=st.frozensets(st.sampled_from(Weekday), min_size=1),
    ),
    st.builds(Schedule, st.just(ScheduleKind.EVERY_N_DAYS), times_per_day=TIMES, every_n_days=st.integers(2, 14)),
    st.builds(Schedule, st.just(ScheduleKind.WEEKLY_QUOTA), times_per_week=st.integers(1, 7)),
    st.builds(Schedule, st.just(ScheduleKind.AS_NEEDED), max_per_day=st.none() | st.integers(1, 100)),
)
PRESCRIBED = st.tuples(DOSES, SCHEDULES)


def _seen(dose: Dose, schedule: Schedule) -> object:
    """What of a prescription differs to a patient: a band's colour by any of its names, all weekdays as every day."""
    load = dose.load
    if load is not None and load.colour is not None:
        colour = " ".join(load.colour.split())
        load = Load(load.unit, colour=KNOWN_COLOURS.get(colour.casefold(), colour))
    everyday = schedule.kind is ScheduleKind.WEEKDAYS and len(schedule.weekdays) == 7
    due = Schedule(ScheduleKind.DAILY, times_per_day=schedule.times_per_day) if everyday else schedule
    return Dose(
        dose.sets, dose.reps, dose.hold_seconds, dose.duration_seconds, dose.sides, dose.rest_seconds, load
    ), due


@settings(max_examples=200, deadline=None)
@given(PRESCRIBED, PRESCRIBED, st.sampled_from(WRITTEN))
def test_words_are_whole_and_differ_where_the_prescriptions_do(
    one: tuple[Dose, Schedule], other: tuple[Dose, Schedule], language: str
) -> None:
    near = (one[0], other[1])
    words = [prescription_in_words(*each, language) for each in (one, near, other)]
    for each in words:
        assert each == each.strip()
        assert not any(wrong in each for wrong in ("{", "}", "  ", "None", ",,"))
    for a, b in ((0, 1), (1, 2), (0, 2)):
        pair = ((one, near, other)[a], (one, near, other)[b])
        assert (words[a] == words[b]) == (_seen(*pair[0]) == _seen(*pair[1]))


@pytest.mark.parametrize("language", WRITTEN)
def test_every_language_says_every_phrase_with_the_same_things_to_fill_in(language: str) -> None:
    def filled_in(catalogue: Catalogue, name: str) -> set[str]:
        phrase = getattr(catalogue, name)
        texts = [phrase] if isinstance(phrase, str) else list(getattr(phrase, "values", lambda: phrase)())
        return {part.split("}")[0] for text in texts for part in text.split("{")[1:]}

    ours, english = catalogue_of(language), CATALOGUES["en"]
    for field in fields(Catalogue):
        # A number may stand as a word ("twice"), and only some languages write 1 where nothing need be said.
        assert filled_in(ours, field.name) - {"n"} == filled_in(english, field.name) - {"n"}, field.name
    assert set(ours.bands) == set(COLOURS)
    assert len(set(ours.bands.values())) == len(COLOURS)
    assert len(set(ours.only_on)) == 7


@pytest.mark.parametrize(
    ("asked", "served"), [("de-AT", "de"), ("fr-CA", "fr"), ("es-419", "es"), ("ES", "es"), ("pt-BR", "en"), ("", "en")]
)
def test_another_tag_is_served_by_the_nearest_language(asked: str, served: str) -> None:
    dose, schedule = COMBINATIONS[0]
    assert prescription_in_words(dose, schedule, asked) == prescription_in_words(dose, schedule, served)
