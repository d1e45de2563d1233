"""The practitioner sends something to read and asks two questions; the patient opens the one and answers the other."""

from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from demo.stage import Stage

Json = dict[str, Any]

ARTICLE: Json = {
    "kind": "article",
    "texts": {
        "en": {"title": "Ice or heat?", "paragraphs": ["Cold calms a joint that is hot and swollen."]},
        "de": {"title": "Kälte oder Wärme?", "paragraphs": ["Kälte beruhigt ein heißes, geschwollenes Gelenk."]},
    },
}
KNEE: Json = {
    "key": "knee",
    "kind": "scale",
    "least": 0,
    "most": 10,
    "text": {"en": "How was your knee this week?", "de": "Wie war Ihr Knie diese Woche?"},
}
STAIRS: Json = {"key": "stairs", "kind": "yes_no", "text": {"en": "Can you climb stairs?"}}
QUESTIONS: Json = {"title": {"en": "Your knee", "de": "Ihr Knie"}, "questions": [KNEE, STAIRS]}
FIRST, CORRECTED = 4, 6


def play(stage: Stage) -> None:
    [talk, *_] = stage.patient.ask("GET", "/conversations")["items"]
    send_an_article(stage, talk["id"])
    ask_and_answer(stage)


def send_an_article(stage: Stage, conversation: str) -> None:
    teller = stage.teller
    teller.step("Nora sends an article from the clinic's content; she sees when it was opened")
    article = stage.practitioner.ask("POST", "/content", ARTICLE, expects=201)
    sent = {"client_id": str(uuid4()), "content_id": article["id"]}
    message = stage.practitioner.ask("POST", f"/conversations/{conversation}/content", sent, expects=201)
    path = f"/conversations/{conversation}/content/{message['seq']}"
    read = stage.patient.ask("GET", path, headers={"Accept-Language": "de"})
    teller.check("in the patient's language", read["title"], ARTICLE["texts"]["de"]["title"])
    for _ in range(2):
        stage.patient.ask("POST", f"{path}/open", {})
    opened = stage.practitioner.ask("GET", path)["opened"]
    teller.check("opened twice, noted once", [each["member_id"] for each in opened], [stage.patient_id], "by Sam")


def ask_and_answer(stage: Stage) -> None:
    teller = stage.teller
    teller.step("Nora asks how the knee is: now, and each Monday at 18:00 by the patient's clock")
    template = stage.practitioner.ask("POST", "/check-in-templates", QUESTIONS, expects=201)
    of_patient = f"/patients/{stage.patient_id}"
    rule = {"template_id": template["id"], "kind": "weekly", "weekday": "mon", "at": "18:00"}
    stage.practitioner.ask("POST", f"{of_patient}/check-in-rules", rule, expects=201)
    stage.practitioner.ask("POST", f"{of_patient}/check-ins", {"template_id": template["id"]}, expects=201)
    [open_one] = stage.patient.ask("GET", f"{of_patient}/check-ins?state=sent")["items"]
    teller.check("the phone has the questions", len(open_one["questions"]), 2)
    path = f"/check-ins/{open_one['id']}/answer"
    teller.note("A number beyond the scale is named, and nothing is kept:")
    stage.patient.ask("POST", path, _answer(stage, 1, 11), expects=422)
    first = _answer(stage, 1, FIRST)
    stage.patient.ask("POST", path, first)
    again = stage.patient.ask("POST", path, first)
    teller.check("sent again, kept once", again["earlier_answers"], [], "one answer")
    stage.patient.ask("POST", path, _answer(stage, 2, CORRECTED))
    series = stage.practitioner.ask("GET", f"{of_patient}/check-ins/series")["items"]
    points = {each["question"]: [point["value"] for point in each["points"]] for each in series}
    teller.check("answers are data", points, {"knee": [CORRECTED], "stairs": [1]}, f"knee {CORRECTED}, stairs yes")


def _answer(stage: Stage, revision: int, knee: int) -> Json:
    now = datetime.now(ZoneInfo(stage.zone)).isoformat()
    answers = [{"question": "knee", "value": knee}, {"question": "stairs", "value": True}]
    return {"id": str(uuid4()), "revision": revision, "answered_at": now, "answers": answers}
