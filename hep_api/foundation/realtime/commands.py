"""Declares what clients may say and what they are told: `@command` on the methods of a `SocketDoor`, `Announcement`s.

    class MessagingDoor(SocketDoor):
        announces = (MESSAGE_CREATED,)

        @command("message.send", who=("patient", "practitioner"), takes=MessageIn, returns=MessageOut)
        def send(self, session, viewer, body): ...

The gateway opens the transaction, recognises the viewer in it, loads the body, runs the method, commits, acknowledges.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from marshmallow import Schema

from hep_api.foundation.web.policy import Policy, UndeclaredDoor
from hep_api.foundation.web.taking_bodies import TakeBody, body_taker

Run = Callable[..., Any]
# Takes the viewer as the process remembers them, and the body; None sends the command the long way.
Quickly = Callable[[Any, dict[str, Any]], dict[str, Any] | None]

# Clients and libraries give these a meaning of their own, in one direction or the other.
RESERVED = frozenset(
    {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener", "message"}
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What `@command` noted on a method."""

    name: str
    policy: Policy
    takes: type[Schema]
    returns: type[Schema]
    writes: bool
    at_once: Quickly | None


@dataclass(frozen=True, slots=True)
class Command:
    """A declared command, bound to its door, with its schemas made once."""

    name: str
    policy: Policy
    loader: Schema
    take: TakeBody
    dumper: Schema
    run: Run
    words: str
    writes: bool
    at_once: Quickly | None


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event that clients are sent: its name, the shape of its payload, and what a client does about it.

    A fleeting one is kept nowhere, so that clients are not told to `resync` when it is lost.
    """

    event: str
    payload: type[Schema]
    words: str
    is_fleeting: bool = False
    dumper: Schema = field(init=False)

    def __post_init__(self) -> None:
        # Made once: making one costs as much as dumping ten.
        object.__setattr__(self, "dumper", self.payload())


class SocketDoor:
    """The Socket.IO door of one capability: methods decorated with `@command`, and what it announces."""

    announces: ClassVar[Sequence[Announcement]] = ()


def command(
    name: str,
    *,
    takes: type[Schema],
    returns: type[Schema],
    who: Sequence[str] = (),
    writes: bool = True,
    at_once: Quickly | None = None,
) -> Callable[[Run], Run]:
    """Make a method answer the command `name` for people with one of the roles `who`.

    `writes=False` promises that it changes nothing, which spares the audit a look. `at_once` is asked first, before
    anybody is recognised: its one statement proves whom the process remembers and records what they did, and it returns
    JSON of `returns`.
    """

    def decorate(method: Run) -> Run:
        declared = Declaration(name, Policy(frozenset(who)), takes, returns, writes, at_once)
        method.declaration = declared  # type: ignore[attr-defined]
        return method

    return decorate


def bind(doors: Iterable[SocketDoor]) -> dict[str, Command]:
    """Return every command by name; raise UndeclaredDoor for one open to nobody, reserved, or declared twice."""
    bound: dict[str, Command] = {}
    for door in doors:
        for method, declared in _declared(door):
            if not declared.policy.roles:
                raise UndeclaredDoor(f"The socket command {declared.name} does not say who may use it.")
            if declared.name in RESERVED or declared.name in bound:
                raise UndeclaredDoor(f"The socket command {declared.name} is reserved or stands twice.")
            words, loader = (method.__doc__ or "").strip(), declared.takes()
            bound[declared.name] = Command(
                declared.name,
                declared.policy,
                loader,
                body_taker(loader),
                declared.returns(),
                method,
                words,
                declared.writes,
                declared.at_once,
            )
    return bound


def _declared(door: SocketDoor) -> Iterable[tuple[Run, Declaration]]:
    for name in dir(door):
        method = getattr(door, name)
        declaration = getattr(method, "declaration", None)
        if isinstance(declaration, Declaration):
            yield method, declaration
