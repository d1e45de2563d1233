"""A web process with the real gateway and toy people, so that the connection itself can be tested without a database.

    python -m tests.realtime.toy_server PORT '{"redis_url": "", "limits": {...}, "origins": [...]}'

A token is `name/role/life`, with a life in seconds or the word `expired`.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from flask import Flask, current_app  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402
from marshmallow import fields  # noqa: E402
from sqlalchemy import create_engine  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from hep_api.foundation.errors import not_signed_in  # noqa: E402
from hep_api.foundation.limits import gate  # noqa: E402
from hep_api.foundation.logs import configure_logs  # noqa: E402
from hep_api.foundation.occasions import Witness  # noqa: E402
from hep_api.foundation.realtime.attendance import Claims  # noqa: E402
from hep_api.foundation.realtime.broadcasts import plan_broadcast, plan_eviction, plan_whisper  # noqa: E402
from hep_api.foundation.realtime.commands import Announcement, SocketDoor, command  # noqa: E402
from hep_api.foundation.realtime.gateway import Gateway  # noqa: E402
from hep_api.foundation.realtime.limits import Limits  # noqa: E402
from hep_api.foundation.realtime.switchboard import Reception  # noqa: E402
from hep_api.foundation.web.doors import Recognition  # noqa: E402
from hep_api.foundation.web.fields import Text, Whole  # noqa: E402
from hep_api.foundation.web.schemas import In, Out  # noqa: E402

ENDED: set[str] = set()
HANGING = "hanging"  # While somebody of this name is connected, a roll call does not end.
ROLL_CALLS: list[float] = []
WHISPERED: list[str] = []


class Person:
    def __init__(self, name: str, role: str) -> None:
        self.name = name
        self.role = role


class EchoIn(In):
    text = Text(most=20_000, required=True)
    times = Whole(least=1, most=9, load_default=1)


class EchoOut(Out):
    text = fields.String()
    who = fields.String()


class TellIn(In):
    to = Text(most=50, required=True)
    text = Text(most=20_000, required=True)
    times = Whole(least=1, most=20_000, load_default=1)
    fail = fields.Boolean(load_default=False)


class NothingIn(In):
    pass


class CountsOut(Out):
    sockets = fields.Integer()
    environs = fields.Integer()
    websockets = fields.Integer()
    rooms = fields.Integer()
    request_context = fields.Boolean()
    roll_calls = fields.Integer()
    whispered = fields.List(fields.String())


TOLD = Announcement("thing.told", EchoOut, "Somebody told you something.")


class ToyDoor(SocketDoor):
    announces = (TOLD,)

    @command("thing.echo", who=("user", "admin"), takes=EchoIn, returns=EchoOut)
    def echo(self, _session: Session, viewer: Person, body: dict[str, Any]) -> dict[str, str]:
        return {"text": body["text"] * body["times"], "who": viewer.name}

    @command("thing.tell", who=("user", "admin"), takes=TellIn, returns=EchoOut)
    def tell(self, session: Session, viewer: Person, body: dict[str, Any]) -> dict[str, str]:
        told = {"text": body["text"] * body["times"], "who": viewer.name}
        plan_broadcast(session, [f"person:{body['to']}"], TOLD, told)
        if body["fail"]:
            raise RuntimeError("SECRET-IN-AN-EXCEPTION")
        return told

    @command("thing.whisper", who=("admin",), takes=EchoIn, returns=EchoOut)
    def whisper(self, session: Session, viewer: Person, body: dict[str, Any]) -> dict[str, str]:
        """Tell the processes something, and people nothing."""
        plan_whisper(session, "numbers", body["text"])
        plan_whisper(session, "toy", body["text"])
        plan_whisper(session, "nobody listens", body["text"])
        return {"text": body["text"], "who": viewer.name}

    @command("thing.sleep", who=("user",), takes=EchoIn, returns=EchoOut)
    def sleep(self, _session: Session, viewer: Person, body: dict[str, Any]) -> dict[str, str]:
        time.sleep(0.05 if body["text"] == "short" else 1.0)
        return {"text": body["text"], "who": viewer.name}

    @command("admin.end", who=("admin",), takes=EchoIn, returns=EchoOut)
    def end(self, session: Session, viewer: Person, body: dict[str, Any]) -> dict[str, str]:
        """End a person's sign-in and hang up."""
        ENDED.add(body["text"])
        plan_eviction(session, f"person:{body['text']}")
        return {"text": body["text"], "who": viewer.name}

    @command("admin.end_quietly", who=("admin",), takes=EchoIn, returns=EchoOut)
    def end_quietly(self, _session: Session, viewer: Person, body: dict[str, Any]) -> dict[str, str]:
        """End a person's sign-in and tell no process."""
        ENDED.add(body["text"])
        return {"text": body["text"], "who": viewer.name}

    @command("admin.break", who=("admin",), takes=EchoIn, returns=EchoOut)
    def break_(self, _session: Session, viewer: Person, body: dict[str, Any]) -> dict[str, str]:
        """Make a person's connection one that fails by whatever is sent to it."""
        gateway = current_app.extensions["hep_realtime"]
        for line, caller in gateway.attendance.everyone():
            if caller.claims["sid"] == body["text"]:
                gateway.server.eio.sockets[line]._transport = object()
        return {"text": body["text"], "who": viewer.name}

    @command("admin.count", who=("admin",), takes=NothingIn, returns=CountsOut)
    def count(self, _session: Session, _viewer: Person, _body: dict[str, Any]) -> dict[str, Any]:
        from flask import has_request_context

        server = current_app.extensions["hep_realtime"].server
        return {
            "sockets": len(server.eio.sockets),
            "environs": len(server.environ),
            "websockets": len(server.eio.websockets),
            "rooms": sum(len(room) for room in server.manager.rooms.get("/", {}).values()),
            "request_context": has_request_context(),
            "roll_calls": len(ROLL_CALLS),
            "whispered": WHISPERED,
        }


