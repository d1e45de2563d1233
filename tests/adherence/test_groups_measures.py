"""All measures of groups over random histories: by window and as a series, stored and as known, and the patients behind
the mean. What is expected is worked out from the patients' own figures, with the fractions that a textbook would use.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from statistics import mean, median
from typing import Any

import pytest
import time_machine
from flask import Flask

from hep_api.adherence.counting import DayCount
from hep_api.adherence.measures import Measures, measure
from hep_api.adherence.ratios import Ratio, shown
from hep_api.adherence.windows import Window
from tests.adherence import journeys
from tests.adherence.journeys import NOW
from tests.world import Person, World

YESTERDAY, TODAY = date(2026, 5, 4), date(2026, 5, 5)
PERIOD = Window(date(2026, 4, 8), date(2026, 5, 1))
A_LITTLE_LATER = NOW + timedelta(minutes=5)
Lived = dict[str, list[DayCount]]


@pytest.fixture(scope="module")
def lived(app: Flask) -> Iterator[tuple[World, Person, Lived]]:
    """Six patients with a history and one without, of one practitioner; their day counts by patient."""
    world = World(app)
    with time_machine.travel(NOW, tick=False):
        lead = world.practitioner(world.clinic())
        patients = [journeys.live(world, lead, Random(seed)).patient for seed in range(40, 46)]
        patients.append(world.patient(lead))
        yield (
            world,
            lead,
            {str(each.member_id): list(journeys.stored_rows(world, each).values()) for each in patients},
        )


def asked(who: Person, path: str, over: Window | None = None, **query: str) -> Any:
    period = {} if over is None else {"from": over.first.isoformat(), "to": over.last.isoformat()}
    response = who.http.get(f"/v1/{path}", query_string=period | query)
    assert response.status_code == 200, response.get_json()
    return response.get_json()


def completion(patients: Sequence[Measures]) -> dict[str, Any]:
    """What a group shows of its patients' completion."""
    measurable = [each.completion.value for each in patients if each.states.expected >= 3]
    values = [each for each in measurable if each is not None]
    expecting = [each for each in patients if each.states.expected]
    low = sum(each < Fraction(1, 2) for each in values)
    on_track = sum(each >= Fraction(4, 5) for each in values)
    return {
        "patients": len(patients),
        "measurable": len(values),
        "excluded": len(patients) - len(values),
        "mean": shown(mean(values)) if values else None,
        "median": shown(median(values)) if values else None,
        "bands": {"on_track": on_track, "watch": len(values) - on_track - low, "low": low},
        "coverage": Ratio(Fraction(sum(each.entries > 0 for each in expecting)), len(expecting)).shown,
    }


def everything(patients: Sequence[Measures]) -> dict[str, Any]:
    """What a group shows of all measures."""
    measurable = [each for each in patients if each.states.expected >= 3]

    def spread(ratio: Callable[[Measures], Ratio]) -> dict[str, Any]:
        values = [value for each in measurable if (value := ratio(each).value) is not None]
        found = (mean(values), median(values)) if values else (None, None)
        return {"n": len(values), "mean": shown(found[0]), "median": shown(found[1])}

    def trend(slopes: Sequence[Fraction | None]) -> dict[str, Any]:
        there = [each for each in slopes if each is not None]
        return {
            "n": len(there),
            "mean_slope": shown(mean(there)) if there else None,
            "rising": sum(each > 0 for each in there),
        }

    runs = [each.streaks.days for each in patients if each.active_days.denominator]
    skips: Counter[str | None] = Counter()
    for each in patients:
        skips.update({skip.reason: skip.occurrences for skip in each.skips})
    return {
        **completion(patients),
        "dose": spread(lambda each: each.dose),
        "active_days": spread(lambda each: each.active_days),
        "full_days": spread(lambda each: each.full_days),
        "relative_dose": spread(lambda each: each.relative_dose),
        "over_performance": spread(lambda each: each.over_performance),
        "skip_reasons": [
            {"reason": reason, "count": times}
            for reason, times in sorted(skips.items(), key=lambda each: (-each[1], each[0] or ""))
        ],
        "streaks": {"days": in_a_row([(each.current, each.longest) for each in runs])},
        "pain": trend([each.pain.slope for each in patients]),
        "effort": trend([each.effort.slope for each in patients]),
    }


