"""The week that docs/metrics.md works out by hand, lived through the doors: the page and the product agree."""

import re
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.adherence.conftest import Scene, begin, event
from tests.world import World

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
MON, TUE, WED, THU, FRI, SAT = (
    "2026-04-27",
    "2026-04-28",
    "2026-04-29",
    "2026-04-30",
    "2026-05-01",
    "2026-05-02",
)


@pytest.fixture
def week(world: World, noon: time_machine.Traveller) -> dict[str, Any]:
    """The figures of the week."""
    lead = world.practitioner(world.clinic())
    scene: Scene = begin(
        world,
        lead,
        world.patient(lead),
        {"kind": "daily", "times_per_day": 2},
        {"kind": "weekdays", "weekdays": ["mon", "wed", "fri"], "times_per_day": 1},
        {"kind": "weekly_quota", "times_per_week": 3},
        {"kind": "as_needed", "max_per_day": 2},
    )
    a, b, c, d = scene.prescriptions
    pause = {"from": SAT, "to": "2026-05-04", "reason": "Away for the weekend."}
    assert scene.plan.send("POST", "/pauses", pause).status_code == 201
    reported = [
        event(a, MON, slot=1, pain=2),
        event(a, MON, slot=2, pain=5),
        event(a, TUE, slot=1, sets=2),
        event(a, TUE, "skipped", slot=2, skip_reason="no_time", pain=3),
        event(a, WED, "partial", sets=1),
        *[event(a, THU, pain=pain) for pain in (2, None, None)],
        event(a, SAT),
        event(b, MON, reps=5),
        event(b, WED, "skipped", skip_reason="pain"),
        event(b, FRI, sets=9),
        *[event(c, day) for day in (TUE, THU, THU)],
        *[event(d, day) for day in (WED, WED, WED, THU)],
    ]
    assert set(scene.outcomes(*reported)) == {"applied"}
    answer = lead.http.get(
        f"/v1/patients/{scene.patient.member_id}/adherence", query_string={"from": MON, "to": "2026-05-03"}
    )
    total: dict[str, Any] = answer.get_json()["windows"][0]["total"]
    return total


def test_the_table_of_the_page_is_what_the_door_answers(week: dict[str, Any]) -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+) / (\d+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)
    assert len(rows) == 6
    for name, numerator, denominator, value in rows:
        told = {"value": float(value), "numerator": float(numerator), "denominator": int(denominator)}
        assert week[name] == told, name


def test_the_sentences_of_the_page_hold_as_well(week: dict[str, Any]) -> None:
    assert week["states"] == {
        "done": 9,
        "partial": 1,
        "skipped": 2,
        "not_recorded": 3,
        "expected": 15,
        "extra": 2,
    }
    assert sorted((each["reason"], each["count"]) for each in week["skip_reasons"]) == [("no_time", 1), ("pain", 1)]
    assert (week["band"], week["closed_days"]) == ("watch", 7)
    assert week["as_needed"] == {"doings": 4, "per_week": 4, "days_over_maximum": 1}
    assert [(each["day"], each["median"]) for each in week["pain"]["medians"]] == [(MON, 3.5), (TUE, 3), (THU, 2)]
    assert week["pain"]["slope"] == -0.5
    assert week["streaks"] == {
        "days": {"current": 2, "longest": 2, "since": THU, "includes_open": False},
        "weeks": {"current": 1, "longest": 1, "since": MON, "includes_open": False},
    }
