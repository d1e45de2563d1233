"""The rules against the slow reference, over random plans around a year end and a leap day."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hep_api.dosing.schedule import ScheduleKind
from hep_api.plans.occurrences import PlanTerms, expected_on, is_quota_eligible
from hep_api.plans.timeline import Item, RevisionContent, cut_timeline
from tests.plans import reference
from tests.plans.shapes import BRIDGE, PLANK, SCHEDULES, SQUAT, TEN, TWELVE

FIRST, LAST = date(2023, 12, 20), date(2024, 3, 10)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]

# A busy machine is no bug.
UNHURRIED = settings(deadline=None)

days = st.one_of(
    st.sampled_from(DAYS),
    # A narrow stretch, so that dates coincide often.
    st.dates(date(2024, 2, 26), date(2024, 3, 2)),
)
contents = st.dictionaries(
    st.sampled_from([SQUAT, BRIDGE, PLANK]),
    st.builds(Item, st.sampled_from([TEN, TWELVE]), st.sampled_from(SCHEDULES)),
)
spans = st.tuples(days, st.one_of(st.none(), days))


@st.composite
def published(draw: st.DrawFn) -> list[RevisionContent]:
    drawn = draw(st.lists(st.tuples(days, contents), max_size=7))
    numbered = [RevisionContent(number, day, items) for number, (day, items) in enumerate(drawn, start=1)]
    return draw(st.permutations(numbered))


@UNHURRIED
@given(published())
def test_on_each_day_the_same_version_holds_as_in_the_reference(revisions: list[RevisionContent]) -> None:
    timeline = cut_timeline(revisions)
    for prescription_id in (SQUAT, BRIDGE, PLANK):
        held = reference.day_by_day(revisions, prescription_id, FIRST, LAST)
        for day in DAYS:
            found = [each for each in timeline if each.prescription_id == prescription_id and each.covers(day)]
            told = [(each.version, Item(each.dose, each.schedule), each.anchor_on) for each in found]
            wanted = held[day]
            assert told == ([] if wanted is None else [(wanted.version, wanted.item, wanted.anchor_on)])


@UNHURRIED
@given(published())
def test_a_version_number_names_one_content_and_one_stretch(revisions: list[RevisionContent]) -> None:
    timeline = cut_timeline(revisions)
    by_number = {revision.number: revision for revision in revisions}
    assert len({(each.prescription_id, each.version) for each in timeline}) == len(timeline)
    for each in timeline:
        assert by_number[each.version].items[each.prescription_id] == Item(each.dose, each.schedule)
        assert each.valid_to is None or each.valid_from < each.valid_to


@UNHURRIED
@given(published(), days, st.one_of(st.none(), days), st.lists(spans, max_size=3))
def test_each_day_expects_the_same_as_in_the_reference(
    revisions: list[RevisionContent],
    starts_on: date,
    ends_on: date | None,
    pauses: list[tuple[date, date | None]],
) -> None:
    terms = PlanTerms(starts_on, ends_on, tuple(pauses))
    timeline = [each for each in cut_timeline(revisions) if each.prescription_id == SQUAT]
    held = reference.day_by_day(revisions, SQUAT, FIRST, LAST)
    for day in DAYS:
        now = held[day]
        assert sum(expected_on(each, terms, day) for each in timeline) == reference.expected(now, terms, day)
        fills_quota = (
            now is not None
            and now.item.schedule.kind is ScheduleKind.WEEKLY_QUOTA
            and reference.asks_for_something(terms, day)
        )
        assert any(is_quota_eligible(each, terms, day) for each in timeline) is fills_quota
