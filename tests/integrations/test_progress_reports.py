"""Progress reports through their doors: what stands in one, who issues and reads it, and that it never changes."""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError

from hep_api.audit.models import AuditEntry
from hep_api.clinics.models import Clinic, Member
from tests.adherence.conftest import NOON, Scene, correction, event
from tests.integrations.browsing import Browsing
from tests.integrations.pdf_text import texts_of
from tests.integrations.reporting import BEGAN, issue, path_of, rich_scene
from tests.plans import making
from tests.world import Person, World


@pytest.fixture(scope="module")
def told(app: Flask) -> Scene:
    """A plan with much to tell; what a test adds to it, no other test counts."""
    with time_machine.travel(NOON, tick=False):
        return rich_scene(World(app))


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def read(scene: Scene, report: dict[str, Any], ending: str = "", by: Person | None = None) -> Any:
    return (by or scene.lead).http.get(path_of(scene, report, ending))


def test_a_report_for_a_doctor_says_how_the_plan_goes(told: Scene, browsing: Browsing, statements: Any) -> None:
    words = {"recipient": "Dr. Grey", "note": "Goes well.\nPlease go on."}
    with statements() as seen:
        issued = issue(told, audience="doctor", name=True, **words)
    assert issued.status_code == 201
    assert len(seen) <= 21  # whatever the plan holds; four of them keep what the others gathered
    assert (issued.json["from"], issued.json["to"]) == (BEGAN.isoformat(), "2026-05-05")

    content = read(told, issued.json).json["content"]
    asked = {"from": BEGAN.isoformat(), "to": "2026-05-05", "by": "week", "as_known_on": issued.json["issued_at"]}
    (window,) = told.lead.http.get(f"/v1/plans/{told.plan.id}/adherence", query_string=asked).json["windows"]
    assert content["total"] == window["total"]
    assert content["weeks"] == window["series"]
    assert content["total"]["states"]["expected"] == 58 + 24
    assert content["plan"]["own_why"] == ""
    assert content["patient"]["birth_date"] == "1980-02-29"
    assert [(goal["text"], goal["progress"]) for goal in content["goals"]] == [("Kneel again", 0.5917)]
    assert [(each["effective_on"], len(each["words"])) for each in content["changes"]] == [
        ("2026-03-09", 2),
        ("2026-04-13", 1),
    ]
    assert [each["prescribed"] for each in content["exercises"]] == [
        "3 sets of 15, once a day",
        "3 sets of 10, 3 times a week, on days you choose",
    ]

    page = read(told, issued.json, ".html")
    with browsing.show(page.text, dict(page.headers)) as shown:
        assert shown.texts("td.completion") == ["39.02% 32 of 82"]
        assert shown.count("svg[role=img]") == 4
        for chart in shown.page.locator("svg[role=img]").all():
            title, description = (chart.get_attribute("aria-labelledby") or "").split()
            assert shown.texts(f"#{title}")[0]
            assert shown.texts(f"#{description}")[0]
        assert shown.count(".weeks svg rect") == 3 * 9
        assert shown.count(".weeks tbody tr") == 9
        assert shown.count(".skips tbody tr") == 2
        assert shown.count("dt") == 6
        assert "Dr. Grey" in shown.page.inner_text("header")
        assert shown.page.inner_text(".note") == words["note"]
        assert shown.texts(".seal") == [issued.json["sha256"]]
        assert (shown.complaints, shown.fetched) == ([], [])


