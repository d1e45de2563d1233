"""A practitioner invites a patient, who opens the invitation, sets a password and is signed in."""

from demo.stage import Stage
from demo.telling import short, weekday

BIRTH_DATE = "1961-05-04"
PATIENTS_PASSWORD = "up the stairs again"


def play(stage: Stage) -> None:
    sign_in_practitioner(stage)
    code = invite(stage)
    accept(stage, code)


def sign_in_practitioner(stage: Stage) -> None:
    teller = stage.teller
    teller.step("The practitioner signs in")
    entered = stage.practitioner.sign_in(stage.cast.practitioner_email, stage.cast.password)
    stage.practitioner.name = entered["member"]["name"]
    stage.practitioner_id = entered["member"]["id"]
    teller.check("role", entered["member"]["role"], "practitioner")
    teller.note(f"{entered['member']['name']} is at work at {entered['clinic']['name']}.")


def invite(stage: Stage) -> str:
    """Invite the patient and return the code of the invitation."""
    teller = stage.teller
    teller.step(f"{stage.practitioner.name} invites a new patient, {stage.patient.name}")
    body = {"name": stage.patient.name, "email": stage.email, "birth_date": BIRTH_DATE}
    invited = stage.practitioner.ask("POST", "/patients", body, expects=201)
    stage.patient_id, stage.location_id = invited["id"], invited["location_id"]
    stage.live_in(invited["zone"])
    teller.check("status", invited["status"], "invited")
    teller.check(
        "care team's lead",
        [one["member_id"] for one in invited["care_team"] if one["is_lead"]],
        [stage.practitioner_id],
        stage.practitioner.name,
    )
    code: str = invited["invitation"]["code"]
    teller.note(f"The patient is handed the link {invited['invitation']['link']}")
    teller.note(f"The day in {stage.zone} is {weekday(stage.today)}.")
    return code


def accept(stage: Stage, code: str) -> None:
    teller = stage.teller
    teller.step(f"{stage.patient.name} opens the invitation, sets a password, and is signed in")
    body = {"code": code, "password": PATIENTS_PASSWORD, "birth_date": BIRTH_DATE, "device_name": "Sam's phone"}
    entered = stage.patient.takes(stage.patient.ask("POST", "/invitations/accept", body, expects=201))
    teller.check("role", entered["member"]["role"], "patient")
    teller.check("own record", entered["patient_id"], stage.patient_id, short(stage.patient_id))
    me = stage.patient.ask("GET", "/me")
    teller.check("signed in as", me["email"], stage.email)
    teller.note("The invitation opens nothing a second time:")
    stage.patient.ask("POST", "/invitations/accept", body, expects=404)
