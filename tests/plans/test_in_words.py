"""What is prescribed is also said in words, in the reader's language."""

from typing import Any

import pytest

from tests.plans.conftest import Scene

DOSE = {"sets": 3, "reps": 10, "hold_seconds": 5, "sides": 2}
SCHEDULE = {"kind": "weekdays", "weekdays": ["mon", "wed", "fri"], "times_per_day": 2}
ENGLISH = "3 sets of 10, hold 5 seconds, each side, twice a day, Mon, Wed and Fri"
GERMAN = "3 Sätze à 10 Wiederholungen, je 5 Sekunden halten, pro Seite, zweimal am Tag, Mo, Mi und Fr"


@pytest.mark.parametrize(
    ("asked", "words"),
    [({}, ENGLISH), ({"Accept-Language": "de-CH, en;q=0.8"}, GERMAN), ({"Accept-Language": "pt, *"}, ENGLISH)],
)
def test_a_revision_says_its_doses_in_the_language_of_the_reader(
    scene: Scene, asked: dict[str, str], words: str
) -> None:
    plan = scene.plan()
    item: Any = scene.item(dose=DOSE, schedule=SCHEDULE)
    body = {"items": [item], "effective_on": "today", "id": "0196a000-0000-7000-8000-000000000001"}
    published, again = (plan.send("POST", "/revisions", body, **asked) for _ in range(2))
    read = scene.patient.http.get(f"/v1/plans/{plan.id}/revisions/1", headers=asked)
    assert [each.json["items"][0]["in_words"] for each in (published, again, read)] == [words] * 3
