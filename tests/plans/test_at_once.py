"""Two people, or one phone twice, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from tests.library.templates import a_phase, an_item
from tests.plans import making
from tests.plans.conftest import TODAY, TOMORROW, Scene
from tests.plans.courses import squat_of, template

RUNNERS = 4


def at_once(send: Callable[[int], TestResponse]) -> list[TestResponse]:
    """Send from several threads that all wait for each other first."""
    gate = Barrier(RUNNERS)

    def run(number: int) -> TestResponse:
        gate.wait(10)
        return send(number)

    with ThreadPoolExecutor(RUNNERS) as pool:
        return list(pool.map(run, range(RUNNERS)))


def test_of_several_publishing_with_one_etag_one_wins(scene: Scene) -> None:
    plan = scene.plan()
    people = [scene.world.sign_in(scene.lead) for _ in range(RUNNERS)]

    def publish(number: int) -> TestResponse:
        body = {"items": [scene.item(dose={"sets": 1, "reps": number + 1})], "effective_on": TODAY}
        headers = {"If-Match": plan.etag}
        return people[number].http.post(f"/v1/plans/{plan.id}/revisions", json=body, headers=headers)

    answers = at_once(publish)
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412, 412]
    (winner,) = [answer.get_json() for answer in answers if answer.status_code == 201]
    standing = scene.stand(plan)
    assert (standing[0]["version"], standing[0]["last_revision"], len(standing[1]["items"])) == (2, 1, 1)
    assert [item["dose"] for item in scene.due()] == [winner["items"][0]["dose"]]


def test_the_same_revision_sent_several_times_at_once_is_one(scene: Scene) -> None:
    plan = scene.plan()
    people = [scene.world.sign_in(scene.lead) for _ in range(RUNNERS)]
    body = {"id": str(uuid4()), "items": [scene.item()]}

    def publish(number: int) -> TestResponse:
        headers = {"If-Match": plan.etag}
        return people[number].http.post(f"/v1/plans/{plan.id}/revisions", json=body, headers=headers)

    answers = at_once(publish)
    assert [answer.status_code for answer in answers] == [201] * RUNNERS
    assert len({answer.get_data() for answer in answers}) == 1
    assert scene.stand(plan)[0]["last_revision"] == 1


def test_the_same_plan_sent_several_times_at_once_is_one(scene: Scene) -> None:
    people = [scene.world.sign_in(scene.lead) for _ in range(RUNNERS)]
    body = {"id": str(uuid4()), "title": "Knee", "starts_on": TODAY}

    def start(number: int) -> TestResponse:
        return people[number].http.post(f"/v1/patients/{scene.patient.member_id}/plans", json=body)

    answers = at_once(start)
    assert [answer.status_code for answer in answers] == [201] * RUNNERS
    assert len({answer.get_data() for answer in answers}) == 1


def test_one_id_for_several_patients_at_once_goes_to_one(scene: Scene) -> None:
    patients = [scene.world.patient(scene.lead) for _ in range(RUNNERS)]
    people = [scene.world.sign_in(scene.lead) for _ in range(RUNNERS)]
    body = {"id": str(uuid4()), "title": "Knee", "starts_on": TODAY}

    def start(number: int) -> TestResponse:
        return people[number].http.post(f"/v1/patients/{patients[number].member_id}/plans", json=body)

    assert sorted(answer.status_code for answer in at_once(start)) == [201, 409, 409, 409]


def test_pausing_and_ending_at_once_leave_one_change(scene: Scene) -> None:
    plan = scene.plan()
    making.publish(plan, scene.item())
    people = [scene.world.sign_in(scene.lead) for _ in range(RUNNERS)]
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("pauses", {"from": TODAY, "to": TOMORROW, "reason": "Away."}),
        ("end", {"discharge_reason": "other"}),
    ]

    def change(number: int) -> TestResponse:
        path, body = bodies[number % 2]
        return people[number].http.post(f"/v1/plans/{plan.id}/{path}", json=body, headers={"If-Match": plan.etag})

    answers = [answer.status_code for answer in at_once(change)]
    assert sorted(answers)[1:] == [412, 412, 412]
    assert scene.stand(plan)[0]["version"] == 3


def test_of_several_saving_the_first_draft_one_wins_and_it_is_published_once(scene: Scene) -> None:
    plan = scene.plan()
    people = [scene.world.sign_in(scene.lead) for _ in range(RUNNERS)]
    path, content = f"/v1/plans/{plan.id}/draft", {"phases": [a_phase(0, an_item(scene.squat))]}

    def save(number: int) -> TestResponse:
        return people[number].http.put(path, json=content, headers={"If-None-Match": "*"})

    saved = at_once(save)
    assert sorted(answer.status_code for answer in saved) == [200, 412, 412, 412]
    etag = next(answer.headers["ETag"] for answer in saved if answer.status_code == 200)
    body = {"id": str(uuid4()), "effective_on": "today"}

    def publish(number: int) -> TestResponse:
        return people[number].http.post(f"{path}/publish", json=body, headers={"If-Match": etag})

    published = at_once(publish)
    assert [answer.status_code for answer in published] == [201] * RUNNERS
    assert len({answer.get_data() for answer in published}) == 1
    assert scene.stand(plan)[0]["last_revision"] == 1


def test_the_same_batch_sent_several_times_at_once_is_done_once(scene: Scene) -> None:
    template_id = template(scene.lead, a_phase(0, an_item(squat_of(scene.lead))))
    people = [scene.world.sign_in(scene.lead) for _ in range(RUNNERS)]
    patients = [scene.patient, scene.world.patient(scene.lead)]
    batch = [{"patient_id": str(each.member_id), "plan_id": str(uuid4())} for each in patients]

    def send(number: int) -> TestResponse:
        body = {"starts_on": TODAY, "patients": batch if number % 2 else batch[::-1]}
        return people[number].http.post(f"/v1/templates/{template_id}/apply-to-several", json=body)

    outcomes = [each["outcome"] for answer in at_once(send) for each in answer.get_json()["outcomes"]]
    assert sorted(outcomes) == ["applied"] * 2 + ["duplicate"] * 2 * (RUNNERS - 1)
