"""The product's gateway by itself: a command that gives back what comes, for whoever comes, without a database.

All that is between the wire and a command is there: frames, budget, packets, strict JSON, the command's schemas, the
transaction (which nothing begins), the acknowledgement. Only nobody is looked up, and the budget has no bottom.
"""

import time
from dataclasses import dataclass
from typing import Any

from flask import Flask
from marshmallow import fields
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench.standing_in import stand_in
from hep_api.foundation.limits import gate
from hep_api.foundation.logs import configure_logs
from hep_api.foundation.occasions import Witness
from hep_api.foundation.realtime.commands import SocketDoor, command
from hep_api.foundation.realtime.gateway import Gateway
from hep_api.foundation.realtime.limits import Limits
from hep_api.foundation.realtime.switchboard import Reception
from hep_api.foundation.web.doors import Recognition
from hep_api.foundation.web.fields import Text
from hep_api.foundation.web.schemas import In, Out

ENGINE = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
BOTTOMLESS = Limits(frames_per_second=1e9, frames_at_once=10**9, connections_of_one_holder=100_000)


class EchoIn(In):
    """What is said."""

    text = Text(most=20_000, required=True)


class EchoOut(Out):
    """What is given back."""

    text = fields.String()


@dataclass(frozen=True, slots=True)
class Anyone:
    """Whoever stands behind a connection."""

    role: str = "user"


class EchoDoor(SocketDoor):
    """One command."""

    @command("echo", who=("user",), takes=EchoIn, returns=EchoOut, writes=False)
    def echo(self, _session: Session, _viewer: Anyone, body: dict[str, Any]) -> dict[str, Any]:
        """Give back what comes."""
        return body


class NoDatabase:
    """Sessions that never meet a database."""

    def new_session(self) -> Session:
        return Session(ENGINE, info={"after_commit": []})


def build() -> Flask:
    """Build the app."""
    configure_logs("event_layer")
    found = Flask("event_layer")
    found.extensions["hep_database"] = NoDatabase()
    found.extensions["hep_recognition"] = Recognition(
        lambda _token: {"sid": "anyone", "exp": time.time() + 3600}, lambda *_: Anyone()
    )
    found.extensions["hep_witness"] = Witness(lambda *_: None)
    found.extensions["hep_limits"] = gate.Limits(None)
    found.get("/readyz", endpoint="ready")(lambda: "ready")
    Gateway(found, [EchoDoor()], Reception(lambda _: ("anyone",), lambda *_: []), limits=BOTTOMLESS)
    return stand_in(found)


app = build()
