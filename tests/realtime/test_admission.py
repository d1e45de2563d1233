"""Who is let in, for how long, and how one is shown out."""

import json
import time
from pathlib import Path

import pytest

from hep_api.foundation.realtime.attendance import Attendance, Caller
from hep_api.foundation.realtime.limits import Limits
from tests.realtime.conftest import Toy, toy_process
from tests.realtime.raw import PROMISED_SECONDS, Closed, RawSocket

ECHO = {"text": "hi"}


def refusal(answer: str) -> tuple[str, dict[str, object]]:
    assert answer.startswith("44{"), answer
    said = json.loads(answer[2:])
    assert said["message"] == said["data"]["code"]
    return said["message"], said["data"]


@pytest.mark.parametrize(
    ("connect", "code"),
    [
        ("40", "not_signed_in"),
        ('40{"token":7}', "not_signed_in"),
        ('40{"token":null}', "not_signed_in"),
        ('40{"tokens":"alice/user/600"}', "not_signed_in"),
        ('40{"token":"forged"}', "token_invalid"),
        ('40{"token":"alice/user/expired"}', "token_expired"),
        ('40{"token":"broken/user/600"}', "unexpected"),
    ],
)
def test_a_stranger_is_told_why_and_may_say_nothing(toy: Toy, connect: str, code: str) -> None:
    with toy.socket() as opened:
        opened.receive()
        opened.text(connect)
        assert refusal(opened.receive())[0] == code
        assert opened.ask("thing.echo", ECHO)["code"] == "not_signed_in"
        # The same connection with the right token is let in, so it was not refused for another reason.
        assert opened.introduce_again("alice/user/600").startswith('40{"sid":')
        assert opened.ask("thing.echo", ECHO)["ok"]


def test_an_expired_token_keeps_the_transport_for_a_fresh_one(toy: Toy) -> None:
    with toy.socket() as opened:
        assert refusal(opened.introduce("alice/user/expired"))[0] == "token_expired"
        # Longer than others may stand there silently: the app is fetching a fresh token.
        assert not opened.is_closed_within(1.7)
        assert opened.introduce("alice/user/600").startswith('40{"sid":')


def test_introducing_oneself_for_ever_is_refused(toy: Toy) -> None:
    with toy.socket() as opened:
        codes = [refusal(opened.introduce("alice/user/expired"))[0] for _ in range(6)]
        assert codes == ["token_expired"] * 5 + ["too_many_introductions"]
        # Whoever was not let in hears of it by the closing frame alone.
        assert farewell(opened) == (None, 1008, "not_introduced")


def test_a_second_introduction_and_another_namespace_are_refused(toy: Toy) -> None:
    with toy.signed_in() as opened:
        assert refusal(opened.introduce_again("eve/user/600"))[0] == "already_connected"
        opened.text('40/admin,{"token":"alice/user/600"}')
        answer = opened.receive_but_pings()
        assert answer.startswith("44/admin,")
        assert json.loads(answer[9:])["message"] == "unknown_namespace"
        assert opened.ask("thing.echo", ECHO)["data"]["who"] == "alice"


def test_a_connection_ends_with_its_token(toy: Toy) -> None:
    with toy.signed_in("brief/user/0.3") as brief, toy.signed_in("long/user/600") as long:
        assert farewell(brief) == ("token_expired", 1008, "token_expired")
        assert long.ask("thing.echo", ECHO)["ok"]


def test_a_connection_can_be_renewed_by_the_same_sign_in_only(toy: Toy) -> None:
    with toy.signed_in("brief/user/2") as opened:
        assert opened.ask("connection.renew", {"token": "eve/user/600"})["code"] == "another_sign_in"
        assert opened.ask("connection.renew", {"token": "brief/user/expired"})["code"] == "token_expired"
        renewed = opened.ask("connection.renew", {"token": "brief/user/600"})
        assert renewed["ok"]
        assert renewed["data"]["expires_at"]
        # The first token is over by then, and was looked at.
        assert not opened.is_closed_within(2.3)
        assert opened.ask("thing.echo", ECHO)["ok"]