class ToyDatabase:
    """Sessions that never meet a database."""

    def new_session(self) -> Session:
        return Session(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"), info={"after_commit": []})


def read_token(token: str) -> dict[str, Any]:
    name, role, life = token.split("/") if token.count("/") == 2 else ("", "", "")
    if not name:
        raise not_signed_in("token_invalid", "The access token is not one of ours.")
    if life == "expired":
        raise not_signed_in("token_expired", "The access token has expired; refresh it.")
    return {"sid": name, "role": role, "exp": time.time() + float(life)}


def recognise(_session: Session, claims: dict[str, Any]) -> Person:
    if claims["sid"] == "broken":
        raise RuntimeError("SECRET-IN-AN-EXCEPTION")
    if claims["sid"] in ENDED:
        raise not_signed_in("sign_in_ended", "This sign-in has ended; sign in again.")
    return Person(claims["sid"], claims["role"])


def ended(_session: Session, many: Sequence[Claims]) -> list[str]:
    ROLL_CALLS.append(time.monotonic())
    while any(claims["sid"] == HANGING for claims in many):
        time.sleep(0.1)
    ROLL_CALLS.pop()
    return [claims["sid"] for claims in many if claims["sid"] in ENDED]


def build(options: dict[str, Any]) -> Flask:
    app = Flask("toy")
    app.extensions["hep_database"] = ToyDatabase()
    app.extensions["hep_recognition"] = Recognition(read_token, recognise)
    app.extensions["hep_witness"] = Witness(lambda _occasion, _problem: None)
    app.extensions["hep_limits"] = gate.Limits(None)
    reception = Reception(
        names_of=lambda person: (f"person:{person.name}",),
        ended=ended,
    )
    app.get("/hello", endpoint="hello")(lambda: "hello")
    limits = Limits(**options.pop("limits", {}))
    listeners = {"toy": WHISPERED.append, "numbers": int}
    Gateway(app, [ToyDoor()], reception, limits=limits, listeners=listeners, **options)
    app.get("/drain", endpoint="drain")(lambda: str(gevent.spawn(app.extensions["hep_realtime"].drain) and "draining"))
    return app


if __name__ == "__main__":
    configure_logs("toy")
    WSGIServer(("127.0.0.1", int(sys.argv[1])), build(json.loads(sys.argv[2])), log=None).serve_forever()
