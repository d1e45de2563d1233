"""How each broken build of R7 is tried: with those wrong answers and kills by which it is seen, and no others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from development.push_service import faults
from development.push_service.faults import Fault
from torture.pushes.faults import LATER

DEADLY = (faults.UNREGISTERED, faults.SENDER_ID_MISMATCH)
UNANSWERED = (faults.HANG_UP, faults.HANG_UP, faults.SILENCE)


@dataclass(frozen=True, slots=True)
class Trial:
    """What goes wrong: which answers, how often a worker is killed at each exact point of a commit and at random, and
    how many patients are reminded. `is_of_words`: canaries are looked for in what leaves.
    """

    faults: Sequence[Fault] = ()
    exact_of_each: int = 0
    at_random: int = 0
    reminded: int = 0
    is_of_words: bool = False


OF_BUILDS: Mapping[str, Trial] = {
    "pushes_with_a_name": Trial(is_of_words=True),
    "pushes_with_the_text": Trial(is_of_words=True),
    # It takes until the next full minute.
    "reminders_pushed_at_once": Trial(reminded=5),
    "pushes_told_at_once": Trial(),
    "pushes_without_one_key": Trial((faults.INTERNAL,)),
    "push_answers_noted_together": Trial(exact_of_each=1, at_random=1),
    "pushes_leased_for_ever": Trial(exact_of_each=1, at_random=1),
    "unanswered_pushes_are_sent": Trial(UNANSWERED),
    "gone_phones_kept": Trial(DEADLY),
    "phones_dropped_on_errors": Trial((faults.INTERNAL,)),
    "signed_out_phones_ring": Trial(),
    "googles_client_asks_again": Trial((faults.INTERNAL, faults.UNAVAILABLE)),
    "retry_after_unheard": Trial(LATER),
}