def in_a_row(runs: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """What a group shows of its patients' current and longest streaks."""
    both = zip(*[map(Fraction, run) for run in runs], strict=True) if runs else ((), ())
    current, longest = (
        {"mean": shown(mean(each)), "median": shown(median(each))} if each else {"mean": None, "median": None}
        for each in both
    )
    return {"n": len(runs), "current": current, "longest": longest}


def measured(counts: Lived, window: Window) -> list[Measures]:
    """The patients' own measures over closed days."""
    return [measure(each, window) for each in counts.values()]


def without_series(window: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in window.items() if name not in ("name", "hidden", "series")}


def weeks_of(window: Window) -> list[Window]:
    mondays = sorted({day - timedelta(days=day.weekday()) for day in window})
    return [Window(max(each, window.first), min(each + timedelta(days=6), window.last)) for each in mondays]


def test_every_measure_is_the_patients_over_any_window(lived: tuple[World, Person, Lived]) -> None:
    _, lead, counts = lived
    windows = {"trailing_7": 7, "trailing_28": 28}
    for name, days in windows.items():
        (found,) = asked(lead, "clinic/adherence", window=name)["windows"]
        window = Window(YESTERDAY - timedelta(days=days - 1), YESTERDAY)
        assert without_series(found) == everything(measured(counts, window))
    for window in (PERIOD, Window(date(2026, 4, 1), date(2026, 4, 1)), Window(date(1999, 1, 1), YESTERDAY)):
        expected = everything(measured(counts, window))
        for path in ("clinic", f"practitioners/{lead.member_id}"):
            (found,) = asked(lead, f"{path}/adherence", window)["windows"]
            assert without_series(found) == expected, window
    assert {each["n"] for each in (found["dose"], found["full_days"], found["pain"])} != {0}
    assert found["skip_reasons"]


def test_streaks_are_those_of_the_patients_closed_days(lived: tuple[World, Person, Lived]) -> None:
    _, lead, counts = lived
    days = {"trailing_7": 7, "trailing_28": 28}
    for window, query in ((None, {}), (None, {"as_known_on": NOW.isoformat()}), (PERIOD, {})):
        for group in asked(lead, "clinic/adherence", window, **query)["windows"]:
            own = window or Window(YESTERDAY - timedelta(days=days[group["name"]] - 1), YESTERDAY)
            found = [each for each in measured(counts, own) if each.active_days.denominator]
            runs = [(each.streaks.days.current, each.streaks.days.longest) for each in found]
            assert group["streaks"]["days"] == in_a_row(runs)
    assert max(longest for _, longest in runs) > 1


def test_a_series_measures_each_day_or_week_as_a_window_of_its_own(lived: tuple[World, Person, Lived]) -> None:
    _, lead, counts = lived
    for by, buckets in (("day", [Window(day, day) for day in PERIOD]), ("week", weeks_of(PERIOD))):
        (found,) = asked(lead, "clinic/adherence", PERIOD, by=by)["windows"]
        assert found["series"] == [
            {
                "from": bucket.first.isoformat(),
                "to": bucket.last.isoformat(),
                **completion([measure(each, bucket) for each in counts.values()]),
            }
            for bucket in buckets
        ]
        assert {each["measurable"] for each in found["series"]} != {0}
    too_long = {"from": "2024-01-01", "to": "2026-05-01", "by": "day"}
    refused = lead.http.get("/v1/clinic/adherence", query_string=too_long)
    assert (refused.status_code, refused.get_json()["errors"][0]["rule"]) == (422, "length")


def test_the_patients_behind_a_mean_make_it_up_page_by_page(lived: tuple[World, Person, Lived]) -> None:
    world, lead, counts = lived
    for window, query in ((PERIOD, {}), (PERIOD, {"as_known_on": NOW.isoformat()}), (None, {"window": "trailing_7"})):
        (group,) = asked(lead, "clinic/adherence", window, **query)["windows"]
        items: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = asked(lead, "clinic/adherence/why", window, limit="3", **query, **cursor)
            assert (page["hidden"], page["patients"], page["unseen"]) == (False, 7, 0)
            items += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert {each["patient_id"] for each in items} == counts.keys()
        behind = [each for each in items if each["excluded"] is None]
        exact = [Fraction(each["completion"]["numerator"], each["completion"]["denominator"]) for each in behind]
        assert (len(behind), shown(mean(exact))) == (group["measurable"], group["mean"])
        assert Counter(each["band"] for each in behind) == Counter(group["bands"])
        assert (
            sum(each["reported"] for each in items if each["completion"]["denominator"])
            == group["coverage"]["numerator"]
        )
        for each in items:
            days = lead.http.get(f"{each['why']}&limit=200").get_json()
            assert (days["from"], days["to"]) == (each["from"], each["to"])
            assert sum(day["done"] for day in days["items"]) == each["completion"]["numerator"]
    # Somebody else of the clinic sees the figure, and of those behind it nobody.
    other = world.practitioner(lead.clinic_id)
    page = asked(other, "clinic/adherence/why", PERIOD)
    assert (page["patients"], page["unseen"], page["items"]) == (7, 7, [])


def test_as_known_on_leaves_out_what_came_later(lived: tuple[World, Person, Lived]) -> None:
    world, lead, counts = lived
    manager = world.manager(lead.clinic_id)
    paths = ("clinic/adherence", "clinic/adherence/practitioners", "clinic/adherence/locations")
    query = {"by": "week"}
    before = [asked(manager, path, PERIOD, **query) for path in paths]
    known = [asked(manager, path, PERIOD, **query, as_known_on=NOW.isoformat()) for path in paths]
    assert [_undated(each) for each in known] == [_undated(each) for each in before]
    with time_machine.travel(A_LITTLE_LATER, tick=False):
        patient = next(iter(counts))
        days = asked(lead, f"patients/{patient}/adherence/why", PERIOD)["items"]
        missed = next(each for each in days if each["not_recorded"])
        done = {
            "id": "018f0000-0000-7000-8000-000000000001",
            "prescription_id": missed["prescription_id"],
            "version": missed["version"],
            "kind": "done",
            "performed_at": f"{missed['day']}T18:00:00+02:00",
            "zone": "Europe/Berlin",
            "performed_on": missed["day"],
        }
        answer = lead.http.post(f"/v1/patients/{patient}/events", json={"events": [done]}).get_json()
        assert answer["outcomes"][0]["outcome"] == "applied"
        assert [asked(manager, path, PERIOD, **query) for path in paths] != before
        still = [asked(manager, path, PERIOD, **query, as_known_on=NOW.isoformat()) for path in paths]
        assert still == known
        page = asked(lead, "clinic/adherence/why", PERIOD, as_known_on=NOW.isoformat())
        (of_patient,) = [each for each in page["items"] if each["patient_id"] == patient]
        assert of_patient["completion"]["numerator"] == sum(each.done for each in counts[patient] if each.day in PERIOD)
        assert "as_known_on" in of_patient["why"]


def _undated(answer: dict[str, Any]) -> Any:
    """The answer without the instant that was asked for."""
    groups = answer.get("items", [answer])
    return [{name: value for name, value in each.items() if name != "as_known_on"} for each in groups]