def test_an_expired_connection_may_be_renewed_and_nothing_else_until_it_is_shown_out(tmp_path: Path) -> None:
    # Nobody is shown out here, however slow the machine is.
    with toy_process(tmp_path, limits={"seconds_between_looks": 600}) as toy, toy.signed_in("late/user/0") as opened:
        assert opened.ask("thing.echo", ECHO)["code"] == "token_expired"
        assert opened.ask("connection.renew", {"token": "late/user/600"})["ok"]
        assert opened.ask("thing.echo", ECHO)["ok"]


def test_too_many_connections_of_one_person_are_refused(toy: Toy) -> None:
    held = [toy.signed_in("many/user/600") for _ in range(3)]
    with toy.socket() as fourth, toy.signed_in("another/user/600"):
        assert refusal(fourth.introduce("many/user/600"))[0] == "too_many_connections"
        held.pop().socket.close()
        time.sleep(0.1)
        assert fourth.introduce("many/user/600").startswith('40{"sid":')
    for each in held:
        each.socket.close()


def farewell(opened: RawSocket) -> tuple[str | None, int | None, str]:
    """Return the code of the event that came last, and code and reason of the closing frame."""
    told = None
    opened.socket.settimeout(4)
    try:
        while True:
            said = opened.receive_but_pings()
            told = json.loads(said[2:])[1]["code"] if said.startswith('42["connection.closing",') else None
    except Closed as closed:
        return told, closed.code, closed.reason


def ends_with_a_closed_transport(opened: RawSocket) -> bool:
    """Tell whether the transport closed without a word that would stop a client's own reconnecting.

    That is a Socket.IO DISCONNECT for all of them, an Engine.IO CLOSE for python-socketio's.
    """
    said = []
    opened.socket.settimeout(4)
    try:
        while True:
            said.append(opened.receive())
    except Closed:
        return "41" not in said and "1" not in said


def test_an_evicted_person_loses_every_connection_at_once_and_cannot_return(toy: Toy) -> None:
    with (
        toy.signed_in("evicted/user/600") as first,
        toy.signed_in("evicted/user/600") as second,
        toy.signed_in("bystander/user/600") as bystander,
        toy.signed_in("boss/admin/600") as boss,
    ):
        began = time.monotonic()
        assert boss.ask("admin.end", {"text": "evicted"})["ok"]
        assert farewell(first) == ("access_changed", 1008, "access_changed")
        assert ends_with_a_closed_transport(second)
        assert time.monotonic() - began < PROMISED_SECONDS
        assert bystander.ask("thing.echo", ECHO)["ok"]
    with toy.socket() as again:
        assert refusal(again.introduce("evicted/user/600"))[0] == "sign_in_ended"


def test_an_ended_sign_in_is_refused_at_the_next_command_and_found_by_the_roll_call(toy: Toy) -> None:
    with toy.signed_in("quiet/user/600") as quiet, toy.signed_in("boss/admin/600") as boss:
        assert quiet.ask("thing.echo", ECHO)["ok"]
        assert boss.ask("admin.end_quietly", {"text": "quiet"})["ok"]
        assert quiet.ask("thing.echo", ECHO)["code"] == "sign_in_ended"
        assert farewell(quiet) == ("sign_in_ended", 1008, "sign_in_ended")
        assert boss.ask("thing.echo", ECHO)["ok"]


def test_an_eviction_finds_those_who_are_just_being_let_in() -> None:
    hung_up: list[str] = []
    attendance = Attendance(Limits(), lambda line, _: hung_up.append(line))
    caller = Caller({"sid": "alice", "exp": time.time() + 600}, ("person:alice",))
    for line in ("early", "late"):
        attendance.opened(line)
    arrived_at = time.monotonic()
    # The database still knew the sign-in when it was asked for "early"; then it ended.
    attendance.evict(["person:alice"])
    assert not attendance.admit("early", caller, arrived_at)
    assert attendance.caller("early") is None
    time.sleep(0.001)
    assert attendance.admit("late", caller, time.monotonic())
    attendance.evict(["person:alice"])
    assert hung_up == ["late"]
