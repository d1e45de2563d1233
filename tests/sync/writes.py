"""Every write that shows on a patient's phone, through its door, with what a phone that pulls must get by it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from hep_api.adherence.actions import suggesting
from hep_api.foundation import clock
from tests.adherence.conftest import TODAY, TOMORROW, Scene, correction, event
from tests.library.templates import a_phase, an_item
from tests.plans import courses, making
from tests.sync.phones import PullingPhone

Writes = dict[str, tuple[Callable[[], Any], dict[str, int]]]
PLAN, REVISION = {"plans": 1}, {"plans": 1, "revisions": 1}
PHASES = {"plans": 1, "revisions": 2}
GOAL, PAUSE, GONE = {"plans": 1, "goals": 1}, {"plans": 1, "pauses": 1}, {"plans": 1, "gone": 1}


class Writer:
    """Writes for a scene in the order in which they are listed; later ones change what earlier ones made."""

    def __init__(self, scene: Scene, phone: PullingPhone) -> None:
        self.scene, self.phone, self.plan = scene, phone, scene.plan
        self.lead, self.patient = scene.lead.http, scene.patient.http
        self.path, self.of = f"/v1/plans/{scene.plan.id}", f"/v1/patients/{scene.patient.patient_id}"
        self.goal = self.pause = ""
        self.squat = courses.squat_of(scene.lead)

    def writes(self) -> Writes:
        return (
            self._of_content()
            | self._of_goals()
            | self._of_words()
            | self._of_pauses()
            | self._reports()
            | self._ends()
        )

    def _of_content(self) -> Writes:
        send, lead, of = self.plan.send, self.lead, self.of
        template = courses.template(self.scene.lead, a_phase(0, an_item(self.squat)), a_phase(7, an_item(self.squat)))
        carried = {"items": [making.carried_item(self.scene.daily), making.new_item(self.squat)]}
        back_dated = {**carried, "effective_on": "2026-05-01", "reason": "So agreed."}
        onto = {"patient_id": str(self.scene.patient.member_id), "starts_on": "today"}
        to_several = {"plan_id": str(uuid4()), "patient_id": onto["patient_id"]}
        several = {"starts_on": "today", "patients": [to_several]}
        with_goals = {"title": "Hip", "starts_on": TODAY, "goals": ["Walk", "Run"]}
        return {
            "accept a suggestion": (self._accept, REVISION),
            "publish": (lambda: send("POST", "/revisions", carried), REVISION),
            "publish back-dated": (lambda: send("POST", "/revisions", back_dated), REVISION),
            "publish the draft": (self._publish_draft, REVISION),
            "start": (lambda: lead.post(f"{of}/plans", json=with_goals), {"plans": 1, "goals": 2}),
            # What holds today, and the draft's from tomorrow on.
            "copy": (lambda: lead.post(f"{self.path}/copy", json=onto), PHASES),
            "copy as a draft": (lambda: lead.post(f"{self.path}/copy", json={**onto, "publish": False}), PLAN),
            "apply": (lambda: courses.apply(self.scene, template), {**PHASES, "goals": 1}),
            "apply to several": (
                lambda: lead.post(f"/v1/templates/{template}/apply-to-several", json=several),
                {**PHASES, "goals": 1},
            ),
        }

    def _accept(self) -> Any:
        patient = self.scene.patient
        with self.scene.world.transaction() as session:
            suggesting.suggest_doses(session, patient.clinic_id, patient.patient_id, clock.now())
        assert self.phone.pull() == {}, "a suggestion shows on no phone"
        (found,) = self.lead.get(f"{self.of}/suggestions").get_json()["items"]
        tag = {"If-Match": self.plan.etag}
        answer = self.lead.post(f"/v1/suggestions/{found['id']}/accept", json={}, headers=tag)
        self.plan.etag = self.lead.get(self.path).headers["ETag"]
        return answer

    def _publish_draft(self) -> Any:
        item = making.carried_item(self.scene.daily, dose=courses.MORE)
        saved = courses.save(self.plan, None, a_phase(0, item, name=""))
        assert self.phone.pull() == {}, "a draft shows on no phone"
        published = courses.publish(self.plan, saved.headers["ETag"])
        self.plan.etag = published.headers["ETag"]
        return published

    def _of_goals(self) -> Writes:
        return {
            "add a goal": (self._add_goal, GOAL),
            "change a goal": (
                lambda: self.lead.patch(self.goal, json={"text": "Far"}, headers=self._goal_tag(1)),
                GOAL,
            ),
            "record a value": (lambda: self.patient.post(f"{self.goal}/values", json={"value": 90}), GOAL),
            "reach a goal": (lambda: self._settle(2, "reached"), GOAL),
            "withdraw a goal": (lambda: self._settle(3, "withdrawn"), GONE),
            "open it again": (lambda: self._settle(4, "open"), GOAL),
        }

    def _add_goal(self) -> Any:
        body = {"text": "Bend", "measure": "Knee bend", "target_value": 120}
        answer = self.lead.post(f"{self.path}/goals", json=body)
        self.goal = f"{self.path}/goals/{answer.get_json()['id']}"
        return answer

    def _settle(self, number: int, state: str) -> Any:
        why = {} if state == "open" else {"note": "She said."}
        return self.lead.put(f"{self.goal}/outcome", json={"state": state, **why}, headers=self._goal_tag(number))

    def _goal_tag(self, number: int) -> dict[str, str]:
        return {"If-Match": f'"{self.goal.rpartition("/")[2]}-{number}"'}

    def _of_words(self) -> Writes:
        seen = f"{self.path}/revisions/1/acknowledgement"
        return {
            "own why": (self._own_why, PLAN),
            "reword": (lambda: self.plan.send("PATCH", "", {"title": "Knee"}), PLAN),
            "acknowledge": (lambda: self.patient.put(seen, json={}), {"acknowledgements": 1}),
            "acknowledge again": (lambda: self.patient.put(seen, json={}), {}),
            "be somewhere else": (lambda: self._set(zone="Asia/Tokyo"), {"settings": 1}),
            "live at night": (lambda: self._set(day_starts_at="03:00"), {"settings": 1}),
        }

    def _own_why(self) -> Any:
        tag = {"If-Match": self.plan.etag}
        answer = self.patient.put(f"{self.path}/own-why", json={"own_why": "My dog."}, headers=tag)
        self.plan.etag = answer.headers["ETag"]
        return answer

    def _set(self, **settings: str) -> Any:
        tag = {"If-Match": self.patient.get(self.of).headers["ETag"]}
        return self.patient.patch(self.of, json=settings, headers=tag)

    def _of_pauses(self) -> Writes:
        send = self.plan.send
        longer = {"to": "2026-05-25", "reason": "Longer."}
        withdrawn = {"withdrawn": True, "reason": "Stays."}
        return {
            "pause": (self._pause, PAUSE),
            "move a pause": (lambda: send("PATCH", self.pause, longer), PAUSE),
            "withdraw a pause": (lambda: send("PATCH", self.pause, withdrawn), GONE),
        }

    def _pause(self) -> Any:
        answer = self.plan.send("POST", "/pauses", {"from": TOMORROW, "to": "2026-05-20", "reason": "Away."})
        self.pause = f"/pauses/{answer.get_json()['id']}"
        return answer

    def _reports(self) -> Writes:
        upload, daily = self.scene.upload, self.scene.daily
        first, second, others = event(daily), event(daily), event(daily)
        other_phone = self.scene.world.sign_in(self.scene.patient)
        one = {"events": 1}
        return {
            "report": (lambda: upload(first), one),
            "report it twice": (lambda: upload(first, first), {}),
            "report on the other phone": (lambda: upload(first, second, by=other_phone), one),
            "be reported for": (lambda: upload(others, by=self.scene.lead), one),
            "correct": (lambda: upload(correction(first, pain=2)), one),
            "void": (lambda: upload(correction(second, kind="void")), one),
        }

    def _ends(self) -> Writes:
        def end(ends_on: str) -> Callable[[], Any]:
            body = {"discharge_reason": "goals_met", "ends_on": ends_on, "reason": "She said."}
            return lambda: self.plan.send("POST", "/end", body)

        return {
            "end": (end("2026-06-01"), PLAN),
            "end later": (end("2026-07-01"), PLAN),
            "end in the past": (end("2026-04-30"), PLAN),
        }
