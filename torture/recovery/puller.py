"""A phone that keeps in step with a plan over the loss and the restore, and must not go on from what is gone."""

from collections.abc import Iterator
from typing import Any

from tests.plans import making
from tests.world import World


class Puller:
    """A patient's phone, and the practitioner who changes the plan."""

    def __init__(self, world: World) -> None:
        """Make a plan and pull it, before the backup."""
        self.lead = world.practitioner(world.clinic())
        self.patient = world.patient(self.lead)
        self.plan = making.start(self.lead, self.patient, starts_on=making.in_days(-3))
        self.cursor = ""
        self._pull()

    def go_on(self) -> None:
        """Change the plan and pull it, after the backup: the phone now knows of what will be gone."""
        self._pause(3)
        assert not self._pull()["reset"]

    def start_anew(self) -> Iterator[str]:
        """Change the plan otherwise, after the restore, and pull; yield what the phone does not get to know.

        The numbers of changes have come as far as the phone remembers, so only the epoch can tell that they are others.
        """
        self._pause(5)
        pulled = self._pull()
        if not pulled["reset"]:
            yield "a phone goes on from a position that is gone"
        elif [pause["from"] for pause in pulled["pauses"]] != [making.in_days(5)]:
            yield f"a phone that starts anew gets {pulled['pauses']}"

    def _pause(self, days: int) -> None:
        self.plan.etag = self.lead.http.get(f"/v1/plans/{self.plan.id}").headers["ETag"]
        answer = self.plan.send("POST", "/pauses", {"from": making.in_days(days), "reason": "Away."})
        assert answer.status_code == 201, answer.json

    def _pull(self) -> dict[str, Any]:
        asked = "limit=100" + (f"&cursor={self.cursor}" if self.cursor else "")
        answer = self.patient.http.get(f"/v1/patients/{self.patient.patient_id}/sync?{asked}")
        assert answer.status_code == 200, answer.json
        pulled: dict[str, Any] = answer.json or {}
        self.cursor = pulled["cursor"]
        return pulled