def test_a_report_for_the_patient_speaks_their_language_and_names_initials(told: Scene, browsing: Browsing) -> None:
    for language, title in {
        "de": "Ihr Verlauf",
        "es": "Su progreso",
        "fr": "Vos progrès",
        "en": "Your progress",
    }.items():
        issued = issue(told, language=language, **{"from": "2026-04-01", "to": "2026-04-14"})
        page = read(told, issued.json, ".html", told.patient)
        with browsing.show(page.text, dict(page.headers)) as shown:
            assert shown.page.locator("html").get_attribute("lang") == language
            assert shown.texts("h1") == [title]
            assert shown.count("dt") == 4
            assert shown.count(".weeks tbody tr") == 3
            assert re.search(r"P\. [0-9A-F]\.", shown.page.inner_text("header"))
            assert (shown.complaints, shown.fetched) == ([], [])


def test_a_report_never_changes(told: Scene, at_noon: time_machine.Traveller) -> None:
    issued = issue(told).json
    paths = [path_of(told, issued, ending) for ending in ("", ".html", ".pdf")]
    told.lead.http.get(paths[2])
    before = [told.patient.http.get(path).data for path in paths]
    at_noon.shift(timedelta(minutes=1))
    done = event(told.daily, on="2026-05-02")
    assert told.outcomes(done, correction(done, pain=9), by=told.lead) == ["applied", "applied"]
    making.publish(told.plan, making.carried_item(told.daily), effective_on="2026-04-20", reason="Forgotten.")
    with told.world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == told.lead.clinic_id).values(name="Renamed"))
        session.execute(update(Member).where(Member.clinic_id == told.lead.clinic_id).values(name="Renamed too"))
    assert [told.lead.http.get(path).data for path in paths] == before
    asked = {"from": BEGAN.isoformat(), "to": "2026-05-05", "as_known_on": issued["issued_at"]}
    (then,) = told.lead.http.get(f"/v1/plans/{told.plan.id}/adherence", query_string=asked).json["windows"]
    assert then["total"] == json.loads(before[0])["content"]["total"]
    assert issue(told).json["content_sha256"] != issued["content_sha256"]


def test_anyone_can_check_the_seal_also_on_the_pdf(told: Scene) -> None:
    issued = issue(told, audience="doctor", language="en", recipient="Dr. Grey", note="0" * 64).json
    page, full = read(told, issued, ".html"), read(told, issued)
    unsealed = page.text.replace(issued["sha256"], "0" * 64)
    assert hashlib.sha256(unsealed.encode()).hexdigest() == issued["sha256"]
    assert page.headers["ETag"].strip('"') == issued["sha256"]
    written = json.dumps(full.json["content"], ensure_ascii=False, separators=(",", ":"))
    assert written in full.text
    assert hashlib.sha256(written.encode()).hexdigest() == issued["content_sha256"]
    pdf = read(told, issued, ".pdf")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    assert any("Dr.Grey" in said and issued["sha256"] in said for said in texts_of(pdf.data))
    assert read(told, issued, ".pdf", told.patient).data == pdf.data
    assert hashlib.sha256(pdf.data).hexdigest() == read(told, issued).json["pdf_sha256"]
    again = told.lead.http.get(path_of(told, issued, ".pdf"), headers={"If-None-Match": pdf.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with told.world.transaction() as session:
        noted = session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "report.issued")).all()
    assert issued["sha256"] in [each["sha256"] for each in noted if each]


def test_what_was_altered_is_not_shown(told: Scene) -> None:
    issued, untouched = issue(told).json, issue(told).json
    assert read(told, issued, ".pdf").status_code == 200
    change = "content = replace(content, '2026', '2062'), page = replace(page, '<main>', '<main >'), pdf = pdf || 'x'"
    with told.world.transaction() as session:
        session.execute(text(f"UPDATE progress_report SET {change} WHERE id = :id"), {"id": issued["id"]})  # noqa: S608
    for part, ending in (("content", ""), ("page", ".html")):
        answer = read(told, issued, ending)
        assert (answer.status_code, answer.json["code"]) == (500, "report_altered")
        assert (answer.json["report_id"], answer.json["part"]) == (issued["id"], part)
        assert read(told, untouched, ending).status_code == 200
    with told.world.transaction() as session:
        session.execute(
            text("UPDATE progress_report SET page = replace(page, '<main >', '<main>') WHERE id = :id"),
            {"id": issued["id"]},
        )
    assert read(told, issued, ".pdf").json["part"] == "pdf"


