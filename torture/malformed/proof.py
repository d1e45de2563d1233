"""R4: 50,000 malformed inputs over HTTP and sockets: never 5xx, never unforeseen, and what was taken reads back."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from random import Random

from tests.contract import scene as scenes
from tests.contract.scene import Scene
from tests.world import World
from torture.calls import call
from torture.malformed import frames, fuzz, raw
from torture.malformed.reading_back import read_back, read_back_message, read_everything
from torture.malformed.requests import Maker, Sent
from torture.malformed.sending import Got, Wire
from torture.matrix.contract import Taken
from torture.proof import Order, Outcome, Proof
from torture.remote import remote_world
from torture.stage import Process, Stage

# After so many a patient's plans are ended, the names changed: a new story.
REQUESTS_OF_A_SCENE = 2_000
# An id of the story takes the place of one that was broken on purpose, and so many bounds make sure that it happens:
# what is taken for a broken request may then be none, so whoever tries the bounds does not judge that they are refused.
NOT_JUDGED = ["--exclude-checks", "negative_data_rejection"]
# What schemathesis tries as whom: each parameter's bounds once is enough, and leaves room for requests of our own.
SENDERS = {"lead": "coverage,fuzzing", "patient": "fuzzing", "owner": "fuzzing", "anonymous": "fuzzing"}


def prove(stage: Stage, order: Order) -> Outcome:
    """Send everything malformed that there is, and look at what is answered, written down and kept."""
    settings = stage.settings()
    webs = [stage.web(settings, order.broken) for _ in range(order.amount(2, 2, 1))]
    world = remote_world(settings, webs)
    counts: Counter[str] = Counter()
    complaints = []
    if not order.broken:
        complaints = [*_fuzz(stage, world, webs, order, counts), *_send_frames(world, webs, order, counts)]
        complaints += _send_raw(webs, order, counts)
    complaints += _send_requests(world, webs, order, counts)
    unforeseen = [line for web in webs for line in web.unforeseen()]
    counts["inputs"] = _inputs(counts)
    counts["unhandled_exceptions"] = len(unforeseen)
    value = counts["5xx"] + len(unforeseen) + counts["not_read_back"]
    return Outcome(value, dict(counts), [*complaints, *unforeseen])


def _inputs(counts: Counter[str]) -> int:
    return sum(counts[kind] for kind in ("generated_requests", "frames", "raw_requests", "requests"))


def _send_requests(world: World, webs: list[Process], order: Order, counts: Counter[str]) -> list[str]:
    """As many as are missing; half of them at each process, in scenes that are made anew before they are worn out."""
    amount = order.amount(50_000, 1_500, 3_000) - _inputs(counts)
    played = 1 if order.broken else max(len(webs), ceil(amount / REQUESTS_OF_A_SCENE))
    with ThreadPoolExecutor(len(webs)) as pool:
        work = [
            pool.submit(_send_in_a_scene, world, webs[place % len(webs)], order, place, ceil(amount / played))
            for place in range(played)
        ]
        done = [each.result() for each in work]
    for counted, _ in done:
        counts.update(counted)
    return [complaint for _, complaints in done for complaint in complaints]


def _send_in_a_scene(
    world: World, web: Process, order: Order, place: int, amount: int
) -> tuple[Counter[str], list[str]]:
    """Send some to one process; on a broken build until the first complaint."""
    scene, taken = scenes.make(world), Taken(world.app)
    maker, wire = Maker(scene, taken, Random(order.seed + place)), Wire(web.port)
    counts: Counter[str] = Counter()
    complaints: list[str] = []
    for _ in range(amount):
        if order.is_settled(complaints):
            break
        sent = maker.make()
        got = wire.send(sent)
        counts["requests"] += 1
        counts[f"answered_{got.status // 100}xx"] += 1
        if complaint := _judge(sent, got):
            counts["5xx"] += 1
            complaints.append(complaint)
        elif complaint := read_back(web.port, scene, sent, got):
            counts["not_read_back"] += 1
            complaints.append(complaint)
    wire.close()
    for complaint in () if order.is_settled(complaints) else _read_everything(web, scene, taken, order):
        counts["not_read_back"] += 1
        complaints.append(complaint)
    return counts, complaints


def _read_everything(web: Process, scene: Scene, taken: Taken, order: Order) -> Iterator[str]:
    """In short each list is read by one who may."""
    return read_everything(web.port, scene, taken, 1 if order.quick else None)


def _judge(sent: Sent, got: Got) -> str | None:
    """A refusal is a problem in the product's own shape, or the server's own for what is no HTTP."""
    if got.status >= 500 or got.status == 0:
        return f"{sent.method} {sent.address} {sent.headers} {sent.body[:300]!r}: {got.status} {got.body[:200]!r}"
    return None


def _send_raw(webs: list[Process], order: Order, counts: Counter[str]) -> Iterator[str]:
    for number in range(order.amount(10_000, 300)):
        whole = raw.raw_request(order.lots if number == 0 else Random(order.seed + number))
        counts["raw_requests"] += 1
        for status in raw.exchange(webs[number % len(webs)].port, whole):
            if status >= 500 and status != 501:  # a method that HTTP does not know
                counts["5xx"] += 1
                yield f"{whole[:300]!r}: {status}"


def _send_frames(world: World, webs: list[Process], order: Order, counts: Counter[str]) -> Iterator[str]:
    """After each connection the process still answers others, and what it took can be read at once and in the end."""
    scene, lots = scenes.make(world), order.lots
    amount, number = order.amount(6_000, 200), 0
    while counts["frames"] < amount:
        web = webs[number % len(webs)]
        said = frames.send_some(web.port, scene, lots)
        counts["frames"] += said.frames
        counts["frames_acknowledged"] += said.acknowledged
        counts["messages_taken_by_frames"] += len(said.taken)
        number += 1
        if said.is_stuck or call(web.port, "GET", "/readyz").status != 200:
            yield "a process stopped answering after malformed frames"
        for complaint in filter(None, (read_back_message(web.port, scene, made) for made in said.taken)):
            counts["not_read_back"] += 1
            yield complaint
    for complaint in _read_everything(webs[0], scene, Taken(world.app), order):
        counts["not_read_back"] += 1
        yield complaint


def _fuzz(stage: Stage, world: World, webs: list[Process], order: Order, counts: Counter[str]) -> list[str]:
    """schemathesis as each of them, about a scene of its own; in short it runs in `make check` and not here."""
    senders = () if order.quick else tuple(SENDERS)

    def run(place: int) -> fuzz.Fuzzed:
        web, part = webs[place % len(webs)], senders[place]
        words = ["--phases", SENDERS[part], "--max-examples", "2", "--seed", str(order.seed)]
        words += NOT_JUDGED if "coverage" in SENDERS[part] else []
        return fuzz.fuzz(web.port, scenes.make(world), part, stage.folder, words)

    with ThreadPoolExecutor(len(webs)) as pool:
        done = list(pool.map(run, range(len(senders))))
    counts["generated_requests"] += sum(fuzzed.requests for fuzzed in done)
    return [
        f"schemathesis as {part}: {complaint}"
        for part, fuzzed in zip(senders, done, strict=True)
        for complaint in fuzzed.complaints
    ]


R4 = Proof(
    "R4",
    "malformed input: no 5xx, all reads back",
    prove,
    broken=("text_unchecked", "infinity_taken", "cursor_unchecked"),
)
