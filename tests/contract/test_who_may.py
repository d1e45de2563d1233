"""Every route x everyone: who has no part in it is refused, learns nothing and changes nothing; who has succeeds.

Refusal and success share one set-up, so a refusal cannot pass for the wrong reason.
"""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from hep_api.foundation.web.contract import document
from hep_api.foundation.web.policy import policy_of
from hep_api.tables import metadata
from tests.contract import scene as scenes
from tests.contract.examples import EXAMPLES, fill
from tests.contract.scene import NOT_SIGNED_IN, READERS, RECORD, Scene
from tests.contract.test_contract import PAGES
from tests.world import World

ROUTES = sorted(EXAMPLES)
TENANT_TABLES = [name for name, table in metadata.tables.items() if "clinic_id" in table.columns]


@pytest.fixture(scope="module")
def read_scene(app: Flask) -> Scene:
    """One scene for all that is only read."""
    return scenes.make(World(app))


@pytest.fixture(scope="module")
def open_scene(app: Flask) -> Scene:
    """A scene in a clinic whose leaders may read records."""
    return scenes.make(World(app), managers_may_read_records=True)


def test_every_route_has_an_example_and_every_example_a_route(app: Flask) -> None:
    routes = {
        (method.lower(), document.path_of(rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if document.path_of(rule) not in PAGES
    }
    assert routes == set(EXAMPLES)


def test_every_open_route_says_why(app: Flask) -> None:
    policies = {rule.rule: policy_of(app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()}
    for rule, policy in policies.items():
        assert policy is not None, rule
        assert not policy.is_open or len(policy.reason) > 20, rule


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=lambda part: part)
def test_only_those_who_may(world: World, read_scene: Scene, method: str, path: str) -> None:
    example, scene = EXAMPLES[method, path], read_scene if method == "get" else scenes.make(world)
    if example.may == ("anonymous",):
        assert send(scene, "anonymous", method, path).status_code == example.status
        return
    before = digest(scene)
    for part in sorted(scene.phones.keys() - set(example.may)):
        answer = send(scene, part, method, path)
        assert answer.status_code == refusal_of(scene, part, method, path), (part, answer.text)
        learn_nothing(part, answer, scene)
    assert digest(scene) == before
    for part in example.may:
        answer = send(scene, part, method, path)
        assert answer.status_code == example.status, (part, answer.text)
        learn_nothing(part, answer, scene)
        if example.once:
            scene = scenes.make(world)


@pytest.mark.parametrize(
    ("method", "path"), [route for route in ROUTES if EXAMPLES[route].is_record], ids=lambda part: part
)
def test_leaders_read_records_when_their_clinic_says_so_and_only_of_their_clinic(
    open_scene: Scene, method: str, path: str
) -> None:
    for part in ("manager", "owner"):
        assert send(open_scene, part, method, path).status_code == 200
    for part in ("b_manager", "b_owner", "other_practitioner", "former", "other_patient"):
        answer = send(open_scene, part, method, path)
        assert answer.status_code == 404
        learn_nothing(part, answer, open_scene)


def test_a_part_of_one_plan_is_not_reached_through_another(world: World) -> None:
    """A practitioner's own plan in the address opens nothing of another's."""
    scene = scenes.make(world)
    mine = scenes.making.start(scene.people["other_practitioner"], scene.people["other_patient"])
    answer = mine.send("PATCH", f"/pauses/{scene.pause_id}", {"withdrawn": True, "reason": "Mine now."})
    assert answer.status_code == 404
    carried = scenes.making.carried_item(scene.prescription_id)
    answer = mine.send("POST", "/revisions", {"items": [carried], "effective_on": scenes.making.in_days(0)})
    assert 400 <= answer.status_code < 500
    learn_nothing("other_practitioner", answer, scene)


def send(scene: Scene, part: str, method: str, path: str) -> TestResponse:
    example = EXAMPLES[method, path]
    options: dict[str, Any] = {"json": example.json(scene, part)} if example.json else {}
    if example.if_match:
        options["headers"] = {"If-Match": example.if_match(scene, part)}
    return scene.phones[part].send(method.upper(), address(path, scene), **options)


def address(path: str, scene: Scene) -> str:
    """The routes of invitations are about somebody who has not come in yet."""
    if path.endswith("/invitation"):
        return path.format(patient_id=scene.invited["id"], member_id=scene.invited_member_id)
    return fill(path, scene)


def refusal_of(scene: Scene, part: str, method: str, path: str) -> int:
    """401 for whoever is not signed in, 403 for a role that has no use for the route, else 404: it might not exist."""
    if part in NOT_SIGNED_IN:
        return 401
    policy = policy_of(view_of(scene.world.app, method, path))
    assert policy is not None
    return 404 if scene.people[part].role in policy.roles else 403


def view_of(app: Flask, method: str, path: str) -> Any:
    [found] = [
        app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if document.path_of(rule) == path and method.upper() in (rule.methods or ())
    ]
    return found


def learn_nothing(part: str, answer: TestResponse, scene: Scene) -> None:
    """Assert that an answer holds no canary, and no id of the record, that its reader may not see."""
    for canary, readers in READERS.items():
        assert part in readers or canary not in answer.text, (part, answer.text)
    if part not in READERS[RECORD]:
        for identifier in (scene.plan.id, scene.prescription_id, scene.conversation_id):
            assert str(identifier) not in answer.text, (part, answer.text)


def digest(scene: Scene) -> dict[str, str]:
    """A digest of everything that the clinic has, table by table."""
    with scene.world.transaction() as session:
        return {
            name: session.execute(
                text(f"SELECT md5(string_agg(t::text, ';' ORDER BY t::text)) FROM {name} t WHERE clinic_id = :clinic"),  # noqa: S608
                {"clinic": scene.clinic_id},
            ).scalar_one()
            for name in TENANT_TABLES
        }
