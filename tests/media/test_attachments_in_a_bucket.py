"""Files of messages over a bucket: looked at by the worker, fetched by presigned links, put away, and gone."""

import pytest
from flask import Flask

from hep_api.clinics.facts import PatientErased
from hep_api.foundation import clock
from hep_api.foundation.facts import publish
from hep_api.messaging.actions.attachments import have_put_away
from tests.media import making
from tests.media.documents import HONEST
from tests.media.fetching import fetch
from tests.messaging.attaching import added, begin, fetched, files_of, go_on, links, set_up, state, work
from tests.messaging.conftest import make_scene
from tests.world import World


def test_files_of_messages_lie_in_a_bucket_as_well(bucket_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(bucket_app, monkeypatch)
    scene = make_scene(World(bucket_app))
    content = making.video("mp4")
    begun = begin(scene, scene.patient, len(content), "video/mp4")
    url, half = begun.headers["Location"], len(content) // 2
    for offset, piece in ((0, content[:half]), (half, content[half:])):
        assert go_on(scene.patient, url, offset, piece).status_code == 204
    document = added(scene, scene.patient, HONEST, "application/pdf", name="Letter.pdf")
    message = scene.send(scene.patient, "", attachment_ids=[begun.json["id"], document])
    assert message.status_code == 201, message.json
    work(bucket_app)
    assert state(scene, scene.lead, begun.json["id"])["state"] == "ready"
    video, letter = fetched(scene, scene.lead, begun.json["id"]), fetched(scene, scene.lead, document)
    assert set(video) == {"original", "thumbnail", "poster"}
    assert (video["poster"].headers["Content-Type"], making.SECRET in video["original"].body) == ("image/jpeg", False)
    assert letter["original"].body == HONEST
    assert letter["original"].headers["Content-Disposition"] == 'attachment; filename="file.pdf"'
    [link] = links(scene, scene.lead, document).json["items"][0]["links"]
    assert "X-Amz-Expires=600" in link["url"]
    assert len(files_of(scene)) == 4
    with scene.world.transaction() as session:
        have_put_away(session, scene.patient.clinic_id, scene.id, 1, clock.now())
    work(bucket_app)
    assert fetch(bucket_app, link["url"]).status == 404
    assert [path for path in files_of(scene) if "/withdrawn/" not in path] == []
    half_sent = begin(scene, scene.patient, len(content), "video/mp4").headers["Location"]
    assert go_on(scene.patient, half_sent, 0, content[:half]).status_code == 204
    with scene.world.transaction() as session:
        publish(session, PatientErased(scene.patient.clinic_id, scene.patient.patient_id, clock.now()))
    assert [path for path in files_of(scene) if "/withdrawn/" not in path] == []
