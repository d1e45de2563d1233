"""Several processes as one: what is told in one is told in all, through a Redis that may be slow, hung or gone.

Telling never waits for Redis: one thread publishes from a bounded queue, in batches. What got lost is not sent again;
the clients are told to `resync` instead, as the database has it all. Stock python-socketio costs twice as much here.
"""

import json
import queue
import random
import secrets
import threading
from collections.abc import Callable, Sequence
from time import monotonic, sleep
from typing import Any

import socketio
import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

from hep_api.foundation.metrics.realtime import WORDS

log = structlog.get_logger(__name__)

WAITING_AT_MOST = 10_000
A_BATCH = 200
IDLE_SECONDS = 5.0
DEAF_SECONDS = 13.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0

Word = Sequence[Any]
"""What processes say to each other: ["emit", rooms, event, payload] | ["hint", rooms, event, payload], an event that
may get lost | ["whisper", topic, payload], which no client hears, and may get lost | ["hang_up", names] | ["resync"].
"""


class Relay(socketio.RedisManager):  # type: ignore[misc]
    """Rooms of this process, and the line to the other processes. `heard` is given each of their words."""

    def __init__(self, url: str, channel: str, heard: Callable[[Word], None], subscribed: Callable[[], None]) -> None:
        super().__init__(url, channel)
        self._heard = heard
        self._subscribed = subscribed
        self._outbox: queue.Queue[Word] = queue.Queue(WAITING_AT_MOST)
        self._me = secrets.token_hex(16).encode()
        self._publisher: threading.Thread | None = None
        self._times_lost = 0
        self._times_confessed = 0
        # None: nobody is connected here yet, so there is nothing to hear.
        self.is_hearing: bool | None = None

    def initialize(self) -> None:
        """Begin to listen, with the first connection of this process."""
        threading.Thread(target=self._listen_for_ever, name="realtime-listener", daemon=True).start()

    def say(self, word: Word) -> None:
        """Say a word to the other processes, some time soon; never waits."""
        if self._publisher is None:
            # Not before: a process that forks after building the app must not share it.
            self._publisher = threading.Thread(target=self._publish_for_ever, name="realtime-publisher", daemon=True)
            self._publisher.start()
        try:
            self._outbox.put_nowait(word)
        except queue.Full:
            self._note_loss([word])

    def _publish_for_ever(self) -> None:
        pause, client = FIRST_PAUSE, self._client()
        while True:
            batch, confessed = self._next_batch()
            try:
                client.publish(self.channel, self._me + json.dumps(batch, separators=(",", ":")).encode())
                pause, self._times_confessed = FIRST_PAUSE, confessed
                WORDS.add("published", count=len(batch))
            except (RedisError, OSError) as error:
                log.warning("realtime_not_published", error_type=type(error).__name__, count=len(batch))
                self._note_loss(batch)
                sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads the processes, guards nothing
                pause = min(pause * 2, LONGEST_PAUSE)

    def _note_loss(self, words: Sequence[Word]) -> None:
        WORDS.add("lost", count=len(words))
        if any(word[0] not in ("hint", "whisper") for word in words):
            self._times_lost += 1

    def _next_batch(self) -> tuple[list[Word], int]:
        """Wait for words. After a loss the batch begins by confessing it, also when nothing else is to be said."""
        lost = self._times_lost
        batch: list[Word] = [["resync"]] if lost > self._times_confessed else [self._outbox.get()]
        while len(batch) < A_BATCH:
            try:
                batch.append(self._outbox.get_nowait())
            except queue.Empty:
                break
        return batch, lost

    def _listen_for_ever(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = monotonic()
            try:
                self._listen_once()
            except (RedisError, OSError) as error:
                log.warning("realtime_not_subscribed", error_type=type(error).__name__)
            self.is_hearing = False
            if monotonic() - began > IDLE_SECONDS:
                pause = FIRST_PAUSE
            sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads the processes, guards nothing
            pause = min(pause * 2, LONGEST_PAUSE)

    def _listen_once(self) -> None:
        """Hear until the line breaks. A line on which not even a ping comes back is broken too."""
        with self._client().pubsub() as ears:  # type: ignore[no-untyped-call]
            ears.subscribe(self.channel)
            heard_at = monotonic()
            while monotonic() - heard_at < DEAF_SECONDS:
                message = ears.get_message(timeout=IDLE_SECONDS)
                if message is None:
                    ears.ping()
                    continue
                heard_at = monotonic()
                if message["type"] == "subscribe":
                    self.is_hearing = True
                    self._subscribed()
                elif message["type"] == "message" and not message["data"].startswith(self._me):
                    self._hear(message["data"])
        raise RedisConnectionError("nothing was heard for too long")

    def _hear(self, data: bytes) -> None:
        for word in json.loads(data[len(self._me) :]):
            self._heard(word)

    def _client(self) -> Redis:
        return Redis.from_url(
            self.redis_url, socket_connect_timeout=2, socket_timeout=IDLE_SECONDS, retry=Retry(NoBackoff(), 0)
        )
