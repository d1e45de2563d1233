"""What an upload costs in statements: the same for one event and for 500."""

from datetime import date, timedelta

from tests.adherence.conftest import TODAY, Scene, event
from tests.counting import StatementCounter

# Recognise; lock the patient; what is known; three of the plan; add; the weeks' events; put the counts in place and
# sum them up; ask for rules to be judged; the record.
STATEMENTS = 12


def test_a_batch_costs_the_same_number_of_statements_whatever_its_size(
    scene: Scene, statements: StatementCounter
) -> None:
    days = [(date.fromisoformat(TODAY) - timedelta(days=n)).isoformat() for n in range(50)]
    many = [event(each, day) for day in days for each in scene.prescriptions * 3]
    for items in ([event(scene.daily)], many[:100], [*many[100:], *(event(scene.daily) for _ in range(600))][:500]):
        with statements() as seen:
            assert set(scene.outcomes(*items)) == {"applied"}
        assert len(seen) == STATEMENTS, seen


def test_a_repeated_batch_writes_nothing(scene: Scene, statements: StatementCounter) -> None:
    items = [event(scene.daily) for _ in range(3)]
    scene.upload(*items)
    with statements() as seen:
        assert set(scene.outcomes(*items)) == {"duplicate"}
    assert len(seen) == STATEMENTS - 5
    assert not [each for each in seen if "INSERT" in each or "DELETE" in each]


def test_a_batch_without_a_readable_item_asks_next_to_nothing(scene: Scene, statements: StatementCounter) -> None:
    with statements() as seen:
        assert scene.outcomes(None, {}) == ["rejected", "rejected"]
    assert len(seen) == 3


def test_a_change_of_plan_costs_the_same_however_many_weeks_it_touches(
    scene: Scene, statements: StatementCounter
) -> None:
    costs = []
    for first in ("2026-05-25", "2026-03-10"):
        with statements() as seen:
            body = {"from": first, "to": "2026-05-30", "reason": "Holiday."}
            answer = scene.plan.send("POST", "/pauses", body)
            assert answer.status_code == 201, answer.get_json()
            pause = answer.get_json()["id"]
        costs.append(len(seen))
        scene.plan.send("PATCH", f"/pauses/{pause}", {"withdrawn": True, "reason": "No holiday."})
    assert costs[0] == costs[1]