def test_the_app_itself_cannot_change_what_was_issued(told: Scene, app: Flask) -> None:
    issued = issue(told).json
    engine = app.extensions["hep_database"].engine
    for column in ("page", "page_digest", "content", "issued_at"):
        with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(f"UPDATE progress_report SET {column} = {column}"))  # noqa: S608 - our own words
    assert read(told, issued).status_code == 200


def test_a_report_that_is_sent_again_is_the_same_one(told: Scene, at_noon: time_machine.Traveller) -> None:
    wished = {"id": str(uuid4()), "audience": "doctor", "note": "Once."}
    first = issue(told, **wished)
    at_noon.shift(timedelta(minutes=5))
    again = issue(told, **wished)
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    other = issue(told, **{**wished, "note": "Twice."})
    assert (other.status_code, other.json["errors"][0]["field"]) == (409, "/id")
    listed = told.lead.http.get(f"/v1/plans/{told.plan.id}/reports", query_string={"limit": 200}).json["items"]
    assert [each["id"] for each in listed].count(wished["id"]) == 1
    assert [each["issued_at"] for each in listed] == sorted((each["issued_at"] for each in listed), reverse=True)
    for_patients = told.patient.http.get(f"/v1/plans/{told.plan.id}/reports", query_string={"audience": "patient"})
    assert {each["audience"] for each in for_patients.json["items"]} == {"patient"}


def test_what_makes_no_sense_is_refused(told: Scene) -> None:
    for wished, field in (
        ({"recipient": "Dr. Grey"}, "/recipient"),
        ({"to": "2026-04-01"}, "/from"),
        ({"from": "2026-04-02", "to": "2026-04-01"}, "/to"),
        ({"from": "2026-05-06"}, "/from"),
        ({"from": "2026-01-01", "to": "2026-02-01"}, "/from"),
        ({"audience": "insurer"}, "/audience"),
        ({"language": "tlh"}, "/language"),
    ):
        refused = issue(told, **wished)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field), wished
    assert told.lead.http.get(path_of(told, {"id": uuid4()})).status_code == 404


def test_a_plan_that_begins_today_has_nothing_to_count(world: World, browsing: Browsing) -> None:
    lead = world.practitioner(world.clinic())
    plan = making.start(lead, world.patient(lead), starts_on="2026-05-06")
    scene = Scene(world, lead, lead, plan)
    issued = issue(scene)
    assert issued.status_code == 201
    content = read(scene, issued.json).json["content"]
    assert (content["total"]["completion"]["value"], content["weeks"], content["exercises"]) == (None, [], [])
    page = read(scene, issued.json, ".html")
    with browsing.show(page.text, dict(page.headers)) as shown:
        assert "No day of the plan is over yet" in shown.page.inner_text(".figures")
        assert shown.complaints == []


def test_hostile_words_stay_words(world: World, browsing: Browsing) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'}</style>{{7*7}}</code>"
    lead = world.practitioner(world.clinic())
    plan = making.start(
        lead, world.patient(lead), starts_on="2026-04-06", title=hostile, own_why=hostile, goals=[hostile]
    )
    making.publish(plan, making.new_item(making.exercise(lead, name=hostile)), effective_on="2026-04-06")
    scene = Scene(world, lead, lead, plan)
    issued = issue(scene, note=hostile)
    page = read(scene, issued.json, ".html")
    with browsing.show(page.text, dict(page.headers)) as shown:
        assert shown.page.inner_text(".note") == hostile
        assert shown.page.inner_text(".plan").endswith(hostile)
        assert shown.texts(".seal") == [issued.json["sha256"]]
        assert (shown.complaints, shown.fetched) == ([], [])
