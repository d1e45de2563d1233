"""Answers the clients: lets them in and runs their commands, in the app's context and never in a request's.

A connection is admitted for as long as its access token lives, and can be renewed with a newer one. Every command asks
the database again whether the sign-in and the membership stand; the roll call does so for those who only listen.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, g
from flask.ctx import _AppCtxGlobals
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from hep_api.foundation import clock, occasions
from hep_api.foundation.database import retrying, transaction
from hep_api.foundation.errors import TOKEN_EXPIRED, Problem, not_signed_in, role_may_not
from hep_api.foundation.identifiers import new_text
from hep_api.foundation.limits.gate import limits
from hep_api.foundation.limits.rates import REQUESTS
from hep_api.foundation.metrics.realtime import COMMANDS, INTRODUCTIONS, TOOK
from hep_api.foundation.occasions import Occasion
from hep_api.foundation.realtime.attendance import Attendance, Caller, Claims
from hep_api.foundation.realtime.commands import Command, SocketDoor, bind, command
from hep_api.foundation.realtime.farewells import CLOSING
from hep_api.foundation.realtime.limits import Limits
from hep_api.foundation.realtime.packets import Packet
from hep_api.foundation.realtime.schemas import RenewedOut, RenewIn
from hep_api.foundation.web.doors import read_token, recognition
from hep_api.foundation.web.policy import ANYONE
from hep_api.foundation.web.refusals import problem_from, problem_of_exception

log = structlog.get_logger(__name__)

CALLED_AT_A_TIME = 500
LONGEST_TOKEN = 4_000
CONNECT, RENEW = "connect", "connection.renew"
OK, UNKNOWN = "ok", "unknown"


@dataclass(frozen=True, slots=True)
class Reception:
    """What `app.py` tells about the people behind the connections; the foundation knows no people.

    `names_of` gives the rooms that a viewer's connection enters, its own first: there it is told things, and by these
    names it is hung up. `ended` asks the database which claims no longer stand and returns their `sid`s.
    """

    names_of: Callable[[Any], Sequence[str]]
    ended: Callable[[Session, Sequence[Claims]], Iterable[Any]]


class ConnectionDoor(SocketDoor):
    """What can be said about the connection itself."""

    announces = (CLOSING,)

    @command(RENEW, takes=RenewIn, returns=RenewedOut, who=(ANYONE,), writes=False)
    def renew(self, _session: Session, _viewer: Any, body: dict[str, Any]) -> Caller:
        """Show a newer access token, so that the connection outlives the one it was opened with."""
        caller: Caller = g.caller
        claims = recognition().read_token(body["token"])
        if claims["sid"] != caller.claims["sid"]:
            raise Problem(
                "another_sign_in", 403, "The token belongs to another sign-in; open another connection for it."
            )
        caller.believe(claims)
        return caller


class Switchboard:
    """Introductions and commands of one process."""

    def __init__(
        self, app: Flask, doors: Iterable[SocketDoor], reception: Reception, limits: Limits, attendance: Attendance
    ) -> None:
        self.doors = (ConnectionDoor(), *doors)
        self.commands = bind(self.doors)
        self._app = app
        self._reception = reception
        self._limits = limits
        self._attendance = attendance

    def introduce(self, line: str, packet: Packet, crowded: Callable[[str], bool]) -> Caller | Problem:
        """Return the caller that a CONNECT proves, already admitted; or why not."""
        arrived_at = monotonic()
        with self._app.app_context() as context:
            context.g.request_id = new_text()
            try:
                caller = self._recognise(line, packet.auth(), crowded)
            except Exception as error:  # noqa: BLE001 - whatever it is, the client is told, and the connection lives
                problem = self._refused(CONNECT, error)
                INTRODUCTIONS.add(problem.code)
                if problem.code == TOKEN_EXPIRED:
                    self._attendance.give_time_to_renew(line)
                return problem
        if not self._attendance.admit(line, caller, arrived_at):
            INTRODUCTIONS.add("sign_in_ended")
            return not_signed_in("sign_in_ended", "This sign-in has ended; sign in again.")
        INTRODUCTIONS.add(OK)
        return caller

    def answer(self, line: str, packet: Packet) -> dict[str, Any]:
        """Run a command and return what its acknowledgement says; nothing escapes."""
        name, began_at = "", monotonic()
        with self._app.app_context() as context:
            context.g.request_id = new_text()
            try:
                name, arguments = packet.event()
                answered = {"ok": True, "data": retrying(lambda: self._run(context.g, line, name, arguments))}
                self._count(name, OK, began_at)
                return answered
            except Exception as error:  # noqa: BLE001 - an event without an acknowledgement would be sent for ever
                problem = self._refused(name, error)
                self._count(name, problem.code, began_at)
                return {"ok": False, **problem.as_json()}

    def call_the_roll(self) -> None:
        """Hang up callers whose sign-in or membership ended without anyone telling this process."""
        callers = self._attendance.everyone()
        for start in range(0, len(callers), CALLED_AT_A_TIME):
            claims = [caller.claims for _, caller in callers[start : start + CALLED_AT_A_TIME]]
            with self._app.app_context():
                with transaction() as session:
                    ended = set(self._reception.ended(session, claims))
                self._attendance.hang_up_holders(ended)

    def _recognise(self, line: str, auth: dict[str, Any], crowded: Callable[[str], bool]) -> Caller:
        if self._attendance.count_introduction(line) > self._limits.introductions:
            raise Problem("too_many_introductions", 429, "Too many introductions; connect again.")
        token = auth.get("token")
        address = self._attendance.address_of(line)
        claims = read_token(token if isinstance(token, str) and len(token) <= LONGEST_TOKEN else None, address)
        limits().spend(REQUESTS, str(claims["sid"]))
        with occasions.at_door(Occasion(CONNECT, False, {}, address, g.request_id, claims)), transaction() as session:
            viewer = recognition().recognise(session, claims)
            recognition().refuse_owing(session, viewer)
        caller = Caller(claims, tuple(self._reception.names_of(viewer)))
        if crowded(caller.names[0]):
            raise Problem("too_many_connections", 429, "You have too many connections open.")
        return caller

    def _run(self, about: _AppCtxGlobals, line: str, name: str, arguments: list[Any]) -> Any:
        caller = self._attendance.caller(line)
        if caller is None:
            raise not_signed_in()
        found = self.commands.get(name)
        if found is None:
            raise Problem("unknown_command", 404, "There is no such command.")
        if caller.expires_at <= clock.now() and found.name != RENEW:
            raise not_signed_in(TOKEN_EXPIRED, f"The access token has expired; send {RENEW} with a newer one.")
        about.caller = caller
        address = self._attendance.address_of(line)
        occasion = Occasion(found.name, found.writes, {}, address, about.request_id, caller.claims)
        with occasions.at_door(occasion):
            answered = self._at_once(found, caller, occasion, arguments)
            return answered if answered is not None else self._in_transaction(found, caller, occasion, arguments)

    def _at_once(self, found: Command, caller: Caller, occasion: Occasion, arguments: list[Any]) -> Any:
        """Return the answer to a caller who is remembered and proven, else None, with nobody recognised.

        What is wrong with the body is said the long way, to whoever is recognised there.
        """
        if found.at_once is None:
            return None
        viewer = recognition().remembered(caller.claims)
        if viewer is None or viewer.role not in found.policy.roles:
            return None
        try:
            body = _load(found, arguments)
        except Problem:
            return None
        occasion.actor, occasion.named = viewer, _named(body)
        answered = found.at_once(viewer, body)
        if answered is None:
            occasion.actor, occasion.named = None, {}
        return answered

    def _in_transaction(self, found: Command, caller: Caller, occasion: Occasion, arguments: list[Any]) -> Any:
        with transaction() as session:
            people = recognition()
            viewer = occasion.actor = people.recognise(session, caller.claims)
            if not found.policy.is_open and viewer.role not in found.policy.roles:
                raise role_may_not()
            people.refuse_owing(session, viewer)
            body = _load(found, arguments)
            occasion.named = _named(body)
            return found.dumper.dump(found.run(session, viewer, body))

    def _count(self, name: str, outcome: str, began_at: float) -> None:
        known = name if name in self.commands else UNKNOWN
        COMMANDS.add(known, outcome)
        TOOK.add(monotonic() - began_at, known)

    def _refused(self, name: str, error: Exception) -> Problem:
        """Log a refusal or a fault in one line, without anything that was said."""
        known = name if name == CONNECT or name in self.commands else UNKNOWN
        request_id = g.request_id
        with bound_contextvars(command=known, request_id=request_id):
            problem = problem_of_exception(error)
            if problem is error:
                log.info("command_refused", status=problem.status, code=problem.code)
        problem.extra["request_id"] = request_id
        return problem


def _load(found: Command, arguments: list[Any]) -> dict[str, Any]:
    try:
        return found.take(_only_argument(arguments))
    except ValidationError as error:
        raise problem_from(error) from None


def _named(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if isinstance(value, UUID)}


def _only_argument(arguments: list[Any]) -> Any:
    if len(arguments) > 1:
        raise Problem("malformed_packet", 400, "A command takes one object.")
    return arguments[0] if arguments else {}
