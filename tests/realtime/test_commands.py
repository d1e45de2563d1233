"""Commands over an honest connection: who may, what is refused, what is acknowledged, and that refusals are silent."""

import json
from typing import Any

import pytest
from marshmallow import fields

from hep_api.foundation.realtime.commands import SocketDoor, bind, command
from hep_api.foundation.web.policy import UndeclaredDoor
from hep_api.foundation.web.schemas import In, Out
from tests.realtime.conftest import Toy

PROBLEM = {"ok", "type", "title", "status", "code", "detail", "errors", "request_id"}


def test_a_command_is_run_and_acknowledged(toy: Toy) -> None:
    with toy.signed_in("bea/user/600") as opened:
        assert opened.ask("thing.echo", {"text": "hi"}) == {"ok": True, "data": {"text": "hi", "who": "bea"}}


def test_a_refusal_is_acknowledged_with_the_problem(toy: Toy) -> None:
    with toy.signed_in() as opened:
        refused = opened.ask("thing.echo", {"text": "", "extra": 1})
        assert set(refused) == PROBLEM
        assert (refused["ok"], refused["status"], refused["code"]) == (False, 422, "invalid_input")
        assert {(each["field"], each["rule"]) for each in refused["errors"]} == {
            ("/text", "length"),
            ("/extra", "unknown"),
        }


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('["thing.echo",{"text":"a","text":"b"}]', "malformed_json"),
        ('["thing.echo",{"text":NaN}]', "malformed_json"),
        ('["thing.echo",{"text":"a","times":1e999}]', "invalid_input"),
        ('["thing.echo",{"text":"a","times":' + "9" * 60 + "}]", "invalid_input"),
        ('["thing.echo",' + '{"a":' * 100 + "1" + "}" * 101 + "]", "malformed_json"),
        ('["thing.echo",{"text":"\\ud800"}]', "invalid_input"),
        ('["thing.echo",{"text":"a\\u0000b"}]', "invalid_input"),
        ('["thing.echo",{"text":"a","times":1.5}]', "invalid_input"),
        ('["thing.echo",{"text":7}]', "invalid_input"),
        ('["thing.echo"]', "invalid_input"),
        ('["thing.echo",null]', "invalid_input"),
        ('["thing.echo",[]]', "invalid_input"),
        ('["thing.echo",{"text":"a"},{"text":"a"}]', "malformed_packet"),
        ("[]", "malformed_packet"),
        ("{}", "malformed_packet"),
        ("", "malformed_packet"),
        ("[7]", "malformed_packet"),
        ("[null,{}]", "malformed_packet"),
        ('[["thing.echo"],{}]', "malformed_packet"),
        ('[{"thing.echo":1},{}]', "malformed_packet"),
    ],
)
def test_bad_input_is_named_and_the_connection_goes_on(toy: Toy, said: str, code: str) -> None:
    with toy.signed_in() as opened:
        opened.text(f"4277{said}")
        refused = opened.acknowledgement(77)
        assert set(refused) == PROBLEM
        assert (refused["ok"], refused["code"]) == (False, code)
        assert opened.ask("thing.echo", {"text": "hi"})["ok"]


@pytest.mark.parametrize(
    "name",
    ["connect", "disconnect", "connect_error", "message", "*", "__init__", "echo", "on_connect", "trigger_event"],
)
def test_a_reserved_or_unknown_name_runs_nothing(toy: Toy, name: str) -> None:
    with toy.signed_in() as opened:
        assert opened.ask(name, {"token": "eve/admin/600"})["code"] == "unknown_command"
        assert opened.ask("thing.echo", {"text": "hi"})["data"]["who"] == "alice"


def test_emitting_connect_does_not_outlive_the_token(toy: Toy) -> None:
    with toy.signed_in("short/user/0.3") as opened:
        opened.text('42["connect",{"token":"short/user/600"}]')
        opened.text('42["disconnect"]')
        assert opened.is_closed_within(4)


