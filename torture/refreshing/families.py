"""Chains of refresh tokens as phones keep them: refreshing in turn at one process and another, losing answers."""

import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from time import sleep
from typing import Any

from tests.world import World
from torture.calls import Answer, call

PASSWORD = "a horse and a stapler"
LONGEST_WAIT_SECONDS = 0.03


@dataclass
class Family:
    """One sign-in: the device that it lives on, and every refresh token that it was given, the newest last."""

    ports: Sequence[int]
    lots: Random
    device: str
    tokens: list[str] = field(default_factory=list)
    access_token: str = ""

    def refresh(self) -> Answer:
        """Refresh as an honest phone does, and keep what is answered."""
        answer = self.present(self.tokens[-1])
        if answer.status == 200:
            self.keep(answer.body)
        return answer

    def present(self, token: str, device: str = "") -> Answer:
        """Show a refresh token, from this device or from another."""
        body = {"refresh_token": token}
        return call(self.port(), "POST", "/v1/sign-ins/refresh", body, User_Agent=device or self.device)

    def keep(self, answered: dict[str, Any]) -> None:
        self.access_token = answered["access_token"]
        if answered["refresh_token"] != self.tokens[-1]:
            self.tokens.append(answered["refresh_token"])

    def lose_an_answer(self) -> None:
        """Ask for a refresh, and be gone before the answer comes, sooner or later."""
        body = json.dumps({"refresh_token": self.tokens[-1]})
        head = (
            f"POST /v1/sign-ins/refresh HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {self.device}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.port()), timeout=10) as connection:
            connection.sendall((head + body).encode())
            sleep(self.lots.uniform(0, LONGEST_WAIT_SECONDS))

    def is_signed_in(self) -> bool:
        """Tell whether the newest access token is good, without using a refresh token up."""
        answer = call(self.port(), "GET", "/v1/me", Authorization=f"Bearer {self.access_token}")
        return answer.status == 200

    def port(self) -> int:
        return self.lots.choice(self.ports)


class Families:
    """Makes sign-ins, by the password."""

    def __init__(self, world: World, ports: Sequence[int], lots: Random) -> None:
        self._ports = ports
        self._lots = lots
        self._email = world.give_password(world.practitioner(world.clinic()), PASSWORD)

    def sign_in(self) -> Family:
        family = Family(self._ports, self._lots, f"phone {self._lots.randrange(10**9)}")
        body = {"email": self._email, "password": PASSWORD}
        answer = call(family.port(), "POST", "/v1/sign-ins", body, User_Agent=family.device)
        assert answer.status == 201, answer
        family.tokens.append(answer.body["refresh_token"])
        family.access_token = answer.body["access_token"]
        return family
