"""S10, S11, S14 to S17: poison in items, bodies that are no batch, requests cut off, and the shape of refusals."""

import json
from typing import Any

from hep_api.foundation.identifiers import new_id
from hep_api.sync.conformance import faults
from hep_api.sync.conformance.calls import Answer, Caller, NoAnswer
from hep_api.sync.conformance.server.scene import Scene
from hep_api.sync.conformance.verdicts import NotApplicable, expect

MEBIBYTE = 1024 * 1024
DEEP: Any = "leaf"
for _ in range(15):
    DEEP = [DEEP]

# Each is put into every field of an event in turn.
POISON: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    1e300,
    0.1,
    "",
    "\x00",
    "\ud800",
    "x" * 100_000,
    "Z̸" * 50,
    "../../etc/passwd",
    "infinity",
    "0000-00-00",
    "20000-01-01T00:00:00Z",
    "2026-12-31T23:59:60+00:00",
    "9999-12-31T23:59:59-14:00",
    [],
    {},
    {"unit": "kg", "value": 1e300},
    DEEP,
)
# Each field of an event, and one that no answer can repeat.
WORDS = "id entry_id revision prescription_id version kind slot performed_at zone performed_on sets reps seconds sides"
MORE_WORDS = "load pain effort difficulty comment skip_reason reason source \ud800"
FIELDS = (*WORDS.split(), *MORE_WORDS.split())
REFUSING = (400, 413, 422)


def poison(scene: Scene) -> None:
    """S10: odd values in each field of an event, alone and together with a correction, are answered item by item."""
    for value in POISON:
        items = [scene.event(**{name: value}) for name in FIELDS]
        answer = scene.upload(*items)
        if answer.status == 200:
            continue
        for name, item in zip(FIELDS, items, strict=True):
            alone = scene.upload(item)
            expect(alone.status < 500, f"{name!r} with {str(value)[:40]!r} is answered {alone}")
        expect(answer.status < 500, f"a batch with {str(value)[:40]!r} is answered {answer}")


def no_batches(scene: Scene) -> None:
    """S11: bodies that are no batch are refused, and the good event in each is not recorded."""
    before = scene.newest_seq()
    for name, body in _bodies(scene).items():
        try:
            answer = scene.caller.send("POST", f"{scene.path}/events", body)
        except NoAnswer:
            # A server may close the line on a body that is too large before it was read.
            expect(len(body) > MEBIBYTE, f"{name}: no answer")
            continue
        expect(answer.status in REFUSING, f"{name} is answered {answer}")
    expect(scene.newest_seq() == before, "something of a batch that was refused is recorded")


def cut_off(scene: Scene) -> None:
    """S14: half a request records nothing; sent again whole it is taken."""
    before = scene.newest_seq()
    sent = [scene.event() for _ in range(6)]
    phone = scene.phone(sent)
    scene.network.choose = faults.in_turn(faults.uploads, [faults.cut_request] * 3)
    for _ in range(3):
        try:
            phone.caller.write("POST", f"{scene.path}/events", {"events": sent})
        except NoAnswer:
            continue
    got = set(scene.words(*sent))
    expect(len(got) == 1 and got <= {"applied", "duplicate"}, f"after a request that was cut off its events got {got}")
    expect(len(scene.events_after(before)) == len(sent), "a request that was cut off left more or less than its events")


def refusals(scene: Scene) -> str | None:
    """S15: who is not signed in, and what is not theirs."""
    nobody = Caller(scene.caller.url, None, scene.caller.seen)
    forged = Caller(scene.caller.url, "forged", scene.caller.seen)
    body: dict[str, Any] = {"events": [{}]}
    for path in (f"{scene.path}/events", f"{scene.path}/sync", f"{scene.path}/today"):
        for who in (nobody, forged):
            answer = who.write("POST", path, body) if path.endswith("events") else who.get(path)
            expect(_is_refusal(answer, 401), f"without a token that stands {path} is answered {answer}")
    unknown = f"/v1/patients/{new_id()}"
    answers = [scene.caller.write("POST", f"{unknown}/events", body), scene.caller.get(f"{unknown}/sync")]
    if scene.other is not None:
        theirs = f"/v1/patients/{scene.other_id}"
        answers += [scene.caller.write("POST", f"{theirs}/events", body), scene.caller.get(f"{theirs}/sync")]
    for answer in answers:
        expect(_is_refusal(answer, 404), f"a patient who is not there, or not yours, is answered {answer}")
    told = {json.dumps(_said(answer)) for answer in answers}
    expect(len(told) == 1, f"not there and not yours are told apart: {told}")
    answer = scene.caller.write("POST", f"{scene.path}/events", {"events": []})
    expect(_is_refusal(answer, 422), f"an empty batch is answered {answer}")
    return None if scene.other is not None else "a patient who is not yours: --other-token, --other-patient"


def retry_after(scene: Scene) -> None:
    """S16: of all answers that came in this run."""
    busy = [answer for answer in scene.caller.seen if answer.status in (429, 503)]
    if not busy:
        raise NotApplicable("the server was never too busy in this run")
    for answer in busy:
        said = answer.headers.get("retry-after", "")
        expect(said.isdigit(), f"{answer.status} came with Retry-After {said!r}")


def dates(scene: Scene) -> None:
    """S17: of all answers that came in this run."""
    without = [answer for answer in scene.caller.seen if "date" not in answer.headers]
    expect(not without, f"{len(without)} answers came without Date, the first {without[:1]}")


def _bodies(scene: Scene) -> dict[str, bytes]:
    good = json.dumps(scene.event())
    deep = "[" * 50 + "]" * 50
    many = json.dumps({"events": [scene.event()] * 501})
    return {
        "nothing": b"",
        "no JSON": b"hello",
        "half a batch": f'{{"events": [{good}'.encode(),
        "not UTF-8": b'{"events": ["\xff"]}',
        "NaN": f'{{"events": [{good}, NaN]}}'.encode(),
        "a list": f"[{good}]".encode(),
        "no events": b'{"events": []}',
        "another field": f'{{"events": [{good}], "more": 1}}'.encode(),
        "a key twice": f'{{"events": [{good[:-1]}, "kind": "skipped"}}]}}'.encode(),
        "nested too deep": f'{{"events": [{good}, {deep}]}}'.encode(),
        "501 events": many.encode(),
        "over 2 MiB": f'{{"events": [{good}, "{"x" * 2 * MEBIBYTE}"]}}'.encode(),
    }


def _is_refusal(answer: Answer, status: int) -> bool:
    return answer.status == status and answer.is_problem and {"status", "code"} <= answer.json().keys()


def _said(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}
