"""What was taken must be readable: each accepted write by its own address, and every list to its end."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from tests.contract.examples import ANYONE, EXAMPLES
from tests.contract.scene import Scene
from torture.calls import Answer, call
from torture.malformed.requests import Sent
from torture.malformed.sending import Got
from torture.matrix.asking import Route, asked_for
from torture.matrix.contract import Taken

LONGEST_LIST = 400

# Where what was made can be read by itself.
ADDRESSES: Mapping[Route, Callable[[Any], str]] = {
    ("post", "/v1/exercises"): lambda made: f"/v1/exercises/{made['id']}",
    ("post", "/v1/members"): lambda made: f"/v1/members/{made['id']}",
    ("patch", "/v1/members/{member_id}"): lambda made: f"/v1/members/{made['id']}",
    ("post", "/v1/patients"): lambda made: f"/v1/patients/{made['id']}",
    ("patch", "/v1/patients/{patient_id}"): lambda made: f"/v1/patients/{made['id']}",
    ("post", "/v1/patients/{patient_id}/plans"): lambda made: f"/v1/plans/{made['id']}",
    ("post", "/v1/plans/{plan_id}/revisions"): lambda made: f"/v1/plans/{made['plan_id']}/revisions/{made['number']}",
    ("patch", "/v1/clinic"): lambda _: "/v1/clinic",
    ("post", "/v1/conversations/{conversation_id}/messages"): lambda made: (
        f"/v1/conversations/{made['conversation_id']}/messages?after={made['seq'] - 1}&limit=1"
    ),
}
# Pages and papers are no JSON; that they came is enough.
PAPERS = {"text/html", "application/pdf"}
# Told once only.
TOLD_ONCE = {"invitation"}


def read_back(port: int, scene: Scene, sent: Sent, got: Got) -> str | None:
    """Read what a write has made; return a complaint when it is not there as it was answered."""
    if sent.route not in ADDRESSES or got.status not in (200, 201) or sent.method != sent.route[0].upper():
        return None
    made = got.json()
    address = ADDRESSES[sent.route](made)
    answer = _get(port, scene, sent.part, address)
    read = answer.body["items"][0] if answer.status == 200 and "?" in address else answer.body
    if answer.status != 200 or {name: read[name] for name in made if name in read} != _kept(made):
        return f"{sent.method} {sent.address} answered {made}, {address} gives {answer.status} {read}"
    return None


def read_back_message(port: int, scene: Scene, made: dict[str, Any]) -> str | None:
    """Read a message that was taken over a socket; what has been edited or withdrawn since says something else."""
    address = f"/v1/conversations/{made['conversation_id']}/messages?after={made['seq'] - 1}&limit=1"
    answer = _get(port, scene, "lead", address)
    [read] = answer.body["items"] if answer.status == 200 else [{}]
    same = (
        "id",
        "seq",
        "sender_id",
        "client_id",
        *(() if read.get("change_seq") != made.get("change_seq") else ("body",)),
    )
    if answer.status != 200 or any(read.get(name) != made.get(name) for name in same):
        return f"a frame was answered {made}, {address} gives {answer.status} {read}"
    return None


def read_everything(port: int, scene: Scene, taken: Taken, most: int | None = None) -> Iterator[str]:
    """Read by every read of the product, every list to its end, as everyone who may, or as so many of them at most;
    yield complaints. A paper takes long and is the same for all.
    """
    for route, example in sorted(EXAMPLES.items()):
        if route[0] == "get" and example.may != ANYONE:
            for part in example.may[: 1 if route[1].endswith("pdf") else most]:
                yield from _read_to_the_end(port, scene, taken, route, part)


def _read_to_the_end(port: int, scene: Scene, taken: Taken, route: Route, part: str) -> Iterator[str]:
    address = asked_for(scene, part, route).address
    paged = {"cursor", "limit"} <= taken.query(route)
    query = "?limit=200" if paged else ""
    for _ in range(LONGEST_LIST):
        answer = _get(port, scene, part, address + query)
        # What was ended or disabled by a request that was taken may be gone for its reader.
        if answer.status >= 500 or (answer.body is None and answer.media_type not in PAPERS):
            yield f"GET {address}{query} as {part}: {answer.status}"
        cursor = answer.body.get("next_cursor") if paged and answer.status == 200 else None
        if not cursor:
            return
        query = f"?limit=200&cursor={quote(cursor)}"


def _get(port: int, scene: Scene, part: str, address: str) -> Answer:
    return call(port, "GET", address, Authorization=f"Bearer {scene.phones[part].token}")


def _kept(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if name not in TOLD_ONCE}
