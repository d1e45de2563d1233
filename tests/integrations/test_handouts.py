"""Handouts through their doors: what stands on them, who gets one, and how a browser comes to one."""

import re
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update

from hep_api.audit.models import AuditEntry
from hep_api.clinics.models import Clinic
from hep_api.foundation import clock
from hep_api.library.models.drawings import Drawing
from hep_api.library.models.exercises import Exercise
from hep_api.plans.models.revisions import PlanRevision
from tests.integrations.browsing import Browsing
from tests.integrations.handing_out import SVG
from tests.integrations.pdf_text import texts_of
from tests.media import making as photographs
from tests.media.sending import let_show, send
from tests.plans import making
from tests.plans.conftest import Scene, named
from tests.plans.making import MadePlan

TWICE = {"kind": "daily", "times_per_day": 2}
QUOTA = {"kind": "weekly_quota", "times_per_week": 3}
BOX = 'class="box"'
DIGEST = sha256(SVG.encode()).hexdigest()


@pytest.fixture
def plan(scene: Scene) -> MadePlan:
    """A plan of two exercises, the first with a photograph and a drawing, and with a pause from Saturday to Monday."""
    drawn, plan = making.exercise(scene.lead, name="Bridge"), scene.plan(title="After knee surgery")
    with scene.world.transaction() as session:
        session.merge(Drawing(digest=DIGEST, key="bridge", svg=SVG))
        session.execute(update(Exercise).where(Exercise.id == drawn).values(drawing_digest=DIGEST))
    photograph = send(scene.lead, photographs.photograph(), alt="Lying down").json["id"]
    assert let_show(scene.lead, drawn, photograph).status_code == 200
    dose = {**making.DOSE, "note": "Stop if it swells."}
    making.publish(plan, making.new_item(drawn, schedule=TWICE, dose=dose), scene.item(schedule=QUOTA))
    plan.send("POST", "/pauses", {"from": "2026-05-09", "to": "2026-05-11", "reason": "Away."})
    return plan


def test_a_handout_has_the_plan_in_words_and_pictures_and_a_box_for_each_time(
    scene: Scene, plan: MadePlan, browsing: Browsing, statements: Any
) -> None:
    address = f"/v1/plans/{plan.id}/handout"
    with statements() as seen:
        answer = scene.patient.http.get(address, query_string={"weeks": 2, "language": "de"})
    assert (answer.status_code, answer.mimetype, len(seen)) == (200, "text/html", 10)
    assert answer.headers["Cache-Control"] == "no-store"
    with browsing.show(answer.text, dict(answer.headers)) as shown:
        assert shown.texts(".words") == [
            "3 Sätze à 10 Wiederholungen, zweimal täglich",
            "3 Sätze à 10 Wiederholungen, dreimal pro Woche, an Tagen Ihrer Wahl",
        ]
        # Wednesday to Friday, then from Monday on: ten days, two boxes each.
        assert shown.count("td.due .box") == 20
        assert shown.count("td.paused") == 2
        # Three days of the first week can fill the quota: once.
        assert shown.count("td.choice .box") == 1 + 3
        pictures = shown.page.locator(".exercise img").all()
        assert [each.get_attribute("alt") for each in pictures] == ["Lying down", "Bridge"]
        assert [each.get_attribute("src")[:16] for each in pictures] == ["data:image/jpeg;", "data:image/svg+x"]
        assert all(each.evaluate("image => image.naturalWidth > 0") for each in pictures)
        assert "Stop if it swells." in shown.page.inner_text(".note")
        assert "P. " in shown.page.inner_text("header")
        assert (shown.complaints, shown.fetched) == ([], [])
    in_french = scene.lead.http.get(address, headers={"Accept-Language": "fr"})
    assert '<html lang="fr">' in in_french.text


def test_what_holds_first_stands_first_and_what_a_later_phase_brings_under_its_date(
    scene: Scene, plan: MadePlan
) -> None:
    (one, two) = (
        item["prescription_id"] for item in plan.by.http.get(f"/v1/plans/{plan.id}/revisions/1").json["items"]
    )
    band = making.exercise(scene.lead, name="Band pull")
    more, unchanged = making.carried_item(one, dose={"sets": 4, "reps": 8}), making.carried_item(two, schedule=QUOTA)
    # The newcomer stands first in its phase, and what did not change is not told again.
    making.publish(plan, making.new_item(band), unchanged, more, effective_on="2026-05-18", note="A pull may be felt.")
    making.publish(plan, making.new_item(band), effective_on="2026-06-15", note="Too far ahead.")
    with scene.world.transaction() as session:
        second = update(PlanRevision).where(PlanRevision.plan_id == plan.id, PlanRevision.number == 2)
        session.execute(second.values(phase_name="Strength"))
    page = scene.patient.http.get(f"/v1/plans/{plan.id}/handout?weeks=4").text
    seen = re.findall(r'class="(?:phase|said|name)"[^>]*>(.*)</', page)
    assert [" ".join(re.sub("<[^>]*>", " ", each).split()) for each in seen] == [
        "1 Bridge",
        "2 Squat",
        "From 18 May 2026: Strength",
        "Note: A pull may be felt.",
        "3 Band pull",
        "1 Bridge",
    ]
    assert (page.count("<img"), page.count("Pictures and steps are above.")) == (3, 1)
    # The table has the same numbers; the newcomer is in it from its week on.
    assert re.findall(r'<th scope="row"><span class="number">(\d)', page) == [*"12", *"12", *"123", *"123"]
    assert "Too far ahead." not in page
    doses = re.findall(r'<p class="dose">(.*)</p>', page)
    assert [re.sub("<[^>]*>", "", each) for each in doses] == [
        "Until 17 May 2026: 3 sets of 10, twice a day",
        "3 sets of 10, 3 times a week, on days you choose",
        "3 sets of 10, once a day",
        "4 sets of 8, once a day",
    ]


