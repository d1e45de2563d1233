"""What changed from one revision to another: as data, and in the words that a patient reads."""

from typing import Any
from uuid import UUID

import pytest

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.foundation.languages import WRITTEN
from hep_api.plans.changes_in_words import PHRASES, change_in_words
from hep_api.plans.comparing import Change, ChangeKind, ComparedItem, Content, compare
from tests.plans import making
from tests.plans.conftest import TODAY, TOMORROW, Scene
from tests.plans.making import MadePlan

DOSE = Dose(2, 10).to_json()
DAILY = Schedule.from_json(making.DAILY).to_json()
ONE, TWO, THREE = (UUID(int=n) for n in (1, 2, 3))


def item(prescription_id: UUID, exercise: str = "squat", **content: Any) -> ComparedItem:
    snapshot = {"exercise_id": exercise, "name": exercise.title(), "steps": ["Bend."], **content.pop("said", {})}
    return ComparedItem(prescription_id, snapshot, **{"dose": DOSE, "schedule": DAILY, **content})


def kinds(before: list[ComparedItem], after: list[ComparedItem]) -> list[tuple[str, UUID | None, tuple[str, ...]]]:
    changes = compare(Content(before), Content(after))
    return [(change.kind.value, change.prescription_id, change.fields) for change in changes]


def test_what_stays_is_no_change_and_each_change_names_its_fields() -> None:
    one, two = item(ONE), item(TWO, "plank")
    assert kinds([one, two], [one, two]) == []
    assert kinds([one], [one, two]) == [("added", TWO, ())]
    assert kinds([one, two], [one]) == [("dropped", TWO, ())]
    assert kinds([one, two], [two, one]) == [("order", None, ())]
    heavier = item(ONE, dose={**DOSE, "sets": 3, "note": "Slowly."}, schedule={"kind": "as_needed", "max_per_day": 2})
    assert kinds([one], [heavier]) == [
        ("dose", ONE, ("sets", "note")),
        ("schedule", ONE, ("kind", "times_per_day", "max_per_day")),
    ]
    assert kinds([one], [item(ONE, progression={"after_days": 7})]) == [("progression", ONE, ("after_days",))]
    assert [each.kind for each in compare(Content([one], "A"), Content([one], "B"))] == [ChangeKind.NOTE]
    assert compare(Content([one], "A"), Content([one], "")) == []


def test_an_exercise_prescribed_anew_with_other_texts_is_that_exercise_changed() -> None:
    old = item(ONE)
    texts, pictures = {"steps": ["Bend far."]}, {"media": [{"kind": "drawing"}]}
    assert kinds([old], [item(TWO, said=texts)]) == [("exercise", TWO, ("steps",))]
    assert kinds([old], [item(TWO, said=pictures)]) == [("exercise", TWO, ("media",))]
    # The same words again begin anew; and where it stands twice, nobody can tell which one follows which.
    assert kinds([old], [item(TWO)]) == [("added", TWO, ()), ("dropped", ONE, ())]
    assert [kind for kind, *_ in kinds([old], [item(TWO, said=texts), item(THREE, said=pictures)])] == [
        "added",
        "added",
        "dropped",
    ]


@pytest.mark.parametrize("language", WRITTEN)
def test_every_kind_of_change_has_words_in_every_language(language: str) -> None:
    assert set(PHRASES) == set(WRITTEN)
    before = Content([item(ONE), item(TWO, "plank")], "")
    new = item(THREE, "{brace}")
    changed = item(ONE, dose={**DOSE, "sets": 3}, schedule={"kind": "weekly_quota", "times_per_week": 3})
    for change in compare(before, Content([new, changed], "Take care of {name}.")):
        name = "" if change.exercise is None else str(change.exercise["name"])
        words = change_in_words(change, name, language)
        assert name in words
        assert change.kind is not ChangeKind.NOTE or "{name}" in words
    for change in (Change(ChangeKind.EXERCISE, fields=("media",)), Change(ChangeKind.PROGRESSION)):
        assert "Squat" in change_in_words(change, "Squat", language)
    assert change_in_words(Change(ChangeKind.ORDER), "", language)
    sides = ({"dose": DOSE}, {"dose": {**DOSE, "note": "Slowly."}})
    assert "Squat" in change_in_words(Change(ChangeKind.DOSE, before=sides[0], after=sides[1]), "Squat", language)


@pytest.fixture
def plan(scene: Scene) -> MadePlan:
    """Revision 1 in force since 1 May; 2 since today; 3 from tomorrow."""
    plan = scene.plan(starts_on="2026-05-01")
    plank = making.exercise(scene.lead, name="Plank")
    squat, held = making.publish(plan, scene.item(), making.new_item(plank), effective_on="2026-05-01")
    more = {"sets": 4, "reps": 10}
    making.publish(plan, making.carried_item(held), making.carried_item(squat, dose=more), effective_on=TODAY)
    making.publish(plan, making.carried_item(squat, dose=more), effective_on=TOMORROW, note="Plank is done.")
    return plan


def changes(scene: Scene, plan: MadePlan, number: int, language: str = "en", **query: Any) -> Any:
    path = f"/v1/plans/{plan.id}/revisions/{number}/changes"
    answer = scene.patient.http.get(path, query_string=query, headers={"Accept-Language": language})
    assert scene.lead.http.get(path, query_string=query).status_code == answer.status_code
    return answer


def test_a_revision_tells_what_it_changed_since_the_one_before_or_any_other(scene: Scene, plan: MadePlan) -> None:
    told = changes(scene, plan, 2).get_json()
    assert (told["number"], told["since"], told["effective_on"], told["language"]) == (2, 1, TODAY, "en")
    assert told["words"] == [
        "Squat: 4 sets of 10 instead of 3 sets of 10",
        "The exercises come in another order",
    ]
    dose, order = told["changes"]
    assert (dose["kind"], dose["fields"], dose["exercise"]) == ("dose", ["sets"], "Squat")
    assert (dose["before"]["dose"]["sets"], dose["after"]["dose"]["sets"], dose["after"]["schedule"]) == (3, 4, None)
    assert order["before"]["order"] == order["after"]["order"][::-1]
    assert changes(scene, plan, 3).get_json()["words"] == ["No longer: Plank", "Note: Plank is done."]
    assert len(changes(scene, plan, 3, since=1).get_json()["words"]) == 3
    assert changes(scene, plan, 2, "de-AT").get_json()["words"][0] == (
        "Squat: 4 Sätze à 10 Wiederholungen statt 3 Sätze à 10 Wiederholungen"
    )
    first = changes(scene, plan, 1).get_json()
    assert (first["since"], [change["kind"] for change in first["changes"]]) == (None, ["added", "added"])
    assert first["words"][0] == "New: Squat: 3 sets of 10, once a day"
    for number, query in ((4, {}), (2, {"since": 9})):
        assert changes(scene, plan, number, **query).status_code == 404
    assert changes(scene, plan, 2, since=0).status_code == 422


def test_what_replaces_a_revision_of_the_same_date_is_told_against_it(scene: Scene, plan: MadePlan) -> None:
    making.publish(plan, scene.item(), effective_on=TOMORROW)
    assert changes(scene, plan, 4).get_json()["since"] == 3
    making.publish(plan, scene.item(), effective_on="2026-05-03", reason="Was so agreed.")
    assert changes(scene, plan, 5).get_json()["since"] == 1
    assert changes(scene, plan, 4).get_json()["since"] == 3
