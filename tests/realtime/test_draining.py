"""A process that is to end closes its connections so that their clients come back by themselves, elsewhere. One that
hears nothing of a client lets it go.
"""

import http.client
import time
from pathlib import Path

import pytest

from hep_api.foundation.errors import TOKEN_EXPIRED
from tests.realtime.conftest import toy_process
from tests.realtime.raw import Refused
from tests.realtime.test_admission import farewell
from tests.realtime.test_hostile_frames import wait_until


def test_draining_closes_all_spread_out_and_lets_nobody_in(tmp_path: Path) -> None:
    with toy_process(tmp_path) as toy:
        held = [toy.signed_in(f"person{number}/user/600") for number in range(10)]
        connection = http.client.HTTPConnection("127.0.0.1", toy.port, timeout=5)
        connection.request("GET", "/drain")
        assert connection.getresponse().read() == b"draining"
        began, ended = time.monotonic(), []
        with pytest.raises(Refused) as refused:
            toy.socket()
        assert (refused.value.status, refused.value.problem["code"]) == (503, "closing")
        assert "retry-after: 1" in refused.value.head
        for each in held:
            assert farewell(each) == ("closing", 1012, "closing")
            ended.append(time.monotonic() - began)
            each.socket.close()
        assert 0.1 < max(ended) < 2.0
        # What runs beside the sockets is still answered.
        connection.request("GET", "/hello")
        assert connection.getresponse().read() == b"hello"
        connection.close()


def test_who_answers_no_ping_is_let_go_and_who_does_stays(tmp_path: Path) -> None:
    with toy_process(tmp_path, limits={"ping_interval": 0.3, "ping_timeout": 0.4}) as toy:
        silent, honest = toy.signed_in("silent/user/600"), toy.signed_in("honest/user/600")
        assert honest.open["pingInterval"] == 300
        began = time.monotonic()
        heard = []
        honest.socket.settimeout(2)
        while time.monotonic() - began < 1.5:
            heard.append(honest.receive())
            honest.text("3")
        assert set(heard) == {"2"}
        assert len(heard) >= 2
        # A ping and the packet that says so were all that the silent one was sent.
        assert silent.is_closed_within(0.1)
        assert honest.ask("thing.echo", {"text": "hi"})["ok"]
        for each in (silent, honest):
            each.socket.close()


def test_pings_go_on_while_the_database_hangs_and_past_a_broken_line(tmp_path: Path) -> None:
    often = {"ping_interval": 0.3, "seconds_between_roll_calls": 0.1}
    with toy_process(tmp_path, limits=often) as toy:
        broken, hanging = toy.signed_in("broken-line/user/600"), toy.signed_in("hanging/user/600")
        wait_until(lambda: toy.counts()["roll_calls"] == 1)
        honest, expiring = toy.signed_in("honest/user/600"), toy.signed_in("expiring/user/0.5")
        with toy.signed_in("breaker/admin/600") as breaker:
            assert breaker.ask("admin.break", {"text": "broken-line"})["ok"]
        honest.socket.settimeout(2)
        for _ in range(3):
            assert honest.receive() == "2"
            honest.text("3")
        assert farewell(expiring)[0] == TOKEN_EXPIRED
        # One roll call hung all the while, and no second one began beside it.
        assert toy.counts()["roll_calls"] == 1
        assert "realtime_ping_failed" in toy.log
        assert "realtime_watch_failed" not in toy.log
        for each in (broken, hanging, honest, expiring):
            each.socket.close()
