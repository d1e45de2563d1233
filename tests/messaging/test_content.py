"""A clinic's content: its list, what is sent of it to a patient, and that the patient opened it."""

from typing import Any
from uuid import uuid4

import pytest

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
