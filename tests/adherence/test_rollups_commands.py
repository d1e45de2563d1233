"""`flask rollups ...`: what verify names, what rebuild puts right, and what neither takes for an answer."""

import re
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, text

from hep_api.adherence import commands
from hep_api.adherence.actions import locking
from hep_api.adherence.models.days import CountedPlan, PrescriptionDay
from hep_api.adherence.models.weeks import PatientWeek
from hep_api.adherence.proving import differences
from tests.adherence import journeys
from tests.adherence.conftest import Scene, event
from tests.adherence.journeys import NOW
from tests.world import World

FROM_US = re.compile(r"from hep_api\.")
# Every column that can be wrong, and rows that are lost, moved or of nobody's; each on a day or week of its own.
DAMAGE = (
    ("UPDATE prescription_day SET plan_id = :clinic", "2026-03-03", "plan_id is"),
    ("UPDATE prescription_day SET version = 7", "2026-03-04", "version is 7, must be 1"),
    ("UPDATE prescription_day SET expected = 2", "2026-03-05", "expected is 2, must be 1"),
    ("UPDATE prescription_day SET completed = 3", "2026-03-06", "completed is 3, must be 0"),
    ("UPDATE prescription_day SET done = 0", "2026-05-01", "done is 0, must be 1"),
    ("UPDATE prescription_day SET partial = 1", "2026-03-07", "partial is 1, must be 0"),
    (
        "UPDATE prescription_day SET skip_reasons = '{pain,NULL}'",
        "2026-03-08",
        "skip_reasons is ['None', 'pain'], must be []",
    ),
    (
        "UPDATE prescription_day SET credited_numerator = 1, credited_denominator = 3",
        "2026-03-09",
        "credited is 1/3, must be 0",
    ),
    ("UPDATE prescription_day SET volume_denominator = 0", "2026-03-10", "volume is None, must be 0"),
    ("UPDATE prescription_day SET due = false", "2026-03-11", "due is False, must be True"),
    ("UPDATE prescription_day SET as_needed_doings = 4", "2026-03-12", "as_needed_doings is 4, must be 0"),
    ("UPDATE prescription_day SET over_maximum = true", "2026-03-13", "over_maximum is True, must be False"),
    ("UPDATE prescription_day SET entries = 0", "2026-05-01", "entries is 0, must be 1"),
    ("UPDATE prescription_day SET pains = '{}'", "2026-05-01", "pains is [], must be [4]"),
    ("UPDATE prescription_day SET efforts = '{9}'", "2026-03-14", "efforts is [9], must be []"),
    ("DELETE FROM prescription_day", "2026-03-17", "not stored"),
    ("UPDATE prescription_day SET day = '2026-02-02'", "2026-03-18", "2026-02-02: stored without cause"),
    ("UPDATE prescription_day SET prescription_id = :clinic", "2026-03-19", "stored without cause"),
    ("UPDATE patient_week SET expected[3] = 70", "2026-03-02", "expected is [1, 2, 70, "),
    (
        "UPDATE patient_week SET done[7] = 5",
        "2026-03-02",
        "done is [0, 0, 0, 0, 0, 0, 5], must be [0, 0, 0, 0, 0, 0, 0]",
    ),
    ("UPDATE patient_week SET extra = '{}'", "2026-03-09", "extra is []"),
    ("UPDATE patient_week SET credited_denominator = 2", "2026-04-27", "credited is [0, 0, 0, 0, 1/2"),
    ("UPDATE patient_week SET volume_numerators[1] = 1", "2026-03-16", "volume is [1, 0, "),
    ("UPDATE patient_week SET due_days = 1", "2026-03-23", "due_days is 1, must be 127"),
    ("UPDATE patient_week SET active_days = 1", "2026-03-23", "active_days is 1, must be 0"),
    ("UPDATE patient_week SET full_days = 1", "2026-03-23", "full_days is 1, must be 0"),
    ("UPDATE patient_week SET reported_days = 0", "2026-04-27", "reported_days is 0, must be 16"),
    (
        "UPDATE patient_week SET skip_days = '{2}', skip_reasons = '{pain}'",
        "2026-03-30",
        "skips is [(2, 'pain')], must be []",
    ),
    ("UPDATE patient_week SET pain_doubled[6] = 7", "2026-04-27", "pain_doubled is [0, 0, 0, 0, 8, 7, 8], must be"),
    ("UPDATE patient_week SET pain_moments[7] = 1", "2026-03-02", "pain_moments is [0, 0, 0, 0, 0, 0, 1], must be"),
    ("UPDATE patient_week SET pain_days = 0", "2026-04-27", "pain_days is 0, must be 16"),
    ("UPDATE patient_week SET effort_days = 2", "2026-04-06", "effort_days is 2, must be 0"),
    ("DELETE FROM patient_week", "2026-04-13", "week from 2026-04-13: not stored"),
    ("UPDATE patient_week SET monday = '2020-01-06'", "2026-04-20", "week from 2020-01-06: stored without cause"),
)


