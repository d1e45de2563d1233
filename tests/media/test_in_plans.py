"""What shows an exercise goes into the plans that prescribe it and stays there, and only their patients get at it."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.jobs.work import run_due_jobs
from hep_api.library.actions.sweeping import sweep_media
from hep_api.library.models.assets import Asset
from hep_api.library.models.drawings import Drawing
from hep_api.library.models.exercises import Exercise
from hep_api.plans.models.plans import Plan
from tests.counting import StatementCounter
from tests.everything import engine_above_the_wall
from tests.media import making as pictures
from tests.media.fetching import fetch
from tests.media.sending import let_show, rules, send
from tests.plans import making
from tests.world import Person, World

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><title>Squat</title></svg>'
DIGEST = sha256(SVG.encode()).hexdigest()


class Prescribed:
    """A patient with a plan that holds an exercise shown by two pictures."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lead = world.practitioner(world.clinic())
        self.patient = world.patient(self.lead)
        self.exercise_id = making.exercise(self.lead, scope="clinic")
        self.assets = [
            send(self.lead, pictures.picture(form), f"image/{form.lower()}").json for form in ("PNG", "JPEG")
        ]
        self.ids = [asset["id"] for asset in self.assets]
        assert let_show(self.lead, self.exercise_id, *self.ids).status_code == 200
        self.plan = making.start(self.lead, self.patient)
        making.publish(self.plan, making.new_item(self.exercise_id), effective_on=making.in_days(0))

    def links(self, person: Person, *asset_ids: str) -> Any:
        body = {"asset_ids": list(asset_ids)}
        return person.http.post(f"/v1/patients/{self.patient.patient_id}/media-links", json=body)


@pytest.fixture(scope="module")
def given(folder_app: Flask) -> Prescribed:
    return Prescribed(World(folder_app))


def test_an_exercise_shows_its_media_in_order_and_a_copy_does_too(given: Prescribed) -> None:
    read = given.lead.http.get(f"/v1/exercises/{given.exercise_id}")
    assert [entry["asset_id"] for entry in read.json["media"]] == given.ids
    entry = read.json["media"][0]
    assert (entry["kind"], entry["content_type"], entry["width"]) == ("picture", "image/png", 60)
    assert entry["renditions"] == ["original", "thumbnail"]
    assert entry["clinic_id"] == str(given.lead.clinic_id)
    copied = given.lead.http.post(f"/v1/exercises/{given.exercise_id}/copy", json={"scope": "draft"})
    assert [entry["asset_id"] for entry in copied.json["media"]] == given.ids


def test_a_list_shows_the_first_picture_and_videos_are_filtered_for(given: Prescribed, folder_app: Flask) -> None:
    statements = StatementCounter(folder_app.extensions["hep_database"].engine)
    video = send(given.lead, pictures.video(), "video/mp4").json["id"]
    with folder_app.app_context():
        run_due_jobs()
    assert let_show(given.lead, given.exercise_id, video, *given.ids).status_code == 200
    without = making.exercise(given.lead, scope="clinic", name="Without")
    with statements() as seen:
        found = given.lead.http.get("/v1/exercises", query_string={"scope": "clinic", "facets": "true"}).json
    assert len(seen) == 2  # who asks, and the page
    media = {item["id"]: item["media"] for item in found["items"]}
    assert [(entry["kind"], entry["asset_id"]) for entry in media[str(given.exercise_id)]] == [
        ("picture", given.ids[0])
    ]
    assert media[str(without)] == []
    for asked, id_ in (("true", given.exercise_id), ("false", without)):
        query = {"scope": "clinic", "has_video": asked}
        [item] = given.lead.http.get("/v1/exercises", query_string=query).json["items"]
        assert item["id"] == str(id_)
    assert let_show(given.lead, given.exercise_id, video).status_code == 200
    [item] = given.lead.http.get("/v1/exercises", query_string={"has_video": "true"}).json["items"]
    assert [entry["kind"] for entry in item["media"]] == ["video"]
    assert let_show(given.lead, given.exercise_id, *given.ids).status_code == 200


def test_a_patient_gets_links_to_what_is_in_their_plan(given: Prescribed) -> None:
    for person in (given.patient, given.lead):
        answer = given.links(person, *given.ids, given.ids[0])
        assert answer.status_code == 200
        assert [item["asset_id"] for item in answer.json["items"]] == given.ids
        for item in answer.json["items"]:
            assert [link["rendition"] for link in item["links"]] == ["original", "thumbnail"]
            got = fetch(given.world.app, item["links"][0]["url"])
            assert (got.status, len(got.body), got.headers["Content-Type"]) == (
                200,
                item["bytes"],
                item["content_type"],
            )


def test_nobody_gets_links_to_anything_else(given: Prescribed) -> None:
    world, stray = given.world, send(given.lead, pictures.picture("WEBP"), "image/webp").json["id"]
    neighbour, colleague = world.patient(given.lead), world.practitioner(given.lead.clinic_id)
    stranger = Prescribed(world)
    for unknown in (stray, str(uuid4()), stranger.ids[0]):
        refused = given.links(given.patient, given.ids[0], unknown)
        assert (refused.status_code, rules(refused)) == (422, [("/asset_ids/1", "unknown_asset")])
    for person in (neighbour, colleague, stranger.lead, stranger.patient):
        assert given.links(person, given.ids[0]).status_code == 404
    path = f"/v1/patients/{neighbour.patient_id}/media-links"
    assert neighbour.http.post(path, json={"asset_ids": given.ids}).status_code == 422
    assert given.links(given.patient, *[given.ids[0]] * 101).status_code == 422
    assert given.links(given.patient).status_code == 422


