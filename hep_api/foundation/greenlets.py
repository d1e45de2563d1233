"""Under gevent, work that neither waits cooperatively nor ends at once runs in the hub's threads, or gives way."""

from collections.abc import Callable
from typing import TypeVar

from gevent import get_hub, monkey, sleep

T = TypeVar("T")
# Not 0: after that gevent goes on at once with whoever is ready, and looks at no socket or timer before.
A_MOMENT = 0.0001


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


def give_way() -> None:
    """Let the other greenlets have their turn; for long work that asks the database in between."""
    if monkey.is_module_patched("threading"):
        sleep(A_MOMENT)


def _kept(work: Callable[[], T]) -> tuple[T | None, BaseException | None]:
    # gevent's threads print the errors that leave them, with what they say.
    try:
        return work(), None
    except BaseException as error:  # noqa: BLE001 - it is raised again where it belongs
        return None, error