def test_the_name_is_on_it_only_when_it_is_asked_for(scene: Scene, plan: MadePlan) -> None:
    address = f"/v1/plans/{plan.id}/handout?weeks=0"
    name = scene.lead.http.get(f"/v1/patients/{scene.patient.patient_id}").json["name"]
    usual, with_name = (scene.lead.http.get(address + more).text for more in ("", "&name=true"))
    assert (name in usual, name in with_name, BOX in usual) == (False, True, False)


@pytest.mark.parametrize(
    ("query", "field", "rule"),
    [
        ("weeks=13", "/weeks", "range"),
        ("from=2027-06-01", "/from", "range"),
        ("from=2025-01-01", "/from", "range"),
        ("paper=a3", "/paper", "choice"),
        ("language=pt", "/language", "choice"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused(scene: Scene, plan: MadePlan, query: str, field: str, rule: str) -> None:
    answer = scene.lead.http.get(f"/v1/plans/{plan.id}/handout?{query}")
    assert (answer.status_code, named(answer)) == (422, [(field, rule)])


def test_more_boxes_than_a_page_bears_are_refused(scene: Scene) -> None:
    plan = scene.plan()
    making.publish(plan, *[scene.item(schedule={"kind": "daily", "times_per_day": 12}) for _ in range(15)])
    address = f"/v1/plans/{plan.id}/handout?weeks="
    fits, refused = (scene.lead.http.get(f"{address}{weeks}") for weeks in (4, 5))
    assert (fits.status_code, refused.status_code, named(refused)) == (200, 422, [("/weeks", "range")])


def test_a_link_opens_the_handout_for_ten_minutes_for_whoever_holds_it(
    scene: Scene, plan: MadePlan, noon: time_machine.Traveller
) -> None:
    links = f"/v1/plans/{plan.id}/handout-links"
    made = scene.patient.http.post(links, json={"language": "es", "weeks": 1, "large": True})
    assert (made.status_code, made.json["expires_at"]) == (201, "2026-05-06T10:10:00+00:00")
    anyone = scene.world.anyone()
    opened, pdf = anyone.get(made.json["page_url"]), anyone.get(made.json["pdf_url"])
    assert "3 series de 10 repeticiones, 2 veces al día" in opened.text
    assert any("3seriesde10repeticiones,2vecesaldía" in text for text in texts_of(pdf.data))
    assert pdf.headers["Content-Disposition"] == 'inline; filename="handout.pdf"'
    with scene.world.transaction() as session:
        told = session.scalars(
            select(AuditEntry.action).where(AuditEntry.patient_id == scene.patient.patient_id).order_by(AuditEntry.seq)
        )
        assert list(told)[-3:] == ["make_handout_link", "handout.opened", "handout.opened"]
    forged = made.json["page_url"].replace("/handouts/", "/handouts/A")
    with scene.world.app.app_context():
        of_files = scene.world.app.extensions["hep_file_links"].make("a/b", "b", clock.now()).url.rpartition("/")[2]
    for wrong in (forged, f"/v1/handouts/{of_files}", "/v1/handouts/x"):
        assert anyone.get(wrong).status_code == 404
    noon.shift(timedelta(minutes=10))
    assert anyone.get(made.json["page_url"]).status_code == 404


def test_who_may_not_see_the_plan_gets_neither_page_nor_link(scene: Scene, plan: MadePlan) -> None:
    address, another = f"/v1/plans/{plan.id}/handout", scene.world.patient(scene.lead)
    manager = scene.world.manager(scene.lead.clinic_id)
    asked = [(person.http.get(address), person.http.post(f"{address}-links", json={})) for person in (another, manager)]
    assert [[each.status_code for each in both] for both in asked] == [[404, 404], [404, 404]]
    assert scene.lead.http.get(address).status_code == 200
    assert scene.lead.http.post(f"{address}-links", json={}).status_code == 201


def test_a_patient_reads_no_handout_of_a_plan_that_ended_long_ago(scene: Scene, plan: MadePlan) -> None:
    assert plan.send("POST", "/end", {"discharge_reason": "goals_met"}).status_code == 200
    address = f"/v1/plans/{plan.id}/handout"
    just_ended = scene.patient.http.get(address)
    assert (just_ended.status_code, "No exercises are planned" in just_ended.text) == (200, True)
    with scene.world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == scene.lead.clinic_id).values(ended_plan_readable_days=0))
    assert [person.http.get(address).status_code for person in (scene.patient, scene.lead)] == [404, 200]


WITHOUT = """
import sys
sys.modules["weasyprint"] = None  # as if it were not installed
from hep_api.integrations import documents
try:
    documents.make_pdf("<p>")
except documents.NotInstalled:
    problem = documents.not_here("/v1/plans/1/handout?weeks=2")
    print(problem.status, problem.code, problem.as_json()["page_url"])
"""


def test_a_server_without_weasyprint_says_where_the_page_is() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["501", "pdf_not_available", "/v1/plans/1/handout?weeks=2"]


def test_the_door_of_the_pdf_answers_501_with_the_page(
    scene: Scene, plan: MadePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    answer = scene.lead.http.get(f"/v1/plans/{plan.id}/handout.pdf?weeks=2")
    assert (answer.status_code, answer.json["page_url"]) == (501, f"/v1/plans/{plan.id}/handout?weeks=2")
    assert scene.lead.http.get(answer.json["page_url"]).status_code == 200