def test_the_bundle_names_each_file_once_by_links_that_are_no_change_when_signed_anew(folder_app: Flask) -> None:
    with time_machine.travel("2026-05-06T10:00:00+00:00", tick=False) as noon:
        theirs = Prescribed(World(folder_app))
        video = send(theirs.lead, pictures.video("mp4"), "video/mp4").json["id"]
        with folder_app.app_context():
            run_due_jobs()
        with theirs.world.transaction() as session:
            session.merge(Drawing(digest=DIGEST, key="squat", svg=SVG))
            session.execute(update(Exercise).where(Exercise.id == theirs.exercise_id).values(drawing_digest=DIGEST))
        assert let_show(theirs.lead, theirs.exercise_id, theirs.ids[0], video).status_code == 200
        # The first prescription keeps its two pictures, the second has one of these, the video and the drawing.
        making.publish(making.start(theirs.lead, theirs.patient), making.new_item(theirs.exercise_id))

        whole = bundle(theirs, theirs.patient)
        media = whole.json["media"]
        known = sorted((each["asset_id"] or "", each["rendition"], each["content_type"]) for each in media)
        assert known == sorted(
            [
                ("", "original", "image/svg+xml"),
                *((theirs.ids[0], name, "image/png") for name in ("original", "thumbnail")),
                *((theirs.ids[1], name, "image/jpeg") for name in ("original", "thumbnail")),
                (video, "original", "video/mp4"),
                *((video, name, "image/jpeg") for name in ("poster", "thumbnail")),
            ]
        )
        for each in media:
            got = fetch(folder_app, each["url"])
            assert (got.status, got.headers["Content-Type"].split(";")[0]) == (200, each["content_type"])
            if each["sha256"] is not None:
                assert (len(got.body), sha256(got.body).hexdigest()) == (each["bytes"], each["sha256"])
        noon.move_to("2026-05-06T20:00:00+00:00")
        phone = theirs.world.sign_in(theirs.patient)
        assert bundle(theirs, phone, whole.headers["ETag"]).status_code == 304
        fresh = bundle(theirs, phone)
        assert fresh.headers["ETag"] == whole.headers["ETag"]
        assert fresh.json["media"] != media
        assert all(fetch(folder_app, each["url"]).status == 200 for each in fresh.json["media"])


def bundle(given: Prescribed, phone: Person, held: str | None = None) -> TestResponse:
    headers = {"If-None-Match": held} if held else {}
    return phone.http.get(f"/v1/patients/{given.patient.patient_id}/offline", headers=headers)


def test_links_are_made_in_few_statements(given: Prescribed, folder_app: Flask) -> None:
    statements = StatementCounter(folder_app.extensions["hep_database"].engine, engine_above_the_wall(folder_app))
    with statements() as one:
        given.links(given.patient, given.ids[0])
    with statements() as two:
        given.links(given.patient, *given.ids)
    assert len(one) == len(two)


def test_a_plan_that_ended_long_ago_gives_a_patient_no_links(given: Prescribed) -> None:
    theirs = Prescribed(given.world)
    ended = {
        "starts_on": making.today() - timedelta(days=400),
        "ends_on": making.today() - timedelta(days=200),
        "discharge_reason": "goals_met",
    }
    with given.world.transaction() as session:
        session.execute(update(Plan).where(Plan.id == theirs.plan.id).values(ended))
    assert theirs.links(theirs.patient, *theirs.ids).status_code == 422
    assert theirs.links(theirs.lead, *theirs.ids).status_code == 200


def test_only_what_is_ready_the_clinics_and_named_once_shows_an_exercise(given: Prescribed) -> None:
    theirs = Prescribed(given.world)
    video = send(theirs.lead, pictures.video("mp4"), "video/mp4").json["id"]
    for wrong, rule in (
        ([given.ids[0]], "unknown_asset"),
        ([str(uuid4())], "unknown_asset"),
        ([video], "unknown_asset"),
        ([theirs.ids[0]] * 2, "twice"),
    ):
        refused = let_show(theirs.lead, theirs.exercise_id, *wrong)
        assert (refused.status_code, [each[1] for each in rules(refused)]) == (422, [rule])
    assert let_show(theirs.lead, theirs.exercise_id, *[theirs.ids[0]] * 13).status_code == 422
    stale = theirs.lead.http.put(
        f"/v1/exercises/{theirs.exercise_id}/media", json={"asset_ids": []}, headers={"If-Match": '"old"'}
    )
    assert stale.status_code == 412
    emptied = let_show(theirs.lead, theirs.exercise_id)
    assert (emptied.status_code, emptied.json["media"]) == (200, [])
    # The plan keeps what it was published with.
    assert theirs.links(theirs.patient, *theirs.ids).status_code == 200


def test_what_is_archived_goes_after_a_while_unless_a_plan_has_it(given: Prescribed) -> None:
    theirs = Prescribed(given.world)
    unused = send(theirs.lead, pictures.picture("WEBP"), "image/webp").json["id"]
    let_show(theirs.lead, theirs.exercise_id)
    now = clock.now()
    with given.world.transaction() as session:
        old = update(Asset).where(Asset.clinic_id == theirs.lead.clinic_id)
        session.execute(old.values(archived_at=now - timedelta(days=31)))
    with given.world.app.app_context(), transaction() as session:
        sweep_media(session, now)
    left = {item["id"] for item in theirs.lead.http.get("/v1/media?archived=true").json["items"]}
    assert left == set(theirs.ids)
    files = given.world.app.extensions["hep_files"]
    assert list(files.list_under(f"clinics/{theirs.lead.clinic_id}/media/{unused}")) == []
    assert theirs.links(theirs.patient, *theirs.ids).status_code == 200
