"""Each number of the product has somebody in the demo clinic who shows it, on whatever day the clinic was seeded."""

from collections.abc import Callable
from statistics import mean
from typing import Any

import pytest
from flask import Flask

from hep_api.demo import cast, reminding
from hep_api.demo.cast import PATIENTS, Way

Get = Callable[[str], Any]
MANAGER = "Grace Holloway"


@pytest.fixture(scope="module")
def seen_by(demo_app: Flask) -> Callable[[str], Get]:
    """Return what somebody of the demo clinic, named by name, reads at an address."""
    tokens: dict[str, str] = {}

    def sign_in(name: str) -> Get:
        client = demo_app.test_client()
        if name not in tokens:
            body = {"email": cast.email_of(name), "password": cast.PASSWORD}
            tokens[name] = client.post("/v1/sign-ins", json=body).json["access_token"]
        headers = {"Authorization": f"Bearer {tokens[name]}"}

        def get(path: str) -> Any:
            answer = client.get(f"/v1{path}", headers=headers)
            assert answer.status_code == 200, answer.json
            return answer.json

        return get

    return sign_in


@pytest.fixture(scope="module")
def figures(seen_by: Callable[[str], Get]) -> dict[str, dict[str, Any]]:
    """Every patient's figures over 7 and 28 days as their lead sees them, by the patient's name."""
    found = {}
    for lead in {patient.lead for patient in PATIENTS}:
        get = seen_by(lead)
        led = {patient.name for patient in PATIENTS if patient.lead == lead}
        for patient in get("/patients?limit=100")["items"]:
            if patient["name"] in led:
                windows = get(f"/patients/{patient['id']}/adherence")["windows"]
                found[patient["name"]] = {window["name"]: window["total"] for window in windows}
    return found


def of(figures: dict[str, dict[str, Any]], way: Way, window: str = "trailing_28") -> list[dict[str, Any]]:
    return [figures[patient.name][window] for patient in PATIENTS if patient.way is way]


def test_everyone_is_seen_by_their_lead(figures: dict[str, dict[str, Any]]) -> None:
    assert set(figures) == {patient.name for patient in PATIENTS}


def test_the_good_are_on_track(figures: dict[str, dict[str, Any]]) -> None:
    assert {each["band"] for each in of(figures, Way.GOOD)} == {"on_track"}


def test_the_fading_do_less_this_week_than_this_month(figures: dict[str, dict[str, Any]]) -> None:
    week = mean(each["completion"]["value"] for each in of(figures, Way.FADING, "trailing_7"))
    month = mean(each["completion"]["value"] for each in of(figures, Way.FADING))
    assert week + 0.05 < month < 0.7


def test_who_dropped_out_is_low_and_reports_nothing_any_more(figures: dict[str, dict[str, Any]]) -> None:
    assert {each["band"] for each in of(figures, Way.DROPPED_OUT)} == {"low"}
    for week in of(figures, Way.DROPPED_OUT, "trailing_7"):
        assert week["states"]["not_recorded"] == week["states"]["expected"] > 0


def test_the_over_doing_do_more_than_everything(figures: dict[str, dict[str, Any]]) -> None:
    for month in of(figures, Way.OVER_DOING):
        assert month["band"] == "on_track"
        assert month["over_performance"]["value"] > 0
        assert month["relative_dose"]["value"] > 1


def test_the_newest_have_no_figure_and_it_is_neither_0_nor_1(figures: dict[str, dict[str, Any]]) -> None:
    for name in ("Xavier Dunn", "Leo Fontaine"):
        assert figures[name]["trailing_28"]["completion"] == {"value": None, "numerator": 0, "denominator": 0}
        assert figures[name]["trailing_28"]["band"] is None


def test_skips_have_reasons_and_exercises_are_done_as_needed(figures: dict[str, dict[str, Any]]) -> None:
    months = [windows["trailing_28"] for windows in figures.values()]
    reasons = {each["reason"] for month in months for each in month["skip_reasons"]}
    assert {"no_time", "forgot", "pain", "travelling"} <= reasons
    assert any(month["as_needed"]["doings"] > 0 for month in months)
    assert any(month["states"]["partial"] > 0 for month in months)


