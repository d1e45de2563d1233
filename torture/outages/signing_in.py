"""A device that signs in by the password and refreshes, again with the same token when it was told to come again: it is
never signed out for that.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from torture.outages.watching import AWAY, Said, Watch

LONGEST_PAUSE_SECONDS = 0.6
ANEW, LOOKED = 0.1, 0.3


@dataclass
class Device:
    """One device of a person who has a password."""

    ports: Sequence[int]
    email: str
    password: str
    name: str
    lots: Random
    watch: Watch
    refresh_token: str = ""

    def work(self, is_over: Callable[[], bool]) -> None:
        """Sign in and refresh until it is over."""
        while not is_over():
            time.sleep(self.lots.uniform(0, LONGEST_PAUSE_SECONDS))
            if not self.refresh_token or self.lots.random() < ANEW:
                self._sign_in()
            else:
                self.refresh()

    def refresh(self) -> None:
        """Show the token once; keep what is answered, and the token when nothing is."""
        said = self._post("/v1/sign-ins/refresh", {"refresh_token": self.refresh_token})
        if said is None or said.status == AWAY:
            return
        if said.status != 200:
            self.watch.complain(f"an honest device was signed out: a refresh was answered {said.status}")
            self.refresh_token = ""
            return
        self._keep(said)

    def _sign_in(self) -> None:
        said = self._post("/v1/sign-ins", {"email": self.email, "password": self.password})
        if said is None or said.status == AWAY:
            return
        if said.status != 201:
            self.watch.complain(f"a sign-in was answered {said.status}")
            return
        self._keep(said)

    def _keep(self, said: Said) -> None:
        self.refresh_token = said.body["refresh_token"]
        self.watch.counts["sign_ins_and_refreshes"] += 1
        if self.lots.random() < LOOKED:
            port, token = self.lots.choice(self.ports), said.body["access_token"]
            answer = self.watch.ask(port, "GET", "/v1/me", None, token)
            if answer is not None and answer.status not in (200, AWAY):
                self.watch.complain(f"a token just given was answered {answer.status}")

    def _post(self, path: str, body: dict[str, str]) -> Said | None:
        return self.watch.ask(self.lots.choice(self.ports), "POST", path, body, User_Agent=self.name)