def test_another_role_is_refused(toy: Toy) -> None:
    with toy.signed_in("user/user/600") as user, toy.signed_in("admin/admin/600") as admin:
        assert user.ask("admin.count", {})["code"] == "role_may_not"
        assert admin.ask("admin.count", {})["ok"]


def test_a_fault_is_acknowledged_logged_once_and_tells_nobody(toy: Toy) -> None:
    with toy.signed_in("faulty/user/600") as opened:
        told = {"to": "faulty", "text": "SECRET-TEXT", "fail": True}
        opened.text("421" + json.dumps(["thing.tell", told]))
        answered = opened.receive_but_pings()
        assert answered.startswith("431["), "what is refused is told to nobody, so nothing comes before"
        refused = json.loads(answered[3:])[0]
        assert set(refused) == PROBLEM
        assert (refused["status"], refused["code"]) == (500, "unexpected")
        assert opened.ask("thing.tell", {**told, "fail": False})["ok"]
        opened.text('42["thing.tell",{"to":"faulty","text":"again"}]')
        assert json.loads(opened.receive_but_pings()[2:])[1]["text"] == "again"
    lines = [line for line in toy.log.splitlines() if refused["request_id"] in line]
    assert len(lines) == 1
    assert json.loads(lines[0])["command"] == "thing.tell"
    assert "SECRET-TEXT" not in toy.log


def test_what_is_told_comes_after_the_commit_and_before_the_acknowledgement(toy: Toy) -> None:
    with toy.signed_in("order/user/600") as opened:
        opened.text('421["thing.tell",{"to":"order","text":"a"}]')
        assert [opened.receive_but_pings()[:3] for _ in range(2)] == ['42["'[:3], "431"]


def test_commands_of_one_client_stay_in_order(toy: Toy) -> None:
    with toy.signed_in() as opened:
        for number in range(20):
            text = "short" if number % 3 == 0 else "none"
            name = "thing.sleep" if text == "short" else "thing.echo"
            opened.text(f"42{number}" + json.dumps([name, {"text": text}]))
        answered = [int(opened.receive_but_pings()[2:].split("[")[0]) for _ in range(20)]
        assert answered == list(range(20))


def test_a_slow_command_of_one_does_not_hold_up_another(toy: Toy) -> None:
    with toy.signed_in("slow/user/600") as slow, toy.signed_in("quick/user/600") as quick:
        slow.text('421["thing.sleep",{"text":"long"}]')
        quick.socket.settimeout(0.5)
        assert quick.ask("thing.echo", {"text": "hi"})["ok"]
        assert slow.acknowledgement(1)["ok"]


def test_without_an_acknowledgement_asked_for_none_is_sent(toy: Toy) -> None:
    with toy.signed_in() as opened:
        opened.text('42["thing.echo",{"text":"a"}]')
        opened.text('42["thing.nothing",{"text":"a"}]')
        opened.text('429["thing.echo",{"text":"a"}]')
        assert opened.receive_but_pings().startswith("439[")


def test_commands_run_in_the_apps_context_without_a_request(toy: Toy) -> None:
    assert toy.counts()["request_context"] is False


class NothingIn(In):
    pass


class NothingOut(Out):
    nothing = fields.String()


def test_a_command_that_does_not_say_who_may_is_refused_at_start() -> None:
    class Careless(SocketDoor):
        @command("thing.do", takes=NothingIn, returns=NothingOut)
        def do(self, *_: Any) -> dict[str, Any]:
            return {}

    class Careful(SocketDoor):
        @command("thing.do", who=("user",), takes=NothingIn, returns=NothingOut)
        def do(self, *_: Any) -> dict[str, Any]:
            return {}

    assert set(bind([Careful()])) == {"thing.do"}
    for doors in ([Careless()], [Careful(), Careful()]):
        with pytest.raises(UndeclaredDoor, match=r"thing\.do"):
            bind(doors)
