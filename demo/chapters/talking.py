"""Both sides talk, live; the phone loses its connection, and later has every message, in order, once."""

from typing import Any
from uuid import uuid4

from demo.desk import Desk
from demo.phone import Phone
from demo.stage import Stage

Json = dict[str, Any]

HURTS = "my knee hurts at exercise 3"
ANSWER = "Leave exercise 3 out for two days, and go on with the others."
IN_THE_TUNNEL = ("One more thing: put the ice pack on for ten minutes.", "And raise the leg when you sit.")
MENDED = "One more thing: put the ice pack on for fifteen minutes."
ABOUT = 3


def play(stage: Stage) -> None:
    phone, desk = Phone(stage.cast.node, stage.cast.packages, stage.cast.url), Desk(stage.cast.url)
    try:
        conversation = open_both(stage, phone, desk)
        ask(stage, phone, desk, conversation)
        answer(stage, phone, desk, conversation)
        lose_connection(stage, phone, desk, conversation)
        check_history(stage, conversation)
        change_what_was_said(stage, phone, desk, conversation)
    finally:
        phone.close()
        desk.close()


def open_both(stage: Stage, phone: Phone, desk: Desk) -> str:
    """Connect both sides; return the id of the conversation."""
    teller = stage.teller
    teller.step("Both sides connect: the phone with JavaScript's Socket.IO client, the desk with Python's")
    phone.connect(stage.patient.token)
    teller.did("phone: connect", "connected")
    desk.connect(stage.practitioner.token)
    teller.did("desk: connect", "connected")
    conversations = stage.patient.ask("GET", "/conversations")["items"]
    teller.check("conversations", [(each["kind"], each["last_seq"]) for each in conversations], [("care_team", 0)])
    identifier: str = conversations[0]["id"]
    return identifier


def ask(stage: Stage, phone: Phone, desk: Desk, conversation: str) -> None:
    teller = stage.teller
    teller.step(f"The patient writes `{HURTS}`, and the practitioner has it at once")
    about = {"kind": "prescription", "id": stage.prescriptions[ABOUT - 1]}
    sent = phone.say("message.send", message(conversation, HURTS, about))
    teller.did("phone: message.send", f"acknowledged as no. {sent['seq']}")
    heard = desk.hears("message.created")
    teller.did("desk: message.created", f"no. {heard['seq']}: {heard['body']}")
    teller.check("seq", (sent["seq"], heard["seq"]), (1, 1), "1")
    teller.check("words", heard["body"], HURTS)
    teller.check("anchored to", heard["about"], about, f"exercise {ABOUT}")
    teller.check("from", heard["sender_id"], stage.patient_id, "the patient")
    phone.hears("message.created")


def answer(stage: Stage, phone: Phone, desk: Desk, conversation: str) -> None:
    teller = stage.teller
    teller.step("The practitioner answers, and the patient has it at once")
    sent = desk.say("message.send", message(conversation, ANSWER))
    teller.did("desk: message.send", f"acknowledged as no. {sent['seq']}")
    heard = phone.hears("message.created")
    teller.did("phone: message.created", f"no. {heard['seq']}: {heard['body']}")
    teller.check("the answer", (heard["seq"], heard["body"]), (2, ANSWER), "no. 2")
    phone.say("receipt.report", {"conversation_id": conversation, "delivered_seq": 2, "read_seq": 2})
    teller.did("phone: receipt.report", "delivered 2, read 2")
    receipt = desk.hears("receipt.changed")
    while receipt["member_id"] != stage.patient_id:
        receipt = desk.hears("receipt.changed")
    teller.check("the practitioner sees", (receipt["delivered_seq"], receipt["read_seq"]), (2, 2), "read to no. 2")


def lose_connection(stage: Stage, phone: Phone, desk: Desk, conversation: str) -> None:
    teller = stage.teller
    teller.step("The phone's connection drops; meanwhile the practitioner writes; the phone comes back and catches up")
    teller.did("phone: into the tunnel", phone.drop())
    for words in IN_THE_TUNNEL:
        again = message(conversation, words)
        sent = desk.say("message.send", again)
        teller.did("desk: message.send", f"acknowledged as no. {sent['seq']}")
    repeated = desk.say("message.send", again)
    teller.did("desk: the last one again", f"acknowledged as no. {repeated['seq']}")
    teller.check("sent again, never twice", repeated["seq"], sent["seq"], f"no. {sent['seq']}")
    teller.check("heard in the tunnel", phone.has_heard("message.created"), expected=False, shown="nothing")
    phone.connect(stage.patient.token)
    teller.did("phone: out of the tunnel", "connected")
    missed = phone.say("conversation.catch_up", {"conversation_id": conversation, "after": 2})
    teller.did("phone: conversation.catch_up after 2", f"{len(missed['items'])} messages")
    expected = list(enumerate(IN_THE_TUNNEL, start=3))
    teller.check("caught up", [(each["seq"], each["body"]) for each in missed["items"]], expected, "no. 3, 4")
    teller.check("nothing more", (missed["has_more"], missed["last_seq"]), (False, 4), "last is no. 4")


def check_history(stage: Stage, conversation: str) -> None:
    teller = stage.teller
    teller.note("Over HTTP the practitioner reads the same:")
    history = stage.practitioner.ask("GET", f"/conversations/{conversation}/messages")
    told = list(enumerate((HURTS, ANSWER, *IN_THE_TUNNEL), start=1))
    teller.check("history", [(each["seq"], each["body"]) for each in history["items"]], told, "no. 1 to 4")
    stage.teller.note("And the clinic's leader, who does not treat, reads none of it:")
    stage.leader.ask("GET", f"/conversations/{conversation}/messages", expects=404)


def change_what_was_said(stage: Stage, phone: Phone, desk: Desk, conversation: str) -> None:
    """Edit, withdraw and react; the other side sees it live, and who was away by the number of changes."""
    teller = stage.teller
    teller.step("The practitioner mends one message and takes another back; the patient thanks with a sign")
    changes = stage.patient.ask("GET", f"/conversations/{conversation}")["changes"]
    edit = {"conversation_id": conversation, "seq": 3, "client_id": str(uuid4()), "body": MENDED}
    for _ in range(2):
        edited = desk.say("message.edit", edit)
    teller.did("desk: message.edit, twice", f"no. {edited['seq']} is change {edited['change']}")
    heard = phone.hears("message.changed")
    teller.check("the phone shows", (heard["seq"], heard["body"]), (3, MENDED), "the new words")
    desk.say("message.withdraw", {"conversation_id": conversation, "seq": 4})
    heard = phone.hears("message.changed")
    teller.check("taken back", (heard["seq"], heard["body"]), (4, ""), "a place without words")
    phone.say("message.react", {"conversation_id": conversation, "seq": 2, "sign": "thanks"})
    missed = stage.patient.ask("GET", f"/conversations/{conversation}/messages?changed_after={changes}")
    seen = [(each["seq"], each["change"] - changes) for each in missed["items"]]
    teller.check("caught up by changes", seen, [(3, 1), (4, 2), (2, 3)], "no. 3, 4, 2")
    said = stage.patient.ask("GET", f"/conversations/{conversation}/messages/3/versions")["items"]
    teller.check("what it said before", [each["body"] for each in said], [IN_THE_TUNNEL[0], MENDED], "both")


def message(conversation: str, words: str, about: Json | None = None) -> Json:
    """Return a message as it is sent over the socket, with an id that makes sending again safe."""
    return {"conversation_id": conversation, "client_id": str(uuid4()), "body": words, "about": about}
