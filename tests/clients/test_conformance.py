"""The TypeScript client keeps every rule of docs/offline-sync.md that a program can judge, by the conformance kit."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from development import node
from hep_api.sync.conformance.client.run import CHECKS, Client, judge_client
from hep_api.sync.conformance.verdicts import Outcome, Verdict
from tests.messaging.live import Served
from tests.plans import making
from tests.sync.shares import AT_ONCE, shares
from tests.world import World

SEED = 1


def test_the_client_keeps_every_rule_also_against_the_real_server(world: World, web: Served, client: Path) -> None:
    lead = world.practitioner(world.clinic())
    patient = world.patient(lead)
    making.running_plan(lead, patient)
    command = (str(node.find_node()), str(client / "driver" / "driver.js"))
    judged = Client(command=command, url=web.url, token=patient.token, patient=str(patient.member_id))

    def judge(rules: list[str]) -> list[Verdict]:
        # The last rule is played against the real server, the others against the kit's own.
        against = judged if "C36" in rules else Client(command=command)
        return list(judge_client(against, SEED, frozenset(rules)))

    with ThreadPoolExecutor(AT_ONCE) as judges:
        found = [each for share in judges.map(judge, shares()) for each in share]
    assert [each for each in found if each.outcome is not Outcome.PASS] == []
    assert {each.rule for each in found} == CHECKS.keys()
