"""What a hostile network does to a request. Each is deterministic by itself; `lottery` draws them from a seed."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from hep_api.sync.conformance.calls import Answer
from hep_api.sync.conformance.network import Choose, Fault, Line, Sent

PAGE = b"<!doctype html><title>Welcome to the hotel</title><p>Please accept our terms."


def deliver(line: Line) -> None:
    line.answer(line.forward())


def lose_request(line: Line) -> None:
    line.cut()


def lose_answer(line: Line) -> None:
    line.forward()
    line.cut()


def cut_request(line: Line) -> None:
    line.forward_half()
    line.cut()


def cut_answer(line: Line) -> None:
    line.answer(line.forward(), share=0.5)


def half_json(line: Line) -> None:
    """Deliver, and answer with half of the JSON as if it were all of it."""
    whole = line.forward()
    line.answer(Answer(whole.status, whole.headers, whole.body[: len(whole.body) // 2]))


def twice(line: Line) -> None:
    """Deliver the request twice, as a proxy does that repeats; the second answer arrives."""
    line.forward()
    line.answer(line.forward())


def slowly(line: Line) -> None:
    time.sleep(0.03)
    line.answer(line.forward())


def drip(line: Line) -> None:
    line.answer(line.forward(), drip_seconds=0.05)


def late(line: Line) -> None:
    """Cut the line, and deliver the request after a while all the same: it comes after what was sent later."""
    threading.Timer(0.05, line.forward).start()
    line.cut()


def unavailable(line: Line) -> None:
    problem(503, "unavailable", {"retry-after": "1"})(line)


def too_many(line: Line) -> None:
    problem(429, "too_many_requests", {"retry-after": "1"})(line)


def gateway_page(line: Line) -> None:
    line.answer(Answer(502, {"content-type": "text/html"}, PAGE))


def hotel_page(line: Line) -> None:
    line.answer(Answer(200, {"content-type": "text/html"}, PAGE))


def page(status: int) -> Fault:
    """Return what answers by a web page with this status, as a proxy or a hotel's network does."""
    return lambda line: line.answer(Answer(status, {"content-type": "text/html"}, PAGE))


def problem(status: int, code: str, headers: dict[str, str] | None = None, **extra: Any) -> Fault:
    """Return what refuses as a server does, without delivering."""
    said = {
        "type": f"urn:x:{code}",
        "title": code,
        "status": status,
        "code": code,
        "detail": code,
        "errors": [],
        **extra,
    }
    kind = {"content-type": "application/problem+json"}
    return lambda line: line.answer(Answer(status, {**kind, **(headers or {})}, json.dumps(said).encode()))


def says(value: Any, status: int = 200) -> Fault:
    """Return what answers with a value as JSON, without delivering."""
    body = json.dumps(value).encode()
    return lambda line: line.answer(Answer(status, {"content-type": "application/json"}, body))


def changed(change: Callable[[Any], Any]) -> Fault:
    """Return what delivers, and changes the JSON of the answer."""

    def deliver_changed(line: Line) -> None:
        whole = line.forward()
        value = change(whole.json()) if whole.status == 200 else whole.json()
        line.answer(Answer(whole.status, whole.headers, json.dumps(value).encode()))

    return deliver_changed


EVERY_FAULT: tuple[Fault, ...] = (
    lose_request,
    lose_answer,
    cut_request,
    cut_answer,
    half_json,
    twice,
    slowly,
    drip,
    late,
    unavailable,
    too_many,
    gateway_page,
    hotel_page,
)


def nothing(_: Sent) -> Fault:
    """Choose for an honest network."""
    return deliver


def lottery(seed: int, share: float = 0.5) -> Choose:
    """Choose for a network that does something else than deliver with a share of the requests, drawn from a seed.

    Each fault comes once before any comes again.
    """
    random, lock = Random(seed), threading.Lock()
    deck: list[Fault] = []

    def choose(_: Sent) -> Fault:
        with lock:
            if random.random() >= share:
                return deliver
            if not deck:
                deck.extend(random.sample(EVERY_FAULT, len(EVERY_FAULT)))
            return deck.pop()

    return choose


def in_turn(which: Callable[[Sent], bool], faults: Sequence[Fault], then: Fault = deliver) -> Choose:
    """Choose for a network that does these to the requests in question, one after the other, then `then`."""
    left, lock = list(faults), threading.Lock()

    def choose(sent: Sent) -> Fault:
        with lock:
            if not which(sent):
                return deliver
            return left.pop(0) if left else then

    return choose


def uploads(sent: Sent) -> bool:
    return sent.is_upload


def pulls(sent: Sent) -> bool:
    return sent.is_pull
