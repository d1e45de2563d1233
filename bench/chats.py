"""S3: a message kept, acknowledged and delivered, beside stock Flask-SocketIO with one INSERT; and the event layer
alone beside a raw WebSocket.

Twenty conversations of two connections each, the patient's and the practitioner's. A patient writes the next message
when the last one is acknowledged, and both get it; so each message is one INSERT, one acknowledgement, two deliveries.
"""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from uuid import UUID, uuid4

from bench.copies import settle
from bench.ground import Ground
from bench.load import Load
from bench.results import Result
from bench.rounds import Kind, Order, held_against, take_turns, times_the_cpu
from bench.wires import Bundle, Wire
from tests.world import Person, World

CONVERSATIONS = 20
WORDS = "My knee hurts at the third exercise, but less than last week."
ANYONE = "anyone"
PRODUCT, B0, B0_AT_ONCE = "message.send", "B0: relay, INSERT in a transaction", "B0: relay, INSERT by itself"
LAYER, STOCK, RAW = "event layer", "stock Flask-SocketIO", "raw WebSocket"


class Senders:
    """Connections that each say the next thing when the last one was answered; `of` makes what is said."""

    def __init__(self, wires: Sequence[Wire], others: Sequence[Wire], of: Callable[[int], str], told_each: int) -> None:
        self._wires = wires
        self._of = of
        self._told_each = told_each
        self._bundle = Bundle([*wires, *others])
        self._acknowledged = self._told = self._said = 0
        self._until = 0.0
        for number, wire in enumerate(wires):
            wire.heard = self._hears(number)
        for wire in others:
            wire.heard = self._count

    def run(self, seconds: float) -> Load:
        """Say things for so long, and wait until all is acknowledged and delivered."""
        self._acknowledged = self._told = self._said = 0
        begun = time.perf_counter()
        self._until = begun + seconds
        for number in range(len(self._wires)):
            self._say(number)
        self._bundle.listen(self._is_open)
        return Load(self._acknowledged, time.perf_counter() - begun, self._acknowledged * len(WORDS))

    def _is_open(self) -> bool:
        return self._acknowledged < self._said or self._told < self._said * self._told_each

    def _say(self, number: int) -> None:
        self._said += 1
        self._wires[number].say(self._of(number))

    def _hears(self, number: int) -> Callable[[str], None]:
        def hear(text: str) -> None:
            if text.startswith("42"):
                self._told += 1
                return
            if '"ok":false' in text:
                raise AssertionError(f"Answered otherwise than asked for: {text}")
            self._acknowledged += 1
            if time.perf_counter() < self._until:
                self._say(number)

        return hear

    def _count(self, _text: str) -> None:
        self._told += 1


def measure(ground: Ground, order: Order) -> list[Result]:
    """Return the results of S3."""
    people = make_conversations(ground.world, CONVERSATIONS)
    settle(ground.connection)
    names = ("wsgi", "bench.bare_chat", "bench.event_layer", "bench.bare_echo")
    with ExitStack() as running:
        product, bare, layer, raw = (running.enter_context(ground.serving(f"{name}:app")) for name in names)
        kinds = [
            Kind(PRODUCT, sending(product.port, people), product.cpu_seconds),
            Kind(B0, _relay(bare.port, "message.send"), bare.cpu_seconds),
            Kind(B0_AT_ONCE, _relay(bare.port, "message.send_at_once"), bare.cpu_seconds),
            Kind(LAYER, _echo(layer.port), layer.cpu_seconds),
            Kind(STOCK, _echo(bare.port), bare.cpu_seconds),
            Kind(RAW, _raw(raw.port), raw.cpu_seconds),
        ]
        rounds = take_turns(kinds, ground.cluster, order, ground.tell)
    return [
        times_the_cpu("S3", "message.send, CPU", PRODUCT, B0, rounds, goal=1.0),
        held_against("S3", PRODUCT, B0, rounds, goal=0.70, told_as="message.send, rate"),
        times_the_cpu("S3", "the same, INSERT by itself: CPU", PRODUCT, B0_AT_ONCE, rounds),
        held_against("S3", LAYER, RAW, rounds, goal=0.35),
        held_against("S3", STOCK, RAW, rounds),
    ]


def make_conversations(world: World, count: int) -> list[tuple[Person, Person, UUID]]:
    """Make so many patients, each with a practitioner of their own and their conversation."""
    clinic_id = world.clinic()
    return [_conversation(world, clinic_id) for _ in range(count)]


def _conversation(world: World, clinic_id: UUID) -> tuple[Person, Person, UUID]:
    lead = world.practitioner(clinic_id)
    patient = world.patient(lead)
    (listed,) = patient.http.get("/v1/conversations").get_json()["items"]
    return patient, lead, UUID(listed["id"])


def introduced(port: int, **auth: str) -> Wire:
    """Return a connection that was let in."""
    wire = Wire(port)
    wire.introduce(**auth)
    return wire


def saying(event: str, **content: str) -> Callable[[], str]:
    """Return what makes the packet of an event with content and a client id of its own, acknowledgement wanted."""
    return lambda: "421" + json.dumps([event, {**content, "client_id": str(uuid4())}])


def sending(port: int, people: Sequence[tuple[Person, Person, UUID]]) -> Callable[[float], Load]:
    """Connect all of them; return what lets the patients write for some seconds."""
    patients = [introduced(port, token=patient.token) for patient, _, _ in people]
    leads = [introduced(port, token=lead.token) for _, lead, _ in people]
    made = [saying("message.send", conversation_id=str(one), body=WORDS) for _, _, one in people]
    return Senders(patients, leads, lambda number: made[number](), 2).run


def _relay(port: int, event: str) -> Callable[[float], Load]:
    rooms = [str(uuid4()) for _ in range(CONVERSATIONS)]
    writers, readers = ([introduced(port, room=room) for room in rooms] for _ in range(2))
    made = [saying(event, conversation_id=room, body=WORDS) for room in rooms]
    return Senders(writers, readers, lambda number: made[number](), 2).run


def _echo(port: int) -> Callable[[float], Load]:
    wires = [introduced(port, token=ANYONE, room=ANYONE) for _ in range(CONVERSATIONS)]
    said = "421" + json.dumps(["echo", {"text": WORDS}])
    return Senders(wires, [], lambda _: said, 0).run


def _raw(port: int) -> Callable[[float], Load]:
    wires = [Wire(port, "/") for _ in range(CONVERSATIONS)]
    said = "431" + json.dumps(["echo", {"text": WORDS}])
    return Senders(wires, [], lambda _: said, 0).run
