"""Background doors of pushes: a turn at a clinic's due pushes, a sweep for what no job stands for, and pruning.

A turn takes a chunk of pushes and sends them outside of any transaction, each recorded before the next takes its place:
a worker that is killed leaves no more than it sends at once of which nobody knows whether they arrived, by default one.
They are sent again.
"""

import time
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hep_api.foundation import clock, tenancy
from hep_api.foundation.database import retrying, transaction
from hep_api.foundation.jobs import claims
from hep_api.foundation.jobs.claims import Claim
from hep_api.foundation.jobs.deadlines import TookTooLong, at_most
from hep_api.foundation.jobs.work import InPieces, Work, spread
from hep_api.foundation.metrics.tallies import Tally
from hep_api.foundation.settings import Settings
from hep_api.messaging.jobs.each_clinic import add_for_each_clinic
from hep_api.notifications.actions import claiming, noting_answers
from hep_api.notifications.actions.claiming import InHand
from hep_api.notifications.delivery import sending
from hep_api.notifications.delivery.carriers import carriers, limit_of_one_try
from hep_api.notifications.delivery.parcels import Answer
from hep_api.notifications.delivery.turns import DELIVER, call_help, call_next_turn
from hep_api.notifications.delivery.waiting import is_trouble
from hep_api.notifications.models.pushes import Provider, Push, PushResult

SWEEP = "notifications.sweep_pushes"
PRUNE = "notifications.prune_pushes"
# So long it can be seen what was sent and what came of it.
KEPT_FOR = timedelta(days=90)
# Nothing new is begun after this part of the job's lease; the rest is for what is in hand.
PART_OF_THE_LEASE = 0.5
TRIED = Tally("hep_pushes", "Tries to push, by what the provider answered.", "provider", "result")

log = structlog.get_logger()


def deliver_pushes(claim: Claim) -> None:
    """Send a clinic's due pushes, as many as one turn may; call the next turn for what is left."""
    Turn(claim, current_app.extensions["hep_settings"]).take()


