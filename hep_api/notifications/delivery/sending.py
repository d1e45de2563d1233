"""In which order a worker's pushes leave: one after the other, or several at once. What comes next is asked for each
time a place is free, so that whoever records the answers decides how it goes on.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

Sent = TypeVar("Sent")
Came = TypeVar("Came")


def answers(
    take_next: Callable[[], Sent | None], send: Callable[[Sent], Came], at_once: int
) -> Iterator[tuple[Sent, Came]]:
    """Yield what was sent, each with what came of it, as it comes; ends when nothing is next and nothing under way."""
    return _one_by_one(take_next, send) if at_once == 1 else _several(take_next, send, at_once)


def _one_by_one(take_next: Callable[[], Sent | None], send: Callable[[Sent], Came]) -> Iterator[tuple[Sent, Came]]:
    while (following := take_next()) is not None:
        yield following, send(following)


def _several(
    take_next: Callable[[], Sent | None], send: Callable[[Sent], Came], at_once: int
) -> Iterator[tuple[Sent, Came]]:
    with ThreadPoolExecutor(at_once) as senders:
        under_way: dict[Future[Came], Sent] = {}
        while True:
            while len(under_way) < at_once and (following := take_next()) is not None:
                under_way[senders.submit(send, following)] = following
            if not under_way:
                return
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                yield under_way.pop(future), future.result()