class TestCommands:
    def run(self, app: Flask, command: str, scene: Scene, *more: str) -> Any:
        arguments = ["rollups", command, "--clinic", str(scene.lead.clinic_id), *more]
        return app.test_cli_runner().invoke(args=arguments)

    def test_verify_finds_nothing_after_any_history(self, world: World, app: Flask) -> None:
        with time_machine.travel(NOW, tick=False):
            lead = world.practitioner(world.clinic())
            lived = [journeys.live(world, lead, Random(seed)) for seed in range(300, 303)]
            runner = app.test_cli_runner()
            result = runner.invoke(args=["rollups", "verify", "--clinic", str(lead.clinic_id)])
            assert (result.exit_code, result.output) == (0, "3 patients counted, 0 differences.\n")
            one = runner.invoke(args=["rollups", "verify", "--patient", str(lived[0].patient.member_id)])
            assert (one.exit_code, one.output) == (0, "1 patients counted, 0 differences.\n")

    @pytest.mark.parametrize("command", ["verify", "rebuild"])
    def test_a_clinic_or_a_patient_that_is_not_there_is_an_error_that_names_it(
        self, world: World, app: Flask, command: str
    ) -> None:
        mine, theirs = (world.practitioner(world.clinic()) for _ in range(2))
        patient, clinic, unknown = (str(each) for each in (world.patient(theirs).member_id, mine.clinic_id, uuid4()))
        for asked, said in (
            (("--patient", unknown), f"no patient {unknown}"),
            (("--clinic", unknown), f"no clinic {unknown}"),
            (("--clinic", unknown, "--patient", patient), f"no clinic {unknown}"),
            (("--clinic", clinic, "--patient", patient), f"no patient {patient} in the clinic {clinic}"),
        ):
            result = app.test_cli_runner().invoke(args=["rollups", command, *asked])
            assert (result.exit_code, said in result.output, "counted" in result.output) == (2, True, False)
        result = app.test_cli_runner().invoke(args=["rollups", command, "--clinic", clinic])
        assert (result.exit_code, result.output[:18]) == (0, "0 patients counted")

    def test_verify_names_whatever_differs_and_rebuild_puts_it_right(
        self, scene: Scene, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scene.upload(event(scene.daily, "2026-05-01", pain=4))
        before = stored(scene)
        monkeypatch.setattr(commands, "MOST_SHOWN", 100)
        with scene.world.transaction() as session:
            for damage, day, _ in DAMAGE:
                key = "day = :day AND prescription_id = :daily" if " prescription_day" in damage else "monday = :day"
                values = {"clinic": scene.lead.clinic_id, "daily": scene.daily, "day": day}
                changed: Any = session.execute(text(f"{damage} WHERE clinic_id = :clinic AND {key}"), values)
                assert changed.rowcount == 1, damage
        result = self.run(app, "verify", scene)
        assert result.exit_code == 1
        missed = [said for *_, said in DAMAGE if said not in result.output]
        assert missed == []
        assert (
            f"patient {scene.patient.member_id} prescription {scene.daily} 2026-03-05: expected is 2" in result.output
        )
        # Each once, and the rows that were moved also where they are missing now.
        assert f"1 patients counted, {len(DAMAGE) + 3} differences." in result.output
        monkeypatch.setattr(commands, "MOST_SHOWN", 2)
        assert f"... and {len(DAMAGE) + 1} more." in self.run(app, "verify", scene).output
        assert self.run(app, "rebuild", scene).output == "1 patients counted anew.\n"
        assert stored(scene) == before
        assert self.run(app, "verify", scene).exit_code == 0

    def test_rebuild_makes_everything_out_of_nothing(self, scene: Scene, app: Flask) -> None:
        scene.upload(*[event(each) for each in scene.prescriptions])
        before = stored(scene)
        with scene.world.transaction() as session:
            for table in (PrescriptionDay, PatientWeek, CountedPlan):
                session.execute(delete(table).where(table.clinic_id == scene.lead.clinic_id))
        self.run(app, "rebuild", scene, "--patient", str(scene.patient.member_id))
        assert stored(scene) == before

    def test_verify_sees_a_horizon_that_was_left_behind(
        self, scene: Scene, app: Flask, noon: time_machine.Traveller
    ) -> None:
        noon.move_to("2026-07-20T10:00:00+00:00")
        result = self.run(app, "verify", scene)
        assert result.exit_code == 1
        assert "2026-07-06: not stored" in result.output

    def test_verify_neither_waits_for_a_phone_nor_sees_half_of_an_upload(self, scene: Scene, app: Flask) -> None:
        scene.upload(event(scene.daily, "2026-05-01"))
        with scene.world.transaction() as session:
            locking.lock_patient(session, scene.lead.clinic_id, scene.patient.member_id)
            session.execute(text("UPDATE prescription_day SET done = 0, completed = 0"))
            assert self.run(app, "verify", scene).exit_code == 0
            session.rollback()

    def test_the_second_implementation_knows_nothing_of_the_first(self) -> None:
        """Neither shares a line of counting with the other, so that one bug is not in both."""
        own = Path(differences.__file__).parent
        known = {
            line.split()[1]
            for file in own.glob("*.py")
            for line in file.read_text().splitlines()
            if FROM_US.match(line)
        }
        assert {each for each in known if not each.startswith("hep_api.adherence.proving")} == {
            "hep_api.foundation",
            "hep_api.foundation.database",
        }
        others = own.parent.rglob("*.py")
        users = {file.name for file in others if own not in file.parents and "adherence.proving" in file.read_text()}
        assert users == {"commands.py"}


def stored(scene: Scene) -> tuple[list[Any], list[Any]]:
    """Return all that is kept of the patient, by day and by week."""
    weeks = select(PatientWeek.__table__).where(PatientWeek.patient_id == scene.patient.member_id)
    with scene.world.transaction() as session:
        return scene.days(), list(session.execute(weeks.order_by(PatientWeek.monday)))
