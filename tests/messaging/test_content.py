"""A clinic's content: its list, what is sent of it to a patient, and that the patient opened it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from tests.contract import scene as scenes
from tests.messaging.conftest import Scene, named
from tests.plans import making
from tests.world import World

ENGLISH = {"title": "Sleep and healing", "summary": "Why rest counts.", "paragraphs": ["Sleep well.", "Eat well."]}
GERMAN = {"title": "Schlaf und Heilung", "paragraphs": ["Schlafen Sie gut."], "link": "https://clinic.example/schlaf"}
ARTICLE: dict[str, Any] = {"kind": "article", "texts": {"en": ENGLISH, "de": GERMAN}, "tags": ["rest"]}


def test_a_clinics_content_is_written_found_changed_and_archived_by_its_staff(world: World, statements: Any) -> None:
    clinic_id = world.clinic()
    author, manager, stranger = (
        world.practitioner(clinic_id),
        world.manager(clinic_id),
        world.practitioner(world.clinic()),
    )
    exercise_id = making.exercise(author, name="Bridge", scope="clinic")
    sent = {**ARTICLE, "id": str(uuid4())}
    added, again = (author.http.post("/v1/content", json=sent) for _ in range(2))
    assert (added.status_code, again.json) == (201, added.json)
    assert added.json["texts"]["en"] == {**ENGLISH, "link": None}
    assert added.json["texts"]["de"] == {**GERMAN, "summary": ""}
    other = author.http.post("/v1/content", json={**sent, "tags": []})
    assert named(other) == (409, "conflict", [("/id", "used")])
    video = {"kind": "exercise", "exercise_id": str(exercise_id), "texts": {"en": {"title": "The bridge, shown"}}}
    assert manager.http.post("/v1/content", json=video).status_code == 201

    def titles(query: str = "", language: str = "en") -> list[str]:
        with statements() as seen:
            listed = manager.http.get(f"/v1/content{query}", headers={"Accept-Language": language})
        assert len(seen) == 2, seen
        return [item["title"] for item in listed.json["items"]]

    assert titles() == ["Sleep and healing", "The bridge, shown"]
    assert titles(language="de-AT") == ["Schlaf und Heilung", "The bridge, shown"]
    # Found in any language, without case and accents, as words begin.
    assert titles("?q=SCHLAF%20eat") == titles("?kind=article") == titles("?tag=rest") == ["Sleep and healing"]
    assert titles("?q=leep") == titles("?archived=true") == []
    first = manager.http.get("/v1/content?limit=1").json
    assert [item["title"] for item in manager.http.get(f"/v1/content?cursor={first['next_cursor']}").json["items"]] == [
        "The bridge, shown"
    ]

    path = f"/v1/content/{added.json['id']}"
    tag = {"If-Match": manager.http.get(path).headers["ETag"]}
    changed = manager.http.put(path, json={**ARTICLE, "tags": ["night"]}, headers=tag)
    assert (changed.status_code, changed.json["version"], changed.json["tags"]) == (200, 2, ["night"])
    assert author.http.put(path, json=ARTICLE, headers=tag).status_code == 412
    fresh = {"If-Match": changed.headers["ETag"]}
    same = author.http.put(path, json={**ARTICLE, "tags": ["night"]}, headers=fresh)
    assert (same.status_code, same.json["version"]) == (200, 2)
    assert author.http.post(f"{path}/archive").json["archived_at"] is not None
    assert (titles(), titles("?archived=true")) == (["The bridge, shown"], ["Sleep and healing"])
    assert named(author.http.put(path, json=ARTICLE, headers=fresh)) == (409, "conflict", [("content_id", "archived")])
    assert author.http.post(f"{path}/restore").json["archived_at"] is None
    for method, rest in (("GET", ""), ("POST", "/archive"), ("POST", "/restore")):
        assert stranger.http.send(method, path + rest).status_code == 404
    assert stranger.http.get("/v1/content").json["items"] == []


def texts(**said: Any) -> dict[str, Any]:
    return {"texts": {"en": {**ENGLISH, **said}}}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"texts": {}}, ("/texts", "length")),
        ({"texts": {"de": GERMAN}}, ("/texts/en", "required")),
        ({"texts": {"English": ENGLISH}}, ("/texts/English", "language")),
        ({"texts": {"en": {"paragraphs": ["x"]}}}, ("/texts/en/title", "required")),
        ({"texts": {"en": {**ENGLISH, "html": "<b>"}}}, ("/texts/en/html", "unknown")),
        (texts(paragraphs=[]), ("/texts/en/paragraphs", "required")),
        (texts(link="http://clinic.example"), ("/texts/en/link", "url")),
        (texts(link="javascript:alert(1)"), ("/texts/en/link", "url")),
        (texts(link='https://clinic.example/"><script>'), ("/texts/en/link", "url")),
        (texts(link="https://[::1"), ("/texts/en/link", "url")),
        (texts(link="https://[::1]/"), ("/texts/en/link", "url")),
        (texts(link="https://%00"), ("/texts/en/link", "url")),
        (texts(link="https://clinic.example/a%0d%0ab"), ("/texts/en/link", "url")),
        (texts(link="https://clinic.example/a%C2%85b"), ("/texts/en/link", "url")),
        (texts(link="https://clinic.example:99999/"), ("/texts/en/link", "url")),
        (texts(link="https:///only/a/path"), ("/texts/en/link", "url")),
        (texts(link="https://user:pw@evil"), ("/texts/en/link", "url")),
        (texts(link="https://clinic.example@evil.example/"), ("/texts/en/link", "url")),
        ({"kind": "exercise"}, ("/exercise_id", "required")),
        ({"exercise_id": str(uuid4())}, ("/exercise_id", "kind")),
        ({"kind": "exercise", "exercise_id": str(uuid4())}, ("/exercise_id", "unknown_exercise")),
        ({"tags": ["a", "a"]}, ("/tags", "repeated")),
    ],
)
def test_what_makes_no_content_is_named(scene: Scene, change: dict[str, Any], error: tuple[str, str]) -> None:
    assert named(scene.lead.http.post("/v1/content", json={**ARTICLE, **change})) == (422, "invalid_input", [error])


def test_an_exercise_that_not_all_of_the_clinic_could_send_is_refused(world: World) -> None:
    clinic_id = world.clinic()
    author = world.practitioner(clinic_id)
    draft = making.exercise(author)
    body = {"kind": "exercise", "exercise_id": str(draft), "texts": {"en": {"title": "Mine"}}}
    assert named(author.http.post("/v1/content", json=body))[2] == [("/exercise_id", "draft")]
    assert named(world.practitioner(clinic_id).http.post("/v1/content", json=body))[2] == [
        ("/exercise_id", "unknown_exercise")
    ]


def an_article(scene: Scene, **more: Any) -> str:
    added = scene.lead.http.post("/v1/content", json={**ARTICLE, **more})
    assert added.status_code == 201, added.json
    return str(added.json["id"])


def send(scene: Scene, content_id: str, **more: Any) -> TestResponse:
    body = {"client_id": str(uuid4()), "content_id": content_id, **more}
    return scene.lead.http.post(scene.path("/content"), json=body)


def test_what_was_sent_stays_as_it_was_and_who_opened_it_is_seen(scene: Scene) -> None:
    content_id, client_id = an_article(scene), str(uuid4())
    sent = send(scene, content_id, client_id=client_id)
    assert (sent.status_code, sent.json["kind"], sent.json["body"]) == (201, "content", "Sleep and healing")
    assert sent.json["card"] == {"type": "content", "kind": "article", "content_id": content_id, "version": 1}
    path = scene.path(f"/content/{sent.json['seq']}")
    tag = {"If-Match": scene.lead.http.get(f"/v1/content/{content_id}").headers["ETag"]}
    other = {**ARTICLE, "texts": {"en": {"title": "Other", "paragraphs": ["Other."]}}}
    assert scene.lead.http.put(f"/v1/content/{content_id}", json=other, headers=tag).status_code == 200
    # Sent again for ever, also after the piece has changed and gone.
    assert send(scene, content_id, client_id=client_id).json == sent.json
    assert scene.lead.http.post(f"/v1/content/{content_id}/archive").status_code == 200
    assert send(scene, content_id, client_id=client_id).json == sent.json
    assert named(send(scene, content_id))[2] == [("/content_id", "archived")]

    read = scene.patient.http.get(path, headers={"Accept-Language": "de"})
    assert {name: read.json[name] for name in ("language", "title", "paragraphs", "link", "version", "opened")} == {
        **GERMAN,
        "language": "de",
        "version": 1,
        "opened": [],
    }
    first = scene.patient.http.post(f"{path}/open", json={"opened_at": "2020-01-01T00:00:00Z"})
    again = scene.patient.http.post(f"{path}/open", json={})
    assert (first.status_code, again.json) == (200, first.json)
    # Not before it was sent, whatever a phone's clock says.
    assert first.json["opened"] == [{"member_id": str(scene.patient.member_id), "opened_at": sent.json["sent_at"]}]
    [listed] = scene.lead.http.get(scene.path("/content")).json["items"]
    assert (listed["seq"], listed["title"], listed["opened"]) == (
        sent.json["seq"],
        ENGLISH["title"],
        first.json["opened"],
    )


def test_an_opening_from_many_phones_at_once_is_in_every_answer(scene: Scene) -> None:
    link = "https://Clinic.example:8443/~sleep/a%20b?q=1&x=[y]#top"
    content = {"texts": {"en": {**ENGLISH, "link": link}}}
    path = scene.path(f"/content/{send(scene, an_article(scene, **content)).json['seq']}")
    assert scene.patient.http.get(path).json["link"] == link
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: scene.patient.http.post(f"{path}/open", json={}), range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8
    openings = [answer.json["opened"] for answer in answers]
    assert len(openings[0]) == 1
    assert openings == [openings[0]] * 8


def test_what_was_withdrawn_carries_nothing_any_more(scene: Scene) -> None:
    content_id, client_id = an_article(scene), str(uuid4())
    seq = send(scene, content_id, client_id=client_id).json["seq"]
    assert scene.lead.http.post(scene.path(f"/messages/{seq}/withdraw")).status_code == 200
    assert scene.patient.http.get(scene.path(f"/content/{seq}")).status_code == 404
    assert scene.patient.http.post(scene.path(f"/content/{seq}/open"), json={}).status_code == 404
    assert scene.patient.http.get(scene.path("/content")).json["items"] == []
    # Sent again, it is the same message, and stays withdrawn.
    again = send(scene, content_id, client_id=client_id)
    assert (again.status_code, again.json["seq"], again.json["card"]) == (201, seq, None)


def test_an_exercise_is_sent_as_it_is_with_links_to_its_media(scene: Scene) -> None:
    exercise_id = making.exercise(scene.lead, name="Bridge", scope="clinic")
    asset_id = scenes._add_a_picture(scene.lead, "a bridge")
    scenes._let_show(scene.lead, exercise_id, asset_id)
    texts = {"en": {"title": "The bridge, shown"}}
    piece = scene.lead.http.post(
        "/v1/content", json={"kind": "exercise", "exercise_id": str(exercise_id), "texts": texts}
    ).json["id"]
    sent = send(scene, piece, body="Like this.")
    assert (sent.status_code, sent.json["body"]) == (201, "Like this.")
    read = scene.patient.http.get(scene.path(f"/content/{sent.json['seq']}")).json
    assert (read["exercise"]["name"], read["exercise"]["steps"]) == ("Bridge", ["Bend.", "Stretch."])
    [media] = read["exercise"]["media"]
    [links] = read["media_links"]
    assert media["asset_id"] == links["asset_id"] == str(asset_id)
    assert scene.world.anyone().get(links["links"][0]["url"]).status_code == 200


def test_content_is_sent_by_the_care_team_to_the_patient_and_to_nobody_else(scene: Scene) -> None:
    content_id = an_article(scene)
    assert named(send(scene, str(uuid4())))[2] == [("/content_id", "unknown_content")]
    said = scene.say(scene.lead, "words")[0]
    taken = send(scene, content_id, client_id=said["client_id"])
    assert named(taken) == (409, "conflict", [("/client_id", "sent_before")])
    colleague = scene.world.practitioner(scene.lead.clinic_id)
    body = {"client_id": str(uuid4()), "content_id": content_id}
    assert colleague.http.post(scene.path("/content"), json=body).status_code == 404
    assert scene.patient.http.post(scene.path("/content"), json=body).status_code == 403
    staff = scene.lead.http.put(f"/v1/patients/{scene.patient.patient_id}/staff-conversation").json["id"]
    refused = scene.lead.http.post(f"/v1/conversations/{staff}/content", json=body)
    assert named(refused) == (409, "conflict", [("conversation_id", "kind")])
    sent = send(scene, content_id).json
    path = scene.path(f"/content/{sent['seq']}")
    assert scene.lead.http.post(f"{path}/open", json={}).status_code == 403
    for phone in (colleague.http, scene.world.patient(scene.lead).http):
        assert phone.get(path).status_code == 404
    assert scene.patient.http.get(scene.path(f"/content/{said['seq']}")).status_code == 404


def test_reading_content_costs_the_same_whatever_there_is(scene: Scene, statements: Any) -> None:
    content_id = an_article(scene)
    for _ in range(3):
        assert send(scene, content_id).status_code == 201
    with statements() as seen:
        listed = scene.patient.http.get(scene.path("/content")).json["items"]
    assert ([item["seq"] for item in listed], len(seen)) == ([3, 2, 1], 5), seen
