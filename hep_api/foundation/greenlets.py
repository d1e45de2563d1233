"""Under gevent, work that neither waits cooperatively nor ends at once runs in the hub's threads, or gives way."""

from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TypeVar

from gevent import get_hub, monkey, sleep

T = TypeVar("T")
# Not 0: after that gevent goes on at once with whoever is ready, and looks at no socket or timer before.
A_MOMENT = 0.0001
# Whoever gives way is away for a millisecond and more, however short the moment.
A_TURN = 0.01


def off_the_loop(work: Callable[[], T]) -> T:
    """Return what `work` returns, without holding up the other greenlets; an error in it is raised here.

    The threads run in the caller's place, so `work` must not ask Flask who asks or which app it is.
    """
    if not monkey.is_module_patched("threading"):
        return work()
    outcome: tuple[T | None, BaseException | None] = get_hub().threadpool.apply(lambda: _kept(work))
    done, error = outcome
    if error is not None:
        raise error
    return done  # type: ignore[return-value]


def giving_way(items: Iterable[T]) -> Iterator[T]:
    """Yield the items, and let the other greenlets have their turn whenever the work on them has taken `A_TURN`; for
    long work that asks the database in between.
    """
    is_cooperative = monkey.is_module_patched("threading")
    began = monotonic()
    for item in items:
        yield item
        if is_cooperative and monotonic() - began >= A_TURN:
            sleep(A_MOMENT)
            began = monotonic()


def _kept(work: Callable[[], T]) -> tuple[T | None, BaseException | None]:
    # gevent's threads print the errors that leave them, with what they say.
    try:
        return work(), None
    except BaseException as error:  # noqa: BLE001 - it is raised again where it belongs
        return None, error