def sweep_pushes(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Call a turn for whatever waits: after a restored backup no job may stand for it, and jobs that fail are given up.

    Without a clinic in the payload it only adds a job for each clinic.
    """
    if "clinic_id" in payload:
        call_next_turn(session, UUID(payload["clinic_id"]), now)
    else:
        add_for_each_clinic(session, SWEEP, now)


def prune_pushes(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Remove a clinic's pushes that were finished long ago, dead letters among them.

    Without a clinic in the payload it only adds a job for each clinic.
    """
    if "clinic_id" in payload:
        long_ago = Push.finished_at < now - KEPT_FOR
        session.execute(delete(Push).where(Push.clinic_id == UUID(payload["clinic_id"]), long_ago))
    else:
        add_for_each_clinic(session, PRUNE, now)


class Turn:
    """One turn of this worker's at a clinic's pushes: `_rest` it has in its hands, `_ready` of them leave next."""

    def __init__(self, claim: Claim, settings: Settings) -> None:
        self._claim = claim
        self._clinic_id = UUID(claim.payload["clinic_id"])
        self._carriers = carriers()
        self._settings = settings
        self._limit = limit_of_one_try(settings)
        self._ends = time.monotonic() + settings.job_lease_seconds * PART_OF_THE_LEASE
        self._rest: deque[InHand] = deque()
        self._ready: deque[InHand] = deque()
        self._in_trouble: set[Provider] = set()
        self._sent = 0

    def take(self) -> None:
        self._begin()
        for sent, answer in sending.answers(self._next, self._send, self._settings.push_parallel):
            # What was accepted must be known to be: the victim of a deadlock writes again.
            retrying(partial(self._note, sent, answer))
        with transaction() as session:
            if claims.hold(session, self._claim):
                call_next_turn(session, self._clinic_id, clock.now())
        log.info("pushes_sent", clinic_id=str(self._clinic_id), count=self._sent)

    def _begin(self) -> None:
        now, lease = clock.now(), timedelta(seconds=self._settings.job_lease_seconds)
        with transaction() as session:
            if not claims.hold(session, self._claim):
                return
            claimed = claiming.claim_due(session, self._clinic_id, self._settings.push_chunk, now, lease)
            if claimed:
                call_help(session, self._clinic_id, now)
        self._rest.extend(claimed)
        self._in_trouble.update(each.provider for each in claimed if each.in_trouble)
        for _ in range(min(self._settings.push_parallel, len(claimed))):
            self._ready.append(self._rest.popleft())

    def _next(self) -> InHand | None:
        return self._ready.popleft() if self._ready else None

    def _note(self, sent: InHand, answer: Answer | None) -> None:
        """Record what came of a push and make the next one ready, or give back the rest, in one transaction."""
        now = clock.now()
        with transaction() as session:
            ours = claims.hold(session, self._claim)
            if not ours:
                # Another worker has this job now; what we know of the last push is recorded all the same.
                tenancy.act_for(session, self._clinic_id)
            left_alone = self._record(session, sent, answer, now)
            passed_over, following = self._following(session, now) if ours and not left_alone else (0, None)
            left = list(self._rest)[passed_over:]
            given_back = [*self._ready, *left] if left and following is None else []
            claiming.give_back(session, self._clinic_id, given_back)
        # Not before the commit: whoever writes again has the same in hand.
        for _ in range(passed_over):
            self._rest.popleft()
        if following is not None:
            self._ready.append(following)
        if given_back:
            self._ready.clear()
            self._rest.clear()

    def _record(self, session: Session, sent: InHand, answer: Answer | None, now: datetime) -> bool:
        if answer is None:
            claiming.give_back(session, self._clinic_id, [sent])
            return True
        in_trouble = sent.provider in self._in_trouble
        left_alone = noting_answers.note_answer(
            session, self._clinic_id, sent, answer, now, in_trouble=in_trouble, spread=spread()
        )
        if is_trouble(answer):
            self._in_trouble.add(sent.provider)
        elif not answer.of_this_one:
            self._in_trouble.discard(sent.provider)
        return left_alone

    def _following(self, session: Session, now: datetime) -> tuple[int, InHand | None]:
        """Return the next push of the rest that is still to be sent, None when the turn is over, and how many of the
        rest are done with by that.
        """
        for place, each in enumerate(self._rest):
            to_send = None
            if time.monotonic() < self._ends:
                to_send = claiming.is_still_to_send(session, self._clinic_id, each, now)
            if to_send is None:
                return place, None
            if to_send:
                return place + 1, each
            # Where its device has said another value it goes there; what has ended there is nothing of to give back.
            claiming.give_back(session, self._clinic_id, [each])
        return len(self._rest), None

    def _send(self, in_hand: InHand) -> Answer | None:
        """Hand a push over; None when this worker slept so long that its lease may end before the answer comes."""
        # Made outside of the limit: what it imports takes a while, and may not be cut off in the middle.
        carrier = self._carriers.of(in_hand.provider)
        now = clock.now()
        if now + self._limit >= in_hand.leased_until:
            return None
        self._sent += 1
        try:
            with at_most(self._limit):
                answer = carrier.send(in_hand.parcel, now)
        except TookTooLong:
            answer = Answer(PushResult.NO_ANSWER)
        except Exception as error:  # noqa: BLE001 - what is wrong with one push may not hold up the clinic's others
            log.warning("push_failed", clinic_id=str(self._clinic_id), error_type=type(error).__name__)
            answer = Answer(PushResult.GARBLED, of_this_one=True)
        TRIED.add(in_hand.provider.value, answer.result.value)
        if answer.result is not PushResult.ACCEPTED:
            log.warning("push_not_accepted", clinic_id=str(self._clinic_id), code=answer.result.value)
        return answer


JOBS: Mapping[str, Work] = {DELIVER: InPieces(deliver_pushes), SWEEP: sweep_pushes, PRUNE: prune_pushes}
RECURRING: Mapping[str, timedelta] = {SWEEP: timedelta(minutes=10), PRUNE: timedelta(days=1)}
