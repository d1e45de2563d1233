"""Whose turn a red flag is: in line, then the leaders', then anew; longer and longer, and never nobody's for ever."""

from datetime import timedelta
from uuid import UUID, uuid4

from hep_api.messaging.red_flags.turns import Turn, first_turn, in_line, next_turn, pause_before_next

A, B, C, D = (UUID(int=n) for n in range(1, 5))


def play(line: list[UUID], steps: int, change: dict[int, list[UUID]] | None = None) -> list[tuple[int, UUID | None]]:
    """Return round and holder of each turn; `change` gives another line from a step on."""
    turn, had = first_turn(line), list[Turn]()
    for step in range(steps):
        had.append(turn)
        line = (change or {}).get(step, line)
        turn = next_turn(line, turn, {each.member_id for each in had if each.round == turn.round and each.member_id})
    return [(each.round, each.member_id) for each in had]


def test_turns_go_down_the_line_then_to_the_leaders_then_begin_anew() -> None:
    assert play([A, B], 7) == [(1, A), (1, B), (1, None), (2, A), (2, B), (2, None), (3, A)]
    assert play([A], 3) == [(1, A), (1, None), (2, A)]
    assert play([], 3) == [(1, None), (2, None), (3, None)]


def test_who_left_is_passed_over_and_who_came_has_a_turn_in_the_same_round() -> None:
    assert play([A, B, C], 4, {0: [A, C]}) == [(1, A), (1, C), (1, None), (2, A)]
    assert play([A, B], 4, {0: [D, A, B]}) == [(1, A), (1, D), (1, B), (1, None)]
    assert play([A, B], 4, {0: []}) == [(1, A), (1, None), (2, None), (3, None)]
    assert play([], 3, {0: [B]}) == [(1, None), (2, B), (2, None)]


def test_whom_the_conversation_is_assigned_to_comes_first_if_of_the_care_team() -> None:
    assert in_line([A, B, C], C) == [C, A, B]
    assert in_line([A, B, C], None) == in_line([A, B, C], uuid4()) == [A, B, C]


def test_a_turn_lasts_what_the_clinic_has_settled_and_longer_when_a_flag_has_been_open_for_days() -> None:
    day, hour, minute = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
    assert pause_before_next(15, timedelta(0)) == pause_before_next(15, day - minute) == 15 * minute
    assert pause_before_next(15, day) == pause_before_next(15, 7 * day - minute) == hour
    assert pause_before_next(15, 7 * day) == pause_before_next(15, 400 * day) == day
    assert pause_before_next(1440, timedelta(0)) == pause_before_next(1440, day) == day
