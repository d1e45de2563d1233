"""Files of messages: added to the conversation, of one message, seen by those who may read it, and by nobody else."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from hep_api.foundation import clock, tenancy
from hep_api.foundation.database import transaction
from hep_api.messaging.actions.sweeping_attachments import sweep_attachments
from tests.media import making
from tests.media.documents import ACTING, HONEST
from tests.media.fetching import fetch
from tests.media.sending import rules
from tests.messaging.attaching import (
    TUS,
    add,
    added,
    begin,
    fetched,
    files_of,
    go_on,
    links,
    set_up,
    state,
    work,
)
from tests.messaging.conftest import Scene, make_scene
from tests.messaging.hearing import told

NOT_THEIRS = (422, [("/attachment_ids/0", "attachment")])


@pytest.fixture(autouse=True)
def with_ffmpeg(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(app, monkeypatch)


def sent(scene: Scene, person: Any, *ids: str, text: str = "") -> TestResponse:
    return scene.send(person, text, attachment_ids=list(ids))


def refusal(answer: TestResponse) -> tuple[int, list[tuple[str, str]]]:
    return answer.status_code, rules(answer)


def test_a_picture_is_its_senders_alone_until_a_message_has_it_and_then_everybodys_who_may_read(scene: Scene) -> None:
    attachment_id = added(scene, scene.patient, making.photograph(), id=(own := str(uuid4())))
    assert attachment_id == own
    assert state(scene, scene.patient, own)["state"] == "ready"
    assert scene.lead.http.get(scene.path(f"/attachments/{own}")).status_code == 404
    assert refusal(links(scene, scene.lead, own)) == (422, [("/attachment_ids/0", "unknown_attachment")])
    message = sent(scene, scene.patient, own)
    assert message.status_code == 201, message.json
    [shown] = message.json["attachments"]
    assert (shown["id"], shown["kind"], shown["name"], shown["metadata_removed"]) == (own, "picture", None, True)
    assert [each["name"] for each in shown["renditions"]] == ["original", "thumbnail"]
    assert scene.read(scene.lead)["items"][0]["attachments"] == [shown] == [state(scene, scene.lead, own)]
    for person in (scene.lead, scene.patient):
        got = fetched(scene, person, own)
        assert {each.headers["Content-Type"] for each in got.values()} == {"image/jpeg"}
        assert all(making.SECRET not in each.body and each.status == 200 for each in got.values())
        assert "sandbox" in got["original"].headers["Content-Security-Policy"]
        assert len(got["original"].body) == shown["renditions"][0]["bytes"]
    assert all(f"/attachments/{scene.id}/{own}/" in path for path in files_of(scene))


def test_ten_files_of_every_kind_in_one_message_and_the_worker_makes_them_ready(scene: Scene) -> None:
    files = [
        (making.video("mp4"), "video/mp4"),
        (making.voice("m4a"), "audio/x-m4a"),
        (making.voice("ogg"), "audio/ogg;codecs=opus"),
        (HONEST, "application/pdf"),
        *((making.picture(form), f"image/{form.lower()}") for form in ("JPEG", "PNG", "WEBP") * 2),
    ]
    ids = [added(scene, scene.patient, *file, name="Befund\u202e fdp.exe.PDF") for file in files]
    message = sent(scene, scene.patient, *ids, text="All of it")
    shown = message.json["attachments"]
    kinds = ["video"] + ["voice"] * 2 + ["document"] + ["picture"] * 6
    assert [(each["id"], each["kind"]) for each in shown] == list(zip(ids, kinds, strict=True))
    assert [each["state"] for each in shown] == ["processing"] * 3 + ["ready"] * 7
    assert refusal(links(scene, scene.lead, ids[3], ids[0])) == (422, [("/attachment_ids/1", "unknown_attachment")])
    with told(scene.world.app) as heard:
        work(scene.world.app)
    assert [name for name, _ in heard.to(scene.lead)] == ["message.changed"] * 3 == heard.names_to(scene.patient)
    ready = scene.read(scene.lead)["items"][0]["attachments"]
    assert [each["id"] for each in heard.to(scene.lead)[2][1]["attachments"] if each["state"] == "ready"] == ids
    assert [(each["state"], each["metadata_removed"]) for each in ready] == [
        ("ready", each["kind"] != "document") for each in ready
    ]
    assert all(each["duration_seconds"] == pytest.approx(1.0, abs=0.3) for each in ready[:3])
    video, voice, document = (fetched(scene, scene.lead, ready[at]["id"]) for at in (0, 2, 3))
    assert set(video) == {"original", "thumbnail", "poster"}
    assert voice["original"].headers["Content-Type"] == "audio/ogg"
    assert making.SECRET not in video["original"].body + voice["original"].body
    assert (ready[3]["name"], document["original"].body) == ("Befund fdp.exe.pdf", HONEST)
    headers = document["original"].headers
    assert headers["Content-Disposition"] == "attachment; filename=Befund-fdp-exe.pdf"
    assert headers["Content-Type"] == "application/octet-stream"
    assert ("sandbox" in headers["Content-Security-Policy"], headers["X-Content-Type-Options"]) == (True, "nosniff")
    assert not [path for path in files_of(scene) if path.startswith("arriving/")]
    eleven = sent(scene, scene.patient, *ids, str(uuid4()))
    assert refusal(eleven) == (422, [("/attachment_ids", "length")])


def test_what_is_not_ones_own_of_this_conversation_and_free_is_refused_in_the_same_words(scene: Scene) -> None:
    neighbour, elsewhere = make_scene(scene.world, scene.lead.clinic_id), make_scene(scene.world)
    content = making.picture()
    own, used = added(scene, scene.patient, content), added(scene, scene.patient, content)
    assert sent(scene, scene.patient, used).status_code == 201
    broken = added(scene, scene.patient, making.video("mp4")[:500], "video/mp4")
    half = begin(scene, scene.patient, 5000, "video/mp4").json["id"]
    work(scene.world.app)
    assert state(scene, scene.patient, broken)["refused_rule"] == "media_broken"
    foreign = [
        added(scene, scene.lead, content),
        added(neighbour, neighbour.patient, content),
        added(neighbour, neighbour.lead, content),
        added(elsewhere, elsewhere.patient, content),
        str(uuid4()),
        used,
        broken,
        half,
    ]
    answers = [sent(scene, scene.patient, each, text="mine") for each in foreign]
    assert [refusal(answer) for answer in answers] == [NOT_THEIRS] * len(foreign)
    assert len({answer.json["errors"][0]["detail"] for answer in answers}) == 1
    assert refusal(sent(scene, scene.patient, own, own)) == (422, [("/attachment_ids/1", "attachment")])
    assert scene.read(scene.patient)["last_seq"] == 1
    for stranger in (neighbour.patient, elsewhere.lead, scene.world.practitioner(scene.lead.clinic_id)):
        assert add(scene, stranger, content).status_code == 404
        assert links(scene, stranger, used).status_code == 404
        assert stranger.http.get(scene.path(f"/attachments/{used}")).status_code == 404
        assert stranger.http.delete(scene.path(f"/attachments/{own}")).status_code == 404
    assert add(scene, scene.world.manager(scene.lead.clinic_id), content).status_code == 403
    assert scene.lead.http.delete(scene.path(f"/attachments/{own}")).status_code == 404
    assert state(scene, scene.patient, own)["state"] == "ready"


def test_a_message_sent_again_has_its_files_and_other_files_are_another_message(scene: Scene) -> None:
    client_id = str(uuid4())
    content = making.picture()
    first, other = (added(scene, scene.patient, content) for _ in range(2))
    said = [scene.send(scene.patient, "", client_id=client_id, attachment_ids=[first]) for _ in range(2)]
    assert [answer.status_code for answer in said] == [201, 201], said[1].json
    assert said[0].json == said[1].json
    for ids in ([other], [first, other], []):
        again = scene.send(scene.patient, "" if ids else "x", client_id=client_id, attachment_ids=ids)
        assert again.status_code == 409
    assert scene.send(scene.patient, "", attachment_ids=[]).status_code == 422
    assert state(scene, scene.patient, other)["state"] == "ready"
    assert sent(scene, scene.patient, other).json["seq"] == 2


@pytest.mark.parametrize(
    ("content", "declared", "status", "rule"),
    [
        (making.picture("PNG"), "image/jpeg", 422, "declared_type"),
        (making.video("mp4"), "audio/webm", 422, "declared_type"),
        (making.SVG, "image/svg+xml", 422, "media_type"),
        (making.HTML, "application/pdf", 422, "media_type"),
        (b"\n" + HONEST, "application/pdf", 422, "media_type"),
        (b"GIF89a" + HONEST, "image/gif", 422, "media_type"),
        (b"", "audio/ogg", 422, "size"),
        (making.bomb(), "image/png", 422, "pixels"),
        (making.picture("PNG")[:60], "image/png", 422, "media_broken"),
        (making.picture() + bytes(300_000), "image/jpeg", 413, "size"),
        *((content, "application/pdf", 422, rule) for content, rule in ACTING.values() if len(content) < 99_000),
    ],
)
def test_what_is_not_what_it_says_or_acts_by_itself_is_refused(
    scene_of_all: Scene, content: bytes, declared: str, status: int, rule: str
) -> None:
    assert refusal(add(scene_of_all, scene_of_all.patient, content, declared)) == (status, [("/file", rule)])
    assert files_of(scene_of_all) == []


@pytest.fixture(scope="module")
def scene_of_all(app: Flask) -> Scene:
    from tests.world import World

    return make_scene(World(app))


def test_a_resumable_upload_to_a_conversation_stops_with_the_right_to_send_in_it(scene: Scene) -> None:
    content, world = making.video("mp4"), scene.world
    second = world.practitioner(scene.lead.clinic_id)
    world.join_care_team(scene.patient, second)
    begun = begin(scene, second, len(content), "video/mp4", filename="../../x.mp4")
    url, half = begun.headers["Location"], len(content) // 2
    assert (begun.status_code, url) == (201, scene.path(f"/attachments/uploads/{begun.json['id']}"))
    assert go_on(second, url, 0, content[:half]).headers["Upload-Offset"] == str(half)
    assert second.http.send("HEAD", url, headers=TUS).headers["Upload-Offset"] == str(half)
    assert [go_on(person, url, half, b"x").status_code for person in (scene.lead, scene.patient)] == [404, 404]
    assert go_on(second, url.replace(str(scene.id), str(uuid4())), half, b"x").status_code == 404
    scene.lead.http.delete(f"/v1/patients/{scene.patient.member_id}/care-team/{second.member_id}")
    assert go_on(second, url, half, content[half:]).status_code == 404
    assert begin(scene, second, 100, "video/mp4").status_code == 404
    world.join_care_team(scene.patient, second)
    assert go_on(second, url, half, content[half:]).status_code == 204
    assert sent(scene, second, begun.json["id"]).json["attachments"][0]["state"] == "processing"
    work(world.app)
    assert state(scene, scene.patient, begun.json["id"])["state"] == "ready"
    lying = begin(scene, scene.patient, 70, "application/pdf").headers["Location"]
    refused = go_on(scene.patient, lying, 0, (making.HTML * 2)[:70])
    assert rules(refused)[0] == ("/Upload-Metadata/filetype", "media_type")
    other = begin(scene, scene.patient, 70, "application/pdf").headers["Location"]
    assert scene.patient.http.delete(other, headers=TUS).status_code == 204
    assert [scene.patient.http.get(each).status_code for each in (lying, other)] == [404, 404]


def test_a_person_has_so_many_files_waiting_and_they_are_gone_after_a_day(scene: Scene, app: Flask) -> None:
    first = added(scene, scene.patient, HONEST, "application/pdf")
    bound = added(scene, scene.patient, HONEST, "application/pdf")
    assert sent(scene, scene.patient, bound).status_code == 201
    for _ in range(19):
        assert begin(scene, scene.patient, 100, "image/png").status_code == 201
    assert refusal(add(scene, scene.patient, HONEST, "application/pdf")) == (422, [("/file", "waiting")])
    assert refusal(begin(scene, scene.patient, 9, "image/png")) == (422, [("/Upload-Length", "waiting")])
    assert add(scene, scene.lead, HONEST, "application/pdf").status_code == 201
    gone = [scene.patient.http.delete(scene.path(f"/attachments/{first}")).status_code for _ in range(2)]
    assert gone == [204, 404]
    assert add(scene, scene.patient, HONEST, "application/pdf").status_code == 201
    attached = scene.patient.http.delete(scene.path(f"/attachments/{bound}"))
    assert refusal(attached) == (409, [("/attachment_id", "attached")])
    store = app.extensions["hep_files"]
    of_patient = f"clinics/{scene.patient.clinic_id}/patients/{scene.patient.patient_id}"
    stray = f"{of_patient}/attachments/{scene.id}/{uuid4()}/original.jpg"
    store.put(stray, b"of a process that was killed")
    for days, left in ((1, 1), (3, 0)):
        with app.app_context(), transaction() as session:
            tenancy.act_for(session, scene.lead.clinic_id)
            sweep_attachments(session, scene.lead.clinic_id, clock.now() + timedelta(days=days, minutes=1))
        paths = files_of(scene)
        assert (len([path for path in paths if path == stray]), len(paths)) == (left, 1 + left)
    assert fetched(scene, scene.lead, bound)["original"].body == HONEST
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=True):
        patient = scene.world.sign_in(scene.patient)
        assert begin(scene, patient, 100, "image/png").status_code == 201


def test_nobody_gets_a_file_before_the_scanner_has_seen_it(
    scene: Scene, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, verdict = tmp_path / "scan", tmp_path / "verdict"
    script.write_text(f"#!/bin/sh\ngrep -q '%PDF' || exit 0\nexit $(cat {verdict})\n")
    script.chmod(0o700)
    set_up(app, monkeypatch, scan=str(script))
    files = ((making.picture(), "image/jpeg"), (HONEST, "application/pdf"))
    picture, document = (added(scene, scene.patient, *file) for file in files)
    assert [state(scene, scene.patient, each)["state"] for each in (picture, document)] == ["processing"] * 2
    assert sent(scene, scene.patient, picture, document).status_code == 201
    verdict.write_text("2")
    work(app)
    assert [each["state"] for each in scene.read(scene.lead)["items"][0]["attachments"]] == ["ready", "processing"]
    assert links(scene, scene.patient, document).status_code == 422
    verdict.write_text("1")
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=True):
        work(app)
    shown = scene.read(scene.lead)["items"][0]["attachments"][1]
    assert (shown["state"], shown["refused_rule"], shown["renditions"]) == ("refused", "infected", [])
    assert not [path for path in files_of(scene) if document in path]


def test_without_ffmpeg_videos_and_voices_stay_as_they_were_sent_and_say_so(
    scene: Scene, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(app, monkeypatch, ffmpeg="")
    content = making.voice("ogg")
    voice = added(scene, scene.patient, content, "audio/ogg")
    assert sent(scene, scene.patient, voice).status_code == 201
    work(app)
    shown = state(scene, scene.lead, voice)
    assert (shown["state"], shown["metadata_removed"], shown["duration_seconds"]) == ("ready", False, None)
    assert fetched(scene, scene.lead, voice)["original"].body == content


def test_what_was_withdrawn_is_out_of_reach_also_by_older_links(scene: Scene) -> None:
    picture = added(scene, scene.patient, making.picture())
    assert sent(scene, scene.patient, picture).status_code == 201
    [link, _] = links(scene, scene.lead, picture).json["items"][0]["links"]
    assert fetch(scene.world.app, link["url"]).status == 200
    withdrawn = scene.patient.http.post(scene.path("/messages/1/withdraw"), json={})
    assert (withdrawn.status_code, withdrawn.json["attachments"]) == (200, [])
    assert scene.read(scene.lead)["items"][0]["attachments"] == []
    for person in (scene.lead, scene.patient):
        assert person.http.get(scene.path(f"/attachments/{picture}")).status_code == 404
        assert links(scene, person, picture).status_code == 422
    assert refusal(sent(scene, scene.patient, picture)) == NOT_THEIRS
    work(scene.world.app)
    assert fetch(scene.world.app, link["url"]).status == 404
    assert len(files_of(scene)) == 2
    assert all("/withdrawn/" in path for path in files_of(scene))


def test_links_end_after_a_while_and_whoever_left_the_care_team_gets_no_new_ones(scene: Scene) -> None:
    second = scene.world.practitioner(scene.lead.clinic_id)
    scene.world.join_care_team(scene.patient, second)
    picture = added(scene, scene.patient, making.picture())
    sent(scene, scene.patient, picture)
    [link, _] = links(scene, second, picture).json["items"][0]["links"]
    scene.lead.http.delete(f"/v1/patients/{scene.patient.member_id}/care-team/{second.member_id}")
    assert links(scene, second, picture).status_code == 404
    with time_machine.travel(clock.now() + timedelta(minutes=13), tick=True):
        assert fetch(scene.world.app, link["url"]).status == 404


def test_reading_messages_with_files_costs_one_statement_more_whatever_their_number(
    scene: Scene, statements: Any
) -> None:
    for _ in range(3):
        sent(scene, scene.patient, added(scene, scene.patient, HONEST, "application/pdf"))
    with statements() as seen:
        scene.read(scene.lead)
    assert len([each for each in seen if "FROM attachment" in each]) == 1
    with statements() as seen:
        links(scene, scene.lead, *(each["attachments"][0]["id"] for each in scene.read(scene.lead)["items"]))
    assert len([each for each in seen if "FROM attachment" in each]) == 2
    assert UUID(scene.read(scene.lead)["items"][0]["attachments"][0]["id"])
