"""R6: reuse of an old refresh token ends the family, always; lost answers and parallel refreshes sign nobody out."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import text

from tests.world import World
from torture.proof import Order, Outcome, Proof
from torture.refreshing.families import Families, Family
from torture.remote import remote_world
from torture.stage import Stage

PARALLEL = 20
LOST_IN_ONE_FAMILY = 10


def prove(stage: Stage, order: Order) -> Outcome:
    """Let honest phones lose answers and refresh in parallel, and let thieves use what they took."""
    settings = stage.settings()
    webs = [stage.web(settings, order.broken) for _ in range(order.amount(2, 2, 1))]
    world = remote_world(settings, webs)
    families = Families(world, [web.port for web in webs], order.lots)
    counts: Counter[str] = Counter()
    complaints = [
        *_lose_answers(families, order.amount(500, 60), counts),
        *_refresh_at_once(families, order.amount(20, 5), counts),
        *_reuse(families, world, order, counts),
        *(line for web in webs for line in web.unforeseen()),
    ]
    counts["honest_sign_outs"] += 0
    counts["families_that_lived_on"] += 0
    return Outcome(counts["honest_sign_outs"] + counts["families_that_lived_on"], dict(counts), complaints)


def _lose_answers(families: Families, amount: int, counts: Counter[str]) -> list[str]:
    """Honest phones whose answers are lost, once or twice in a row, and who ask again with the token they have."""
    complaints, family = [], families.sign_in()
    for number in range(amount):
        if number % LOST_IN_ONE_FAMILY == 0:
            family = families.sign_in()
        for _ in range(1 + number % 2):
            family.lose_an_answer()
            counts["answers_lost"] += 1
        answer = family.refresh()
        if answer.status != 200 or not family.is_signed_in():
            counts["honest_sign_outs"] += 1
            complaints.append(f"after a lost answer a refresh was answered {answer.status} {answer.body}")
            family = families.sign_in()
    return complaints


def _refresh_at_once(families: Families, rounds: int, counts: Counter[str]) -> list[str]:
    """One phone whose tabs all refresh at the same moment: all get the same successor, and it goes on from there."""
    complaints, family = [], families.sign_in()
    with ThreadPoolExecutor(PARALLEL) as pool:
        for _ in range(rounds):
            answers = list(pool.map(family.present, [family.tokens[-1]] * PARALLEL))
            counts["parallel_refreshes"] += PARALLEL
            successors = {answer.body["refresh_token"] for answer in answers if answer.status == 200}
            refused = [answer for answer in answers if answer.status != 200]
            if refused or len(successors) != 1:
                counts["honest_sign_outs"] += 1
                complaints.append(f"of {PARALLEL} at once {len(refused)} were refused; {len(successors)} successors")
                family = families.sign_in()
            else:
                family.keep(answers[0].body)
    return complaints


def _reuse(families: Families, world: World, order: Order, counts: Counter[str]) -> list[str]:
    """Thieves who took a token earlier and use it now."""
    complaints = []
    for number in range(order.amount(200, 40)):
        family = families.sign_in()
        for _ in range(order.lots.randrange(2, 6)):
            family.refresh()
        kind = list(THEFTS)[number % len(THEFTS)]
        answer = THEFTS[kind](family, world)
        counts[f"stolen_{kind}"] += 1
        newest = family.present(family.tokens[-1])
        if answer.status != 401 or newest.status != 401 or family.is_signed_in():
            counts["families_that_lived_on"] += 1
            complaints.append(f"{kind}: the thief got {answer.status}, the family afterwards {newest.status}")
    return complaints


def _long_used(family: Family, _: World) -> Any:
    return family.present(family.lots.choice(family.tokens[:-2]))


def _previous_too_late(family: Family, world: World) -> Any:
    """The immediately previous token, after its 30 seconds."""
    with world.transaction() as session:
        session.execute(text("UPDATE refresh_token SET used_at = used_at - interval '31 s' WHERE used_at IS NOT NULL"))
    return family.present(family.tokens[-2])


def _previous_elsewhere(family: Family, _: World) -> Any:
    """The immediately previous token, at once, from another device."""
    return family.present(family.tokens[-2], device="a thief's")


THEFTS = {
    "long_used": _long_used,
    "previous_after_30_s": _previous_too_late,
    "previous_from_another_device": _previous_elsewhere,
}

R6 = Proof(
    "R6",
    "refresh tokens: reuse ends the family",
    prove,
    broken=("refresh_without_families", "refresh_without_grace", "refresh_on_any_device"),
)
