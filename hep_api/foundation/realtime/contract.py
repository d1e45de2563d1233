"""Builds the AsyncAPI document of an app: every command and announcement of its doors, with the schemas of OpenAPI.

Directions are the server's: it receives commands, it sends announcements. An acknowledgement is a command's reply.
"""

import re
from typing import Any

from flask import Flask

from hep_api.foundation.realtime.commands import Announcement, Command
from hep_api.foundation.realtime.gateway import PATH, RESYNC, Gateway
from hep_api.foundation.realtime.schemas import ConnectedOut, ConnectErrorOut, ConnectIn
from hep_api.foundation.web.contract import tidying
from hep_api.foundation.web.policy import Policy
from hep_api.foundation.web.schemas import ProblemOut

Json = dict[str, Any]

CHANNEL = "#/channels/home"
REFUSED = "command.refused"
ABOUT = """\
What is said over Socket.IO (protocol 5, Engine.IO 4), WebSocket only, in the namespace `/`.

Every command takes one object and is acknowledged: `{"ok": true, "data": ...}`, or `{"ok": false, ...}` with the
problem that HTTP would have answered. Acknowledged means kept in the database. An event may get lost with its
connection; then read again what you have of the same over HTTP. docs/realtime.md tells how to connect."""


def build(app: Flask) -> Json:
    """Return the document of the app's socket doors."""
    gateway: Gateway = app.extensions["hep_realtime"]
    document = _Document(app)
    document.receive("connect", ConnectIn, "connected", ConnectedOut, "Introduce yourself: the CONNECT packet.")
    document.message("connect_error", ConnectErrorOut, "The CONNECT_ERROR packet: why you were not let in.")
    for name in sorted(gateway.switchboard.commands):
        document.command(gateway.switchboard.commands[name])
    announced = {each.event: each for door in gateway.switchboard.doors for each in door.announces}
    for announcement in (RESYNC, *(announced[event] for event in sorted(announced))):
        document.announcement(announcement)
    return document.complete()


class _Document:
    """The parts, as they come together."""

    def __init__(self, app: Flask) -> None:
        self._collected = app.extensions["hep_openapi"]
        self._messages: Json = {}
        self._operations: Json = {}
        self._info = self._collected.spec.to_dict()["info"]
        refusal = {"allOf": [self._schema(ProblemOut), _object(ok={"const": False})]}
        self._messages[REFUSED] = {"name": REFUSED, "title": "A refused command", "payload": refusal}

    def message(self, name: str, schema: Any, words: str) -> None:
        self._messages[name] = {"name": name, "title": name, "summary": words, "payload": self._schema(schema)}

    def receive(self, name: str, takes: Any, answer: str, returns: Any, words: str) -> None:
        """Describe what a client sends outside of commands, and what it gets back."""
        self.message(name, takes, words)
        self.message(answer, returns, f"The answer to {name}.")
        self._operations[name] = _receives(name, words, [answer, "connect_error"])

    def command(self, command: Command) -> None:
        summary, words = _first_line(command.words)
        self.message(command.name, type(command.loader), summary)
        answer = f"{command.name}.acknowledged"
        payload = _object(ok={"const": True}, data=self._schema(type(command.dumper)))
        self._messages[answer] = {"name": answer, "title": f"{command.name}, done", "payload": payload}
        operation = _receives(command.name, summary, [answer, REFUSED])
        self._operations[command.name] = operation | {"description": f"{words}\n\n{_who(command.policy)}".strip()}

    def announcement(self, announcement: Announcement) -> None:
        self.message(announcement.event, announcement.payload, announcement.words)
        self._operations[announcement.event] = {
            "action": "send",
            "channel": {"$ref": CHANNEL},
            "summary": announcement.words,
            "messages": [_message_of_channel(announcement.event)],
        }

    def complete(self) -> Json:
        schemas = self._collected.spec.to_dict()["components"]["schemas"]
        messages = {name: {"$ref": f"#/components/messages/{name}"} for name in sorted(self._messages)}
        components = {
            "messages": {name: self._messages[name] for name in sorted(self._messages)},
            "schemas": _reachable(schemas, self._messages),
            "securitySchemes": {"token": _TOKEN},
        }
        document: Json = tidying.tidy(
            {
                "asyncapi": "3.0.0",
                "info": {**{name: self._info[name] for name in ("title", "version")}, "description": ABOUT, **_INFO},
                "defaultContentType": "application/json",
                "servers": {"this": _SERVER},
                "channels": {"home": {"address": "/", "title": "The one namespace", "messages": messages}},
                "operations": {name: self._operations[name] for name in sorted(self._operations)},
                "components": components,
            }
        )
        return document

    def _schema(self, schema: Any) -> Json:
        reference: Json = self._collected.ma_plugin.resolver.resolve_schema_dict(schema)
        return reference


def _receives(name: str, summary: str, answers: list[str]) -> Json:
    return {
        "action": "receive",
        "channel": {"$ref": CHANNEL},
        "summary": summary,
        "messages": [_message_of_channel(name)],
        "reply": {"channel": {"$ref": CHANNEL}, "messages": [_message_of_channel(answer) for answer in answers]},
    }


def _message_of_channel(name: str) -> Json:
    return {"$ref": f"{CHANNEL}/messages/{name}"}


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _who(policy: Policy) -> str:
    return "For every connection." if policy.is_open else f"For the roles: {', '.join(sorted(policy.roles))}."


def _first_line(words: str) -> tuple[str, str]:
    first, _, rest = words.partition("\n")
    return first, " ".join(rest.split())


def _reachable(schemas: Json, start: Any) -> Json:
    """Return the schemas that `start` refers to, directly or through others."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in re.findall(r"#/components/schemas/(\w+)", repr(waiting.pop())):
            if name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return {name: schemas[name] for name in sorted(found)}


_SERVER = {
    "host": "{host}",
    "pathname": f"/{PATH}/",
    "protocol": "socketio",
    "protocolVersion": "5",
    "description": "This server; transports: ['websocket'].",
    "variables": {"host": {"default": "127.0.0.1:5000", "description": "where the HTTP API is, too"}},
    "security": [{"$ref": "#/components/securitySchemes/token"}],
}
_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An access token, as `token` in the auth object of CONNECT; never in the address.",
}
_INFO = {"license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}}
