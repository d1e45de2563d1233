"""What a practitioner does: pauses far ahead, each taken back again, so that plans change while phones pull."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta

from hep_api.foundation import clock
from hep_api.sync.conformance.calls import Caller
from hep_api.sync.conformance.server.scene import Scene
from hep_api.sync.conformance.verdicts import NotApplicable, expect

STAFF = "--staff-token"
REASON = "A test of the sync."
DAYS_AHEAD = 200


class Desk:
    """The practitioner's side of the patient's plan."""

    def __init__(self, scene: Scene, staff: Caller) -> None:
        self._scene, self._staff = scene, staff
        self._plan = f"/v1/plans/{scene.target.plan_id}"
        self._paused = 0

    def pause(self) -> str:
        """Pause the plan for one day that no pause of ours has been on; return the pause's id."""
        self._paused += 1
        day = clock.now().date() + timedelta(days=DAYS_AHEAD + 2 * self._paused)
        pause = {"from": day.isoformat(), "to": (day + timedelta(days=1)).isoformat(), "reason": REASON}
        made = self._staff.write("POST", f"{self._plan}/pauses", pause, self._match())
        if made.status != 201:
            raise NotApplicable(f"the practitioner cannot pause the plan: {made}")
        self._scene.paused.append(str(made.json()["id"]))
        return self._scene.paused[-1]

    def withdraw(self, pause_id: str) -> None:
        """Take a pause back."""
        said = {"withdrawn": True, "reason": REASON}
        done = self._staff.write("PATCH", f"{self._plan}/pauses/{pause_id}", said, self._match())
        expect(done.status == 200, f"the withdrawal of a pause is answered {done}")
        self._scene.paused.remove(pause_id)

    @contextlib.contextmanager
    def pausing(self) -> Iterator[str]:
        """Pause the plan for as long as the block lasts."""
        pause_id = self.pause()
        try:
            yield pause_id
        finally:
            self.withdraw(pause_id)

    def tidy(self) -> None:
        """Take back whatever stands still."""
        for pause_id in [*self._scene.paused]:
            self.withdraw(pause_id)

    def _match(self) -> dict[str, str]:
        return {"If-Match": self._staff.get(self._plan).headers.get("etag", "")}


def desk_of(scene: Scene) -> Desk | None:
    """Return the practitioner's desk; None when no practitioner's sign-in was given."""
    return None if scene.staff is None else Desk(scene, scene.staff)
