"""The scene of the sync tests: that of adherence, a plan with a rule for the next dose, and a phone that pulls."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.adherence.conftest import NOON, Scene, begin, event
from tests.plans import making
from tests.sync.phones import PullingPhone
from tests.world import World

DAILY = {"kind": "daily", "times_per_day": 1}
RULE = {"after_days": 7, "completion_at_least": 0.8, "pain_under": 4, "next_dose": {"sets": 3, "reps": 12}}


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def scene(world: World, noon: time_machine.Traveller) -> Scene:
    """A plan with one exercise daily and a rule, in force since 29 April: seven closed days, six of them done."""
    lead = world.practitioner(world.clinic())
    made = begin(world, lead, world.patient(lead), DAILY, on="2026-04-29")
    item = making.carried_item(made.daily, progression=RULE)
    making.publish(made.plan, item, effective_on="2026-04-29", reason="A rule.")
    made.upload(event(made.daily, "2026-04-29"), *[event(made.daily, f"2026-05-0{day}", pain=3) for day in range(1, 6)])
    return made


@pytest.fixture
def phone(scene: Scene) -> PullingPhone:
    return PullingPhone(scene.patient, scene.patient)
