"""The practitioner issues a report for the referring doctor; what it says is frozen, and its seal can be checked."""

import hashlib

from demo.stage import Stage
from demo.week import Expected

NO_SEAL = "0" * 64


def play(stage: Stage) -> None:
    teller = stage.teller
    teller.step("The practitioner issues a progress report on that week for the referring doctor")
    path = f"/plans/{stage.plan_id}/reports"
    wish = {"audience": "doctor", "from": stage.monday.isoformat(), "to": stage.sunday.isoformat()}
    issued = stage.practitioner.ask("POST", path, {**wish, "recipient": "Dr. Hale"}, expects=201)
    content = stage.practitioner.ask("GET", f"{path}/{issued['id']}")["content"]
    teller.check_ratio("completion", content["total"]["completion"], Expected.COMPLETED, Expected.EXPECTED)
    page = stage.practitioner.read(f"{path}/{issued['id']}.html")
    seal = hashlib.sha256(page.replace(issued["sha256"], NO_SEAL).encode()).hexdigest()
    teller.check("the seal printed on the page", seal, issued["sha256"], f"{seal[:16]}.. is its SHA-256")