def test_pain_falls_in_most_and_rises_in_the_sore(seen_by: Callable[[str], Get]) -> None:
    get = seen_by(cast.NORA)
    by_name = {patient["name"]: patient["id"] for patient in get("/patients?limit=100")["items"]}

    def change(name: str) -> float:
        plan = get(f"/patients/{by_name[name]}/plans")["items"][0]
        total = get(f"/plans/{plan['id']}/adherence")["windows"][0]["total"]
        medians = [each["median"] for each in total["pain"]["medians"]]
        third = len(medians) // 3
        return mean(medians[-third:]) - mean(medians[:third])

    assert change("Ada Bennett") < 0
    assert change("Imogen Clarke") > 0


def test_somebody_is_paused_today_and_nothing_is_due(seen_by: Callable[[str], Get]) -> None:
    get = seen_by("Jonas Berg")
    me = get("/me")
    items = get(f"/patients/{me['patient_id']}/today")["items"]
    assert items
    assert all(item["paused"] and not item["due"] for item in items)


def test_somebody_was_discharged_with_goals_met_and_has_a_second_plan(seen_by: Callable[[str], Get]) -> None:
    get = seen_by("Mabel Turner")
    plans = get(f"/patients/{get('/me')['patient_id']}/plans")["items"]
    assert [plan["discharge_reason"] for plan in plans] == [None, "goals_met"]


def test_a_record_holds_corrections_and_late_uploads(seen_by: Callable[[str], Get]) -> None:
    get = seen_by("Arthur Coleman")
    events = []
    after = 0
    while page := get(f"/patients/{get('/me')['patient_id']}/events?limit=100&after={after}")["items"]:
        events += page
        after = page[-1]["seq"]
    assert {"done", "partial", "void"} <= {event["kind"] for event in events}
    assert all(event["reason"] for event in events if event["revision"] > 0)
    assert {event["late"] for event in events} == {True, False}


def test_messages_wait_for_an_answer_and_are_about_something(seen_by: Callable[[str], Get]) -> None:
    conversations = seen_by(cast.NORA)("/conversations?limit=100")["items"]
    waiting = {each["patient_name"]: each for each in conversations if each["unread_count"] > 0}
    nora_leads = {patient.name for patient in PATIENTS if patient.lead == cast.NORA and cast.WAITS in patient.traits}
    assert nora_leads <= set(waiting)
    assert {waiting[name]["last_message"]["about"]["kind"] for name in nora_leads} == {"prescription", "event"}
    answered = [each for each in conversations if each["last_seq"] > 0 and each["unread_count"] == 0]
    assert answered


def test_the_manager_sees_every_band_and_a_group_that_is_too_small_to_show(seen_by: Callable[[str], Get]) -> None:
    get = seen_by(MANAGER)
    month = get("/clinic/adherence")["windows"][1]
    assert (month["name"], month["hidden"], month["patients"]) == ("trailing_28", False, 40)
    assert all(count >= 3 for count in month["bands"].values())
    assert month["excluded"] >= 2
    assert month["coverage"]["numerator"] < month["coverage"]["denominator"]
    hidden = {group["name"]: group["windows"][1]["hidden"] for group in practitioners(get)}
    assert hidden == {cast.NORA: False, cast.BEN: False, cast.PRIYA: False, cast.TOM: True}
    locations = get("/clinic/adherence/locations")["items"]
    assert sum(group["windows"][1]["patients"] for group in locations) == 40


def practitioners(get: Get) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get("/clinic/adherence/practitioners")["items"]
    return found


def test_who_leads_the_small_group_sees_its_figures(seen_by: Callable[[str], Get]) -> None:
    get = seen_by(cast.TOM)
    month = get(f"/practitioners/{get('/me')['member']['id']}/adherence")["windows"][1]
    assert (month["hidden"], month["patients"]) == (False, 3)


def test_a_practitioners_morning_has_several_kinds_of_need(seen_by: Callable[[str], Get]) -> None:
    morning = seen_by("Nora Whitfield")("/morning")
    rules = {entry["rule"] for patient in morning["patients"] for entry in patient["entries"]}
    assert len(rules) >= 4
    assert 0 < morning["counts"]["patients_in_need"] < morning["counts"]["patients"]


def test_some_are_reminded_at_times_learnt_from_their_days_and_others_are_suggested_some(
    seen_by: Callable[[str], Get],
) -> None:
    for name in (*reminding.REMINDED, "Dev Patel"):
        get = seen_by(name)
        path = f"/patients/{get('/me')['patient_id']}"
        times, suggested = get(f"{path}/reminders")["times"], get(f"{path}/reminder-suggestions")["items"]
        has_taken_up = name in reminding.REMINDED
        assert (bool(times), bool(suggested)) == (has_taken_up, not has_taken_up), name
